// From a guest that writes to a client that reads: a queue of chunks between the guest's thread and one asynchronous
// reader. When the reader is slow and the queue is full, the guest waits. When the guest has written its limit, it is stopped.
//
// Small writes of one stream join the last chunk while nobody has taken it, so a guest that prints byte by byte
// costs one message a flush and not one a byte.

using System;
using System.Buffers;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using System.Threading.Tasks.Sources;

namespace Kiln.Service.Execution;

/// <summary>The two output streams.</summary>
internal enum OutputKind : byte
{
    /// <summary>Standard output.</summary>
    Stdout,

    /// <summary>Standard error.</summary>
    Stderr,
}

/// <summary>Some output. Return it when it is sent.</summary>
internal readonly struct OutputChunk(OutputKind kind, byte[] buffer, int length)
{
    /// <summary>The stream.</summary>
    public OutputKind Kind => kind;

    /// <summary>The bytes; valid until <see cref="Return"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => buffer.AsMemory(0, length);

    /// <summary>Gives the buffer back.</summary>
    public void Return() => ArrayPool<byte>.Shared.Return(buffer);
}

/// <summary>The queue. One writer thread at a time, one reader.</summary>
internal sealed class OutputBuffer : IValueTaskSource
{
    private const int ChunkSize = 32 << 10;

    private readonly object _gate = new();
    private readonly Queue<OutputChunk> _full = new();
    private readonly long _limit;
    private readonly long _capacity;
    private ManualResetValueTaskSourceCore<bool> _signal;
    private byte[]? _tail;
    private int _tailLength;
    private OutputKind _tailKind;
    private long _queued;
    private bool _readerWaits;
    private bool _completed;
    private bool _aborted;

    /// <summary>With the guest's output limit, and how many bytes wait for the reader before the guest does.</summary>
    public OutputBuffer(long limit, long capacity)
    {
        _limit = limit;
        _capacity = capacity;
        _signal.RunContinuationsAsynchronously = true;
    }

    /// <summary>Bytes the guest has written.</summary>
    public long Written { get; private set; }

    /// <summary>Whether the guest wrote more than its limit; what was over it is lost.</summary>
    public bool LimitReached { get; private set; }

    /// <summary>Whether the guest is over.</summary>
    public bool IsCompleted
    {
        get
        {
            lock (_gate)
            {
                return _completed;
            }
        }
    }

    /// <summary>
    /// Appends output. On the guest's thread; waits for room, and throws <see cref="OperationCanceledException"/> when stopped
    /// meanwhile. False if nobody will read it. Stops the store when the limit is reached.
    /// </summary>
    public bool Write(OutputKind kind, ReadOnlySpan<byte> bytes, Store store, CancellationToken interruption)
    {
        if (Written + bytes.Length > _limit)
        {
            bytes = bytes[..(int)(_limit - Written)];
            LimitReached = true;
        }

        while (!bytes.IsEmpty)
        {
            bool signal;
            lock (_gate)
            {
                if (_queued >= _capacity) WaitForRoom(interruption);
                if (_aborted) return false;
                int count = Append(kind, bytes);
                bytes = bytes[count..];
                Written += count;
                _queued += count;
                signal = TakeSignal();
            }

            if (signal) _signal.SetResult(true);
        }

        if (LimitReached) store.Cancel();
        return true;
    }

    /// <summary>The guest is over: the reader gets what is left, then the end. The last thing to do on the guest's thread.</summary>
    public void Complete()
    {
        bool signal;
        lock (_gate)
        {
            _completed = true;
            signal = TakeSignal();
            // The guest is done with its thread: the reader goes on right here, which saves a change of threads.
            _signal.RunContinuationsAsynchronously = false;
        }

        if (signal) _signal.SetResult(true);
    }

    /// <summary>The reader is gone: what is queued and what follows is dropped, and a waiting guest goes on.</summary>
    public void Abort()
    {
        lock (_gate)
        {
            _aborted = true;
            while (_full.TryDequeue(out OutputChunk chunk)) chunk.Return();
            _queued = _tailLength;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Takes the next chunk if there is one.</summary>
    public bool TryTake(out OutputChunk chunk)
    {
        lock (_gate)
        {
            if (!_full.TryDequeue(out chunk))
            {
                if (_tail is null) return false;
                chunk = new OutputChunk(_tailKind, _tail, _tailLength);
                _tail = null;
                _tailLength = 0;
            }

            bool wasFull = _queued >= _capacity;
            _queued -= chunk.Bytes.Length;
            if (wasFull && _queued < _capacity) Monitor.PulseAll(_gate);
            return true;
        }
    }

    /// <summary>Waits until there is a chunk or the guest is over; false at the end.</summary>
    public async ValueTask<bool> WaitAsync()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_full.Count != 0 || _tail is not null) return true;
                if (_completed) return false;
                _signal.Reset();
                _readerWaits = true;
            }

            await new ValueTask(this, _signal.Version);
        }
    }

    void IValueTaskSource.GetResult(short token) => _signal.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _signal.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _signal.OnCompleted(continuation, state, token, flags);

    private int Append(OutputKind kind, ReadOnlySpan<byte> bytes)
    {
        if (_tail is not null && (_tailKind != kind || _tailLength == _tail.Length))
        {
            _full.Enqueue(new OutputChunk(_tailKind, _tail, _tailLength));
            _tail = null;
        }

        if (_tail is null)
        {
            _tail = ArrayPool<byte>.Shared.Rent(ChunkSize);
            _tailKind = kind;
            _tailLength = 0;
        }

        int count = Math.Min(bytes.Length, _tail.Length - _tailLength);
        bytes[..count].CopyTo(_tail.AsSpan(_tailLength));
        _tailLength += count;
        return count;
    }

    private bool TakeSignal()
    {
        bool signal = _readerWaits;
        _readerWaits = false;
        return signal;
    }

    /// <summary>Inside the gate.</summary>
    private void WaitForRoom(CancellationToken interruption)
    {
        CancellationTokenRegistration wake = interruption.UnsafeRegister(
            static gate =>
            {
                lock (gate!) Monitor.PulseAll(gate);
            },
            _gate);
        try
        {
            while (_queued >= _capacity && !_aborted)
            {
                interruption.ThrowIfCancellationRequested();
                Monitor.Wait(_gate);
            }
        }
        finally
        {
            // Not Dispose: that would wait for a callback which waits for the gate.
            wake.Unregister();
        }
    }
}
