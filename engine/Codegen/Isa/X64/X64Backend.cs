using Kiln.Codegen.Ir;
using Kiln.Codegen.Isa.X64.Lower;
using Kiln.Codegen.Machine;
using Kiln.Foundation.Diagnostics;
using Kiln.RegAlloc;
using Kiln.RegAlloc.Checking;

namespace Kiln.Codegen.Isa.X64;

/// <summary>The x64 stages with their buffers: IR in, code out. One per compilation context.</summary>
internal sealed class X64Backend(CompilationContext context)
{
    private readonly VCode<X64Inst> _code = new();
    private readonly Lowering _lowering = new();
    private readonly X64Emission _emission = new();
    private readonly AllocationChecker _checker = new();
    private Allocation _allocation = new();

    /// <summary>Compiles an optimised function into <paramref name="output"/>, which is empty.</summary>
    public void Compile(IrFunction function, CodegenOptions options, CompiledFunction output, ref long clock)
    {
        CompilationTimings timings = context.Timings;
        context.BlockOrder.Compute(function);
        timings.Stop(CompilationPass.BlockOrder, ref clock);
        _lowering.Run(function, context.BlockOrder, options, _code);
        timings.Stop(CompilationPass.Lower, ref clock);
        var allocatable = new X64Allocatable(_code);
        _allocation = RegisterAllocator.Run(allocatable, X64Registers.Environment, context.RegAlloc);
        timings.Stop(CompilationPass.Allocate, ref clock);
        if (options.CheckAllocation)
        {
            if (_checker.Check(allocatable, X64Registers.Environment, _allocation) is { } error)
                EngineBug.Throw($"register allocation of {function.Name}: {error}", PrintVCode() + "\n" + PrintAllocation());
            if (FlagsCheck.Find(_code) is int lea and >= 0)
                EngineBug.Throw($"{function.Name}: instruction {lea} may become an addition, which destroys flags that are needed", PrintVCode());
            timings.Stop(CompilationPass.CheckAllocation, ref clock);
        }

        _emission.Run(function, _code, _allocation, options, output);
        timings.Stop(CompilationPass.Emit, ref clock);
    }

    /// <summary>The last function's VCode.</summary>
    public string PrintVCode() => X64Printer.Print(_code, null);

    /// <summary>The last function's VCode with locations.</summary>
    public string PrintAllocation() => X64Printer.Print(_code, _allocation);
}
