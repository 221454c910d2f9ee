using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt;

// In:  a well-formed function without aliases in operands (FunctionBuilder.Finish).
// Out: a well-formed function that means the same, without aliases in operands and without unreachable
//      blocks, and up-to-date analyses in the context.
//
// Each pass is linear or nearly so and runs once or twice; there is no fixpoint over passes. The order:
// blocks are merged first, so that scopes are large; value numbering finds constants, after which branches
// can be decided; code motion wants the final set of blocks; dead code is removed when everything that was
// replaced is known; constants go last to where they are used, because sharing them is not worth a register.

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
            SimplifyBranches(func, context);
            if (verify) Verify(func, context, "branches");
        }

        context.Dominators.Compute(context.Cfg);
        context.Loops.Compute(func, context.Cfg, context.Dominators);
        context.LoopMemory.Compute(func, context.Cfg, context.Loops);
        if (Has(OptFlags.Simplify | OptFlags.Gvn | OptFlags.RedundantLoads))
        {
            context.ValueNumbering.Run(func, flags, context);
            if (verify) Verify(func, context, "value numbering");
        }

        if (Has(OptFlags.Branches))
        {
            SimplifyBranches(func, context);
            if (verify) Verify(func, context, "branches after value numbering");
            context.Dominators.Compute(context.Cfg);
            context.Loops.Compute(func, context.Cfg, context.Dominators);
            context.LoopMemory.Compute(func, context.Cfg, context.Loops);
        }

        if (Has(OptFlags.Licm) && context.Loops.Count != 0)
        {
            if (context.LoopInvariants.Run(func, context))
            {
                context.Cfg.Compute(func);
                context.Dominators.Compute(context.Cfg);
                context.Loops.Compute(func, context.Cfg, context.Dominators);
            }

            if (verify) Verify(func, context, "licm");
        }

        if (Has(OptFlags.LoopExits))
        {
            LoopExitPass.Run(func, context.Cfg, context.Dominators, context.Loops);
            if (verify) Verify(func, context, "loop-exits");
        }

        if (Has(OptFlags.DeadCode))
        {
            context.DeadCode.Run(func, context.Cfg);
            if (verify) Verify(func, context, "dead-code");
        }

        if (Has(OptFlags.Constants))
        {
            context.Constants.Run(func);
            if (verify) Verify(func, context, "constants");
        }
    }

    // Leaves an up-to-date graph and no unreachable blocks.
    private static void SimplifyBranches(IrFunction func, OptContext context)
    {
        if (!context.Branches.Run(func, context.Cfg)) return;
        context.Cfg.Compute(func);
        UnreachableBlocksPass.Run(func, context.Cfg);
        context.RedundantParams.Run(func, context.Cfg);
    }

    private static void Verify(IrFunction func, OptContext context, string after) => context.Verifier.Check(func, after);
}
