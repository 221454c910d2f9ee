using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;

namespace Kiln.Runtime.Stores;

/// <summary>
/// Tells stores when their deadlines have passed: one thread for an engine, which sleeps until the nearest deadline and
/// ends when there has been none for a while. Thread-safe.
/// </summary>
internal sealed class DeadlineTicker : IDisposable
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    private readonly object _gate = new();
    private readonly PriorityQueue<(WeakReference<GuestStore> Store, long Version), long> _queue = new();
    private bool _running;
    private bool _disposed;

    /// <summary>Calls <see cref="StoreInterruption.OnDeadline"/> with <paramref name="version"/> at a <see cref="Stopwatch"/> time.</summary>
    public void Add(WeakReference<GuestStore> store, long version, long timestamp)
    {
        lock (_gate)
        {
            if (_disposed) return;
            _queue.Enqueue((store, version), timestamp);
            if (_running) Monitor.Pulse(_gate);
            else Start();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _queue.Clear();
            Monitor.Pulse(_gate);
        }
    }

    private void Start()
    {
        _running = true;
        new Thread(Run) { IsBackground = true, Name = "kiln deadlines", Priority = ThreadPriority.AboveNormal }.Start();
    }

    private void Run()
    {
        while (TryWait(out WeakReference<GuestStore> due, out long version))
        {
            if (due.TryGetTarget(out GuestStore? store)) store.Interruption.OnDeadline(version);
        }
    }

    // Waits for the next deadline; false if the thread is to end.
    private bool TryWait(out WeakReference<GuestStore> due, out long version)
    {
        lock (_gate)
        {
            while (!_disposed)
            {
                if (!_queue.TryPeek(out (WeakReference<GuestStore> Store, long Version) next, out long timestamp))
                {
                    if (Monitor.Wait(_gate, Linger) || _queue.Count != 0) continue;
                    break;
                }

                long left = timestamp - Stopwatch.GetTimestamp();
                if (left <= 0)
                {
                    _queue.Dequeue();
                    (due, version) = next;
                    return true;
                }

                long milliseconds = Math.Clamp(left * 1000 / Stopwatch.Frequency + 1, 1, int.MaxValue);
                Monitor.Wait(_gate, (int)milliseconds);
            }

            _running = false;
            due = null!;
            version = 0;
            return false;
        }
    }
}
