using System;
using System.Collections.Generic;
using Kiln.RegAlloc.Splitting;
using Xunit;

namespace Kiln.RegAlloc.Tests;

/// <summary>The tree against an array of what is taken at each point.</summary>
public sealed class OccupancyTreeTests
{
    private readonly record struct Interval(int Lane, int From, int To, int Owner);

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(300)]
    [InlineData(5000)]
    public void RandomIntervals_AddedAndRemoved_AnswerLikeAnArray(int points)
    {
        Random random = new(points);
        OccupancyTree tree = new();
        for (int round = 0; round < 2; round++)
        {
            tree.Reset(points);
            ulong[] taken = new ulong[points];
            List<Interval> intervals = new();
            for (int step = 0; step < 600; step++)
            {
                if (intervals.Count != 0 && random.Next(3) == 0)
                {
                    Interval gone = intervals[random.Next(intervals.Count)];
                    intervals.Remove(gone);
                    tree.Remove(gone.Lane, gone.From, gone.To);
                    for (int p = gone.From; p < gone.To; p++) taken[p] &= ~(1UL << gone.Lane);
                }
                else
                {
                    int from = random.Next(points), to = Math.Min(points, from + 1 + random.Next(random.Next(4) == 0 ? points : 20));
                    int lane = random.Next(64);
                    if (((Union(taken, from, to) >> lane) & 1) == 0)
                    {
                        tree.Add(lane, from, to, step);
                        intervals.Add(new Interval(lane, from, to, step));
                        for (int p = from; p < to; p++) taken[p] |= 1UL << lane;
                    }
                }

                Compare(tree, taken, intervals, random);
            }
        }
    }

    private static ulong Union(ulong[] taken, int from, int to)
    {
        ulong union = 0;
        for (int p = from; p < to; p++) union |= taken[p];
        return union;
    }

    private static void Compare(OccupancyTree tree, ulong[] taken, List<Interval> intervals, Random random)
    {
        int from = random.Next(taken.Length), to = from + 1 + random.Next(taken.Length - from);
        Assert.Equal(Union(taken, from, to), tree.Query(from, to));
        Assert.Equal(taken[from], tree.At(from));
        ulong lanes = (ulong)random.NextInt64() & (ulong)random.NextInt64() & (ulong)random.NextInt64();
        int first = from;
        while (first < to && (taken[first] & lanes) == 0) first++;
        Assert.Equal(first, tree.FindFirst(lanes, from, to));
        if (intervals.Count == 0) return;
        Interval any = intervals[random.Next(intervals.Count)];
        Assert.Equal(any.Owner, tree.OwnerAt(any.Lane, any.From + random.Next(any.To - any.From)));
    }

    [Fact]
    public void MarkedPoints_AreTakenForGood()
    {
        OccupancyTree tree = new();
        tree.Reset(1000);
        tree.Mark(0b1010, 500);
        tree.Mark(0b0100, 501);
        Assert.Equal(0b1110ul, tree.Query(0, 1000));
        Assert.Equal(0ul, tree.Query(502, 1000));
        Assert.Equal(501, tree.FindFirst(0b0100, 0, 1000));
        Assert.Equal(0b1010ul, tree.At(500));
    }
}
