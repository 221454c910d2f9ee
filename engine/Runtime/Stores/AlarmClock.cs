using System;
using System.Diagnostics;
using System.Threading;

namespace Kiln.Runtime.Stores;

/// <summary>Something to happen at a time: a store's deadline, the end of a guest's wait. In one clock at a time.</summary>
internal abstract class Alarm
{
    /// <summary>When it rings, a <see cref="Stopwatch"/> timestamp; the clock's.</summary>
    internal long Due;

    /// <summary>Its place in the clock's heap, or -1; the clock's.</summary>
    internal int Position = -1;

    /// <summary>
    /// Its time has come. On the clock's thread, so it must be short and not throw; it may have been taken away at the same
    /// moment.
    /// </summary>
    public abstract void Ring();
}

// A binary heap in which every alarm knows its place, so that what is taken away leaves nothing behind: a guest that waits
// with a long timeout and is woken at once may do that a million times a second.

/// <summary>
/// Rings alarms: one thread for an engine, which sleeps until the nearest one and ends when there has been none for a while.
/// Alarms ring about a millisecond late. Thread-safe.
/// </summary>
internal sealed class AlarmClock : IDisposable
{
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    private readonly object _gate = new();
    private Alarm?[] _heap = new Alarm?[16];
    private int _count;
    private bool _running;
    private bool _disposed;

    /// <summary>The time from now on after which so many <see cref="Stopwatch"/> ticks have passed; never before now.</summary>
    public static long After(double ticks) => Stopwatch.GetTimestamp() + (long)Math.Clamp(Math.Ceiling(ticks), 0, long.MaxValue / 2);

    /// <summary>Sets an alarm that is in no clock.</summary>
    public void Add(Alarm alarm, long timestamp)
    {
        lock (_gate)
        {
            if (_disposed) return;
            alarm.Due = timestamp;
            if (_count == _heap.Length) Array.Resize(ref _heap, 2 * _count);
            Rise(alarm, _count++);
            if (!_running) Start();
            else if (alarm.Position == 0) Monitor.Pulse(_gate);
        }
    }

    /// <summary>Takes an alarm away; nothing happens if it rang, or was never set. It may be ringing at this moment.</summary>
    public void Remove(Alarm alarm)
    {
        lock (_gate)
        {
            int position = alarm.Position;
            if (position < 0) return;
            alarm.Position = -1;
            Alarm last = _heap[--_count]!;
            _heap[_count] = null;
            if (last == alarm) return;
            Rise(last, position);
            Sink(last, last.Position);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_count != 0) Remove(_heap[_count - 1]!);
            Monitor.Pulse(_gate);
        }
    }

    private void Rise(Alarm alarm, int position)
    {
        while (position != 0)
        {
            int parent = (position - 1) / 2;
            if (_heap[parent]!.Due <= alarm.Due) break;
            Place(_heap[parent]!, position);
            position = parent;
        }

        Place(alarm, position);
    }

    private void Sink(Alarm alarm, int position)
    {
        for (int child = 2 * position + 1; child < _count; child = 2 * position + 1)
        {
            if (child + 1 < _count && _heap[child + 1]!.Due < _heap[child]!.Due) child++;
            if (alarm.Due <= _heap[child]!.Due) break;
            Place(_heap[child]!, position);
            position = child;
        }

        Place(alarm, position);
    }

    private void Place(Alarm alarm, int position)
    {
        _heap[position] = alarm;
        alarm.Position = position;
    }

    private void Start()
    {
        _running = true;
        new Thread(Run) { IsBackground = true, Name = "kiln alarms", Priority = ThreadPriority.AboveNormal }.Start();
    }

    private void Run()
    {
        while (WaitForNext() is { } alarm) alarm.Ring();
    }

    // Waits for the next alarm and takes it out; null if the thread is to end.
    private Alarm? WaitForNext()
    {
        lock (_gate)
        {
            while (!_disposed)
            {
                if (_count == 0)
                {
                    if (Monitor.Wait(_gate, Linger) || _count != 0) continue;
                    break;
                }

                Alarm next = _heap[0]!;
                long left = next.Due - Stopwatch.GetTimestamp();
                if (left <= 0)
                {
                    Remove(next);
                    return next;
                }

                long milliseconds = Math.Clamp((long)(left * 1000.0 / Stopwatch.Frequency) + 1, 1, int.MaxValue);
                Monitor.Wait(_gate, (int)milliseconds);
            }

            _running = false;
            return null;
        }
    }
}
