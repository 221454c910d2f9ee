// One stay in a guest: on guest threads, under a deadline, with its outcome classified and its use measured.
// What the guest did ends in Outcome; what went wrong in linking, limits or ourselves ends in Failure. Never both.

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Tasks;
using Kiln.Service.Rpc;
using Kiln.V1;

namespace Kiln.Service.Execution;

/// <summary>Work in a store on guest threads. After <see cref="OutputBuffer.Complete"/> its results can be read.</summary>
internal sealed class GuestInvocation : IGuestWork
{
    private readonly Store _store;
    private readonly OutputBuffer _output;
    private readonly ResolvedBudget _budget;
    private readonly Func<GuestInvocation, ValueTask<Value[]>> _body;
    private TimeSpan _waitedBefore;
    private long _start;

    /// <summary>Runs <paramref name="body"/>, which returns the results, within the budget.</summary>
    public GuestInvocation(Store store, OutputBuffer output, ResolvedBudget budget, Func<GuestInvocation, ValueTask<Value[]>> body)
    {
        _store = store;
        _output = output;
        _budget = budget;
        _body = body;
    }

    /// <summary>How the guest ended; null if there is a failure.</summary>
    public Outcome? Outcome { get; private set; }

    /// <summary>Why there is no outcome.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Time in the body, without that in which the guest waited and held no thread.</summary>
    public TimeSpan Elapsed { get; private set; }

    /// <summary>The part of <see cref="Elapsed"/> that was instantiation.</summary>
    public TimeSpan Instantiation { get; private set; }

    /// <summary>Fuel used in the body.</summary>
    public long FuelConsumed { get; private set; }

    /// <summary>Most memory that the store ever used, in bytes.</summary>
    public long PeakMemoryBytes { get; private set; }

    /// <summary>Done after the body, where that ended, before the end is announced: disposal, for instance. Must not throw.</summary>
    public Action? Cleanup { get; init; }

    /// <summary>For the body: what it did until now was instantiation.</summary>
    public void EndInstantiation() => Instantiation = Measure();

    /// <inheritdoc/>
    public async Task RunAsync()
    {
        long fuel = 0;
        _waitedBefore = _store.WaitTime;
        _start = Stopwatch.GetTimestamp();
        try
        {
            fuel = _store.Fuel;
            _store.SetDeadline(_budget.Timeout);
            Outcome = Outcomes.Completed(await _body(this).ConfigureAwait(false));
        }
        catch (TrapException trap)
        {
            Outcome = Classify(trap);
        }
        catch (OperationCanceledException) when (_store.Interruption.IsCancellationRequested)
        {
            // Stopped while it waited in a host function.
            Outcome = ClassifyStop([]);
        }
        catch (Exception e) when (WasiWorld.TryGetExitCode(e, out int code))
        {
            Outcome = Outcomes.Exited(code);
        }
        catch (Exception e)
        {
            // Not an error here: whoever waits for the invocation rethrows it.
            Failure = e;
        }

        Elapsed = Measure();
        try
        {
            FuelConsumed = fuel - _store.Fuel;
            PeakMemoryBytes = _store.PeakMemoryBytes;
            Cleanup?.Invoke();
        }
        catch (Exception e)
        {
            Outcome = null;
            Failure ??= e;
        }

        _output.Complete();
    }

    /// <summary>What was used, as a message.</summary>
    public Usage ToUsage(V1.CacheResult cacheResult, TimeSpan compile) => new()
    {
        FuelConsumed = (ulong)FuelConsumed,
        PeakMemoryBytes = (ulong)PeakMemoryBytes,
        GuestTime = Outcomes.ToMessage(Elapsed - Instantiation),
        InstantiateTime = Outcomes.ToMessage(Instantiation),
        CompileTime = Outcomes.ToMessage(compile),
        CacheResult = cacheResult,
        OutputBytes = (ulong)_output.Written,
    };

    private TimeSpan Measure() => Stopwatch.GetElapsedTime(_start) - (_store.WaitTime - _waitedBefore);

    private Outcome Classify(TrapException trap)
    {
        switch (trap.Code)
        {
            case TrapCode.OutOfFuel:
                return Outcomes.Stopped(
                    StopReason.OutOfFuel, string.Create(CultureInfo.InvariantCulture, $"the guest used all of its fuel ({_budget.Fuel})"), trap.Backtrace);

            case TrapCode.Interrupted:
                return ClassifyStop(trap.Backtrace);

            default:
                return Outcomes.Trapped(trap);
        }
    }

    private Outcome ClassifyStop(IReadOnlyList<BacktraceFrame> backtrace)
    {
        if (_output.LimitReached)
        {
            return Outcomes.Stopped(
                StopReason.OutputLimit, string.Create(CultureInfo.InvariantCulture, $"the guest wrote more than its limit of {_output.Written} bytes"), backtrace);
        }

        return _store.IsCancelled
            ? Outcomes.Stopped(StopReason.Cancelled, "the run was cancelled", backtrace)
            : Outcomes.Stopped(
                StopReason.Deadline,
                string.Create(CultureInfo.InvariantCulture, $"the guest ran longer than its limit of {_budget.Timeout.TotalSeconds:0.###} s"),
                backtrace);
    }
}

/// <summary>What an invocation may use, for its deadline and for the messages when it is stopped.</summary>
/// <param name="Fuel">Fuel when it began.</param>
/// <param name="Timeout">Wall-clock time.</param>
internal readonly record struct ResolvedBudget(long Fuel, TimeSpan Timeout)
{
    // A deadline of the call itself is met a little early, so that the outcome still reaches the client.
    private static readonly TimeSpan s_deliveryMargin = TimeSpan.FromMilliseconds(50);

    /// <summary>The smaller of a limit and what is left until the call's deadline (UTC).</summary>
    public static TimeSpan Earlier(TimeSpan limit, DateTime deadline)
    {
        if (deadline == DateTime.MaxValue) return limit;
        TimeSpan left = deadline - DateTime.UtcNow;
        left -= left > 10 * s_deliveryMargin ? s_deliveryMargin : left / 10;
        if (left <= TimeSpan.Zero) return TimeSpan.FromTicks(1);
        return left < limit ? left : limit;
    }
}
