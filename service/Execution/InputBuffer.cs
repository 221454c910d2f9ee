// From a client that sends to a guest that reads: standard input. The first part comes with the request; more may follow
// on the stream. A guest that reads faster than the client sends waits; a client that sends faster waits, too.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Kiln.Wasi.Preview1;

namespace Kiln.Service.Execution;

/// <summary>Standard input of one guest. One reader thread at a time, one asynchronous writer.</summary>
internal sealed class InputBuffer : IGuestInput
{
    private const int Capacity = 256 << 10;
    private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(1);

    private readonly object _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _chunks = new();
    private int _queued;
    private bool _completed;
    private TaskCompletionSource? _room;

    /// <summary>With what came with the request; complete unless more is streamed.</summary>
    public InputBuffer(ReadOnlyMemory<byte> first, bool isStreamed)
    {
        if (!first.IsEmpty)
        {
            _chunks.Enqueue(first);
            _queued = first.Length;
        }

        _completed = !isStreamed;
    }

    /// <inheritdoc/>
    public int Read(Span<byte> destination, CancellationToken cancellation)
    {
        if (destination.IsEmpty) return 0;
        TaskCompletionSource? room = null;
        int count;
        lock (_gate)
        {
            WaitForInput(Timeout.InfiniteTimeSpan, cancellation);
            if (!_chunks.TryPeek(out ReadOnlyMemory<byte> chunk)) return 0;
            count = Math.Min(destination.Length, chunk.Length);
            chunk.Span[..count].CopyTo(destination);
            _chunks.Dequeue();
            if (count < chunk.Length) PushFront(chunk[count..]);
            _queued -= count;
            if (_queued < Capacity)
            {
                room = _room;
                _room = null;
            }
        }

        room?.TrySetResult();
        return count;
    }

    /// <inheritdoc/>
    public bool WaitReadable(TimeSpan timeout, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return WaitForInput(timeout, cancellation);
        }
    }

    /// <summary>Appends input; waits for room.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (bytes.IsEmpty) return;
        Task? wait = null;
        lock (_gate)
        {
            if (_queued >= Capacity && !_completed)
            {
                _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = _room.Task;
            }
        }

        if (wait is not null) await wait.WaitAsync(cancellation);
        lock (_gate)
        {
            if (_completed) return;
            _chunks.Enqueue(bytes);
            _queued += bytes.Length;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>No more input follows.</summary>
    public void Complete()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            _completed = true;
            room = _room;
            _room = null;
            Monitor.PulseAll(_gate);
        }

        room?.TrySetResult();
    }

    private void PushFront(ReadOnlyMemory<byte> rest)
    {
        // A queue has no front insertion; chunks are few.
        int others = _chunks.Count;
        _chunks.Enqueue(rest);
        for (int i = 0; i < others; i++) _chunks.Enqueue(_chunks.Dequeue());
    }

    /// <summary>Inside the gate: waits until there is input or its end; false on timeout.</summary>
    private bool WaitForInput(TimeSpan timeout, CancellationToken cancellation)
    {
        if (_chunks.Count != 0 || _completed) return true;
        CancellationTokenRegistration wake = cancellation.UnsafeRegister(
            static gate =>
            {
                lock (gate!) Monitor.PulseAll(gate);
            },
            _gate);
        try
        {
            long start = Stopwatch.GetTimestamp();
            while (_chunks.Count == 0 && !_completed)
            {
                cancellation.ThrowIfCancellationRequested();
                if (timeout == Timeout.InfiniteTimeSpan)
                {
                    Monitor.Wait(_gate);
                    continue;
                }

                TimeSpan left = timeout - Stopwatch.GetElapsedTime(start);
                if (left <= TimeSpan.Zero) return false;
                Monitor.Wait(_gate, left < s_longestWait ? left : s_longestWait);
            }

            return true;
        }
        finally
        {
            // Not Dispose: that would wait for a callback which waits for the gate.
            wake.Unregister();
        }
    }
}
