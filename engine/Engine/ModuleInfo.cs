using System;
using System.Collections.Generic;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Validation;

namespace Kiln;

/// <summary>What a module says of itself, without compiling it.</summary>
/// <param name="Name">The name from its name section, or empty.</param>
/// <param name="Imports">What it needs, in order.</param>
/// <param name="Exports">What it offers, in order.</param>
/// <param name="FunctionCount">Number of functions it defines.</param>
public sealed record ModuleInfo(string Name, IReadOnlyList<ImportType> Imports, IReadOnlyList<ExportType> Exports, int FunctionCount)
{
    /// <summary>
    /// Reads and validates everything of a module, given as binary or text, but its function bodies. Throws
    /// <see cref="ModuleException"/> and <see cref="UnsupportedFeatureException"/>.
    /// </summary>
    public static ModuleInfo Of(Engine engine, ReadOnlyMemory<byte> binaryOrText)
    {
        try
        {
            WasmModule module = ModuleDecoder.Decode(Module.ToBinary(binaryOrText), engine.CompilerOptions.Features);
            ModuleValidator.Validate(module);
            return new ModuleInfo(module.Names.Module ?? "", ImportsOf(module), ExportsOf(module), module.Functions.Length - module.ImportedFunctionCount);
        }
        catch (Exception exception) when (Module.Translate(exception) is { } translated)
        {
            throw translated;
        }
    }

    internal static IReadOnlyList<ImportType> ImportsOf(WasmModule module)
    {
        List<ImportType> list = new(module.Imports.Length);
        foreach (Import import in module.Imports) list.Add(new ImportType(import.Module, import.Name, ExternTypes.Of(module, import.Kind, import.Index)));
        return list;
    }

    internal static IReadOnlyList<ExportType> ExportsOf(WasmModule module)
    {
        List<ExportType> list = new(module.Exports.Length);
        foreach (Export export in module.Exports) list.Add(new ExportType(export.Name, ExternTypes.Of(module, export.Kind, export.Index)));
        return list;
    }
}
