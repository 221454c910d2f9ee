using System;
using System.Diagnostics;
using System.Threading;
using Kiln.Contract;
using Kiln.Runtime.Faults;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Memories;
using Kiln.Runtime.Stacks;
using Kiln.Runtime.Stubs;
using Kiln.Runtime.Vm;

namespace Kiln.Runtime.Stores;

// Guests that wait. The builtin arranges for the end of the wait and asks for suspension; its stub returns to the managed code
// that entered the guest, and nothing of the guest is left on the thread: it is a place on its own stack, at GuestRsp of its
// activation, which stays the store's current one. What happens then depends on how the guest was entered:
//
//   Invoke   the thread sleeps until the wait has ended, and resumes the guest. So do calls from within host functions, whose
//            own guest cannot leave before them.
//   Start    says so, and the caller parks the call: the store belongs to nobody until some thread goes on with the call.
//
// A guest whose wait ended by an interruption is not resumed: its stack is given up, which is all that a trap would do.
public sealed unsafe partial class GuestStore
{
    private Waiter? _waiter;
    private long _waitedTicks;

    /// <summary>How long guests waited, in <see cref="Stopwatch"/> ticks: from leaving their stack to going on.</summary>
    public long WaitedTicks => Volatile.Read(ref _waitedTicks);

    /// <summary>
    /// Where parked guests go on after a wait: is given the work to execute, once, on any thread; null for the thread pool. Called
    /// from any thread; must not throw, nor execute the work itself. Interrupted guests, which only end, are not given to it.
    /// </summary>
    public Action<IThreadPoolWorkItem>? Scheduler { get; set; }

    /// <summary>
    /// As <see cref="Invoke"/>, of a thread that entered the store and was not inside already; false if the guest waits. Then
    /// <see cref="Park"/> is to be called, instead of <see cref="Leave"/>. The slots stay where they are until the call is over.
    /// </summary>
    public bool Start(GuestFunction function, ValueSlot[] pinnedSlots, out TrapReport? trap)
    {
        if (function.Store != this) ThrowForeign();
        if (pinnedSlots.Length < function.SlotCount) ThrowSlots();
        trap = null;
        _context->Current = _firstActivation;
        VmFuncRef* record = function.Record;
        EntryStatus status;
        fixed (ValueSlot* first = pinnedSlots) status = (EntryStatus)_entry(_firstActivation, function.EntryTrampoline, record->Code, record->Context, first);
        if (status == EntryStatus.Suspended) return false;
        _context->Current = null;
        if (status != EntryStatus.Returned) trap = ReasonOf(status, _firstStack);
        GC.KeepAlive(this);
        return true;
    }

    /// <summary>Leaves a guest that <see cref="Start"/> said waits; the call goes on when the wait has ended, at once if it has.</summary>
    public void Park(GuestCall call)
    {
        while (!TryPark(call))
        {
            if (!Continue(call)) return;
        }
    }

    /// <summary>Goes on with a parked call; false if it is over, true if the guest waits again.</summary>
    internal bool Continue(GuestCall call)
    {
        StoreOwnership mine = new(Thread.CurrentThread);
        lock (_ownerGate)
        {
            if (call.Waiter!.End != WaitEnd.Abandoned)
            {
                mine.Active = true;
                _ownership = mine;
            }
        }

        if (!mine.Active)
        {
            call.OnEnded(null, Runtime.Errors.Misuse("the store was disposed while its guest waited"));
            return false;
        }

        TrapReport? trap = null;
        Exception? error = null;
        _waitedTicks += Stopwatch.GetTimestamp() - call.ParkedAt;
        try
        {
            EntryStatus status = Resume(_firstActivation);
            if (status == EntryStatus.Suspended) return true;
            _context->Current = null;
            if (status != EntryStatus.Returned) trap = ReasonOf(status, _firstStack);
            if (trap is null) call.OnReturned();
        }
        catch (Exception thrown)
        {
            // A host function's, for whoever waits for the call.
            error = thrown;
        }

        call.OnLeaving();
        Leave(mine);
        call.OnEnded(trap, error);
        return false;
    }

    /// <summary>Makes the guest that called the builtin leave its stack until a wait in a queue ends, or so much time has passed; negative for ever.</summary>
    internal void SuspendUntil(Waiter waiter, long nanoseconds)
    {
        _waiter = waiter;
        _context->Current->PendingTrap = Activation.Suspend;
        if (nanoseconds >= 0) Runtime.Clock.Add(waiter, AlarmClock.After(nanoseconds * (Stopwatch.Frequency / 1e9)));
        Interruption.Attach(waiter);
    }

    // False if the wait has ended.
    private bool TryPark(GuestCall call)
    {
        Waiter waiter = _waiter!;
        call.ParkedAt = Stopwatch.GetTimestamp();
        call.Waiter = waiter;
        lock (_ownerGate)
        {
            _ownership.Active = false;
            _ownership = StoreOwnership.Parked;
        }

        // The store may be disposed from here on.
        return waiter.TryPark(call);
    }

    // Blocks the thread while the guest waits.
    private EntryStatus WaitAndResume(Activation* activation)
    {
        EntryStatus status;
        do
        {
            long start = Stopwatch.GetTimestamp();
            _waiter!.Block();
            _waitedTicks += Stopwatch.GetTimestamp() - start;
            status = Resume(activation);
        }
        while (status == EntryStatus.Suspended);
        return status;
    }

    private EntryStatus Resume(Activation* activation)
    {
        Waiter waiter = _waiter!;
        _waiter = null;
        Interruption.Detach();
        Runtime.Clock.Remove(waiter);
        if (waiter.End == WaitEnd.Interrupted || Volatile.Read(ref _context->Interrupt) != 0)
        {
            activation->PendingTrap = (uint)Trap.Interrupted;
            return EntryStatus.Unwound;
        }

        activation->PendingTrap = 0;
        EntryStatus status = (EntryStatus)_resume(activation, (ulong)waiter.End);
        GC.KeepAlive(this);
        return status;
    }

    // Takes a store whose guest is parked from that guest; false if none is. Its wait has ended then, which its caller is to be told.
    private bool TryAbandon(out Waiter? waiter)
    {
        lock (_ownerGate)
        {
            waiter = null;
            if (_ownership != StoreOwnership.Parked) return false;
            waiter = _waiter!;
            if (!waiter.TryEnd(WaitEnd.Abandoned)) throw Runtime.Errors.Misuse("a store cannot be disposed while a guest of it runs");
            _ownership = StoreOwnership.Dead;
        }

        Runtime.Clock.Remove(waiter);
        return true;
    }
}
