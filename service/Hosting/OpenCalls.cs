using System;
using System.Threading;
using System.Threading.Tasks;

namespace Kiln.Service.Hosting;

/// <summary>Counts the calls in progress, refuses new ones while the daemon drains, and says when the last one is over. Thread-safe.</summary>
internal sealed class OpenCalls : IDisposable
{
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private volatile bool _draining;

    /// <summary>Calls in progress.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Fires when the drain's time is over: calls that still run end now.</summary>
    public CancellationToken Abort => _abort.Token;

    /// <summary>Counts a call; false if it is refused.</summary>
    public bool TryBegin()
    {
        Interlocked.Increment(ref _count);
        if (!_draining) return true;
        End();
        return false;
    }

    /// <summary>The call is over.</summary>
    public void End()
    {
        if (Interlocked.Decrement(ref _count) == 0 && _draining) _drained.TrySetResult();
    }

    /// <summary>Refuses new calls and waits for the open ones; false if the time was not enough.</summary>
    public async Task<bool> DrainAsync(TimeSpan timeout)
    {
        _draining = true;
        if (Count == 0) return true;
        Task first = await Task.WhenAny(_drained.Task, Task.Delay(timeout));
        if (first == _drained.Task) return true;
        await _abort.CancelAsync();
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _abort.Dispose();
}
