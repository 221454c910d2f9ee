using System.Threading;
using Kiln.Runtime.Faults;
using Kiln.Runtime.Memories;

namespace Kiln.Runtime.Stores;

/// <summary>
/// A call from the host whose guest may wait without a thread. It is made when the guest first waits, and given to
/// <see cref="GuestStore.Park"/>; its ends are called on the thread on which the guest was when it ended.
/// </summary>
public abstract class GuestCall : IThreadPoolWorkItem
{
    private readonly GuestStore _store;
    private readonly ExecutionContext? _context = ExecutionContext.Capture();

    /// <summary>A call in a store, on behalf of the present execution context, in which host functions will be called.</summary>
    protected GuestCall(GuestStore store) => _store = store;

    /// <summary>What it waits for, while it does.</summary>
    internal Waiter? Waiter { get; set; }

    /// <summary>When the wait began.</summary>
    internal long ParkedAt { get; set; }

    /// <summary>The guest returned, and the store is not yet left: the place to read results from slots.</summary>
    protected internal abstract void OnReturned();

    /// <summary>The guest is over, one way or another, and the store not yet left. Must not throw.</summary>
    protected internal abstract void OnLeaving();

    /// <summary>The call is over and the store left: it trapped, or something was thrown, or neither. Must not throw.</summary>
    protected internal abstract void OnEnded(TrapReport? trap, System.Exception? exception);

    /// <summary>Goes on after a wait.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        if (_context is null) Run();
        else ExecutionContext.Run(_context, static call => ((GuestCall)call!).Run(), this);
    }

    /// <summary>The wait has ended. Who is interrupted needs no thread of a scheduler's, and must not wait for one.</summary>
    internal void Schedule(WaitEnd end)
    {
        bool goesOn = end is WaitEnd.Woken or WaitEnd.TimedOut;
        if (goesOn && _store.Scheduler is { } schedule) schedule(this);
        else ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void Run()
    {
        if (_store.Continue(this)) _store.Park(this);
    }
}
