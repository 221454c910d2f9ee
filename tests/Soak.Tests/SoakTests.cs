using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using Xunit;
using Xunit.Abstractions;

namespace Kiln.Soak.Tests;

/// <summary>
/// 10,000 runs of guests that return, trap, run out of fuel, overflow their stack and are cancelled, on eight
/// threads while the garbage collector never rests. Nothing may be wrong, and nothing may stay behind.
/// </summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int Runs = 10_000;
    private const int Threads = 8;

    private const string Guest = """
        (module $soak
          (import "host" "note" (func $note (param i32) (result i32)))
          (memory (export "memory") 1 64)
          (func (export "work") (param $n i32) (result i32)
            (local $i i32) (local $sum i32)
            (drop (memory.grow (i32.const 1)))
            (loop $next
              (i32.store (i32.and (i32.mul (local.get $i) (i32.const 52)) (i32.const 0xFFFC)) (local.get $i))
              (local.set $sum (i32.add (local.get $sum) (i32.load (i32.and (i32.mul (local.get $i) (i32.const 28)) (i32.const 0xFFFC)))))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br_if $next (i32.lt_u (local.get $i) (local.get $n))))
            (call $note (local.get $sum)))
          (func (export "load") (param $at i32) (result i32) (i32.load (call $note (local.get $at))))
          (func (export "divide") (param $d i32) (result i32) (i32.div_s (i32.const 1) (local.get $d)))
          (func $dig (export "dig") (param $n i32) (result i32)
            (i32.add (i32.const 1) (call $dig (i32.add (local.get $n) (i32.const 1)))))
          (func (export "spin") (result i32) (loop $forever (br $forever)) (i32.const 0)))
        """;

    [Fact]
    [Trait("Category", "Slow")]
    public void MixedGuests_UnderConstantCollection_LeaveNothingBehind()
    {
        using var engine = new Engine(new Config { Fuel = true });
        using Module module = Module.CompileText(engine, Guest);
        var linker = new Linker(engine);
        linker.DefineFunc<int, int>("host", "note", static (caller, x) => { GC.KeepAlive(new byte[200]); return x; });

        int next = 0;
        var failures = new List<string>();
        var residentAfter = new long[Runs / 1000];
        var samples = new Lock();
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            for (int round = 1; !stop.IsCancellationRequested; round++)
            {
                for (int i = 0; i < 200; i++) _ = new byte[1000];
                GC.Collect(round % 200 == 0 ? 2 : round % 3 == 0 ? 1 : 0);
            }
        });
        collector.Start();

        var workers = new Thread[Threads];
        for (int t = 0; t < Threads; t++)
        {
            workers[t] = new Thread(() =>
            {
                for (int run; (run = Interlocked.Increment(ref next) - 1) < Runs;)
                {
                    try
                    {
                        RunOne(engine, linker, module, run);
                    }
                    catch (Exception error)
                    {
                        lock (failures) failures.Add($"run {run}: {error}");
                    }

                    if (run % 1000 == 999)
                    {
                        lock (samples) residentAfter[run / 1000] = ResidentBytes();
                    }
                }
            });
            workers[t].Start();
        }

        foreach (Thread worker in workers) worker.Join();
        stop.Cancel();
        collector.Join();

        output.WriteLine(string.Join(", ", Array.ConvertAll(residentAfter, bytes => $"{bytes >> 20} MiB")));
        Assert.Empty(failures);
        // After the second thousand everything is warm and pooled; from there on memory must not grow.
        Assert.True(residentAfter[^1] <= residentAfter[1] * 1.05,
            $"resident {residentAfter[1] >> 20} MiB after 2,000 runs, {residentAfter[^1] >> 20} MiB after {Runs:n0}");
    }

    private static void RunOne(Engine engine, Linker linker, Module module, int run)
    {
        using var store = new Store(engine, new StoreLimits { MemoryBytes = 1 << 20 });
        store.Fuel = 1_000_000_000;
        Instance instance = linker.Instantiate(store, module);
        switch (run % 6)
        {
            case 0:
                instance.GetFunc("work")!.Call(run % 1000 + 1);
                break;
            case 1:
                Expect(TrapCode.MemoryOutOfBounds, () => instance.GetFunc("load")!.Call(int.MaxValue - run));
                Assert.Equal(0, instance.GetFunc("load")!.Call(65536 - 4)[0].AsInt32());
                break;
            case 2:
                Expect(TrapCode.IntegerDivideByZero, () => instance.GetFunc("divide")!.Call(0));
                break;
            case 3:
                store.Fuel = 10_000 + run;
                Expect(TrapCode.OutOfFuel, () => instance.GetFunc("spin")!.Call());
                break;
            case 4:
                Expect(TrapCode.StackOverflow, () => instance.GetFunc("dig")!.Call(0));
                break;
            default:
                store.Fuel = long.MaxValue;
                if (run % 12 == 5) store.SetDeadline(TimeSpan.FromMilliseconds(2));
                else ThreadPool.UnsafeQueueUserWorkItem(static s => { Thread.Sleep(1); s.Cancel(); }, store, preferLocal: false);
                Expect(TrapCode.Interrupted, () => instance.GetFunc("spin")!.Call());
                break;
        }
    }

    private static void Expect(TrapCode code, Action action)
    {
        TrapException trap = Assert.Throws<TrapException>(action);
        Assert.Equal(code, trap.Code);
        Assert.NotEmpty(trap.Backtrace);
    }

    private static long ResidentBytes()
    {
        // What is garbage is not held: only what stays after a full collection counts.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        // Second field of statm: resident pages.
        string[] fields = File.ReadAllText("/proc/self/statm").Split(' ');
        return long.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
