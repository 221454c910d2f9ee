using System;
using System.Collections.Generic;
using System.Threading;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;

namespace Kiln.Runtime.Memories;

/// <summary>
/// A memory that several stores use at once, from their threads. Compiled code of all of them reads one pair {address, length};
/// the address never changes, and the length only grows, after what it covers became accessible. It counts in full
/// against the memory limit of each store that has it, so growing needs room in all of them. Thread-safe.
/// </summary>
/// <remarks>
/// Freed when the last of its users (stores, and whoever created it) lets go; if some never do, the reservation's finaliser
/// frees it.
/// </remarks>
public sealed unsafe class SharedLinearMemory
{
    private readonly Lock _gate = new();
    private readonly EngineRuntime _runtime;
    private readonly MemoryReservation _reservation;
    private readonly List<MemoryBudget> _budgets = [];
    private readonly ulong[] _pair = GC.AllocateArray<ulong>(sizeof(VmMemory) / sizeof(ulong), pinned: true);
    private int _users = 1;

    /// <summary>Creates a memory of a shared type, with one user: the caller, who calls <see cref="Release"/> in the end.</summary>
    public SharedLinearMemory(EngineRuntime runtime, MemoryType type)
    {
        _runtime = runtime;
        Type = type;
        ulong bytes = type.Limits.Min << type.PageSizeLog2;
        if (type.Limits.Min > type.MaxPages || bytes >> type.PageSizeLog2 != type.Limits.Min || bytes > long.MaxValue)
            throw runtime.Errors.Limit($"a memory of {type.Limits.Min} pages exceeds any limit");
        try
        {
            _reservation = runtime.RentMemory(type, bytes);
        }
        catch (OutOfMemoryException)
        {
            // All that the memory may become is reserved now, because it cannot move.
            throw runtime.Errors.Limit($"the machine has no address space for a shared memory of up to {type.Limits.Max} pages");
        }

        if (!_reservation.TryCommit(bytes))
        {
            _reservation.Dispose();
            throw runtime.Errors.Limit($"the machine has no room for a memory of {bytes} bytes");
        }

        Cell->Base = _reservation.Base;
        Cell->ByteLength = bytes;
    }

    /// <summary>Its type as it was declared.</summary>
    public MemoryType Type { get; }

    /// <summary>The engine it belongs to.</summary>
    public EngineRuntime Runtime => _runtime;

    /// <summary>Size in bytes, which other threads may be changing.</summary>
    public ulong ByteCount => Volatile.Read(ref Cell->ByteLength);

    /// <summary>Wakes up to <paramref name="count"/> guests that wait at an address; how many it woke.</summary>
    public uint Notify(ulong address, uint count) => Waiters.Notify(address, count);

    /// <summary>Who waits at its addresses.</summary>
    internal WaitQueue Waiters { get; } = new();

    internal MemoryReservation Reservation => _reservation;

    // SAFETY: the array is pinned, and whoever has the pointer keeps this object alive.
    internal VmMemory* Cell
    {
        get
        {
            fixed (ulong* pair = _pair) return (VmMemory*)pair;
        }
    }

    /// <summary>One store more uses it, which pays for it. A limit or a misuse if that cannot be.</summary>
    internal void Acquire(MemoryBudget budget)
    {
        lock (_gate)
        {
            if (_users == 0) throw _runtime.Errors.Misuse("the shared memory is disposed");
            if (!budget.TryCharge((long)Cell->ByteLength)) throw _runtime.Errors.Limit($"a shared memory of {Cell->ByteLength} bytes exceeds the store's memory limit");
            _budgets.Add(budget);
            _users++;
        }
    }

    /// <summary>One user less; <paramref name="budget"/> is the store's, null for the creator.</summary>
    /// <param name="budget">What <see cref="Acquire"/> charged.</param>
    /// <param name="isDisposal">False in a finaliser, where the reservation may be finalised already.</param>
    public void Release(MemoryBudget? budget, bool isDisposal)
    {
        lock (_gate)
        {
            if (budget is not null && _budgets.Remove(budget)) budget.Release((long)Cell->ByteLength);
            if (--_users != 0 || !isDisposal) return;
        }

        _runtime.ReturnMemory(_reservation);
    }

    /// <summary>Grows by pages; the pages before, or -1 if a limit or the machine does not allow it.</summary>
    internal long Grow(ulong delta)
    {
        lock (_gate)
        {
            ulong before = Cell->ByteLength;
            ulong pages = before >> Type.PageSizeLog2;
            ulong most = Math.Min(Type.Limits.Max ?? Type.MaxPages, Type.MaxPages);
            if (delta > most || pages > most - delta) return -1;
            if (delta == 0) return (long)pages;
            if (pages + delta > _reservation.Capacity >> Type.PageSizeLog2) return -1;
            ulong more = delta << Type.PageSizeLog2;
            if (!TryCharge((long)more)) return -1;
            if (!_reservation.TryCommit(before + more))
            {
                foreach (MemoryBudget budget in _budgets) budget.Release((long)more);
                return -1;
            }

            Volatile.Write(ref Cell->ByteLength, before + more);
            return (long)pages;
        }
    }

    // All or none.
    private bool TryCharge(long bytes)
    {
        for (int i = 0; i < _budgets.Count; i++)
        {
            if (_budgets[i].TryCharge(bytes)) continue;
            while (--i >= 0) _budgets[i].Release(bytes);
            return false;
        }

        return true;
    }
}
