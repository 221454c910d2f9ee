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
    private readonly DeadlineTicker _ticker;
    private CancellationTokenSource? _source;
    private Waiter? _waiter;
    private uint _flags;
    private long _version;
    private bool _disposed;

    internal StoreInterruption(GuestStore store, DeadlineTicker ticker)
    {
        _target = store;
        _store = new WeakReference<GuestStore>(store);
        _ticker = ticker;
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
        long version;
        lock (_gate)
        {
            version = ++_version;
            Change(_flags & ~DeadlineBit);
        }

        if (timeout == Timeout.InfiniteTimeSpan) return;
        double ticks = timeout.TotalSeconds * Stopwatch.Frequency;
        if (ticks <= 0) OnDeadline(version);
        else if (ticks < long.MaxValue / 2) _ticker.Add(_store, version, Stopwatch.GetTimestamp() + (long)ticks);
    }

    /// <summary>Stops guests until <see cref="Reset"/>.</summary>
    public void Cancel() => Set(CancelledBit);

    /// <summary>Takes a cancellation back.</summary>
    public void Reset()
    {
        lock (_gate) Change(_flags & ~CancelledBit);
    }

    /// <summary>The store's guest is going to wait: an interruption wakes it, one that is requested already at once.</summary>
    internal void Attach(Waiter waiter)
    {
        lock (_gate)
        {
            _waiter = waiter;
            if (_flags != 0) waiter.Notify();
        }
    }

    /// <summary>The store's guest does not wait any more.</summary>
    internal void Detach()
    {
        lock (_gate) _waiter = null;
    }

    internal void OnDeadline(long version)
    {
        CancellationTokenSource? source;
        lock (_gate)
        {
            if (version != _version) return;
            Change(_flags | DeadlineBit);
            source = _source;
        }

        Fire(source);
    }

    internal void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _version++;
        }
    }

    private void Set(uint bit)
    {
        CancellationTokenSource? source;
        lock (_gate)
        {
            Change(_flags | bit);
            source = _source;
        }

        Fire(source);
    }

    // Waiters see it at once; callbacks run on the thread pool, so that what they throw harms neither the ticker nor the
    // caller of Cancel.
    private static void Fire(CancellationTokenSource? source) => _ = source?.CancelAsync();

    private void Change(uint flags)
    {
        if (flags == 0 && _source is { IsCancellationRequested: true }) _source = null;
        Volatile.Write(ref _flags, flags);
        if (flags != 0) _waiter?.Notify();
        if (!_disposed) Volatile.Write(ref _target.Context->Interrupt, flags == 0 ? 0 : uint.MaxValue);
    }
}
