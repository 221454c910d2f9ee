using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt;

// In:  a well-formed function without aliases in operands (FunctionBuilder.Finish).
// Out: a well-formed function that means the same, without aliases in operands and without unreachable
//      blocks. The analyses in the context are stale.
//
// Each pass is linear or nearly so and runs once or twice; there is no fixpoint over passes. The order:
// blocks are merged first, so that scopes are large; the e-graph finds constants, after which branches can be
// decided; elaboration wants the final set of blocks, and only what is needed. Between the e-graph and elaboration
// the places of pure instructions mean nothing, so the verifier waits.

/// <summary>The passes over the IR, in order.</summary>
public static class OptimizationPipeline
{
    /// <summary>Optimises a function in place. With <paramref name="verify"/> every pass is followed by the verifier.</summary>
    public static void Run(IrFunction func, OptFlags flags, OptContext context, bool verify = false)
    {
        bool Has(OptFlags any) => (flags & any) != 0;

        context.Cfg.Compute(func);
        if (Has(OptFlags.UnreachableBlocks))
        {
            UnreachableBlocksPass.Run(func, context.Cfg);
            if (verify) Verify(func, context, "unreachable-blocks");
        }

        if (Has(OptFlags.RedundantParams))
        {
            context.RedundantParams.Run(func, context.Cfg);
            if (verify) Verify(func, context, "redundant-params");
        }

        if (Has(OptFlags.Branches))
        {
            SimplifyBranches(func, context, null);
            if (verify) Verify(func, context, "branches");
        }

        if (Has(OptFlags.DerivedParams))
        {
            DerivedParamsPass.Run(func, context.Cfg);
            if (verify) Verify(func, context, "derived-params");
        }

        bool nodes = Has(OptFlags.Nodes);
        ComputeAnalyses(func, context);
        if (Has(OptFlags.IfConvert) && context.IfConversion.Run(func, context.Cfg, context.Dominators, context.Loops))
        {
            context.Cfg.Compute(func);
            if (Has(OptFlags.Branches)) SimplifyBranches(func, context, null);
            ComputeAnalyses(func, context);
            if (verify) Verify(func, context, "if-convert");
        }

        if (Has(OptFlags.Simplify | OptFlags.Gvn | OptFlags.RedundantLoads | OptFlags.DeadStores))
        {
            context.EGraph.Run(func, flags, context);
            if (verify && !nodes) Verify(func, context, "redundant-loads");
        }

        if (Has(OptFlags.Branches) && SimplifyBranches(func, context, nodes ? context.Dominators : null)) ComputeAnalyses(func, context);

        if (Has(OptFlags.LoopExits))
        {
            LoopExitPass.Run(func, context.Cfg, context.Dominators, context.Loops);
            if (verify && !nodes) Verify(func, context, "loop-exits");
        }

        if (Has(OptFlags.DeadCode))
        {
            context.DeadCode.Run(func, context.Cfg);
            if (verify && !nodes) Verify(func, context, "dead-code");
        }

        // It needs to know what is not dead, and leaves something dead.
        if (Has(OptFlags.CounterTests) && Has(OptFlags.DeadCode) && context.CounterTests.Run(func, context.Cfg, context.Dominators, context.Loops))
        {
            context.DeadCode.Run(func, context.Cfg);
            if (verify && !nodes) Verify(func, context, "counter-tests");
        }

        if (nodes)
        {
            if (context.Elaboration.Run(func, flags, context))
            {
                context.Cfg.Compute(func);
                context.Dominators.Compute(context.Cfg);
                context.Loops.Compute(func, context.Cfg, context.Dominators);
            }

            if (verify) Verify(func, context, "elaboration");
        }

        if (Has(OptFlags.LoopSteps))
        {
            context.LoopSteps.Run(func, context.Cfg, context.Dominators, context.Loops);
            if (verify) Verify(func, context, "loop-steps");
        }

        // It leaves the analyses stale.
        if (Has(OptFlags.LoopUnroll))
        {
            context.LoopUnroll.Run(func, context.Cfg, context.Dominators, context.Loops);
            if (verify) Verify(func, context, "loop-unroll");
        }
    }

    private static void ComputeAnalyses(IrFunction func, OptContext context)
    {
        context.Dominators.Compute(context.Cfg);
        context.Loops.Compute(func, context.Cfg, context.Dominators);
        context.LoopMemory.Compute(func, context.Cfg, context.Loops);
    }

    // Leaves an up-to-date graph and no unreachable blocks. True if something changed.
    private static bool SimplifyBranches(IrFunction func, OptContext context, DominatorTree? dominators)
    {
        if (!context.Branches.Run(func, context.Cfg, dominators)) return false;
        context.Cfg.Compute(func);
        UnreachableBlocksPass.Run(func, context.Cfg);
        context.RedundantParams.Run(func, context.Cfg);
        return true;
    }

    private static void Verify(IrFunction func, OptContext context, string after) => context.Verifier.Check(func, after);
}
