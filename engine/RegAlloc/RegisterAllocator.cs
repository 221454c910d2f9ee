using Kiln.RegAlloc.Splitting;

namespace Kiln.RegAlloc;

/// <summary>Entry point: assigns a location to every operand of a function.</summary>
public static class RegisterAllocator
{
    /// <summary>
    /// Allocates registers for <paramref name="function"/>, which must satisfy the invariants stated at
    /// <see cref="IAllocatable"/>. The result belongs to <paramref name="context"/>.
    /// </summary>
    /// <exception cref="Kiln.Foundation.Diagnostics.EngineBug">An input invariant is broken.</exception>
    public static Allocation Run<TFunc>(in TFunc function, MachineEnv env, RegAllocContext context)
        where TFunc : struct, IAllocatable
    {
        context.Clear();
        FunctionScan.Run(function, env, context);
        LiveRanges.Run(context);
        Merge.Run(function, context);
        CallSplits.Run(context);
        Process.Run(env, context);
        Assignments.Run(context);
        SpillSlots.Run(context);
        Moves.Run(function, context);
        StackMaps.Run(function, context);
        MoveResolution.Run(env, context);
        RedundantMoves.Run(function, env, context);
        return context.Output;
    }
}
