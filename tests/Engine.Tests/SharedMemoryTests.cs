using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Xunit;

namespace Kiln.Tests;

/// <summary>One memory in several stores, each on its own thread.</summary>
public sealed class SharedMemoryTests : IDisposable
{
    private const int Threads = 4;

    private const string Guest = """
        (module
          (import "env" "memory" (memory 1 100 shared))
          (func (export "add") (param $at i32) (param $n i32)
            (loop $next
              (drop (i32.atomic.rmw.add (local.get $at) (i32.const 1)))
              (drop (i32.atomic.rmw8.xor_u offset=64 (local.get $at) (i32.const 1)))
              (drop (i64.atomic.rmw.sub offset=128 (local.get $at) (i64.const 1)))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
          (func (export "cas add") (param $at i32) (param $n i32)
            (local $old i32)
            (loop $next
              (local.set $old (i32.atomic.load (local.get $at)))
              (br_if $next (i32.ne (local.get $old)
                (i32.atomic.rmw.cmpxchg (local.get $at) (local.get $old) (i32.add (local.get $old) (i32.const 1)))))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
          (func $xor_bits (export "or and") (param $bit i32) (param $n i32) (result i32)
            ;; sets its bit and clears it; counts how often it was not as it had to be
            (local $wrong i32)
            (loop $next
              (if (i32.and (i32.atomic.rmw.or (i32.const 4) (local.get $bit)) (local.get $bit))
                (then (local.set $wrong (i32.add (local.get $wrong) (i32.const 1)))))
              (if (i32.eqz (i32.and (i32.atomic.rmw.and (i32.const 4) (i32.xor (local.get $bit) (i32.const -1))) (local.get $bit)))
                (then (local.set $wrong (i32.add (local.get $wrong) (i32.const 1)))))
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $wrong))

          ;; A mutex at 16 (0 free, 1 taken, 2 taken and wanted) around a counter that is not atomic, at 24.
          (func $lock
            (if (i32.atomic.rmw.cmpxchg (i32.const 16) (i32.const 0) (i32.const 1)) (then
              (loop $again
                (if (i32.atomic.rmw.xchg (i32.const 16) (i32.const 2)) (then
                  (drop (memory.atomic.wait32 (i32.const 16) (i32.const 2) (i64.const -1)))
                  (br $again)))))))
          (func $unlock
            (if (i32.eq (i32.atomic.rmw.xchg (i32.const 16) (i32.const 0)) (i32.const 2))
              (then (drop (memory.atomic.notify (i32.const 16) (i32.const 1))))))
          (func (export "locked add") (param $n i32)
            (loop $next
              (call $lock)
              (i32.store (i32.const 24) (i32.add (i32.load (i32.const 24)) (i32.const 1)))
              (call $unlock)
              (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))

          ;; Dekker: each writes its own flag and reads the other's; both reading 0 would be out of order.
          (func (export "dekker") (param $mine i32) (param $other i32) (param $round i32) (result i32)
            (drop (i32.atomic.rmw.add (i32.const 40) (i32.const 1)))
            (loop $wait (br_if $wait (i32.lt_u (i32.atomic.load (i32.const 40)) (i32.mul (local.get $round) (i32.const 2)))))
            (i32.atomic.store (local.get $mine) (local.get $round))
            (i32.atomic.load (local.get $other)))
          (func (export "dekker fence") (param $mine i32) (param $other i32) (param $round i32) (result i32)
            (drop (i32.atomic.rmw.add (i32.const 40) (i32.const 1)))
            (loop $wait (br_if $wait (i32.lt_u (i32.atomic.load (i32.const 40)) (i32.mul (local.get $round) (i32.const 2)))))
            (i32.store (local.get $mine) (local.get $round))
            (atomic.fence)
            (i32.load (local.get $other)))

          (func (export "wait32") (param i32 i32 i64) (result i32) (memory.atomic.wait32 (local.get 0) (local.get 1) (local.get 2)))
          (func (export "wait64") (param i32 i64 i64) (result i32) (memory.atomic.wait64 offset=8 (local.get 0) (local.get 1) (local.get 2)))
          (func (export "notify") (param i32 i32) (result i32) (memory.atomic.notify (local.get 0) (local.get 1)))
          (func (export "load") (param i32) (result i32) (i32.atomic.load (local.get 0)))
          (func (export "store") (param i32 i32) (i32.atomic.store (local.get 0) (local.get 1)))
          (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
          (func (export "size") (result i32) (memory.size)))
        """;

    private readonly Engine _engine = new();
    private readonly Module _module;
    private readonly SharedMemory _memory;
    private readonly Linker _linker;
    private readonly Store[] _stores;
    private readonly Instance[] _instances;

    public SharedMemoryTests()
    {
        _module = Module.CompileText(_engine, Guest);
        _memory = new SharedMemory(_engine, 1, 100);
        _linker = new Linker(_engine).Define("env", "memory", _memory);
        _stores = Enumerable.Range(0, Threads).Select(_ => new Store(_engine)).ToArray();
        _instances = _stores.Select(store => _linker.Instantiate(store, _module)).ToArray();
    }

    public void Dispose()
    {
        foreach (Store store in _stores) store.Dispose();
        _memory.Dispose();
        _module.Dispose();
        _engine.Dispose();
    }

    [Fact]
    public void Add_FromFourThreads_IsExact()
    {
        const int rounds = 50_000;
        OnAll(index => _instances[index].GetFunc("add")!.Call(1024, rounds));
        Memory memory = _memory.In(_stores[0]);
        Assert.Equal(Threads * rounds, memory.Read<int>(1024));
        Assert.Equal(0, memory.Read<byte>(1024 + 64));
        Assert.Equal(-Threads * rounds, memory.Read<long>(1024 + 128));
    }

    [Fact]
    public void CompareAndSwap_FromFourThreads_IsExact()
    {
        const int rounds = 20_000;
        OnAll(index => _instances[index].GetFunc("cas add")!.Call(8, rounds));
        Assert.Equal(Threads * rounds, _memory.In(_stores[0]).Read<int>(8));
    }

    [Fact]
    public void OrAndAnd_FromFourThreads_DisturbNoOthersBit()
    {
        int[] wrong = new int[Threads];
        OnAll(index => wrong[index] = _instances[index].GetFunc("or and")!.Call(1 << index, 20_000)[0].AsInt32());
        Assert.All(wrong, count => Assert.Equal(0, count));
        Assert.Equal(0, _memory.In(_stores[0]).Read<int>(4));
    }

    [Fact]
    public void Mutex_OfWaitAndNotify_LetsOneIn()
    {
        const int rounds = 5_000;
        OnAll(index => _instances[index].GetFunc("locked add")!.Call(rounds));
        Assert.Equal(Threads * rounds, _memory.In(_stores[0]).Read<int>(24));
        Assert.Equal(0, _memory.In(_stores[0]).Read<int>(16));
    }

    [Theory]
    [InlineData("dekker")]
    [InlineData("dekker fence")]
    public void StoreThenLoad_OnTwoThreads_IsOrdered(string function)
    {
        const int rounds = 5_000;
        int[][] seen = [new int[rounds], new int[rounds]];
        OnAll(index =>
        {
            if (index >= 2) return;
            Func<int, int, int, int> turn = _instances[index].GetFunc(function)!.GetTypedFunc<int, int, int, int>();
            for (int i = 0; i < rounds; i++) seen[index][i] = turn(256 + 64 * index, 320 - 64 * index, i + 1);
        });
        for (int i = 0; i < rounds; i++) Assert.True(seen[0][i] == i + 1 || seen[1][i] == i + 1, $"round {i}: {seen[0][i]} and {seen[1][i]}");
    }

    [Fact]
    public void Wait_Otherwise_EndsAtOnce()
    {
        Instance instance = _instances[0];
        Assert.Equal(1, instance.GetFunc("wait32")!.Call(0, 5, -1L)[0].AsInt32());
        Assert.Equal(1, instance.GetFunc("wait64")!.Call(0, 5L, -1L)[0].AsInt32());
        Stopwatch watch = Stopwatch.StartNew();
        Assert.Equal(2, instance.GetFunc("wait32")!.Call(0, 0, 20_000_000L)[0].AsInt32());
        Assert.InRange(watch.Elapsed.TotalMilliseconds, 20, 5_000);
        Assert.Equal(2, instance.GetFunc("wait64")!.Call(0, 0L, 0L)[0].AsInt32());
        Assert.Equal(0, instance.GetFunc("notify")!.Call(0, -1)[0].AsInt32());
        Assert.Equal(TrapCode.UnalignedAtomic, Trap("wait32", 2, 0, 0L));
        Assert.Equal(TrapCode.UnalignedAtomic, Trap("wait64", 4, 0L, 0L));
        Assert.Equal(TrapCode.UnalignedAtomic, Trap("notify", 1, 0));
        Assert.Equal(TrapCode.MemoryOutOfBounds, Trap("wait32", 65536, 0, 0L));
        Assert.Equal(TrapCode.MemoryOutOfBounds, Trap("notify", -4, 0));

        TrapCode Trap(string function, params Value[] arguments) => Assert.Throws<TrapException>(() => instance.GetFunc(function)!.Call(arguments)).Code;
    }

    [Fact]
    public void Notify_WakesAsManyAsItSays()
    {
        int[] results = [-1, -1, -1, -1];
        Thread[] waiting = Enumerable.Range(1, Threads - 1).Select(index => new Thread(() =>
            results[index] = index == 3
                ? _instances[index].GetFunc("wait64")!.Call(24, 0L, 30_000_000_000L)[0].AsInt32()
                : _instances[index].GetFunc("wait32")!.Call(32, 0, 30_000_000_000L)[0].AsInt32())).ToArray();
        foreach (Thread thread in waiting) thread.Start();
        Func notify = _instances[0].GetFunc("notify")!;
        Assert.Equal(0, notify.Call(32, 0)[0].AsInt32());
        int woken = 0;
        for (Stopwatch watch = Stopwatch.StartNew(); woken < 3 && watch.ElapsedMilliseconds < 20_000; Thread.Yield())
        {
            int now = notify.Call(32, 1)[0].AsInt32();
            Assert.InRange(now, 0, 1);
            woken += now;
        }

        foreach (Thread thread in waiting) thread.Join();
        Assert.Equal(3, woken);
        Assert.Equal([-1, 0, 0, 0], results);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Wait_OfAnInterruptedStore_EndsWithinTenMilliseconds(bool deadline)
    {
        Func wait = _instances[0].GetFunc("wait32")!;
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 12 && best > TimeSpan.FromMilliseconds(10); i++)
        {
            long due = 0;
            TrapException? trap;
            Thread? canceller = null;
            if (deadline)
            {
                due = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 50;
                _stores[0].SetDeadline(TimeSpan.FromMilliseconds(20));
            }
            else
            {
                canceller = new Thread(() =>
                {
                    Thread.Sleep(20);
                    due = Stopwatch.GetTimestamp();
                    _stores[0].Cancel();
                });
                canceller.Start();
            }

            trap = wait.TryCall([0, 0, -1L], new Value[1]);
            long ended = Stopwatch.GetTimestamp();
            canceller?.Join();
            Assert.Equal(TrapCode.Interrupted, trap?.Code);
            Assert.Single(trap!.Backtrace);
            _stores[0].SetDeadline(Timeout.InfiniteTimeSpan);
            _stores[0].ResetCancellation();
            TimeSpan late = Stopwatch.GetElapsedTime(due, ended);
            if (late < best) best = late;
        }

        Assert.True(best < TimeSpan.FromMilliseconds(10), $"ended {best.TotalMilliseconds} ms late");

        // It does not wait any more: nobody is there to be woken.
        Assert.Equal(0, _instances[1].GetFunc("notify")!.Call(0, -1)[0].AsInt32());
    }

    [Fact]
    public void Grow_FromFourThreads_GivesEachItsOwnPages()
    {
        int[][] before = Enumerable.Range(0, Threads).Select(_ => new int[20]).ToArray();
        OnAll(index =>
        {
            Func grow = _instances[index].GetFunc("grow")!;
            Func load = _instances[index].GetFunc("load")!;
            for (int i = 0; i < 20; i++)
            {
                before[index][i] = grow.Call(1)[0].AsInt32();
                Assert.Equal(0, load.Call((before[index][i] + 1) * 65536 - 4)[0].AsInt32());
            }
        });
        Assert.Equal(Enumerable.Range(1, 80), before.SelectMany(pages => pages).Order());
        Assert.All(_instances, instance => Assert.Equal(81, instance.GetFunc("size")!.Call()[0].AsInt32()));
        Assert.Equal(-1, _instances[0].GetFunc("grow")!.Call(20)[0].AsInt32());
        Assert.Equal(81UL * 65536, _memory.ByteCount);
        Assert.All(_stores, store => Assert.Equal(81 * 65536, store.MemoryBytes));
    }

    [Fact]
    public void Limits_OfEveryStore_CountAll()
    {
        using var small = new Store(_engine, new StoreLimits { MemoryBytes = 2 * 65536 });
        Instance instance = _linker.Instantiate(small, _module);
        Assert.Equal(65536, small.MemoryBytes);
        Assert.Equal(1, _instances[0].GetFunc("grow")!.Call(1)[0].AsInt32());
        Assert.Equal(2 * 65536, small.MemoryBytes);
        Assert.Equal(-1, _instances[0].GetFunc("grow")!.Call(1)[0].AsInt32());
        Assert.Equal(2 * 65536, _stores[0].MemoryBytes);
        using var tiny = new Store(_engine, new StoreLimits { MemoryBytes = 65536 });
        Assert.Throws<StoreLimitException>(() => _linker.Instantiate(tiny, _module));
        Assert.Equal(0, tiny.MemoryBytes);
        small.Dispose();
        Assert.Equal(2, _instances[0].GetFunc("grow")!.Call(1)[0].AsInt32());
        Assert.NotNull(instance);
    }

    [Fact]
    public void DefinedMemory_GivenToAnotherStore_IsTheSame()
    {
        using Module defining = Module.CompileText(_engine, """
            (module (memory (export "memory") 1 3 shared) (data (i32.const 8) "\2a")
              (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
              (func (export "size") (result i32) (memory.size)))
            """);
        Instance other;
        using var second = new Store(_engine);
        using (var first = new Store(_engine))
        {
            Instance instance = new Linker(_engine).Instantiate(first, defining);
            SharedMemory shared = instance.DefaultMemory!.Shared!;
            Assert.True(instance.DefaultMemory.Type.IsShared);
            using Module importing = Module.CompileText(_engine, """
                (module (import "a" "m" (memory 1 3 shared))
                  (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
                  (func (export "grow") (result i32) (memory.grow (i32.const 1)))
                  (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1))))
                """);
            other = new Linker(_engine).Define("a", "m", shared).Instantiate(second, importing);
            Assert.Equal(42, other.GetFunc("load")!.Call(8)[0].AsInt32());
            other.GetFunc("store")!.Call(12, 77);
            Assert.Equal(77, instance.GetFunc("load")!.Call(12)[0].AsInt32());
            Assert.Equal(1, other.GetFunc("grow")!.Call()[0].AsInt32());
            Assert.Equal(2, instance.GetFunc("size")!.Call()[0].AsInt32());
        }

        // The store that defined it is gone; the memory is not.
        Assert.Equal(77, other.GetFunc("load")!.Call(12)[0].AsInt32());
        Assert.Equal(2, other.GetFunc("grow")!.Call()[0].AsInt32());
    }

    [Fact]
    public void UnsharedMemory_IsNotWaitedFor()
    {
        using TestStore test = new();
        Instance instance = test.Instantiate("""
            (module (memory 1)
              (func (export "wait") (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
              (func (export "notify") (result i32) (memory.atomic.notify (i32.const 0) (i32.const 1))))
            """);
        TrapException trap = Assert.Throws<TrapException>(() => instance.GetFunc("wait")!.Call());
        Assert.Equal(TrapCode.ExpectedSharedMemory, trap.Code);
        Assert.Equal("expected shared memory", trap.Message);
        Assert.Equal(0, instance.GetFunc("notify")!.Call()[0].AsInt32());
    }

    [Fact]
    public void Disposed_WhileAStoreHasIt_StaysForThatStoreOnly()
    {
        _memory.Dispose();
        _instances[0].GetFunc("store")!.Call(0, 5);
        Assert.Equal(5, _instances[1].GetFunc("load")!.Call(0)[0].AsInt32());
        var other = new SharedMemory(_engine, 1, 2);
        other.Dispose();
        other.Dispose();
        using var store = new Store(_engine);
        Assert.Throws<StoreUseException>(() => other.In(store));
    }

    [Fact]
    public void Import_OfAnUnsharedMemory_DoesNotFit()
    {
        using var store = new Store(_engine);
        Linker linker = new Linker(_engine).Define("env", "memory", Memory.Create(store, 1, 100));
        Assert.Throws<LinkException>(() => linker.Instantiate(store, _module));
    }

    private static void OnAll(Action<int> work)
    {
        Exception? failure = null;
        Thread[] threads = Enumerable.Range(0, Threads).Select(index => new Thread(() =>
        {
            try
            {
                work(index);
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
            }
        })).ToArray();
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        if (failure is not null) throw new InvalidOperationException("a thread failed", failure);
    }
}
