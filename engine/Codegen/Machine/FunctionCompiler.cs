using Kiln.Codegen.Ir;
using Kiln.Codegen.Opt;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Codegen.Machine;

/// <summary>
/// IR to machine code, one function at a time:
/// <code>
/// IrFunction --verify--> --OptimizationPipeline--> IrFunction --BlockOrder, Lowering--> VCode
///            --RegisterAllocator--> Allocation --Emission--> CompiledFunction
/// </code>
/// Optimisation rewrites the IR in place; no later stage writes to an earlier one's result.
/// </summary>
public static class FunctionCompiler
{
    /// <summary>
    /// Compiles <paramref name="function"/>, which is valid IR without aliases in operands, and whose IR is optimised in
    /// place.
    /// </summary>
    /// <returns>A result that belongs to <paramref name="context"/> and is overwritten by its next compilation.</returns>
    /// <exception cref="EngineBug">The IR is not valid, or the code generator has an error.</exception>
    public static CompiledFunction Compile(IrFunction function, CodegenOptions options, CompilationContext context)
    {
        CompilationTimings timings = context.Timings;
        long clock = CompilationTimings.Start(options.CollectTimings);
        if (options.VerifyIr)
        {
            context.Verifier.Check(function, "translation");
            timings.Stop(CompilationPass.Verify, ref clock);
        }

        if (options.Optimization != OptimizationLevel.None)
        {
            context.Opt.SpeculativeReach = options.SpeculativeReach;
            OptimizationPipeline.Run(function, options.Passes, context.Opt, options.VerifyIr);
            timings.Stop(CompilationPass.Optimize, ref clock);
        }

        CompiledFunction output = context.Output;
        output.Clear();
        context.X64.Compile(function, options, output, ref clock);
        timings.Functions++;
        timings.CodeBytes += output.Code.Length;
        return output;
    }
}
