// In: the pieces of code of a module. Out: its text, in which all calls inside the module are resolved, and its side
// tables by text offset. Order: functions by index, trampolines by type, veneers by function; each piece starts at a
// multiple of 32. The text depends on the pieces and the tunables alone, not on who compiled which piece.

using System;
using System.Buffers.Binary;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Machine;
using Kiln.Contract;
using Kiln.Contract.Artifact;
using Kiln.Compiler.Inlining;
using Kiln.Compiler.Trampolines;
using Kiln.Compiler.Translate;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Diagnostics;
using TargetArchitecture = Kiln.Contract.TargetArchitecture;

namespace Kiln.Compiler.Modules;

/// <summary>The linked code of a module.</summary>
internal sealed class LinkedCode
{
    /// <summary>The machine code.</summary>
    public required byte[] Text { get; init; }

    /// <summary>All pieces by offset.</summary>
    public GrowList<CodeRange> Code { get; } = new();

    /// <summary>All trap sites by offset.</summary>
    public GrowList<TrapSite> Traps { get; } = new();

    /// <summary>The address map by offset.</summary>
    public GrowList<AddressRow> Addresses { get; } = new();

    /// <summary>Locations in inlined bodies that the address map refers to.</summary>
    public GrowList<InlinedRow> Inlined { get; } = new();

    /// <summary>The stack maps by offset.</summary>
    public GrowList<StackMapRow> StackMaps { get; } = new();

    /// <summary>Frame offsets that the stack maps list.</summary>
    public GrowList<uint> StackMapSlots { get; } = new();

    /// <summary>Scratch: of a piece's inlined locations the row numbers, counted from 1.</summary>
    internal GrowList<uint> Numbers { get; } = new();

    /// <summary>One row for each type index.</summary>
    public required TrampolineRow[] Trampolines { get; init; }
}

/// <summary>Lays out pieces of code and resolves the calls between them.</summary>
internal static class CodeLinker
{
    private const int Alignment = CompiledFunction.Alignment;

    /// <summary>Links the functions that a module defines, by index, and its trampolines. Functions without a piece have no code and no calls.</summary>
    /// <exception cref="CompileLimitException">The text would exceed 2 GiB.</exception>
    public static LinkedCode Link(ReadOnlySpan<CodePiece> functions, uint importedFunctions, TrampolineSet trampolines, CompileTarget target, Tunables tunables)
    {
        int[] starts = new int[functions.Length];
        int[] trampolineStarts = new int[trampolines.Pieces.Length];
        long at = 0;
        for (int i = 0; i < functions.Length; i++) starts[i] = Place(ref at, functions[i].CodeLength, functions[i].IsEmpty ? 0 : tunables.FunctionPadding);
        for (int i = 0; i < trampolineStarts.Length; i++) trampolineStarts[i] = Place(ref at, trampolines.Pieces[i].Code.CodeLength, 0);
        int[] veneers = PlaceVeneers(functions, importedFunctions, tunables, ref at);
        if (at > int.MaxValue / 2) throw new CompileLimitException("Text", $"the module's code would have {at} bytes");

        LinkedCode linked = new() { Text = new byte[at], Trampolines = new TrampolineRow[trampolines.EntryOfType.Length] };
        linked.Text.AsSpan().Fill(Veneers.Filler(target.Architecture));
        for (int i = 0; i < functions.Length; i++)
        {
            if (functions[i].IsEmpty)
            {
                linked.Code.Add(new CodeRange((uint)starts[i], 0, 0, CodeKind.Function, importedFunctions + (uint)i, 0));
                continue;
            }

            Add(linked, functions[i], starts[i], CodeKind.Function, importedFunctions + (uint)i);
            Resolve(linked.Text, functions, i, starts, veneers, importedFunctions);
        }

        for (int i = 0; i < trampolineStarts.Length; i++)
        {
            TrampolinePiece piece = trampolines.Pieces[i];
            Add(linked, piece.Code, trampolineStarts[i], piece.Kind, piece.FirstType);
        }

        for (int type = 0; type < linked.Trampolines.Length; type++)
        {
            linked.Trampolines[type] = new TrampolineRow(
                StartOf(trampolineStarts, trampolines.EntryOfType[type]), StartOf(trampolineStarts, trampolines.ExitOfType[type]));
        }

        for (int i = 0; i < veneers.Length; i++)
        {
            if (veneers[i] < 0) continue;
            int length = Veneers.Write(target.Architecture, linked.Text, veneers[i], starts[i]);
            linked.Code.Add(new CodeRange((uint)veneers[i], (uint)length, 0, CodeKind.Veneer, importedFunctions + (uint)i));
            linked.Addresses.Add(new AddressRow((uint)veneers[i], AddressRow.NoWasmOffset));
        }

        return linked;
    }

    private static uint StartOf(int[] starts, int piece) => piece < 0 ? TrampolineRow.None : (uint)starts[piece];

    // On x64 a displacement reaches all of a text of at most 1 GiB, so veneers are made only when asked for.
    private static int[] PlaceVeneers(ReadOnlySpan<CodePiece> functions, uint importedFunctions, Tunables tunables, ref long at)
    {
        if (!tunables.ForceVeneers) return [];
        int[] veneers = new int[functions.Length];
        foreach (ref readonly CodePiece piece in functions)
        {
            if (piece.IsEmpty) continue;
            foreach (Relocation relocation in piece.Relocations)
            {
                if (relocation.Kind == RelocationKind.CallRelative32) veneers[relocation.Target.Index - importedFunctions] = 1;
            }
        }

        for (int i = 0; i < veneers.Length; i++) veneers[i] = veneers[i] == 0 ? -1 : Place(ref at, Veneers.Stride, 0);
        return veneers;
    }

    private static int Place(ref long at, int length, int padding)
    {
        at = (at + Alignment - 1) & -Alignment;
        int start = (int)Math.Min(at, int.MaxValue);
        at += (long)length + padding;
        return start;
    }

    private static void Add(LinkedCode linked, in CodePiece piece, int start, CodeKind kind, uint index)
    {
        piece.Code.CopyTo(linked.Text.AsSpan(start));
        linked.Code.Add(new CodeRange((uint)start, (uint)piece.CodeLength, (uint)piece.FrameSize, kind, index, (uint)piece.ArgumentBytes));
        foreach (TrapRecord trap in piece.Traps) linked.Traps.Add(new TrapSite((uint)start + trap.Offset.Value, (Trap)trap.Code.Number));

        foreach (StackMapEntry map in piece.StackMaps)
        {
            linked.StackMaps.Add(new StackMapRow((uint)start + map.Offset.Value, (uint)linked.StackMapSlots.Count));
            linked.StackMapSlots.AddRange(piece.Sink.StackMapSlots.Span.Slice(map.FirstSlot, map.SlotCount));
        }

        linked.Numbers.Clear();
        linked.Numbers.Resize(piece.Inlined.Length, 0);
        Span<uint> numbers = linked.Numbers.Span;
        ReadOnlySpan<AddressMapEntry> addresses = piece.Addresses;
        if (addresses.IsEmpty || addresses[0].Offset.Value != 0) linked.Addresses.Add(new AddressRow((uint)start, AddressRow.NoWasmOffset));
        foreach (AddressMapEntry entry in addresses)
        {
            uint source = entry.Source.Offset;
            linked.Addresses.Add(new AddressRow((uint)start + entry.Offset.Value, source == 0 ? AddressRow.NoWasmOffset : Locate(linked, piece, source, numbers)));
        }
    }

    // A location in an inlined body gets a row when it is first referred to, after the call that the body replaces.
    private static uint Locate(LinkedCode linked, in CodePiece piece, uint source, Span<uint> numbers)
    {
        if ((source & InlineStack.IsInlined) == 0) return source;
        int index = (int)(source & ~InlineStack.IsInlined);
        if (numbers[index] == 0)
        {
            InlinedLocation location = piece.Inlined[index];
            uint caller = Locate(linked, piece, location.Caller, numbers);
            linked.Inlined.Add(new InlinedRow(location.WasmOffset, location.Function, caller));
            numbers[index] = (uint)linked.Inlined.Count;
        }

        return AddressRow.InlinedBit | (numbers[index] - 1);
    }

    private static void Resolve(Span<byte> text, ReadOnlySpan<CodePiece> functions, int index, int[] starts, int[] veneers, uint importedFunctions)
    {
        int start = starts[index];
        foreach (Relocation relocation in functions[index].Relocations)
        {
            ExternalName name = relocation.Target;
            if (name.Namespace != Translation.FunctionNamespace || name.Index < importedFunctions) EngineBug.Throw($"{name} is not a function of the module");
            int function = (int)(name.Index - importedFunctions);
            if (functions[function].IsEmpty) EngineBug.Throw($"{name} is called and has no code");
            int to = relocation.Kind switch
            {
                RelocationKind.CallRelative32 => veneers.Length != 0 ? veneers[function] : starts[function],
                RelocationKind.AddressRelative32 => starts[function],
            };
            int place = start + (int)relocation.Offset.Value;
            BinaryPrimitives.WriteInt32LittleEndian(text[place..], to + relocation.Addend - place);
        }
    }
}
