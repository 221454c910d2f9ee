using System.Collections.Generic;
using System.Threading;
using Kiln.Runtime.Stores;

namespace Kiln.Runtime.Memories;

/// <summary>How a wait ended. The first three are what the instruction gives.</summary>
internal enum WaitEnd
{
    /// <summary>Another guest or the host woke it.</summary>
    Woken = 0,

    /// <summary>There was another value in memory; it did not wait.</summary>
    NotEqual = 1,

    /// <summary>The time was over.</summary>
    TimedOut = 2,

    /// <summary>The store's deadline passed, or it was cancelled: the guest traps.</summary>
    Interrupted = 3,

    /// <summary>The store was disposed: nothing of the guest is left.</summary>
    Abandoned = 4,
}

// A wait may end at any time from the moment it is in the queue, also before the guest has left its stack. So the end and the
// arrangement for what is then to happen meet in one field: whoever comes second acts.
//
//   nobody yet: null        a call is to be continued: the GuestCall        a thread sleeps: what it sleeps on
//   it has ended: Over

/// <summary>
/// One wait of one guest, used once: from the builtin that puts it into the queue to the guest's continuation. It rings when
/// its time is over.
/// </summary>
internal sealed class Waiter : Alarm
{
    private static readonly object Over = new();

    private readonly WaitQueue _queue;
    private object? _continuation;

    /// <summary>A wait at an address of a queue's memory.</summary>
    public Waiter(WaitQueue queue, ulong address)
    {
        _queue = queue;
        Address = address;
        Node = new LinkedListNode<Waiter>(this);
    }

    /// <summary>Where it waits.</summary>
    public ulong Address { get; }

    /// <summary>In a list while the wait has not ended; the queue's.</summary>
    public LinkedListNode<Waiter> Node { get; }

    /// <summary>The next one that the same notification woke; the queue's.</summary>
    public Waiter? NextWoken { get; set; }

    /// <summary>How it ended; valid once it has.</summary>
    public WaitEnd End { get; set; }

    /// <summary>Ends the wait for another reason than a notification; false, and nothing happens, if it ended already.</summary>
    public bool TryEnd(WaitEnd end) => _queue.TryEnd(this, end);

    /// <summary>Ends the wait and lets the guest go on, unless it ended already.</summary>
    public void Finish(WaitEnd end)
    {
        if (TryEnd(end)) Continue();
    }

    /// <inheritdoc/>
    public override void Ring() => Finish(WaitEnd.TimedOut);

    /// <summary>After the end: what was arranged happens now, or at once when it is arranged. Once.</summary>
    public void Continue()
    {
        object? arranged = Interlocked.Exchange(ref _continuation, Over);
        if (arranged is GuestCall call)
        {
            call.Schedule(End);
        }
        else if (arranged is not null)
        {
            lock (arranged) Monitor.Pulse(arranged);
        }
    }

    /// <summary>Arranges for a call to be continued; false if the wait has ended, and the caller has to go on with it.</summary>
    public bool TryPark(GuestCall call) => Interlocked.CompareExchange(ref _continuation, call, null) is null;

    /// <summary>Blocks the thread until the wait has ended.</summary>
    public void Block()
    {
        object sleep = new();
        lock (sleep)
        {
            if (Interlocked.CompareExchange(ref _continuation, sleep, null) is not null) return;
            while (Volatile.Read(ref _continuation) != Over) Monitor.Wait(sleep);
        }
    }
}
