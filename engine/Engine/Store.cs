using System;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using Kiln.Contract;
using Kiln.Runtime.Faults;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;

namespace Kiln;

/// <summary>
/// One sandbox: instances, their memories and tables, limits, fuel and a deadline. Used by one thread at a
/// time (another one gets <see cref="StoreUseException"/>), but not always the same; only
/// <see cref="Cancel"/>, <see cref="Interruption"/> and the charging of memory are for any thread at any time.
/// </summary>
public sealed class Store : IDisposable
{
    private const long NotMeasured = long.MinValue;

    private long _guestTicks;
    private bool _measuring;
    private ValueSlot[] _pinnedSlots = [];

    /// <summary>Creates an empty store.</summary>
    public Store(Engine engine, StoreLimits? limits = null, object? data = null)
    {
        Engine = engine;
        Limits = limits ?? new StoreLimits();
        Data = data;
        Guest = new GuestStore(engine.Runtime, new StoreQuotas(
            Limits.MemoryBytes, Limits.TableElements, Limits.Instances, Limits.Memories, Limits.Tables, Limits.StackBytes)) { Owner = this };
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
        get => Math.Max(Guest.Fuel, 0);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            Guest.Fuel = value;
        }
    }

    /// <summary>Adds fuel, saturating.</summary>
    public void AddFuel(long amount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(amount);
        long fuel = Fuel;
        Fuel = amount > long.MaxValue - fuel ? long.MaxValue : fuel + amount;
    }

    /// <summary>
    /// From now on, guests trap with <see cref="TrapCode.Interrupted"/> once <paramref name="timeout"/> has
    /// passed (a few milliseconds late at most); <see cref="Timeout.InfiniteTimeSpan"/> takes the deadline away.
    /// A deadline that has passed stays passed until another is set.
    /// </summary>
    public void SetDeadline(TimeSpan timeout) => Guest.Interruption.SetDeadline(timeout);

    /// <summary>Makes running and later guests trap with <see cref="TrapCode.Interrupted"/>, until <see cref="ResetCancellation"/>. From any thread.</summary>
    public void Cancel() => Guest.Interruption.Cancel();

    /// <summary>Whether <see cref="Cancel"/> was called.</summary>
    public bool IsCancelled => Guest.Interruption.IsCancelled;

    /// <summary>Takes a cancellation back.</summary>
    public void ResetCancellation() => Guest.Interruption.Reset();

    /// <summary>Fires on <see cref="Cancel"/> and when the deadline passes. For host functions that block.</summary>
    public CancellationToken Interruption => Guest.Interruption.Token;

    /// <summary>Waits, but no longer than until an interruption; false if interrupted. For host functions.</summary>
    public bool WaitInterruptible(TimeSpan duration) => !Interruption.WaitHandle.WaitOne(duration);

    /// <summary>Whether an engine bug happened in this store; it then refuses all use but disposal.</summary>
    public bool IsPoisoned => Guest.IsPoisoned;

    /// <summary>Bytes of linear memory and charged host memory in use.</summary>
    public long MemoryBytes => Guest.Memory.Used;

    /// <summary>The most <see cref="MemoryBytes"/> ever was.</summary>
    public long PeakMemoryBytes => Guest.Memory.Peak;

    /// <summary>Counts <paramref name="bytes"/> the host holds for the guest against <see cref="StoreLimits.MemoryBytes"/>; false if that would go over it. Thread-safe.</summary>
    public bool TryChargeMemory(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return Guest.Memory.TryCharge(bytes);
    }

    /// <summary>Takes back what <see cref="TryChargeMemory"/> counted. Thread-safe.</summary>
    public void ReleaseMemory(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Guest.Memory.Release(bytes);
    }

    /// <summary>
    /// Number of external references that guests of this store hold: at most so many host objects are kept alive by them. Exact
    /// after <see cref="CollectReferences"/>; references dropped since the last collection are counted too.
    /// </summary>
    public int ReferenceCount => Guest.HandleCount;

    /// <summary>
    /// Lets go of the host objects that no guest can reach any more. Happens by itself as references are passed to guests,
    /// so that what is kept stays proportional to what is reachable. From a host function it works too, and while the guest waits.
    /// </summary>
    public void CollectReferences() => Guest.CollectNow();

    /// <summary>Whether <see cref="GuestTime"/> is counted; costs some 50 ns per call from the host.</summary>
    public bool MeasuresTime { get; set; }

    /// <summary>
    /// Wall-clock time spent in guests (host functions they called included, <see cref="WaitTime"/> not) while
    /// <see cref="MeasuresTime"/> was set.
    /// </summary>
    public TimeSpan GuestTime => TimeSpan.FromSeconds((double)_guestTicks / Stopwatch.Frequency);

    /// <summary>
    /// Wall-clock time in which guests of this store waited in <c>memory.atomic.wait</c>, until they went on: always counted, for
    /// what measures guests otherwise to leave it out, for a guest that waits uses no processor. The deadline includes it.
    /// </summary>
    public TimeSpan WaitTime => TimeSpan.FromSeconds((double)Guest.WaitedTicks / Stopwatch.Frequency);

    /// <summary>
    /// Where guests that were called with <see cref="Func.CallAsync(ReadOnlySpan{Value})"/> go on after they waited: is given the
    /// work to execute, once, on any thread but not at once on the calling one; null is the thread pool. Called from any thread,
    /// must not throw. Guests that are interrupted while they wait end on the thread pool, so they never wait for a place here.
    /// </summary>
    public Action<IThreadPoolWorkItem>? Scheduler
    {
        get => Guest.Scheduler;
        set => Guest.Scheduler = value;
    }

    internal GuestStore Guest { get; }

    /// <summary>
    /// Frees everything. Throws <see cref="StoreUseException"/> while a guest runs; a guest that waits without a thread is given
    /// up, and its <see cref="Func.CallAsync(ReadOnlySpan{Value})"/> ends with <see cref="StoreUseException"/>. Spans of its
    /// memories must not be used any more.
    /// </summary>
    public void Dispose() => Guest.Dispose();

    internal static Store Of(GuestStore guest) => (Store)guest.Owner!;

    /// <summary>Calls a function with its slots; its trap, or null.</summary>
    internal TrapReport? Run(GuestFunction function, Span<ValueSlot> slots) =>
        MeasuresTime && !_measuring ? RunMeasured(function, slots) : Guest.Invoke(function, slots);

    [DoesNotReturn]
    internal static void Throw(TrapReport report) => throw ToException(report);

    internal static TrapException ToException(TrapReport report)
    {
        BacktraceFrame[] frames = new BacktraceFrame[report.Frames.Count];
        for (int i = 0; i < frames.Length; i++)
        {
            GuestFrame frame = report.Frames[i];
            frames[i] = new BacktraceFrame(frame.Module, frame.FunctionIndex, frame.Name, frame.WasmOffset);
        }

        return new TrapException((TrapCode)report.Trap, report.Trap.Message(), frames);
    }

    /// <summary>Begins to count guest time; what it returns is for <see cref="EndMeasuring"/>. The store is entered.</summary>
    internal long BeginMeasuring()
    {
        if (!MeasuresTime || _measuring) return NotMeasured;
        _measuring = true;
        return Stopwatch.GetTimestamp() - Guest.WaitedTicks;
    }

    /// <summary>Adds what has passed, without waits, to the guest time. The store is entered.</summary>
    internal void EndMeasuring(long begin)
    {
        if (begin == NotMeasured) return;
        _measuring = false;
        _guestTicks += Stopwatch.GetTimestamp() - Guest.WaitedTicks - begin;
    }

    /// <summary>Slots that do not move, for the outermost call of a thread that has entered the store. There is one such call at a time.</summary>
    internal ValueSlot[] PinnedSlots(int count)
    {
        if (_pinnedSlots.Length < count) _pinnedSlots = GC.AllocateArray<ValueSlot>(Math.Max(count, 4), pinned: true);
        return _pinnedSlots;
    }

    private TrapReport? RunMeasured(GuestFunction function, Span<ValueSlot> slots)
    {
        long begin = BeginMeasuring();
        try
        {
            return Guest.Invoke(function, slots);
        }
        finally
        {
            EndMeasuring(begin);
        }
    }
}
