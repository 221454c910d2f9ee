using System;
using System.Globalization;
using Kiln.Compiler.Explain;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Modules;

namespace Kiln;

/// <summary>One function at every stage of its compilation, as text for people. Null for stages that were not reached.</summary>
/// <param name="FunctionIndex">The function, imported ones counted.</param>
/// <param name="Name">Its name, if the module gives it one.</param>
/// <param name="Ir">The intermediate representation as translated.</param>
/// <param name="OptimizedIr">The same after optimisation.</param>
/// <param name="VCode">Machine instructions on virtual registers.</param>
/// <param name="Allocation">The same with registers and moves.</param>
/// <param name="Assembly">Disassembled code.</param>
public sealed record Explanation(
    uint FunctionIndex, string? Name, string Ir, string? OptimizedIr, string? VCode, string? Allocation, string? Assembly)
{
    /// <summary>
    /// Compiles one function of a module given as binary or text and keeps what each stage made of it. Throws as
    /// <see cref="Module.Compile"/>, and <see cref="ArgumentException"/> when the module defines no such function.
    /// </summary>
    /// <param name="engine">The engine whose settings apply.</param>
    /// <param name="binaryOrText">The module.</param>
    /// <param name="function">The function's index, the name it is exported under, or its name in the name section.</param>
    public static Explanation Of(Engine engine, ReadOnlyMemory<byte> binaryOrText, string function)
    {
        try
        {
            ReadOnlyMemory<byte> binary = Module.ToBinary(binaryOrText);
            uint index = Find(ModuleDecoder.Decode(binary, engine.CompilerOptions.Features), function);
            FunctionExplanation explained = FunctionExplainer.Explain(binary, index, engine.CompilerOptions);
            return new Explanation(
                index, explained.Name, explained.Ir, explained.OptimizedIr, explained.VCode, explained.Allocation, explained.Assembly);
        }
        catch (Exception exception) when (Module.Translate(exception) is { } translated)
        {
            throw translated;
        }
    }

    private static uint Find(WasmModule module, string function)
    {
        if (TryFind(module, function, out uint index) && index >= (uint)module.ImportedFunctionCount && index < (uint)module.Functions.Length) return index;
        throw new ArgumentException($"the module defines no function '{function}'", nameof(function));
    }

    private static bool TryFind(WasmModule module, string function, out uint index)
    {
        if (uint.TryParse(function, NumberStyles.None, CultureInfo.InvariantCulture, out index)) return true;
        foreach (Export export in module.Exports)
        {
            if (export.Kind == Kiln.Wasm.Types.ExternKind.Function && export.Name == function)
            {
                index = export.Index;
                return true;
            }
        }

        for (index = 0; index < (uint)module.Functions.Length; index++)
        {
            if (module.Names.Function(index) == function) return true;
        }

        return false;
    }
}
