using System;
using System.Numerics;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Diagnostics;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// Computes for each virtual register the spans of points at which it is live, and makes each span a piece
/// and each virtual register a bundle.
/// </summary>
/// <remarks>
/// In SSA form a virtual register is live from its def to the uses that the def dominates, so its live-in blocks are those
/// from which a use can be reached backwards without meeting the def (Boissinot et al., "Computing Liveness
/// Sets for SSA-Form Programs", 2011, the path exploration by variable). That visits exactly the blocks that
/// spans are made for, needs no fixpoint and no bit matrix of blocks times virtual registers, and yields the spans of a virtual register
/// together and, once the blocks are sorted, in order. Most virtual registers never leave their block and take the short way.
/// Before: definitions and uses are tabled. After: spans of a virtual register are ordered, disjoint and not adjacent; a virtual register
/// without spans is never live outside its defining instruction.
/// </remarks>
internal static class LiveRanges
{
    public static void Run(RegAllocContext context)
    {
        int words = (context.Blocks.Count >> 6) + 1;
        context.LiveIn.Clear();
        context.LiveOut.Clear();
        context.LiveIn.Resize(words, 0);
        context.LiveOut.Resize(words, 0);
        Span<VRegRow> vregs = context.VRegs.Span;
        for (int v = 1; v < vregs.Length; v++)
        {
            ref VRegRow row = ref vregs[v];
            row.SpanStart = context.Spans.Count;
            if (row.DefBlock >= 0)
            {
                if (row.Global) AddGlobalSpans(context, v, row);
                else AddLocalSpan(context, ref row);
            }

            row.SpanEnd = context.Spans.Count;
            if (row.SpanEnd > row.SpanStart) MakeBundle(context, v, ref row);
        }
    }

    private static void AddLocalSpan(RegAllocContext context, ref VRegRow row)
    {
        int to = EndOfDef(row);
        if (row.UseEnd > row.UseStart) to = Math.Max(to, context.Uses[row.UseEnd - 1].Point + 1);
        if (to > row.DefPoint) context.Spans.Add(new SpanRow { From = row.DefPoint, To = to });
    }

    /// <summary>End of the span of a virtual register that nobody uses.</summary>
    private static int EndOfDef(in VRegRow row) => row.Def switch
    {
        DefKind.Reg or DefKind.Any => (row.DefPoint | 1) + 1,
        DefKind.Param or DefKind.Fixed or DefKind.Stack or DefKind.None => row.DefPoint,
    };

    private static void AddGlobalSpans(RegAllocContext context, int v, in VRegRow row)
    {
        ReadOnlySpan<UseRow> uses = context.Uses.Span[row.UseStart..row.UseEnd];
        ReadOnlySpan<BlockRow> blocks = context.Blocks.Span;
        ReadOnlySpan<int> blockOf = context.BlockOfPosition.Span;
        Span<ulong> liveIn = context.LiveIn.Span, liveOut = context.LiveOut.Span;
        int first = row.DefBlock, last = row.DefBlock;
        Add(liveIn, row.DefBlock); // it is not live in there, but a span starts there
        foreach (ref readonly UseRow use in uses)
        {
            int block = blockOf[use.Point >> 1];
            if (!Has(liveIn, block)) Explore(context, v, row.DefBlock, block, liveIn, liveOut, ref first, ref last);
        }

        int nextUse = 0;
        for (int block = Next(liveIn, first); block <= last; block = Next(liveIn, block + 1))
        {
            int from = block == row.DefBlock ? row.DefPoint : 2 * blocks[block].Head;
            while (block < last && Has(liveOut, block) && Has(liveIn, block + 1) && block + 1 != row.DefBlock) block++;
            int blockEnd = 2 * blocks[block].Limit;
            int to = block == row.DefBlock ? EndOfDef(row) : from;
            while (nextUse < uses.Length && uses[nextUse].Point < blockEnd) to = Math.Max(to, uses[nextUse++].Point + 1);
            if (Has(liveOut, block)) to = blockEnd;
            if (to > from) context.Spans.Add(new SpanRow { From = from, To = to });
        }

        int words = (last >> 6) - (first >> 6) + 1;
        liveIn.Slice(first >> 6, words).Clear();
        liveOut.Slice(first >> 6, words).Clear();
    }

    /// <summary>
    /// Marks where a virtual register that is live into <paramref name="block"/> is live, backwards to its def, and widens
    /// the range of blocks in which anything is marked.
    /// </summary>
    private static void Explore(
        RegAllocContext context, int v, int defBlock, int block, Span<ulong> liveIn, Span<ulong> liveOut, ref int first, ref int last)
    {
        GrowList<int> worklist = context.Worklist;
        ReadOnlySpan<BlockRow> blocks = context.Blocks.Span;
        ReadOnlySpan<int> predecessors = context.Predecessors.Span;
        int use = block;
        Add(liveIn, block);
        while (true)
        {
            first = Math.Min(first, block);
            last = Math.Max(last, block);
            ref readonly BlockRow row = ref blocks[block];
            if (row.PredecessorStart == row.PredecessorEnd) EngineBug.Throw($"the def of v{v} does not dominate a use in {new BlockIndex(use)}");
            // One predecessor is followed at once, the others wait.
            int next = -1;
            for (int i = row.PredecessorStart; i < row.PredecessorEnd; i++)
            {
                int p = predecessors[i];
                Add(liveOut, p);
                if (Has(liveIn, p)) continue;
                Add(liveIn, p);
                if (next >= 0) worklist.Add(next);
                next = p;
            }

            if (next < 0)
            {
                if (worklist.Count == 0) return;
                next = worklist.Pop();
            }

            block = next;
        }
    }

    // The first member from a block on, or a number behind all: ranges that reach to the function's cold end have large holes.
    private static int Next(ReadOnlySpan<ulong> set, int block)
    {
        int word = block >> 6;
        if (word >= set.Length) return int.MaxValue;
        ulong bits = set[word] & (ulong.MaxValue << (block & 63));
        while (bits == 0)
        {
            if (++word == set.Length) return int.MaxValue;
            bits = set[word];
        }

        return (word << 6) + BitOperations.TrailingZeroCount(bits);
    }

    private static bool Has(ReadOnlySpan<ulong> set, int block) => (set[block >> 6] >> (block & 63) & 1) != 0;

    private static void Add(Span<ulong> set, int block) => set[block >> 6] |= 1UL << (block & 63);

    private static void MakeBundle(RegAllocContext context, int v, ref VRegRow row)
    {
        int bundle = context.Bundles.Count;
        int first = context.Pieces.Count;
        int use = row.UseStart;
        ReadOnlySpan<UseRow> uses = context.Uses.Span;
        for (int s = row.SpanStart; s < row.SpanEnd; s++)
        {
            SpanRow span = context.Spans[s];
            // What is read before the span begins is fetched from the def's fixed register itself.
            while (use < row.UseEnd && uses[use].Point < span.From) use++;
            int useStart = use;
            while (use < row.UseEnd && uses[use].Point < span.To) use++;
            context.Pieces.Add(new PieceRow
            {
                From = span.From, To = span.To, VReg = v, Bundle = bundle,
                UseStart = useStart, UseEnd = use, AtDef = span.From == row.DefPoint, Next = s + 1 < row.SpanEnd ? context.Pieces.Count + 1 : -1,
            });
        }

        context.Bundles.Add(new BundleRow
        {
            First = first, Last = context.Pieces.Count - 1, Count = context.Pieces.Count - first, SpillSet = -1, Finger = -1,
            Register = VRegRow.NoRegister, Hint = VRegRow.NoRegister,
        });
        row.Bundle = bundle;
    }
}
