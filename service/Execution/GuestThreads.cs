// The threads that guests run on: their own, so that a guest never takes a thread from those who serve requests.
// They are made as needed, up to a number, and go away when they have been idle for a while.
//
// A guest that waits gives its thread back (it is parked) and takes a place in line when it is woken. Guests that were woken and
// guests that are new are taken in turns, so that neither keep the others out.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using Kiln.Service.Rpc;
using Microsoft.Extensions.Options;

namespace Kiln.Service.Execution;

/// <summary>Something to do on a guest thread. Must not fail.</summary>
internal interface IGuestWork
{
    /// <summary>Does it: on the calling thread until the guest waits, and then on others.</summary>
    Task RunAsync();
}

/// <summary>A bounded set of threads, with a bound on the guests that are not over. Thread-safe.</summary>
internal sealed class GuestThreads
{
    private static readonly TimeSpan s_idleTime = TimeSpan.FromSeconds(30);

    private readonly ExecutionOptions _options;
    private readonly object _gate = new();
    private readonly Queue<IGuestWork> _new = new();
    private readonly Queue<IThreadPoolWorkItem> _woken = new();
    private int _admitted;
    private int _threads;
    private int _idle;
    private bool _newAreNext;

    /// <summary>None yet.</summary>
    public GuestThreads(IOptions<ExecutionOptions> options)
    {
        _options = options.Value;
        Resume = GoOn;
    }

    /// <summary>Where guests go on that were woken (<see cref="Store.Scheduler"/>). Never refuses one: each was admitted when it was new.</summary>
    public Action<IThreadPoolWorkItem> Resume { get; }

    /// <summary>Queues work; throws QUOTA_EXCEEDED when too much waits, for a thread or in guests.</summary>
    public void Queue(IGuestWork work)
    {
        bool start;
        lock (_gate)
        {
            if (_admitted >= _options.Guests + _options.MaxWaiting)
            {
                throw RpcErrors.QuotaExceeded(
                    "guests",
                    string.Create(CultureInfo.InvariantCulture, $"{_options.Guests} guests run and {_admitted - _options.Guests} wait"),
                    TimeSpan.FromSeconds(1));
            }

            _admitted++;
            start = NeedsThread();
            _new.Enqueue(work);
            if (!start) Monitor.Pulse(_gate);
        }

        if (start) StartThread();
    }

    private void GoOn(IThreadPoolWorkItem guest)
    {
        bool start;
        lock (_gate)
        {
            start = NeedsThread();
            _woken.Enqueue(guest);
            if (!start) Monitor.Pulse(_gate);
        }

        if (start) StartThread();
    }

    // Inside the gate: whether every idle thread has its work already, and there may be one more.
    private bool NeedsThread()
    {
        if (_new.Count + _woken.Count < _idle || _threads == _options.Guests) return false;
        _threads++;
        return true;
    }

    private void StartThread() => new Thread(Loop) { IsBackground = true, Name = "guest" }.Start();

    private void Loop()
    {
        while (true)
        {
            IGuestWork? work = null;
            IThreadPoolWorkItem? guest = null;
            lock (_gate)
            {
                while (!TryTake(out work, out guest))
                {
                    _idle++;
                    bool pulsed = Monitor.Wait(_gate, s_idleTime);
                    _idle--;
                    if (!pulsed && _new.Count + _woken.Count == 0)
                    {
                        _threads--;
                        return;
                    }
                }
            }

            if (guest is not null) guest.Execute();
            else _ = RunAsync(work!);
        }
    }

    private bool TryTake(out IGuestWork? work, out IThreadPoolWorkItem? guest)
    {
        guest = null;
        work = null;
        _newAreNext = !_newAreNext;
        if (_newAreNext) return _new.TryDequeue(out work) || _woken.TryDequeue(out guest);
        return _woken.TryDequeue(out guest) || _new.TryDequeue(out work);
    }

    private async Task RunAsync(IGuestWork work)
    {
        await work.RunAsync().ConfigureAwait(false);
        lock (_gate) _admitted--;
    }
}
