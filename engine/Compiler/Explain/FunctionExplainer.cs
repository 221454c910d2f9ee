using System;
using Kiln.Codegen.Ir.Text;
using Kiln.Codegen.Machine;
using Kiln.Compiler.Modules;
using Kiln.Contract;
using Kiln.Wasm;
using Kiln.Wasm.Validation;

namespace Kiln.Compiler.Explain;

/// <summary>Compiles one function of a module and keeps what each stage made of it. Not for hot paths.</summary>
public static class FunctionExplainer
{
    /// <summary>Explains a function that the module defines.</summary>
    /// <param name="wasm">The module.</param>
    /// <param name="functionIndex">The function, imports counted.</param>
    /// <param name="options">As for compiling the module.</param>
    /// <exception cref="ModuleException">The module's description or the function is malformed or invalid.</exception>
    /// <exception cref="UnsupportedFeatureException">Something in it is not compiled yet.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The module defines no such function.</exception>
    public static FunctionExplanation Explain(ReadOnlyMemory<byte> wasm, uint functionIndex, CompileOptions options)
    {
        ValidatedModule validated = ModuleDescription.Read(wasm, options);
        ArgumentOutOfRangeException.ThrowIfLessThan(functionIndex, (uint)validated.Module.ImportedFunctionCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(functionIndex, (uint)validated.Module.Functions.Length);

        ModuleEnvironment environment = new(validated, options.Tunables, options.Limits, CodegenSettings.Narrow(options).Features);
        string? name = validated.Module.Names.Function(functionIndex);
        FunctionWorker worker = new();
        worker.Translate(environment, functionIndex);
        worker.Ir.Name = name ?? $"f{functionIndex}";
        string ir = IrPrinter.Print(worker.Ir, IrPrintOptions.Renumber);

        CodePiece piece = worker.Generate(CodegenSettings.Of(options), $"function {functionIndex}");
        CompilationContext codegen = worker.Codegen;
        return new FunctionExplanation(
            functionIndex, name, ir, IrPrinter.Print(worker.Ir, IrPrintOptions.Renumber),
            codegen.PrintVCode(), codegen.PrintAllocation(), codegen.PrintAssembly(), piece.CodeLength, piece.FrameSize);
    }
}
