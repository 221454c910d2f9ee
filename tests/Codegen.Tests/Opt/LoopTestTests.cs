using System;
using System.Numerics;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Opt.Ranges;
using Xunit;

namespace Kiln.Codegen.Tests.Opt;

/// <summary>Counters at the edges of the 32-bit numbers, run step by step, keep to what <see cref="LoopTest"/> claims of them.</summary>
public sealed class LoopTestTests
{
    private const int Steps = 300;

    private static readonly uint[] s_edges = [0, 1, 2, 3, 4, 7, 8, 100, 0x3FFFFFFF, 0x40000000, 0x7FFFFFF8, 0x7FFFFFFE, 0x7FFFFFFF, 0x80000000, 0x80000001, 0x80000100, 0xFFFFFF00, 0xFFFFFFF8, 0xFFFFFFFE, 0xFFFFFFFF];
    private static readonly long[] s_strides = [1, -1, 2, -2, 3, 4, -4, 8, 7, -8, 0x10000000, 0x7FFFFFFF, -0x7FFFFFFF, -0x40000000];

    [Fact]
    public void Bound_OfRandomTests_HoldsForEveryRun()
    {
        var random = new Random(7);
        int claims = 0, ranges = 0;
        for (int i = 0; i < 200_000; i++)
        {
            bool aligned = random.Next(3) == 0;
            long stride = s_strides[random.Next(s_strides.Length)];
            uint mask = aligned ? 0 - (uint)BitOperations.RoundUpToPowerOf2((ulong)Math.Abs(stride)) : uint.MaxValue;
            ValueRange start = Range(random, mask), bound = Range(random, mask);
            uint added = (random.Next(3) switch { 0 => 0, 1 => (uint)stride, _ => Number(random) }) & mask;
            IntCC relation = (IntCC)random.Next(10);
            bool isInvariant = random.Next(3) != 0;
            var test = new LoopTest(start, stride, added, relation, bound, isInvariant, aligned ? BitOperations.TrailingZeroCount(mask) : 0);
            if (!test.TryBound(out ulong trips, out ValueRange values)) continue;
            claims++;
            ranges += values.IsFull ? 0 : 1;

            uint x = Within(random, start, mask), n = Within(random, bound, mask);
            ulong gone = 0;
            while (true)
            {
                if (x < values.Low || x > values.High) Assert.Fail($"{start} by {stride}, {relation} {bound} of x + {added}: {x} is not in {values}");
                uint tested = x + added;
                if (gone == Steps || !relation.Holds(relation.IsSigned() ? (int)tested : tested, relation.IsSigned() ? (int)n : n)) break;
                gone++;
                if (gone > trips) Assert.Fail($"{start} by {stride}, {relation} {bound} of x + {added}: more than {trips} times");
                x += (uint)stride;
                if (!isInvariant) n = Within(random, bound, mask);
            }
        }

        // A bound that claims nothing would hold, too.
        Assert.True(claims > 20_000, $"{claims} claims");
        Assert.True(ranges > 10_000, $"{ranges} ranges");
    }

    [Fact]
    public void Where_OfRandomRanges_KeepsEveryValueThatCanBe()
    {
        var random = new Random(8);
        for (int i = 0; i < 200_000; i++)
        {
            ValueRange range = Range(random, uint.MaxValue), others = Range(random, uint.MaxValue);
            IntCC relation = (IntCC)random.Next(10);
            uint x = Within(random, range, uint.MaxValue), y = Within(random, others, uint.MaxValue);
            if (!relation.Holds(relation.IsSigned() ? (int)x : x, relation.IsSigned() ? (int)y : y)) continue;
            ValueRange kept = range.Where(relation, others);
            if (x < kept.Low || x > kept.High) Assert.Fail($"{range} {relation} {others}: {x} is not in {kept}");
        }
    }

    private static uint Number(Random random) => random.Next(4) == 0 ? (uint)random.NextInt64(1L << 32) : s_edges[random.Next(s_edges.Length)] + (uint)random.Next(5) - 2;

    private static ValueRange Range(Random random, uint mask)
    {
        uint a = Number(random) & mask, b = random.Next(2) == 0 ? a : random.Next(2) == 0 ? a + (uint)random.Next(300) & mask : Number(random) & mask;
        return new ValueRange(Math.Min(a, b), Math.Max(a, b));
    }

    private static uint Within(Random random, ValueRange range, uint mask)
    {
        uint value = random.Next(3) switch
        {
            0 => (uint)range.Low,
            1 => (uint)range.High,
            _ => (uint)((long)range.Low + random.NextInt64((long)(range.High - range.Low) + 1)),
        };
        return value & mask; // not below the low end, which is a multiple
    }
}
