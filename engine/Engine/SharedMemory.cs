using System;
using System.Threading;
using Kiln.Runtime.Memories;
using Kiln.Wasm.Types;

namespace Kiln;

/// <summary>
/// A linear memory for several stores at once, each on a thread of its own: define it in a <see cref="Linker"/>, or take the
/// one that a module defines from <see cref="Memory.Shared"/>. Its bytes count in full against
/// <see cref="StoreLimits.MemoryBytes"/> of every store that has it. It lives until it is disposed and the last of those
/// stores is. Thread-safe.
/// </summary>
public sealed class SharedMemory : IDisposable
{
    private readonly bool _isOwner;
    private bool _disposed;

    /// <summary>Creates a shared memory of <paramref name="minimum"/> pages, which can grow to <paramref name="maximum"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The sizes are not in order, or beyond 65,536 pages.</exception>
    /// <exception cref="StoreLimitException">The machine has no room for it.</exception>
    public SharedMemory(Engine engine, ulong minimum, ulong maximum)
    {
        MemoryType type = new(new Limits(minimum, maximum), false, true, MemoryType.DefaultPageSizeLog2);
        if (maximum > type.MaxPages || minimum > maximum) throw new ArgumentOutOfRangeException(nameof(maximum));
        Guest = new SharedLinearMemory(engine.Runtime, type);
        _isOwner = true;
    }

    internal SharedMemory(SharedLinearMemory guest) => Guest = guest;

    /// <summary>Size in bytes; another thread may be growing it.</summary>
    public ulong ByteCount => Guest.ByteCount;

    internal SharedLinearMemory Guest { get; }

    /// <summary>The memory as a store has it, always the same object. Throws <see cref="StoreLimitException"/> and <see cref="StoreUseException"/>.</summary>
    public Memory In(Store store) => Memory.Of(store, store.Guest.Attach(Guest));

    /// <summary>
    /// Wakes up to <paramref name="count"/> guests that wait at an address, as <c>memory.atomic.notify</c> does; how many it woke.
    /// </summary>
    public uint Notify(ulong address, uint count = uint.MaxValue) => Guest.Notify(address, count);

    /// <summary>Lets go of it; stores that have it keep it alive. Does nothing to one that <see cref="Memory.Shared"/> gave.</summary>
    public void Dispose()
    {
        if (_isOwner && !Interlocked.Exchange(ref _disposed, true)) Guest.Release(null, isDisposal: true);
    }
}
