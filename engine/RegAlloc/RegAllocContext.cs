namespace Kiln.RegAlloc;

/// <summary>
/// All buffers of the allocator. One per worker thread, used for one function after the other; nothing is
/// allocated on the heap once they have grown to the largest function.
/// </summary>
public sealed class RegAllocContext
{
    internal readonly Allocation Output = new();

    internal void Clear() => Output.Clear();
}
