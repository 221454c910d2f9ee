using System.Collections.Generic;
using System.Threading;

namespace Kiln.Runtime.Memories;

// The value is compared inside the gate, and a waker takes the gate after it wrote the value: either the waiter sees the new
// value, or the waker sees the waiter.
//
// Whoever takes a waiter off its list has ended that wait, and nobody else can: notify, the clock, an interruption and the
// store's disposal all do it here. What follows from the end is done outside of the gate.

/// <summary>The guests that wait at the addresses of one shared memory, first come, first woken. Thread-safe.</summary>
internal sealed unsafe class WaitQueue
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, LinkedList<Waiter>> _waiters = [];

    /// <summary>
    /// Adds who waits at its address, if the value there (of <paramref name="bytes"/> bytes, aligned, in bounds) is the expected
    /// one; false if it is not.
    /// </summary>
    public bool TryAdd(Waiter waiter, byte* memory, int bytes, ulong expected)
    {
        lock (_gate)
        {
            // SAFETY: the caller checked the address; a shared memory never shrinks nor moves.
            byte* place = memory + waiter.Address;
            ulong value = bytes == sizeof(uint) ? Volatile.Read(ref *(uint*)place) : Volatile.Read(ref *(ulong*)place);
            if (value != expected) return false;
            if (!_waiters.TryGetValue(waiter.Address, out LinkedList<Waiter>? list)) _waiters.Add(waiter.Address, list = new LinkedList<Waiter>());
            list.AddLast(waiter.Node);
            return true;
        }
    }

    /// <summary>Wakes up to <paramref name="count"/> guests that wait at an address; how many it woke.</summary>
    public uint Notify(ulong address, uint count)
    {
        Waiter? first = null;
        uint woken = 0;
        lock (_gate)
        {
            if (!_waiters.TryGetValue(address, out LinkedList<Waiter>? list)) return 0;
            Waiter? last = null;
            while (woken < count && list.First is { } node)
            {
                Waiter waiter = node.Value;
                list.RemoveFirst();
                waiter.End = WaitEnd.Woken;
                if (last is null) first = waiter;
                else last.NextWoken = waiter;
                last = waiter;
                woken++;
            }

            if (list.Count == 0) _waiters.Remove(address);
        }

        for (Waiter? waiter = first; waiter is not null;)
        {
            Waiter? next = waiter.NextWoken;
            waiter.NextWoken = null;
            waiter.Continue();
            waiter = next;
        }

        return woken;
    }

    /// <summary>Ends a wait in this queue; false if it ended already. The caller then calls <see cref="Waiter.Continue"/>.</summary>
    public bool TryEnd(Waiter waiter, WaitEnd end)
    {
        lock (_gate)
        {
            if (waiter.Node.List is not { } list) return false;
            list.Remove(waiter.Node);
            if (list.Count == 0) _waiters.Remove(waiter.Address);
            waiter.End = end;
            return true;
        }
    }
}
