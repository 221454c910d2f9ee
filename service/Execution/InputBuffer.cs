// From a client that sends to a guest that reads: standard input. The first part comes with the request; more may follow
// on the stream. A guest that reads faster than the client sends waits; a client that sends faster waits, too.

using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Kiln.Service.Execution;

/// <summary>Standard input of one guest. One reader thread at a time, one asynchronous writer.</summary>
internal sealed class InputBuffer
{
    private const int Capacity = 256 << 10;

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

    /// <summary>Reads some bytes, waiting for them; 0 at the end, and when the store is interrupted.</summary>
    public int Read(Span<byte> destination, Store store)
    {
        if (destination.IsEmpty) return 0;
        TaskCompletionSource? room = null;
        int count;
        lock (_gate)
        {
            if (_chunks.Count == 0 && !_completed && !WaitForInput(store)) return 0;
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

    /// <summary>Whether a read would return at once.</summary>
    public bool IsReady
    {
        get
        {
            lock (_gate)
            {
                return _chunks.Count != 0 || _completed;
            }
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

    private bool WaitForInput(Store store)
    {
        CancellationToken interruption = store.Interruption;
        using CancellationTokenRegistration wake = interruption.UnsafeRegister(
            static gate =>
            {
                lock (gate!) Monitor.PulseAll(gate);
            },
            _gate);
        while (_chunks.Count == 0 && !_completed)
        {
            if (interruption.IsCancellationRequested) return false;
            Monitor.Wait(_gate);
        }

        return true;
    }
}
