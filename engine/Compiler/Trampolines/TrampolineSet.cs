using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Kiln.Codegen.Machine;
using Kiln.Compiler.Modules;
using Kiln.Contract.Artifact;
using Kiln.Contract.Layout;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Types;

namespace Kiln.Compiler.Trampolines;

/// <summary>A compiled trampoline, and the first type that uses it.</summary>
internal readonly record struct TrampolinePiece(CodePiece Code, CodeKind Kind, uint FirstType);

/// <summary>
/// The trampolines that some types need. Types whose values travel in the same machine types share theirs.
/// </summary>
/// <param name="Pieces">The trampolines, in order of the types that need them first.</param>
/// <param name="EntryOfType">For each type index, its entry trampoline among the pieces, or -1.</param>
/// <param name="ExitOfType">For each type index, its exit trampoline among the pieces, or -1.</param>
internal sealed record TrampolineSet(TrampolinePiece[] Pieces, int[] EntryOfType, int[] ExitOfType)
{
    /// <summary>
    /// What a module needs: an entry for each function that the host can get hold of, an exit for each that the host
    /// can provide.
    /// </summary>
    public static TrampolineSet OfModule(FunctionWorker worker, WasmModule module, VmShape shape, CodegenOptions options)
    {
        bool[] entries = new bool[module.Types.Length];
        bool[] exits = new bool[module.Types.Length];
        foreach (uint function in shape.EscapingFunctions.Span) entries[module.Functions[(int)function]] = true;
        if (module.StartFunction is { } start) entries[module.Functions[(int)start]] = true;
        for (int i = 0; i < module.ImportedFunctionCount; i++) exits[module.Functions[i]] = true;

        FuncType?[] types = new FuncType?[module.Types.Length];
        for (int i = 0; i < types.Length; i++) types[i] = module.Types[i].Composite as FuncType;
        return Compile(worker, types, module.Types, entries, exits, options);
    }

    /// <summary>Both trampolines of every type.</summary>
    public static TrampolineSet OfTypes(FunctionWorker worker, ReadOnlySpan<FuncType> types, CodegenOptions options)
    {
        bool[] all = new bool[types.Length];
        Array.Fill(all, true);
        FuncType?[] nullable = new FuncType?[types.Length];
        types.CopyTo(nullable!);
        return Compile(worker, nullable, [], all, all, options);
    }

    private static TrampolineSet Compile(FunctionWorker worker, FuncType?[] types, ImmutableArray<SubType> defined, bool[] entries, bool[] exits, CodegenOptions options)
    {
        Dictionary<(string, CodeKind), int> known = [];
        List<TrampolinePiece> pieces = [];
        int[] entryOfType = new int[types.Length];
        int[] exitOfType = new int[types.Length];
        for (int i = 0; i < types.Length; i++)
        {
            entryOfType[i] = entries[i] ? PieceFor(i, CodeKind.EntryTrampoline) : -1;
            exitOfType[i] = exits[i] ? PieceFor(i, CodeKind.ExitTrampoline) : -1;
        }

        return new TrampolineSet(pieces.ToArray(), entryOfType, exitOfType);

        int PieceFor(int index, CodeKind kind)
        {
            FuncType type = types[index]!;
            (string, CodeKind) key = (MachineTypesOf(type, defined), kind);
            if (known.TryGetValue(key, out int piece)) return piece;
            CodePiece code = kind == CodeKind.EntryTrampoline ? worker.CompileEntry(type, defined, options) : worker.CompileExit(type, defined, options);
            known.Add(key, pieces.Count);
            pieces.Add(new TrampolinePiece(code, kind, (uint)index));
            return pieces.Count - 1;
        }
    }

    private static string MachineTypesOf(FuncType type, ImmutableArray<SubType> types)
    {
        int count = type.Parameters.Length;
        return string.Create(count + 1 + type.Results.Length, (type, types), static (key, of) =>
        {
            int at = 0;
            foreach (ValType param in of.type.Parameters) key[at++] = (char)('0' + (int)ModuleEnvironment.IrTypeOf(param, of.types));
            key[at++] = ':';
            foreach (ValType result in of.type.Results) key[at++] = (char)('0' + (int)ModuleEnvironment.IrTypeOf(result, of.types));
        });
    }
}
