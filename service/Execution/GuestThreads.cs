// The threads that guests run on: their own, so that a guest never takes a thread from those who serve requests.
// They are made as needed, up to a number, and go away when they have been idle for a while.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using Kiln.Service.Rpc;
using Microsoft.Extensions.Options;

namespace Kiln.Service.Execution;

/// <summary>Something to do on a guest thread. Must not throw.</summary>
internal interface IGuestWork
{
    /// <summary>Does it.</summary>
    void Run();
}

/// <summary>A bounded set of threads with a bounded queue. Thread-safe.</summary>
internal sealed class GuestThreads(IOptions<ExecutionOptions> options)
{
    private static readonly TimeSpan s_idleTime = TimeSpan.FromSeconds(30);

    private readonly ExecutionOptions _options = options.Value;
    private readonly object _gate = new();
    private readonly Queue<IGuestWork> _queue = new();
    private int _threads;
    private int _idle;

    /// <summary>Queues work; throws QUOTA_EXCEEDED when too much waits.</summary>
    public void Queue(IGuestWork work)
    {
        bool start = false;
        lock (_gate)
        {
            if (_queue.Count >= _idle)
            {
                // Every idle thread has its work already: one more thread, or a place in the queue.
                if (_threads < _options.Guests)
                {
                    _threads++;
                    start = true;
                }
                else if (_queue.Count >= _idle + _options.MaxWaiting)
                {
                    throw RpcErrors.QuotaExceeded(
                        "guests",
                        string.Create(CultureInfo.InvariantCulture, $"{_options.Guests} guests run and {_queue.Count} wait"),
                        TimeSpan.FromSeconds(1));
                }
            }

            _queue.Enqueue(work);
            if (!start) Monitor.Pulse(_gate);
        }

        if (start) new Thread(Loop) { IsBackground = true, Name = "guest" }.Start();
    }

    private void Loop()
    {
        while (true)
        {
            IGuestWork? work;
            lock (_gate)
            {
                while (!_queue.TryDequeue(out work))
                {
                    _idle++;
                    bool pulsed = Monitor.Wait(_gate, s_idleTime);
                    _idle--;
                    if (!pulsed && _queue.Count == 0)
                    {
                        _threads--;
                        return;
                    }
                }
            }

            work.Run();
        }
    }
}
