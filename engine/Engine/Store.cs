using System;
using System.Threading;
using Kiln.Foundation.Diagnostics;

namespace Kiln;

/// <summary>
/// One sandbox: instances, their memories and tables, limits, fuel and a deadline. Used by one thread at a
/// time (another one gets <see cref="StoreUseException"/>), but not always the same; only
/// <see cref="Cancel"/> may be called from any thread at any time.
/// </summary>
public sealed class Store : IDisposable
{
    /// <summary>Creates an empty store.</summary>
    public Store(Engine engine, StoreLimits? limits = null, object? data = null)
    {
        Engine = engine;
        Limits = limits ?? new StoreLimits();
        Data = data;
    }

    /// <summary>The engine it belongs to.</summary>
    public Engine Engine { get; }

    /// <summary>What it may use.</summary>
    public StoreLimits Limits { get; }

    /// <summary>Whatever the host wants to find in its host functions.</summary>
    public object? Data { get; set; }

    /// <summary>
    /// Fuel left, never negative. Without <see cref="Config.Fuel"/> it is not counted. A new store has none;
    /// out of fuel, a guest traps with <see cref="TrapCode.OutOfFuel"/>.
    /// </summary>
    public long Fuel
    {
        get => EngineBug.Throw<long>("not assembled");
        set => EngineBug.Throw("not assembled");
    }

    /// <summary>Adds fuel, saturating.</summary>
    public void AddFuel(long amount) => EngineBug.Throw("not assembled");

    /// <summary>
    /// From now on, guests trap with <see cref="TrapCode.Interrupted"/> once <paramref name="timeout"/> has
    /// passed (a few milliseconds late at most); <see cref="Timeout.InfiniteTimeSpan"/> takes the deadline away.
    /// A deadline that has passed stays passed until another is set.
    /// </summary>
    public void SetDeadline(TimeSpan timeout) => EngineBug.Throw("not assembled");

    /// <summary>Makes running and later guests trap with <see cref="TrapCode.Interrupted"/>, until <see cref="ResetCancellation"/>. From any thread.</summary>
    public void Cancel() => EngineBug.Throw("not assembled");

    /// <summary>Whether <see cref="Cancel"/> was called.</summary>
    public bool IsCancelled => EngineBug.Throw<bool>("not assembled");

    /// <summary>Takes a cancellation back.</summary>
    public void ResetCancellation() => EngineBug.Throw("not assembled");

    /// <summary>Fires on <see cref="Cancel"/> and when the deadline passes. For host functions that block.</summary>
    public CancellationToken Interruption => EngineBug.Throw<CancellationToken>("not assembled");

    /// <summary>Waits, but no longer than until an interruption; false if interrupted. For host functions.</summary>
    public bool WaitInterruptible(TimeSpan duration) => EngineBug.Throw<bool>("not assembled");

    /// <summary>Whether an engine bug happened in this store; it then refuses all use but disposal.</summary>
    public bool IsPoisoned => EngineBug.Throw<bool>("not assembled");

    /// <summary>Bytes of linear memory and charged host memory in use.</summary>
    public long MemoryBytes => EngineBug.Throw<long>("not assembled");

    /// <summary>The most <see cref="MemoryBytes"/> ever was.</summary>
    public long PeakMemoryBytes => EngineBug.Throw<long>("not assembled");

    /// <summary>Counts <paramref name="bytes"/> the host holds for the guest against <see cref="StoreLimits.MemoryBytes"/>; false if that would go over it. Thread-safe.</summary>
    public bool TryChargeMemory(long bytes) => EngineBug.Throw<bool>("not assembled");

    /// <summary>Takes back what <see cref="TryChargeMemory"/> counted. Thread-safe.</summary>
    public void ReleaseMemory(long bytes) => EngineBug.Throw("not assembled");

    /// <summary>Whether <see cref="GuestTime"/> is counted; costs some 50 ns per call from the host.</summary>
    public bool MeasuresTime { get; set; }

    /// <summary>Wall-clock time spent in guests (host functions they called included) while <see cref="MeasuresTime"/> was set.</summary>
    public TimeSpan GuestTime => EngineBug.Throw<TimeSpan>("not assembled");

    /// <summary>Frees everything. Throws <see cref="StoreUseException"/> while a guest runs. Spans of its memories must not be used any more.</summary>
    public void Dispose()
    {
    }
}
