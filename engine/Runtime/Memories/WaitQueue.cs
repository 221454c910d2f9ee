using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using Kiln.Runtime.Stores;

namespace Kiln.Runtime.Memories;

/// <summary>How a wait ended; the numbers are those that the instruction gives.</summary>
internal enum WaitResult
{
    /// <summary>Another thread woke it.</summary>
    Woken = 0,

    /// <summary>There was another value in memory.</summary>
    NotEqual = 1,

    /// <summary>The time was over, or the store was interrupted.</summary>
    TimedOut = 2,
}

// Lock order: the queue's gate or a store's interruption gate, then a waiter's; never one of the former inside another.
//
// The value is compared inside the queue's gate, and a waker takes the gate after it wrote the value: either the waiter
// sees the new value, or the waker sees the waiter.

/// <summary>The guests that wait at the addresses of one shared memory, first come, first woken. Thread-safe.</summary>
internal sealed unsafe class WaitQueue
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, LinkedList<Waiter>> _waiters = [];

    /// <summary>Wakes up to <paramref name="count"/> guests that wait at an address; how many it woke.</summary>
    public uint Notify(ulong address, uint count)
    {
        lock (_gate)
        {
            if (!_waiters.TryGetValue(address, out LinkedList<Waiter>? list)) return 0;
            uint woken = 0;
            while (woken < count && list.First is { } first)
            {
                list.RemoveFirst();
                first.Value.Notify();
                woken++;
            }

            if (list.Count == 0) _waiters.Remove(address);
            return woken;
        }
    }

    /// <summary>
    /// Blocks the thread while nobody wakes it, if the value at the address (aligned, in bounds) is the expected one. A negative
    /// timeout is none. An interruption of the store ends the wait, too.
    /// </summary>
    public WaitResult Wait(byte* memory, ulong address, int bytes, ulong expected, long nanoseconds, StoreInterruption interruption)
    {
        Waiter waiter = new();
        interruption.Attach(waiter);
        try
        {
            LinkedListNode<Waiter> node;
            lock (_gate)
            {
                // SAFETY: the caller checked the address; a memory never shrinks nor moves.
                ulong value = bytes == sizeof(uint) ? Volatile.Read(ref *(uint*)(memory + address)) : Volatile.Read(ref *(ulong*)(memory + address));
                if (value != expected) return WaitResult.NotEqual;
                if (!_waiters.TryGetValue(address, out LinkedList<Waiter>? list)) _waiters.Add(address, list = new LinkedList<Waiter>());
                node = list.AddLast(waiter);
            }

            waiter.Sleep(nanoseconds);
            lock (_gate)
            {
                if (node.List is not { } list) return WaitResult.Woken;
                list.Remove(node);
                if (list.Count == 0) _waiters.Remove(address);
                return WaitResult.TimedOut;
            }
        }
        finally
        {
            interruption.Detach();
        }
    }
}

/// <summary>One guest that waits.</summary>
internal sealed class Waiter
{
    private readonly object _gate = new();
    private bool _done;

    /// <summary>Ends the sleep, or the next one if it has not begun.</summary>
    public void Notify()
    {
        lock (_gate)
        {
            _done = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Sleeps until <see cref="Notify"/>, or until the time is over; a negative time never is.</summary>
    public void Sleep(long nanoseconds)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (!_done)
            {
                if (nanoseconds < 0)
                {
                    Monitor.Wait(_gate);
                    continue;
                }

                double left = nanoseconds / 1e6 - Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                if (left <= 0) return;
                Monitor.Wait(_gate, (int)Math.Min(Math.Ceiling(left), int.MaxValue));
            }
        }
    }
}
