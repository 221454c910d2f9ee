using Kiln.Codegen.Ir.Verification;
using Kiln.Codegen.Isa.X64;
using Kiln.Codegen.Opt;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Machine;

/// <summary>
/// All buffers of the code generator. One per worker thread, used for one function after the other: once they
/// have grown to the largest function, compiling allocates nothing on the heap. Not thread-safe.
/// </summary>
public sealed class CompilationContext
{
    internal readonly CompiledFunction Output = new();
    internal readonly RegAllocContext RegAlloc = new();
    internal readonly BlockOrder BlockOrder = new();
    internal readonly IrVerifier Verifier = new();
    internal readonly OptContext Opt = new();
    internal readonly X64Backend X64;

    /// <summary>Creates empty buffers.</summary>
    public CompilationContext() => X64 = new X64Backend(this);

    /// <summary>Time spent so far, if <see cref="CodegenOptions.CollectTimings"/> was set.</summary>
    public CompilationTimings Timings { get; } = new();

    /// <summary>The VCode of the last function compiled, as text.</summary>
    public string PrintVCode() => X64.PrintVCode();

    /// <summary>The VCode of the last function with allocated registers and inserted moves, as text.</summary>
    public string PrintAllocation() => X64.PrintAllocation();

    /// <summary>The code of the last function, disassembled.</summary>
    public string PrintAssembly() => X64Disassembler.Print(Output);
}
