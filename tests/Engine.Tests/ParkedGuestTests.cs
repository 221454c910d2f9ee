using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace Kiln.Tests;

/// <summary>Guests that wait without a thread: woken, timed out, stopped, given up, and with references on their stacks.</summary>
public sealed class ParkedGuestTests : IDisposable
{
    private const int Attempts = 12;
    private static readonly TimeSpan Allowed = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const string Guest = """
        (module $parked
          (import "env" "memory" (memory 1 10 shared))
          (import "env" "host" (func $host (param externref) (result externref)))
          (import "env" "nested" (func $nested (param i32)))
          (func (export "wait") (param $at i32) (param $timeout i64) (result i32)
            (memory.atomic.wait32 (local.get $at) (i32.const 0) (local.get $timeout)))
          (func (export "many results") (param $a i32) (param $b i64) (param $c f64) (param $d v128) (result i32 i64 f64 v128 i32)
            (local $got i32)
            (local.set $got (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
            (local.get $a) (local.get $b) (local.get $c) (local.get $d) (local.get $got))
          (func $deep (export "deep") (param $n i32) (result i32)
            (if (result i32) (local.get $n)
              (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get $n) (i32.const 1)))))
              (else (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))
          (func (export "turns") (param $mine i32) (param $n i32) (result i32)
            ;; waits for its turn, n times; the sum of what the waits gave
            (local $sum i32)
            (loop $next
              (loop $again
                (local.set $sum (i32.add (local.get $sum) (memory.atomic.wait32 (local.get $mine) (i32.const 0) (i64.const -1))))
                (call $nested (local.get $mine))
                (br_if $again (i32.eqz (i32.atomic.rmw.xchg (local.get $mine) (i32.const 0)))))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $sum))
          (func (export "then divide") (result i32)
            (i32.div_u (i32.const 1) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
          (func (export "then host") (param externref) (result externref)
            (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
            (call $host (local.get 0)))
          (func (export "two references") (param externref externref) (result externref)
            (if (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)) (then (return (local.get 0))))
            (drop (call $host (ref.null extern)))
            (select (result externref) (local.get 0) (local.get 1) (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const -1))))
          (func (export "call nested") (param i32) (call $nested (local.get 0)))
          (func (export "spin") (loop (br 0)))
          (func (export "size") (result i32) (memory.size)))
        """;

    private readonly Engine _engine = new(new Config { VerifyCompiler = true });
    private readonly Module _module;
    private readonly SharedMemory _memory;
    private readonly Linker _linker;
    private readonly List<Store> _stores = [];
    private Action<Caller, int> _nested = (_, _) => { };
    private Func<Caller, object?, object?> _host = (_, value) => value;

    public ParkedGuestTests()
    {
        _module = Module.CompileText(_engine, Guest);
        _memory = new SharedMemory(_engine, 1, 10);
        _linker = new Linker(_engine).Define("env", "memory", _memory)
            .DefineFunc("env", "host", ExternType.Func([ValueKind.ExternRef], [ValueKind.ExternRef]), (caller, arguments, results) => results[0] = Value.FromExtern(_host(caller, arguments[0].AsExtern())))
            .DefineFunc("env", "nested", ExternType.Func([ValueKind.I32], []), (caller, arguments, _) => _nested(caller, arguments[0].AsInt32()));
    }

    public void Dispose()
    {
        foreach (Store store in _stores) store.Dispose();
        _memory.Dispose();
        _module.Dispose();
        _engine.Dispose();
    }

    [Fact]
    public async Task Call_ThatDoesNotWait_IsOverAtOnce()
    {
        Instance instance = NewInstance();
        ValueTask<Value[]> call = instance.GetFunc("size")!.CallAsync();
        Assert.True(call.IsCompletedSuccessfully);
        Assert.Equal(1, (await call)[0].AsInt32());
        Assert.Equal(2, (await instance.GetFunc("wait")!.CallAsync(0, 0L))[0].AsInt32());
        await Assert.ThrowsAsync<ArgumentException>(async () => await instance.GetFunc("wait")!.CallAsync());
        TrapException trap = await Assert.ThrowsAsync<TrapException>(async () => await instance.GetFunc("wait")!.CallAsync(2, 0L));
        Assert.Equal(TrapCode.UnalignedAtomic, trap.Code);
        Assert.Equal(1, (await instance.GetFunc("size")!.CallAsync())[0].AsInt32());
    }

    [Fact]
    public async Task WokenGuest_GoesOnWithAllItHad()
    {
        Instance instance = NewInstance();
        var vector = System.Runtime.Intrinsics.Vector128.Create((byte)1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
        Value[] results = new Value[5];
        ValueTask<TrapException?> call = instance.GetFunc("many results")!.TryCallAsync([7, 1L << 40, 2.5, Value.FromV128(vector)], results);
        Assert.False(call.IsCompleted);
        Assert.Equal(1u, _memory.Notify(0));
        Assert.Null(await call);
        Assert.Equal((7, 1L << 40, 2.5, vector, 0), (results[0].AsInt32(), results[1].AsInt64(), results[2].AsDouble(), results[3].AsV128(), results[4].AsInt32()));
        ValueTask<Value[]> deep = instance.GetFunc("deep")!.CallAsync(1000);
        Assert.Equal(1u, _memory.Notify(0));
        Assert.Equal(1000, (await deep)[0].AsInt32());
    }

    [Fact]
    public async Task Timeout_EndsTheWait()
    {
        Instance instance = NewInstance();
        long start = Stopwatch.GetTimestamp();
        ValueTask<Value[]>[] calls = Enumerable.Range(0, 20).Select(i => NewInstance().GetFunc("wait")!.CallAsync(4 * (i % 3), 20_000_000L)).ToArray();
        Assert.Equal(2, (await instance.GetFunc("wait")!.CallAsync(0, 10_000_000L))[0].AsInt32());
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 10, 20_000);
        foreach (ValueTask<Value[]> call in calls) Assert.Equal(2, (await call)[0].AsInt32());
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 20, 20_000);
        Assert.Equal(0u, _memory.Notify(0));
        Assert.InRange(instance.Store.WaitTime.TotalMilliseconds, 1, 20_000);
    }

    [Fact]
    public async Task ManyGuests_OnOneThread_AllWaitAndAllFinish()
    {
        const int guests = 200;
        const int turns = 10;
        using OneThread thread = new();
        System.Collections.Concurrent.ConcurrentDictionary<Thread, bool> seen = new();
        _nested = (_, _) => seen[Thread.CurrentThread] = true;
        Func[] functions = Enumerable.Range(0, guests).Select(_ => NewInstance().GetFunc("turns")!).ToArray();
        foreach (Func function in functions) function.Store.Scheduler = thread.Add;
        ValueTask<Value[]>[] calls = new ValueTask<Value[]>[guests];

        // Each starts on that thread, too, and leaves it to the next one by waiting.
        for (int i = 0; i < guests; i++)
        {
            int guest = i;
            thread.Run(() => calls[guest] = functions[guest].CallAsync(1024 + 4 * guest, turns));
            Assert.False(calls[guest].IsCompleted);
        }

        Memory memory = _memory.In(_stores[0]);
        for (int turn = 0; turn < turns; turn++)
        {
            for (int i = 0; i < guests; i++)
            {
                ulong at = 1024 + 4 * (ulong)i;
                SpinWait.SpinUntil(() => memory.Read<int>(at) == 0, Patience);
                memory.Write(at, 1);
                _memory.Notify(at);
            }
        }

        // A guest that had not begun to wait again saw the 1 instead, which gives 1.
        for (int i = 0; i < guests; i++) Assert.InRange((await calls[i].AsTask().WaitAsync(Patience))[0].AsInt32(), 0, turns);
        Assert.Equal([thread.Thread], seen.Keys);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Interruption_OfAParkedGuest_EndsItWithinTenMilliseconds(bool deadline)
    {
        Instance instance = NewInstance();
        Store store = instance.Store;
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < Attempts && best >= Allowed; i++)
        {
            TimeSpan after = TimeSpan.FromMilliseconds(deadline ? 20 : 0);
            long due = Stopwatch.GetTimestamp();
            if (deadline) store.SetDeadline(after);
            ValueTask<TrapException?> call = instance.GetFunc("deep")!.TryCallAsync([3], new Value[1]);
            bool parked = !call.IsCompleted;
            if (!deadline)
            {
                due = Stopwatch.GetTimestamp();
                store.Cancel();
            }

            TrapException? trap = await call.AsTask().WaitAsync(Patience);
            TimeSpan late = Stopwatch.GetElapsedTime(due) - after;
            Assert.Equal(TrapCode.Interrupted, trap?.Code);
            store.SetDeadline(Timeout.InfiniteTimeSpan);
            store.ResetCancellation();
            Assert.True(late >= TimeSpan.Zero);
            if (!parked) continue; // the deadline passed on the way
            Assert.Equal(4, trap!.Backtrace.Count);
            Assert.All(trap.Backtrace, frame => Assert.Equal("deep", frame.Function));
            if (late < best) best = late;
        }

        Assert.True(best < Allowed, $"ended {best.TotalMilliseconds} ms late");
        Assert.Equal(0u, _memory.Notify(0));
        Assert.Equal(1, instance.GetFunc("size")!.Call()[0].AsInt32());
    }

    [Fact]
    public async Task Interruption_WhileNoThreadIsFree_StillEndsTheGuest()
    {
        Instance instance = NewInstance();
        instance.Store.Scheduler = _ => { };
        ValueTask<TrapException?> call = instance.GetFunc("deep")!.TryCallAsync([0], new Value[1]);
        instance.Store.Cancel();
        Assert.Equal(TrapCode.Interrupted, (await call.AsTask().WaitAsync(Patience))!.Code);
    }

    [Fact]
    public async Task InterruptedStore_DoesNotBeginToWait()
    {
        Instance instance = NewInstance();
        instance.Store.Cancel();
        TrapException trap = await Assert.ThrowsAsync<TrapException>(async () => await instance.GetFunc("wait")!.CallAsync(0, -1L));
        Assert.Equal(TrapCode.Interrupted, trap.Code);
    }

    [Fact]
    public async Task Trap_AfterAWait_HasItsBacktrace()
    {
        Instance instance = NewInstance();
        ValueTask<Value[]> call = instance.GetFunc("then divide")!.CallAsync();
        _memory.Notify(0);
        TrapException trap = await Assert.ThrowsAsync<TrapException>(async () => await call);
        Assert.Equal(TrapCode.IntegerDivideByZero, trap.Code);
        Assert.Single(trap.Backtrace);
        Assert.Equal(1, instance.GetFunc("size")!.Call()[0].AsInt32());
    }

    [Fact]
    public async Task HostException_AfterAWait_EndsTheTask()
    {
        Instance instance = NewInstance();
        _host = (_, _) => throw new TimeZoneNotFoundException("mine");
        ValueTask<Value[]> call = instance.GetFunc("then host")!.CallAsync(Value.FromExtern("x"));
        _memory.Notify(0);
        TimeZoneNotFoundException thrown = await Assert.ThrowsAsync<TimeZoneNotFoundException>(async () => await call);
        Assert.Equal("mine", thrown.Message);
        Assert.Equal(1, instance.GetFunc("size")!.Call()[0].AsInt32());
    }

    [Fact]
    public async Task ParkedGuest_KeepsItsStoreToItself()
    {
        Instance instance = NewInstance();
        ValueTask<Value[]> call = instance.GetFunc("wait")!.CallAsync(0, -1L);
        Assert.Throws<StoreUseException>(() => instance.GetFunc("size")!.Call());
        await Assert.ThrowsAsync<StoreUseException>(async () => await instance.GetFunc("size")!.CallAsync());
        StoreUseException misuse = Assert.Throws<StoreUseException>(() => instance.Store.Data = _linker.Instantiate(instance.Store, _module));
        Assert.Contains("waits", misuse.Message, StringComparison.Ordinal);
        _memory.Notify(0);
        Assert.Equal(0, (await call)[0].AsInt32());
        Assert.Equal(1, instance.GetFunc("size")!.Call()[0].AsInt32());
    }

    [Fact]
    public async Task Disposal_GivesTheParkedGuestUp()
    {
        for (int i = 0; i < 50; i++)
        {
            Instance instance = NewInstance();
            ValueTask<Value[]> call = instance.GetFunc("deep")!.CallAsync(i);
            instance.Store.Dispose();
            await Assert.ThrowsAsync<StoreUseException>(async () => await call.AsTask().WaitAsync(Patience));
            Assert.Equal(0u, _memory.Notify(0));
            Assert.Throws<StoreUseException>(() => instance.GetFunc("size")!.Call());
            instance.Store.Dispose();
        }
    }

    [Fact]
    public async Task DisposalAndWakeUp_AtOnce_HaveOneOutcome()
    {
        int disposed = 0;
        for (int i = 0; i < 300; i++)
        {
            Instance instance = NewInstance();
            ValueTask<Value[]> call = instance.GetFunc("wait")!.CallAsync(0, -1L);
            using Barrier both = new(2);
            Task waking = Task.Run(() =>
            {
                both.SignalAndWait();
                _memory.Notify(0);
            });
            both.SignalAndWait();
            bool refused = false;
            try
            {
                instance.Store.Dispose();
            }
            catch (StoreUseException)
            {
                refused = true;
            }

            try
            {
                Assert.Equal(0, (await call.AsTask().WaitAsync(Patience))[0].AsInt32());
            }
            catch (StoreUseException)
            {
                Assert.False(refused);
                disposed++;
            }

            await waking;
        }

        Assert.InRange(disposed, 0, 300);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task References_OfAParkedGuest_SurviveCollections(bool always)
    {
        using Engine engine = new(new Config { CollectAlways = always });
        using Module module = Module.CompileText(engine, Guest);
        using SharedMemory memory = new(engine, 1, 10);
        int hostCalls = 0;
        Linker linker = new Linker(engine).Define("env", "memory", memory)
            .DefineFunc("env", "host", ExternType.Func([ValueKind.ExternRef], [ValueKind.ExternRef]), (caller, _, results) =>
            {
                hostCalls++;
                caller.Store.CollectReferences();
                results[0] = Value.FromExtern(new object());
            })
            .DefineFunc("env", "nested", ExternType.Func([ValueKind.I32], []), (_, _, _) => { });
        using Store store = new(engine);
        Instance instance = linker.Instantiate(store, module);
        (ValueTask<Value[]> call, WeakReference first, WeakReference second) = CallWithReferences(instance);
        store.CollectReferences();
        Collect();
        Assert.Equal(2, store.ReferenceCount);
        Assert.True(first.IsAlive);
        Assert.True(second.IsAlive);
        memory.Notify(0);
        for (Stopwatch watch = Stopwatch.StartNew(); memory.Notify(4) == 0; Thread.Yield()) Assert.True(watch.Elapsed < Patience);
        Assert.Same(second.Target, (await call)[0].AsExtern());
        Assert.Equal(1, hostCalls);
        store.CollectReferences();
        Collect();
        Assert.Equal(0, store.ReferenceCount);
        Assert.False(first.IsAlive);
    }

    [Fact]
    public async Task ParkedGuest_WhoseCallerHoldsOnlyTheTask_IsStoppedByItsDeadline()
    {
        Task<Value[]> call = Start();
        for (int i = 0; i < 20; i++)
        {
            Collect();
            Thread.Sleep(5);
        }

        TrapException trap = await Assert.ThrowsAsync<TrapException>(() => call.WaitAsync(Patience));
        Assert.Equal(TrapCode.Interrupted, trap.Code);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        Task<Value[]> Start()
        {
            // Not one of the test's stores, which are disposed, nor its memory, which knows who waits.
            using Module module = Module.CompileText(_engine, """
                (module (memory 1 1 shared) (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
                """);
            Store store = new(_engine);
            Instance instance = new Linker(_engine).Instantiate(store, module);
            store.SetDeadline(TimeSpan.FromMilliseconds(60));
            return instance.GetFunc("wait")!.CallAsync().AsTask();
        }
    }

    [Fact]
    public async Task NestedCall_ThatWaits_HoldsItsThread()
    {
        Instance instance = NewInstance();
        int inner = -1;
        _nested = (_, at) => inner = instance.GetFunc("wait")!.CallAsync(at, -1L).AsTask().Result[0].AsInt32();
        Task<Value[]> outer = Task.Run(() => instance.GetFunc("call nested")!.CallAsync(8).AsTask());
        for (Stopwatch watch = Stopwatch.StartNew(); _memory.Notify(8) == 0; Thread.Yield()) Assert.True(watch.Elapsed < Patience);
        await outer.WaitAsync(Patience);
        Assert.Equal(0, inner);

        // And one in a guest that was parked before.
        _host = (caller, value) =>
        {
            inner = instance.GetFunc("wait")!.Call(8, 5_000_000L)[0].AsInt32();
            return value;
        };
        ValueTask<Value[]> parked = instance.GetFunc("then host")!.CallAsync(Value.FromExtern("kept"));
        _memory.Notify(0);
        Assert.Equal("kept", (await parked)[0].AsExtern());
        Assert.Equal(2, inner);
    }

    [Fact]
    public async Task HostFunction_OfAWokenGuest_RunsInItsCallersContext()
    {
        AsyncLocal<string> local = new() { Value = "mine" };
        string? seen = null;
        _host = (_, value) =>
        {
            seen = local.Value;
            return value;
        };
        ValueTask<Value[]> call = NewInstance().GetFunc("then host")!.CallAsync(Value.FromExtern(null));
        local.Value = "other";
        _memory.Notify(0);
        await call;
        Assert.Equal("mine", seen);
    }

    [Fact]
    public async Task GuestTime_LeavesWaitingOut()
    {
        Instance instance = NewInstance();
        instance.Store.MeasuresTime = true;
        await instance.GetFunc("wait")!.CallAsync(0, 100_000_000L);
        instance.GetFunc("wait")!.Call(0, 100_000_000L);
        Assert.InRange(instance.Store.WaitTime.TotalMilliseconds, 150, 60_000);
        Assert.InRange(instance.Store.GuestTime.TotalMilliseconds, 0, 150);
    }

    [Fact]
    public async Task StartFunction_ThatWaits_HoldsNoThread()
    {
        using Module module = Module.CompileText(_engine, """
            (module (import "env" "memory" (memory 1 10 shared)) (global $got (mut i32) (i32.const -1))
              (func $start (global.set $got (memory.atomic.wait32 (i32.const 16) (i32.const 0) (i64.const -1))))
              (start $start)
              (func (export "got") (result i32) (global.get $got)))
            """);
        Store store = NewStore();
        ValueTask<Instance> instantiation = _linker.InstantiateAsync(store, module);
        Assert.False(instantiation.IsCompleted);
        Assert.Equal(1u, _memory.Notify(16));
        Assert.Equal(0, (await instantiation).GetFunc("got")!.Call()[0].AsInt32());
        store.Cancel();
        await Assert.ThrowsAsync<TrapException>(async () => await _linker.InstantiateAsync(store, module));
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static (ValueTask<Value[]> Call, WeakReference First, WeakReference Second) CallWithReferences(Instance instance)
    {
        object first = new();
        object second = new();
        return (instance.GetFunc("two references")!.CallAsync(Value.FromExtern(first), Value.FromExtern(second)), new WeakReference(first), new WeakReference(second));
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    private Store NewStore()
    {
        Store store = new(_engine);
        _stores.Add(store);
        return store;
    }

    private Instance NewInstance() => _linker.Instantiate(NewStore(), _module);

    /// <summary>A thread that does what it is given.</summary>
    private sealed class OneThread : IDisposable
    {
        private readonly System.Collections.Concurrent.BlockingCollection<Action> _work = [];

        public OneThread()
        {
            Thread = new Thread(() =>
            {
                foreach (Action work in _work.GetConsumingEnumerable()) work();
            });
            Thread.Start();
        }

        public Thread Thread { get; }

        public void Add(IThreadPoolWorkItem guest) => _work.Add(guest.Execute);

        public void Run(Action action)
        {
            using ManualResetEventSlim done = new();
            _work.Add(() =>
            {
                action();
                done.Set();
            });
            Assert.True(done.Wait(Patience));
        }

        public void Dispose()
        {
            // Who awaits a guest goes on where that ended: here.
            _work.CompleteAdding();
            if (Thread != Thread.CurrentThread) Thread.Join();
        }
    }
}
