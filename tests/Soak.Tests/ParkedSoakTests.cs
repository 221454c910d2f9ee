using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;
using Xunit.Abstractions;

namespace Kiln.Soak.Tests;

/// <summary>
/// Guests that wait without threads, 128 at a time, are woken, time out, are cancelled, pass their deadlines and lose their
/// stores, while the garbage collector never rests. Every outcome is right, and nothing stays behind.
/// </summary>
public sealed class ParkedSoakTests(ITestOutputHelper output)
{
    private const int Runs = 10_000;
    private const int Together = 128;

    private const string Guest = """
        (module $parked
          (import "host" "memory" (memory 1 1 shared))
          (import "host" "same" (func $same (param externref) (result externref)))
          (func (export "wait") (param $at i32) (param $rounds i32) (param $kept externref) (result externref i32)
            (local $sum i32) (local $other externref)
            (loop $next
              (local.set $other (call $same (local.get $kept)))
              (local.set $sum (i32.add (local.get $sum) (memory.atomic.wait32 (local.get $at) (i32.const 0) (i64.const -1))))
              (local.set $kept (select (result externref) (local.get $kept) (local.get $other) (i32.and (local.get $sum) (i32.const 1))))
              (br_if $next (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
            (local.get $kept) (local.get $sum))
          (func (export "sleep") (param $at i32) (param $rounds i32) (result i32)
            (local $sum i32)
            (loop $next
              (local.set $sum (i32.add (local.get $sum) (memory.atomic.wait32 (local.get $at) (i32.const 0) (i64.const 100000))))
              (br_if $next (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
            (local.get $sum)))
        """;

    [Fact]
    [Trait("Category", "Slow")]
    public async Task ParkedGuests_UnderConstantCollection_LeaveNothingBehind()
    {
        using var engine = new Engine();
        using Module module = Module.CompileText(engine, Guest);
        using var memory = new SharedMemory(engine, 1, 1);
        Linker linker = new Linker(engine).Define("host", "memory", memory).DefineFunc(
            "host", "same", ExternType.Func([ValueKind.ExternRef], [ValueKind.ExternRef]), static (_, arguments, results) => results[0] = arguments[0]);

        int next = 0;
        var residentAfter = new long[Runs / 1000];
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            for (int round = 1; !stop.IsCancellationRequested; round++)
            {
                for (int i = 0; i < 200; i++) _ = new byte[1000];
                GC.Collect(round % 200 == 0 ? 2 : round % 3 == 0 ? 1 : 0);
            }
        });

        // Wakes everybody, over and over: the first half of the addresses.
        var waker = new Thread(() =>
        {
            for (uint at = 0; !stop.IsCancellationRequested; at = (at + 4) % (4 * Together / 2))
            {
                memory.Notify(at, 1);
                if (at == 0) Thread.Sleep(0);
            }
        });
        collector.Start();
        waker.Start();

        async Task Work()
        {
            await Task.Yield();
            for (int run; (run = Interlocked.Increment(ref next) - 1) < Runs;)
            {
                await RunOne(engine, linker, module, run).ConfigureAwait(false);
                if (run % 1000 == 999) residentAfter[run / 1000] = ResidentBytes();
            }
        }

        try
        {
            await Task.WhenAll(Enumerable.Range(0, Together).Select(_ => Work()));
        }
        finally
        {
            stop.Cancel();
            collector.Join();
            waker.Join();
        }

        output.WriteLine(string.Join(", ", Array.ConvertAll(residentAfter, bytes => $"{bytes >> 20} MiB")));
        for (uint at = 0; at < 65536; at += 4) Assert.Equal(0u, memory.Notify(at));
        Assert.True(residentAfter[^1] <= residentAfter[1] * 1.1,
            $"resident {residentAfter[1] >> 20} MiB after 2,000 runs, {residentAfter[^1] >> 20} MiB after {Runs:n0}");
    }

    private static async Task RunOne(Engine engine, Linker linker, Module module, int run)
    {
        using var store = new Store(engine, new StoreLimits { MemoryBytes = 1 << 20 });
        Instance instance = linker.Instantiate(store, module);
        Func wait = instance.GetFunc("wait")!;
        int woken = 4 * (run % (Together / 2));
        int never = 4 * Together + 4 * (run % 100);
        switch (run % 5)
        {
            case 0:
                object kept = new();
                Value[] results = await wait.CallAsync(woken, 5, Value.FromExtern(kept)).ConfigureAwait(false);
                Assert.Same(kept, results[0].AsExtern());
                Assert.Equal(0, results[1].AsInt32());
                break;
            case 1:
                Assert.Equal(6, (await instance.GetFunc("sleep")!.CallAsync(never, 3).ConfigureAwait(false))[0].AsInt32());
                break;
            case 2:
                ValueTask<TrapException?> cancelled = wait.TryCallAsync([never, 1, Value.FromExtern(new object())], new Value[2]);
                ThreadPool.UnsafeQueueUserWorkItem(static s => s.Cancel(), store, preferLocal: false);
                Expect(await cancelled.ConfigureAwait(false));
                break;
            case 3:
                store.SetDeadline(TimeSpan.FromMilliseconds(1));
                Expect(await wait.TryCallAsync([never, 1, Value.FromExtern(new object())], new Value[2]).ConfigureAwait(false));
                break;
            default:
                ValueTask<TrapException?> lost = wait.TryCallAsync([never, 1, Value.FromExtern(new object())], new Value[2]);
                store.Dispose();
                await Assert.ThrowsAsync<StoreUseException>(async () => await lost.ConfigureAwait(false)).ConfigureAwait(false);
                break;
        }
    }

    private static void Expect(TrapException? trap)
    {
        Assert.Equal(TrapCode.Interrupted, trap?.Code);
        Assert.NotEmpty(trap!.Backtrace);
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        // Second field of statm: resident pages.
        string[] fields = File.ReadAllText("/proc/self/statm").Split(' ');
        return long.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
