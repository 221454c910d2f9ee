using System;
using System.Threading;
using Iced.Intel;
using Kiln.Contract;
using Kiln.Runtime.Faults;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Kiln.Runtime.Tests;

public sealed class HostCallTests : IDisposable
{
    private readonly EngineRuntime _runtime = TestRuntime.Create();
    private readonly GuestStore _store;
    private readonly ValueSlot[] _slots = new ValueSlot[1];
    private readonly LoadedProgram _program;

    public HostCallTests()
    {
        _store = TestRuntime.CreateStore(_runtime);
        GuestProgram program = new();

        // Calls the host function whose context it gets, as an exit trampoline does.
        program.Add(8, a => { a.sub(rsp, 8); a.call(__qword_ptr[rdi + 8]); a.add(rsp, 8); a.ret(); });

        // The same a hundred times, then hlt.
        program.Add(40, (a, traps) =>
        {
            Label again = a.CreateLabel();
            Label site = a.CreateLabel();
            a.sub(rsp, 40);
            a.mov(__[rsp], rdi);
            a.mov(__[rsp + 8], rsi);
            a.mov(__qword_ptr[rsp + 16], 100);
            a.Label(ref again);
            a.mov(rdi, __[rsp]);
            a.mov(rsi, __[rsp + 8]);
            a.call(__qword_ptr[rdi + 8]);
            a.dec(__qword_ptr[rsp + 16]);
            a.jnz(again);
            a.Label(ref site);
            a.hlt();
            traps.Add((site, Trap.Unreachable));
        });
        _program = program.Load(_runtime);
    }

    public void Dispose()
    {
        _store.Dispose();
        _runtime.Dispose();
    }

    [Fact]
    public void HostFunction_Returning_GivesResult()
    {
        ulong host = _program.HostContext(_store, (_, slots) => slots[0].Low *= 2);
        _slots[0].Low = 21;
        Assert.Null(_store.Invoke(_program.Function(_store, 0, host), _slots));
        Assert.Equal(42UL, _slots[0].Low);
    }

    [Fact]
    public void HostFunction_Throwing_ArrivesAtCallerWithItsStackTrace()
    {
        ulong host = _program.HostContext(_store, (_, _) => ThrowMarked());
        InvalidTimeZoneException thrown = Assert.Throws<InvalidTimeZoneException>(() => _store.Invoke(_program.Function(_store, 0, host), _slots));
        Assert.Contains(nameof(ThrowMarked), thrown.StackTrace);
        Assert.Null(_store.Invoke(_program.Function(_store, 0, _program.HostContext(_store, (_, _) => { })), _slots));
    }

    [Fact]
    public void HostFunction_CallingGuest_NestsUntilTheLimit()
    {
        GuestFunction? self = null;
        int depth = 0;
        ulong host = _program.HostContext(_store, (binding, _) =>
        {
            depth++;
            TrapReport? inner = binding.Store.Invoke(self!, new ValueSlot[1]);
            if (inner is not null) throw new NestedTrap(inner);
        });
        self = _program.Function(_store, 0, host);
        NestedTrap trap = Assert.Throws<NestedTrap>(() => _store.Invoke(self, _slots));
        Assert.Equal(Trap.StackOverflow, trap.Report.Trap);
        Assert.Equal(_runtime.Options.MaxNestedCalls, depth);
        Assert.Equal(depth, trap.Report.Frames.Count);
    }

    [Fact]
    public void Interrupt_DuringHostFunction_TrapsOnItsReturn()
    {
        ulong host = _program.HostContext(_store, (binding, _) => binding.Store.Interruption.Cancel());
        Assert.Equal(Trap.Interrupted, _store.Invoke(_program.Function(_store, 0, host), _slots)!.Trap);
        _store.Interruption.Reset();
        ulong quiet = _program.HostContext(_store, (_, _) => { });
        Assert.Null(_store.Invoke(_program.Function(_store, 0, quiet), _slots));
    }

    [Fact]
    public void Store_UsedByTwoThreads_Throws()
    {
        using ManualResetEventSlim inside = new();
        using ManualResetEventSlim release = new();
        ulong host = _program.HostContext(_store, (_, _) =>
        {
            inside.Set();
            release.Wait();
        });
        GuestFunction function = _program.Function(_store, 0, host);
        Thread other = new(() => _store.Invoke(function, new ValueSlot[1]));
        other.Start();
        inside.Wait();
        Assert.Throws<StoreMisuse>(() => _store.Invoke(function, _slots));
        Assert.Throws<StoreMisuse>(() => _store.Dispose());
        release.Set();
        other.Join();
        Assert.Null(_store.Invoke(function, _slots));
    }

    [Fact]
    public void Store_FoughtOverByThreads_HasOneInsideAtATime()
    {
        int inside = 0;
        int most = 0;
        int entered = 0;
        int refused = 0;
        ulong host = _program.HostContext(_store, (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            Thread.SpinWait(20);
            Interlocked.Decrement(ref inside);
        });
        GuestFunction function = _program.Function(_store, 0, host);
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.Length; t++)
        {
            threads[t] = new Thread(() =>
            {
                ValueSlot[] slots = new ValueSlot[1];
                for (int i = 0; i < 20_000; i++)
                {
                    try
                    {
                        _store.Invoke(function, slots);
                        Interlocked.Increment(ref entered);
                    }
                    catch (StoreMisuse)
                    {
                        if (Interlocked.Increment(ref refused) % 64 == 0) Thread.Yield();
                    }
                }
            });
            threads[t].Start();
        }

        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(1, most);
        Assert.Equal(80_000, entered + refused);
        Assert.NotEqual(0, entered);
    }

    [Fact]
    public void GarbageCollection_DuringHostCallsAndTraps_DoesNoHarm()
    {
        bool stop = false;
        Thread collector = new(() =>
        {
            while (!Volatile.Read(ref stop)) GC.Collect();
        });
        collector.Start();
        Thread[] workers = new Thread[3];
        Exception? failure = null;
        for (int t = 0; t < workers.Length; t++)
        {
            workers[t] = new Thread(() =>
            {
                try
                {
                    using GuestStore store = TestRuntime.CreateStore(_runtime);
                    ValueSlot[] slots = new ValueSlot[1];
                    object[] kept = new object[64];
                    int calls = 0;
                    ulong host = _program.HostContext(store, (_, values) =>
                    {
                        kept[calls++ & 63] = new byte[100];
                        values[0].Low++;
                    });
                    GuestFunction function = _program.Function(store, 1, host);
                    for (int i = 0; i < 200; i++)
                    {
                        slots[0].Low = 0;
                        TrapReport? report = store.Invoke(function, slots);
                        Assert.Equal(Trap.Unreachable, report!.Trap);
                        Assert.Equal(100UL, slots[0].Low);
                    }

                    Assert.Equal(20_000, calls);
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
            });
            workers[t].Start();
        }

        foreach (Thread worker in workers) worker.Join();
        Volatile.Write(ref stop, true);
        collector.Join();
        Assert.Null(failure);
    }

    private static void ThrowMarked() => throw new InvalidTimeZoneException("from the host");

    private sealed class NestedTrap(TrapReport report) : Exception
    {
        public TrapReport Report { get; } = report;
    }
}
