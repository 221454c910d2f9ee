using System;
using System.Diagnostics;
using System.Threading;
using Kiln.Runtime.Memories;

namespace Kiln.Runtime.Stores;

/// <summary>
/// A store's deadline and its cancellation: both set the flag that guests test at function entries and loop headers, and
/// fire a token for host functions that block. Thread-safe.
/// </summary>
public sealed unsafe class StoreInterruption
{
    private const uint CancelledBit = 1;
    private const uint DeadlineBit = 2;

    private readonly Lock _gate = new();
    private readonly WeakReference<GuestStore> _store;
    private readonly GuestStore _target;
    private readonly AlarmClock _clock;
    private CancellationTokenSource? _source;
    private Waiter? _waiter;
    private Deadline? _deadline;
    private uint _flags;
    private bool _disposed;

    internal StoreInterruption(GuestStore store, AlarmClock clock)
    {
        _target = store;
        _store = new WeakReference<GuestStore>(store);
        _clock = clock;
    }

    /// <summary>Whether <see cref="Cancel"/> was called.</summary>
    public bool IsCancelled => (Volatile.Read(ref _flags) & CancelledBit) != 0;

    /// <summary>Whether guests are to stop, for either reason.</summary>
    public bool IsRequested => Volatile.Read(ref _flags) != 0;

    /// <summary>Fires when the store is interrupted.</summary>
    public CancellationToken Token
    {
        get
        {
            lock (_gate)
            {
                if (_source is null)
                {
                    _source = new CancellationTokenSource();
                    if (_flags != 0) _source.Cancel();
                }

                return _source.Token;
            }
        }
    }

    /// <summary>Stops guests from <paramref name="timeout"/> from now on; infinite takes the deadline away.</summary>
    public void SetDeadline(TimeSpan timeout)
    {
        Deadline? deadline = timeout == Timeout.InfiniteTimeSpan ? null : new Deadline(_store);
        lock (_gate)
        {
            if (_disposed) return;
            if (_deadline is not null) _clock.Remove(_deadline);
            _deadline = deadline;
            Change(_flags & ~DeadlineBit);
            if (deadline is null) return;
            if (_waiter is not null) deadline.Parked = _target;
            if (timeout > TimeSpan.Zero) _clock.Add(deadline, AlarmClock.After(timeout.TotalSeconds * Stopwatch.Frequency));
        }

        if (timeout <= TimeSpan.Zero) OnDeadline(deadline);
    }

    /// <summary>Stops guests until <see cref="Reset"/>.</summary>
    public void Cancel() => Set(CancelledBit);

    /// <summary>Takes a cancellation back.</summary>
    public void Reset()
    {
        lock (_gate) Change(_flags & ~CancelledBit);
    }

    /// <summary>The store's guest is going to wait: an interruption ends that, one that is requested already at once.</summary>
    internal void Attach(Waiter waiter)
    {
        bool interrupted;
        lock (_gate)
        {
            _waiter = waiter;
            if (_deadline is not null) _deadline.Parked = _target;
            interrupted = _flags != 0;
        }

        if (interrupted) waiter.Finish(WaitEnd.Interrupted);
    }

    /// <summary>The store's guest does not wait any more.</summary>
    internal void Detach()
    {
        lock (_gate)
        {
            _waiter = null;
            if (_deadline is not null) _deadline.Parked = null;
        }
    }

    internal void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _waiter = null;
            if (_deadline is not null) _clock.Remove(_deadline);
            _deadline = null;
        }
    }

    private void OnDeadline(Deadline deadline)
    {
        CancellationTokenSource? source;
        Waiter? waiter;
        lock (_gate)
        {
            if (deadline != _deadline) return;
            Change(_flags | DeadlineBit);
            source = _source;
            waiter = _waiter;
        }

        Fire(source, waiter);
    }

    private void Set(uint bit)
    {
        CancellationTokenSource? source;
        Waiter? waiter;
        lock (_gate)
        {
            Change(_flags | bit);
            source = _source;
            waiter = _waiter;
        }

        Fire(source, waiter);
    }

    // The guest sees it at once; callbacks run on the thread pool, so that what they throw harms neither the clock nor the
    // caller of Cancel.
    private static void Fire(CancellationTokenSource? source, Waiter? waiter)
    {
        waiter?.Finish(WaitEnd.Interrupted);
        _ = source?.CancelAsync();
    }

    private void Change(uint flags)
    {
        if (flags == 0 && _source is { IsCancellationRequested: true }) _source = null;
        Volatile.Write(ref _flags, flags);
        if (!_disposed) Volatile.Write(ref _target.Context->Interrupt, flags == 0 ? 0 : uint.MaxValue);
    }

    // The clock does not keep a store alive that nobody uses any more, but one whose guest waits: the guest's caller may hold
    // nothing but the promise of its end.
    private sealed class Deadline(WeakReference<GuestStore> store) : Alarm
    {
        public GuestStore? Parked { get; set; }

        public override void Ring()
        {
            if (store.TryGetTarget(out GuestStore? target)) target.Interruption.OnDeadline(this);
        }
    }
}
