namespace Kiln;

/// <summary>
/// What one store may use. A guest that goes over a growth limit sees <c>memory.grow</c> or
/// <c>table.grow</c> return -1; an instantiation that goes over one fails with <see cref="StoreLimitException"/>.
/// </summary>
public sealed record StoreLimits
{
    /// <summary>Bytes of all linear memories together, plus what the host charges with <see cref="Store.TryChargeMemory"/>.</summary>
    public long MemoryBytes { get; init; } = long.MaxValue;

    /// <summary>Elements of all tables together.</summary>
    public long TableElements { get; init; } = 20_000_000;

    /// <summary>Instances.</summary>
    public int Instances { get; init; } = 10_000;

    /// <summary>Linear memories.</summary>
    public int Memories { get; init; } = 10_000;

    /// <summary>Tables.</summary>
    public int Tables { get; init; } = 10_000;

    /// <summary>Bytes of call stack of one activation, at most <see cref="Config.MaxStackSize"/>; rounded up to pages, at least 32 KiB.</summary>
    public int StackBytes { get; init; } = int.MaxValue;
}
