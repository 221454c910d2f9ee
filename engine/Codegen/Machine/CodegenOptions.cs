using Kiln.Codegen.Isa.X64;
using Kiln.Codegen.Opt;
using Kiln.Codegen.Opt.Ranges;

namespace Kiln.Codegen.Machine;

/// <summary>The instruction set that code is generated for.</summary>
public enum TargetArchitecture : byte
{
    /// <summary>AMD64 / Intel 64.</summary>
    X64 = 1,
}

/// <summary>How hard to optimise.</summary>
public enum OptimizationLevel : byte
{
    /// <summary>Translate what is there.</summary>
    None = 0,

    /// <summary>The optimisation pipeline runs.</summary>
    Speed = 1,
}

/// <summary>What to compile for and how. Immutable; the output is a function of the IR and of this.</summary>
public sealed record CodegenOptions
{
    /// <summary>For the processor this runs on, optimised, unchecked.</summary>
    public static CodegenOptions Host { get; } = new() { Features = CpuFeatures.Detect() };

    /// <summary>The instruction set.</summary>
    public TargetArchitecture Architecture { get; init; } = TargetArchitecture.X64;

    /// <summary>Extensions that may be used.</summary>
    public CpuFeatures Features { get; init; }

    /// <summary>How hard to optimise.</summary>
    public OptimizationLevel Optimization { get; init; } = OptimizationLevel.Speed;

    /// <summary>The passes of the optimisation pipeline that run at <see cref="OptimizationLevel.Speed"/>.</summary>
    public OptFlags Passes { get; init; } = OptFlags.All;

    /// <summary>What accesses through 32-bit indices may touch in speculation; null if that does not matter.</summary>
    public IndexReach? SpeculativeReach { get; init; }

    /// <summary>Verify the IR before and after optimisation. For tests and fuzzing.</summary>
    public bool VerifyIr { get; init; }

    /// <summary>Run the symbolic checker on every register allocation. For tests and fuzzing.</summary>
    public bool CheckAllocation { get; init; }

    /// <summary>Alignment of innermost loops in bytes: 1 (none), 16 or 32. Processors fetch and cache decoded instructions by 32 bytes.</summary>
    public int LoopAlignment { get; init; } = 32;

    /// <summary>
    /// Pad so that no conditional jump in a loop crosses or ends at the end of 32 bytes. Intel's processors from Skylake to Comet Lake
    /// do not cache such a jump's line decoded (Intel, "Mitigations for Jump Conditional Code Erratum", 2019).
    /// </summary>
    public bool KeepBranchesInLine { get; init; } = true;

    /// <summary>Frames of more bytes touch each of their pages in the prologue, in order from the top.</summary>
    public int ProbeThreshold { get; init; } = 16 * 1024;

    /// <summary>Measure each pass; see <see cref="CompilationContext.Timings"/>.</summary>
    public bool CollectTimings { get; init; }
}
