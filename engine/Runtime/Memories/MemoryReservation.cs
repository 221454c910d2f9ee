using System;
using System.Diagnostics.CodeAnalysis;
using Kiln.Contract;
using Kiln.Runtime.Platform;

namespace Kiln.Runtime.Memories;

/// <summary>
/// Address space for one linear memory: a guard in front, room to grow, a guard behind. What is accessible is a prefix of
/// the room; it reads as zero until written.
/// </summary>
internal sealed unsafe class MemoryReservation : IDisposable
{
    private const ulong FrontGuard = Tunables.MemoryFrontGuard;

    private const ulong MostAddressSpace = 1UL << 46;

    private byte* _start;

    /// <summary>Reserves room for <paramref name="capacity"/> bytes and <paramref name="guard"/> behind it; both are rounded up to pages.</summary>
    public MemoryReservation(ulong capacity, ulong guard)
    {
        Capacity = VirtualMemory.RoundUp(capacity);
        Guard = VirtualMemory.RoundUp(guard);
        _start = VirtualMemory.Reserve(FrontGuard + Capacity + Guard);
    }

    /// <summary>As the constructor, but false if the machine has no such room.</summary>
    public static bool TryCreate(ulong capacity, ulong guard, [NotNullWhen(true)] out MemoryReservation? reservation)
    {
        reservation = null;
        if (capacity > MostAddressSpace || guard > MostAddressSpace) return false;
        try
        {
            reservation = new MemoryReservation(capacity, guard);
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }

    /// <summary>
    /// Takes over what is in another reservation, not larger than this one's accessible part: its pages change places, they are
    /// not copied, unless the system cannot do that. What was accessible of the other one stays so, and reads as zero; the rest of it
    /// is given back.
    /// </summary>
    public void TakeContentOf(MemoryReservation other)
    {
        if (other.Committed != 0 && !VirtualMemory.TryMove(other.Base, Base, other.Committed))
        {
            Buffer.MemoryCopy(other.Base, Base, Committed, other.Committed);
            other.Reset();
        }

        other.Trim();
    }

    /// <summary>Gives back what nobody disposed.</summary>
    ~MemoryReservation() => Free();

    /// <summary>Byte 0 of the memory.</summary>
    public byte* Base => _start + FrontGuard;

    /// <summary>The most bytes that can become accessible.</summary>
    public ulong Capacity { get; private set; }

    /// <summary>Inaccessible bytes behind the room.</summary>
    public ulong Guard { get; private set; }

    /// <summary>Accessible bytes, whole pages.</summary>
    public ulong Committed { get; private set; }

    /// <summary>Whether an address lies in the room or one of the guards.</summary>
    public bool Contains(ulong address) => address - (ulong)_start < FrontGuard + Capacity + Guard;

    /// <summary>Makes at least the first <paramref name="bytes"/> accessible; false if the machine refuses.</summary>
    public bool TryCommit(ulong bytes)
    {
        bytes = VirtualMemory.RoundUp(bytes);
        if (bytes <= Committed) return true;
        if (!VirtualMemory.TryCommit(Base + Committed, bytes - Committed)) return false;
        Committed = bytes;
        return true;
    }

    /// <summary>Makes everything zero again.</summary>
    public void Reset() => VirtualMemory.Zero(Base, Committed);

    /// <summary>Makes what is beyond the first <paramref name="bytes"/> inaccessible.</summary>
    public void Shrink(ulong bytes)
    {
        bytes = VirtualMemory.RoundUp(bytes);
        if (bytes >= Committed) return;
        VirtualMemory.Protect(Base + bytes, Committed - bytes);
        Committed = bytes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    // Leaves what is accessible, and the guard in front, by which the start is known.
    private void Trim()
    {
        VirtualMemory.Release(Base + Committed, Capacity - Committed + Guard);
        Capacity = Committed;
        Guard = 0;
    }

    private void Free()
    {
        if (_start != null) VirtualMemory.Release(_start, FrontGuard + Capacity + Guard);
        _start = null;
    }
}
