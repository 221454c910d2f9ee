using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir.Verification;
using Kiln.Codegen.Opt.EGraph;
using Kiln.Codegen.Opt.Memory;
using Kiln.Codegen.Opt.Ranges;
using Kiln.Codegen.Opt.Unrolling;

namespace Kiln.Codegen.Opt;

/// <summary>
/// The buffers of the optimisation pipeline: analyses and passes, reused from function to function. One per
/// worker thread; not thread-safe.
/// </summary>
public sealed class OptContext
{
    /// <summary>Predecessors and orders; stale after <see cref="OptimizationPipeline.Run"/>.</summary>
    public ControlFlowGraph Cfg { get; } = new();

    /// <summary>Dominators; stale after <see cref="OptimizationPipeline.Run"/>.</summary>
    public DominatorTree Dominators { get; } = new();

    /// <summary>Loops; stale after <see cref="OptimizationPipeline.Run"/>.</summary>
    public LoopAnalysis Loops { get; } = new();

    /// <summary>What accesses may touch in speculation; null if that does not matter.</summary>
    public IndexReach? SpeculativeReach { get; set; }

    internal RedundantParamsPass RedundantParams { get; } = new();

    internal BranchPass Branches { get; } = new();

    internal LoopMemoryEffects LoopMemory { get; } = new();

    internal EGraphPass EGraph { get; } = new();

    internal DeadCodePass DeadCode { get; } = new();

    internal IfConversionPass IfConversion { get; } = new();

    internal CounterTestPass CounterTests { get; } = new();

    internal LoopStepPass LoopSteps { get; } = new();

    internal LoopUnrollPass LoopUnroll { get; } = new();

    internal ElaborationPass Elaboration { get; } = new();

    internal IrVerifier Verifier { get; } = new();
}
