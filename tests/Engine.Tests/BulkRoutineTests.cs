using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Xunit;

namespace Kiln.Tests;

/// <summary>The machine code of memory.copy and memory.fill, with wide vectors and without: lengths, overlaps, kinds of memories, traps.</summary>
public sealed class BulkRoutineTests
{
    private const int Pages = 64;
    private const int Length = Pages * 65536;

    // 0 and 2 are 32-bit memories, 1 is a 64-bit one, 3 is shared.
    private const string Program = """
        (module
          (memory $m (export "m") 64)
          (memory $w (export "w") i64 64)
          (memory $n (export "n") 64)
          (memory $s (export "s") 64 64 shared)
          (func (export "copy") (param i32 i32 i32) (memory.copy $m $m (local.get 0) (local.get 1) (local.get 2)))
          (func (export "fill") (param i32 i32 i32) (memory.fill $m (local.get 0) (local.get 1) (local.get 2)))
          (func (export "copy w") (param i64 i64 i64) (memory.copy $w $w (local.get 0) (local.get 1) (local.get 2)))
          (func (export "fill w") (param i64 i32 i64) (memory.fill $w (local.get 0) (local.get 1) (local.get 2)))
          (func (export "copy m n") (param i32 i32 i32) (memory.copy $m $n (local.get 0) (local.get 1) (local.get 2)))
          (func (export "copy m w") (param i32 i64 i32) (memory.copy $m $w (local.get 0) (local.get 1) (local.get 2)))
          (func (export "copy w s") (param i64 i32 i32) (memory.copy $w $s (local.get 0) (local.get 1) (local.get 2)))
          (func (export "copy s") (param i32 i32 i32) (memory.copy $s $s (local.get 0) (local.get 1) (local.get 2)))
          (func (export "fill s") (param i32 i32 i32) (memory.fill $s (local.get 0) (local.get 1) (local.get 2))))
        """;

    // On the baseline without what keeps wrong guesses inside, so that both forms of the checks run.
    private static TestStore Make(bool baseline)
    {
        Config config = new() { VerifyCompiler = true };
        if (baseline)
        {
            config.CpuFeatures = CpuFeatures.Sse3 | CpuFeatures.Ssse3 | CpuFeatures.Sse41;
            config.Tunables["speculation-safe"] = "0";
        }

        return new TestStore(config);
    }

    private static byte[] Fill(Span<byte> memory)
    {
        byte[] model = new byte[memory.Length];
        new Random(1).NextBytes(model);
        model.CopyTo(memory);
        return model;
    }

    private static void Same(byte[] model, Span<byte> memory, int start, int end, string what)
    {
        if (!model.AsSpan(start..end).SequenceEqual(memory[start..end])) Assert.Fail($"{what}: the memory differs from the model");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Copy_OfEachShortLengthAndDistance_MovesTheBytes(bool baseline)
    {
        const int middle = 4096;
        using TestStore test = Make(baseline);
        Instance instance = test.Instantiate(Program);
        Func copy = instance.GetFunc("copy")!;
        Span<byte> memory = instance.GetMemory("m")!.Span;
        byte[] model = Fill(memory);
        for (int n = 0; n <= 300; n++)
        {
            for (int distance = -70; distance <= 70; distance++)
            {
                int to = middle + n % 64 + (distance * 5 & 31);
                copy.TryCall([to, to + distance, n], []);
                model.AsSpan(to + distance, n).CopyTo(model.AsSpan(to, n));
                Same(model, memory, middle - 256, middle + 768, $"{n} bytes from {to + distance} to {to}");
            }
        }

        Same(model, memory, 0, Length, "all");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Copy_OfEachLengthAndAlignment_MovesTheBytes(bool baseline)
    {
        using TestStore test = Make(baseline);
        Instance instance = test.Instantiate(Program);
        Func copy = instance.GetFunc("copy")!;
        Span<byte> memory = instance.GetMemory("m")!.Span;
        byte[] model = Fill(memory);
        for (int n = 0; n <= 600; n += n < 140 ? 1 : 23)
        {
            for (int to = 1000; to < 1064; to++)
            {
                int from = 8192 + (to * 37 + n) % 67;
                copy.TryCall([to, from, n], []);
                model.AsSpan(from, n).CopyTo(model.AsSpan(to, n));
                Same(model, memory, 900, 1800, $"{n} bytes from {from} to {to}");
                new Random(n).NextBytes(model.AsSpan(8192, 700));
                model.AsSpan(8192, 700).CopyTo(memory[8192..]);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Copy_OfLongRanges_MovesTheBytes(bool baseline)
    {
        using TestStore test = Make(baseline);
        Instance instance = test.Instantiate(Program);
        Func copy = instance.GetFunc("copy")!;
        Span<byte> memory = instance.GetMemory("m")!.Span;
        byte[] model = Fill(memory);
        foreach (int n in (int[])[1000, 4095, 65536, (256 << 10) - 1, 256 << 10, (256 << 10) + 129, (256 << 10) + 160, (512 << 10) + 97, 3 << 20])
        {
            foreach (int distance in (int[])[0, 1, -1, 31, -31, 32, -32, 127, -127, 128, -129, 4096, -4099, 300_000, -300_001])
            {
                int to = 400_000 + n % 57;
                copy.TryCall([to, to + distance, n], []);
                model.AsSpan(to + distance, n).CopyTo(model.AsSpan(to, n));
                Same(model, memory, 0, Length, $"{n} bytes from {to + distance} to {to}");
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fill_OfEachLengthAndAlignment_WritesTheByte(bool baseline)
    {
        using TestStore test = Make(baseline);
        Instance instance = test.Instantiate(Program);
        Func fill = instance.GetFunc("fill")!;
        Span<byte> memory = instance.GetMemory("m")!.Span;
        byte[] model = Fill(memory);
        for (int n = 0; n <= 300; n++)
        {
            for (int to = 1000; to < 1064; to++)
            {
                int value = n * 3 + to + (to << 8);
                fill.TryCall([to, value, n], []);
                model.AsSpan(to, n).Fill((byte)value);
                Same(model, memory, 900, 1500, $"{n} bytes at {to}");
            }
        }

        foreach (int n in (int[])[1000, 4095, 65536, (256 << 10) - 1, 256 << 10, (256 << 10) + 129, (512 << 10) + 97, 3 << 20])
        {
            fill.TryCall([n % 77, n % 251, n], []);
            model.AsSpan(n % 77, n).Fill((byte)(n % 251));
            Same(model, memory, 0, Length, $"{n} bytes");
        }
    }

    [Theory]
    [InlineData("copy w", "w", "w", true, true, true, false)]
    [InlineData("copy w", "w", "w", true, true, true, true)]
    [InlineData("copy m n", "m", "n", false, false, false, false)]
    [InlineData("copy m n", "m", "n", false, false, false, true)]
    [InlineData("copy m w", "m", "w", false, true, false, false)]
    [InlineData("copy m w", "m", "w", false, true, false, true)]
    [InlineData("copy w s", "w", "s", true, false, false, false)]
    [InlineData("copy w s", "w", "s", true, false, false, true)]
    [InlineData("copy s", "s", "s", false, false, false, false)]
    [InlineData("copy s", "s", "s", false, false, false, true)]
    public void Copy_BetweenMemories_MovesTheBytes(string function, string target, string source, bool to64, bool from64, bool count64, bool baseline)
    {
        using TestStore test = Make(baseline);
        Instance instance = test.Instantiate(Program);
        Func copy = instance.GetFunc(function)!;
        Span<byte> into = instance.GetMemory(target)!.Span, outOf = instance.GetMemory(source)!.Span;
        byte[] read = Fill(outOf);
        byte[] written = target == source ? read : new byte[Length];
        into[0] = written[0];
        foreach (int n in (int[])[0, 1, 7, 16, 33, 100, 500, 70_000, 1 << 20])
        {
            Assert.Null(copy.TryCall([Number(n + 5, to64), Number(300, from64), Number(n, count64)], []));
            read.AsSpan(300, n).CopyTo(written.AsSpan(n + 5, n));
            Same(written, into, 0, Length, $"{n} bytes");
            Assert.Equal(TrapCode.MemoryOutOfBounds, copy.TryCall([Number(Length - n + 1, to64), Number(0, from64), Number(n, count64)], [])?.Code);
            Assert.Equal(TrapCode.MemoryOutOfBounds, copy.TryCall([Number(0, to64), Number(Length - n + 1, from64), Number(n, count64)], [])?.Code);
            Assert.Equal(TrapCode.MemoryOutOfBounds, copy.TryCall([Number(-1, to64), Number(0, from64), Number(n + 2, count64)], [])?.Code);
            Assert.Equal(TrapCode.MemoryOutOfBounds, copy.TryCall([Number(0, to64), Number(-1, from64), Number(n + 2, count64)], [])?.Code);
            Assert.Equal(TrapCode.MemoryOutOfBounds, copy.TryCall([Number(1, to64), Number(0, from64), Number(-1, count64)], [])?.Code);
            Same(written, into, 0, Length, $"{n} bytes out of bounds");
        }
    }

    [Theory]
    [InlineData("fill w", "w", true, false)]
    [InlineData("fill w", "w", true, true)]
    [InlineData("fill s", "s", false, false)]
    [InlineData("fill s", "s", false, true)]
    public void Fill_OfOtherMemories_WritesTheByte(string function, string target, bool is64, bool baseline)
    {
        using TestStore test = Make(baseline);
        Instance instance = test.Instantiate(Program);
        Func fill = instance.GetFunc(function)!;
        Span<byte> memory = instance.GetMemory(target)!.Span;
        byte[] model = new byte[Length];
        foreach (int n in (int[])[0, 1, 7, 16, 33, 100, 500, 70_000, 1 << 20])
        {
            Assert.Null(fill.TryCall([Number(n + 5, is64), n + 3, Number(n, is64)], []));
            model.AsSpan(n + 5, n).Fill((byte)(n + 3));
            Assert.Equal(TrapCode.MemoryOutOfBounds, fill.TryCall([Number(Length - n + 1, is64), 1, Number(n, is64)], [])?.Code);
            Assert.Equal(TrapCode.MemoryOutOfBounds, fill.TryCall([Number(-1, is64), 1, Number(n + 2, is64)], [])?.Code);
            Assert.Equal(TrapCode.MemoryOutOfBounds, fill.TryCall([Number(1, is64), 1, Number(-1, is64)], [])?.Code);
            Same(model, memory, 0, Length, $"{n} bytes");
        }
    }

    private static Value Number(int value, bool is64) => is64 ? (Value)(long)value : (Value)value;

    // One instruction each, on pages that nothing has touched: only the routine itself can notice the interruption.
    private const string Large = """
        (module
          (memory 16384)
          (func $fill (export "fill") (param i32) (memory.fill (i32.const 3) (i32.const 1) (local.get 0)))
          (func $up (export "copy up") (param i32) (nop) (memory.copy (i32.const 3) (i32.const 0x10000000) (local.get 0)))
          (func $down (export "copy down") (param i32) (drop (i32.const 1)) (memory.copy (i32.const 0x10000000) (i32.const 3) (local.get 0))))
        """;

    [Theory]
    [InlineData("fill", false)]
    [InlineData("fill", true)]
    [InlineData("copy up", false)]
    [InlineData("copy up", true)]
    [InlineData("copy down", false)]
    [InlineData("copy down", true)]
    public void Interruption_InTheMiddleOfAGigabyte_StopsAtTheInstruction(string function, bool baseline)
    {
        using TestStore test = Make(baseline);
        Module module = test.Compile(Large);
        BacktraceFrame outside = OutsideOf(test, module, function);
        TimeSpan best = TimeSpan.MaxValue;
        for (int attempt = 0; attempt < 8 && best > TimeSpan.FromMilliseconds(10); attempt++)
        {
            using Store store = new(test.Engine);
            Func work = test.Linker.Instantiate(store, module).GetFunc(function)!;
            long cancelled = 0;
            Thread canceller = new(() =>
            {
                Thread.Sleep(15);
                cancelled = Stopwatch.GetTimestamp();
                store.Cancel();
            });
            canceller.Start();
            TrapException? trap = work.TryCall([0x2ffffff0], []);
            TimeSpan taken = Stopwatch.GetElapsedTime(cancelled);
            canceller.Join();
            if (trap is null) continue; // a busy machine, whose canceller came too late
            Assert.Equal(TrapCode.Interrupted, trap.Code);
            Assert.Equal(outside, trap.Backtrace.Single());
            if (taken < best) best = taken;
        }

        Assert.True(best < TimeSpan.FromMilliseconds(50), $"stopped {best.TotalMilliseconds} ms after the cancellation");
    }

    // Where the same instruction traps when its range is out of bounds.
    private static BacktraceFrame OutsideOf(TestStore test, Module module, string function)
    {
        using Store store = new(test.Engine);
        TrapException trap = test.Linker.Instantiate(store, module).GetFunc(function)!.TryCall([-1], [])!;
        Assert.Equal(TrapCode.MemoryOutOfBounds, trap.Code);
        Assert.Equal(function.Split(' ')[^1], trap.Backtrace.Single().Function);
        return trap.Backtrace.Single();
    }
}
