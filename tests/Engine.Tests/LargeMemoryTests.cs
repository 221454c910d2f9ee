using System;
using System.Diagnostics;
using System.Linq;
using Xunit;

namespace Kiln.Tests;

/// <summary>64-bit memories: above 4 GiB, at the edges of their bounds, growing, and moving when they outgrow their reservation.</summary>
public sealed class LargeMemoryTests
{
    private const string Program = """
        (module
          (memory (export "m") i64 1)
          (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
          (func (export "load") (param i64) (result i64) (i64.load (local.get 0)))
          (func (export "load_far") (param i64) (result i64) (i64.load offset=0x100000000 (local.get 0)))
          (func (export "load_near") (param i64) (result i64) (i64.load offset=40000 (local.get 0)))
          (func (export "store") (param i64 i64) (i64.store (local.get 0) (local.get 1)))
          (func (export "copy") (param i64 i64 i64) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
          (func (export "touch_and_grow") (param i64) (result i64) (local i64 i64)
            ;; A store and a load on either side of each growth: the base in between may change.
            (loop
              (local.set 1 (i64.sub (i64.shl (memory.size) (i64.const 16)) (i64.const 8)))
              (i64.store (local.get 1) (local.get 1))
              (if (i64.eq (memory.grow (i64.const 1)) (i64.const -1)) (then unreachable))
              (local.set 2 (i64.add (local.get 2) (i64.ne (i64.load (local.get 1)) (local.get 1)) (i64.extend_i32_u)))
              (br_if 0 (i64.lt_u (memory.size) (local.get 0))))
            (local.get 2)))
        """;

    private static TestStore NewStore(params (string Name, string Value)[] tunables)
    {
        Config config = new() { VerifyCompiler = true };
        foreach ((string name, string value) in tunables) config.Tunables.Add(name, value);
        return new TestStore(config, new StoreLimits { MemoryBytes = long.MaxValue });
    }

    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    public void Accesses_AboveFourGibibytes_ReachTheirBytes(string speculationSafe)
    {
        using TestStore test = NewStore(("speculation-safe", speculationSafe));
        Instance instance = test.Instantiate(Program);
        const long Pages = (6L << 30) >> 16;
        Assert.Equal(1, instance.GetFunc("grow")!.Call(Pages - 1)[0].AsInt64());
        long[] places = [0, 65536, (1L << 32) - 4, 1L << 32, (5L << 30) + 12345, (6L << 30) - 8];
        foreach (long place in places) instance.GetFunc("store")!.Call(place, ~place);
        foreach (long place in places) Assert.Equal(~place, instance.GetFunc("load")!.Call(place)[0].AsInt64());
        Assert.Equal(~(1L << 32), instance.GetFunc("load_far")!.Call(0L)[0].AsInt64());
        Assert.Equal(~((5L << 30) + 12345), instance.GetMemory("m")!.Read<long>((5UL << 30) + 12345));
        instance.GetFunc("copy")!.Call(100L, (5L << 30) + 12345, 8L);
        Assert.Equal(~((5L << 30) + 12345), instance.GetFunc("load")!.Call(100L)[0].AsInt64());

        foreach (long outside in (long[])[(6L << 30) - 7, 6L << 30, (8L << 30) + 1, 1L << 40, long.MaxValue, -8, -1])
        {
            foreach (string load in (string[])["load", "load_far", "load_near"])
                Assert.Equal(TrapCode.MemoryOutOfBounds, instance.GetFunc(load)!.TryCall([outside], new Value[1])!.Code);
            Assert.Equal(TrapCode.MemoryOutOfBounds, instance.GetFunc("store")!.TryCall([outside, 1L], [])!.Code);
        }

        Assert.Equal(TrapCode.MemoryOutOfBounds, instance.GetFunc("load_far")!.TryCall([(2L << 30) - 7], new Value[1])!.Code);
        Assert.Null(instance.GetFunc("load_far")!.TryCall([(2L << 30) - 8], new Value[1]));
    }

    [Theory]
    [InlineData("1", false)]
    [InlineData("0", false)]
    [InlineData("1", true)]
    public void Growth_BeyondTheReservation_MovesTheMemoryAndKeepsItsContent(string speculationSafe, bool optimized)
    {
        using TestStore test = NewStore(("speculation-safe", speculationSafe), ("memory64-reservation", "262144"), ("optimize", optimized ? "1" : "0"));
        Instance instance = test.Instantiate(Program);
        Memory memory = instance.GetMemory("m")!;
        Assert.Equal(0, instance.GetFunc("touch_and_grow")!.Call(600L)[0].AsInt64());
        Assert.Equal(600UL, memory.PageCount);
        for (ulong page = 1; page < 600; page++) Assert.Equal((page << 16) - 8, memory.Read<ulong>((page << 16) - 8));

        // The host grows it, too.
        memory.Grow(5000);
        Assert.Equal((1UL << 16) - 8, memory.Read<ulong>((1UL << 16) - 8));
        Assert.Equal((1L << 16) - 8, instance.GetFunc("load")!.Call((1L << 16) - 8)[0].AsInt64());
        Assert.Equal(TrapCode.MemoryOutOfBounds, instance.GetFunc("load")!.TryCall([5600L << 16], new Value[1])!.Code);
    }

    [Fact]
    public void MovedMemory_ImportedElsewhere_IsSeenThere()
    {
        using TestStore test = NewStore(("memory64-reservation", "65536"));
        Instance first = test.Instantiate(Program);
        test.Linker.DefineInstance("first", first);
        Instance second = test.Instantiate("""
            (module
              (import "first" "m" (memory i64 1))
              (import "first" "grow" (func $grow (param i64) (result i64)))
              (func (export "run") (result i64)
                (i64.store (i64.const 8) (i64.const 42))
                (drop (call $grow (i64.const 1000)))
                (i64.store (i64.const 50000000) (i64.const 1))
                (i64.add (i64.load (i64.const 8)) (i64.load (i64.const 50000000)))))
            """);
        Assert.Equal(43, second.GetFunc("run")!.Call()[0].AsInt64());
        Assert.Equal(42, first.GetFunc("load")!.Call(8L)[0].AsInt64());
    }

    [Fact]
    public void Growth_PageByPage_TakesLinearTime()
    {
        using TestStore test = NewStore(("memory64-reservation", "65536"));
        Instance instance = test.Instantiate("""
            (module (memory i64 1)
              (func (export "run") (param i64) (loop (drop (memory.grow (i64.const 1))) (br_if 0 (i64.lt_u (memory.size) (local.get 0))))))
            """);
        Func run = instance.GetFunc("run")!;
        run.Call(100L);
        Stopwatch watch = Stopwatch.StartNew();

        // 4 GiB: were each growth a move of all there is, this would be hours.
        run.Call(65536L);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"took {watch.Elapsed}");
    }

    [Fact]
    public void Memory_WithCustomPages_IsExactToTheByte()
    {
        using TestStore test = NewStore();
        Instance instance = test.Instantiate("""
            (module
              (memory i64 10 20 (pagesize 1))
              (func (export "load") (param i64) (result i32) (i32.load8_u offset=3 (local.get 0)))
              (func (export "load4") (param i64) (result i32) (i32.load (local.get 0)))
              (func (export "constant") (result i32) (i32.load (i64.const 6)))
              (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0))))
            """);
        bool Loads(string name, long at) => instance.GetFunc(name)!.TryCall([at], new Value[1]) is null;
        Assert.Equal([true, false, false], new[] { 6L, 7, -1 }.Select(at => Loads("load", at)));
        Assert.Equal([true, false, false], new[] { 6L, 7, -4 }.Select(at => Loads("load4", at)));
        Assert.Equal(0, instance.GetFunc("constant")!.Call()[0].AsInt32());
        Assert.Equal(10, instance.GetFunc("grow")!.Call(5L)[0].AsInt64());
        Assert.Equal([true, false], new[] { 11L, 12 }.Select(at => Loads("load", at)));
        Assert.Equal(-1, instance.GetFunc("grow")!.Call(6L)[0].AsInt64());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void StaleSpan_AfterMoves_IsHarmless(int moves)
    {
        using TestStore test = NewStore(("memory64-reservation", (1 << 20).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        Instance instance = test.Instantiate(Program);
        Memory memory = instance.GetMemory("m")!;
        instance.GetFunc("store")!.Call(8L, 0x1122334455667788);
        Span<byte> stale = memory.Span;
        Assert.Equal(65536, stale.Length);
        for (int i = 0; i < moves; i++) Assert.NotEqual(-1, instance.GetFunc("grow")!.Call((long)(memory.PageCount + 16))[0].AsInt64());
        Assert.False(stale.Overlaps(memory.Span));
        Assert.Equal((long)memory.ByteCount, test.Store.MemoryBytes);

        // Whatever is mapped now, is mapped elsewhere.
        using (TestStore others = NewStore(("memory64-reservation", "65536")))
        {
            for (int i = 0; i < 50; i++)
            {
                Instance other = others.Instantiate(Program);
                other.GetFunc("grow")!.Call(20L);
                other.GetMemory("m")!.Span.Fill(0xAA);
                Assert.False(stale.Overlaps(other.GetMemory("m")!.Span));
            }

            byte[][] managed = Enumerable.Range(0, 50).Select(_ => new byte[1 << 20]).ToArray();
            foreach (byte[] array in managed) array.AsSpan().Fill(0xBB);
            Assert.Equal(-1, stale.IndexOfAnyExcept((byte)0));
        }

        // Writing through it changes nothing that anybody sees.
        stale.Fill(0xCC);
        Assert.Equal(0x1122334455667788, instance.GetFunc("load")!.Call(8L)[0].AsInt64());
        Assert.Equal(0, instance.GetFunc("load")!.Call(16L)[0].AsInt64());
        Assert.Equal(0x1122334455667788, memory.Read<long>(8));
        instance.GetFunc("store")!.Call(8L, 5L);
        Assert.Equal(0xCC, stale[8]);
    }
}
