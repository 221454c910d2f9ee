using System;

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
        throw new NotSupportedException("the allocator is not there yet");
    }
}
