using System;
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
    public static void Run<TFunc>(in TFunc function, RegAllocContext context) where TFunc : struct, IAllocatable
    {
        int blockCount = context.Blocks.Count;
        context.BlockStampIn.Resize(blockCount, 0);
        context.BlockStampOut.Resize(blockCount, 0);
        context.BlockStampIn.Span.Clear();
        context.BlockStampOut.Span.Clear();
        Span<VRegRow> vregs = context.VRegs.Span;
        for (int v = 1; v < vregs.Length; v++)
        {
            ref VRegRow row = ref vregs[v];
            row.SpanStart = context.Spans.Count;
            if (row.DefBlock >= 0)
            {
                if (row.Global) AddGlobalSpans(function, context, v, ref row);
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
        if (to > row.DefPoint) context.Spans.Add(new SpanRow { From = row.DefPoint, To = to, Block = row.DefBlock });
    }

    /// <summary>End of the span of a virtual register that nobody uses.</summary>
    private static int EndOfDef(in VRegRow row) => row.Def switch
    {
        DefKind.Reg or DefKind.Any => (row.DefPoint | 1) + 1,
        DefKind.Param or DefKind.Fixed or DefKind.Stack or DefKind.None => row.DefPoint,
    };

    private static void AddGlobalSpans<TFunc>(in TFunc function, RegAllocContext context, int v, ref VRegRow row)
        where TFunc : struct, IAllocatable
    {
        ReadOnlySpan<UseRow> uses = context.Uses.Span[row.UseStart..row.UseEnd];
        ReadOnlySpan<BlockRow> blocks = context.Blocks.Span;
        ReadOnlySpan<int> blockOf = context.BlockOfPosition.Span;
        Span<int> liveIn = context.BlockStampIn.Span;
        Span<int> liveOut = context.BlockStampOut.Span;
        context.Visited.Clear();
        context.Visited.Add(row.DefBlock);
        int previous = row.DefBlock;
        foreach (ref readonly UseRow use in uses)
        {
            int block = blockOf[use.Point >> 1];
            if (block == previous || block == row.DefBlock || liveIn[block] == v) continue;
            previous = block;
            Explore(function, context, v, row.DefBlock, block, liveIn, liveOut);
        }

        Span<int> visited = context.Visited.Span;
        visited.Sort();
        int nextUse = 0;
        int from = -1, to = -1, firstBlock = -1;
        foreach (int block in visited)
        {
            int blockEnd = 2 * blocks[block].Limit;
            int start = block == row.DefBlock ? row.DefPoint : 2 * blocks[block].Head;
            int end = start;
            while (nextUse < uses.Length && uses[nextUse].Point < blockEnd) end = uses[nextUse++].Point + 1;
            if (block == row.DefBlock) end = Math.Max(end, EndOfDef(row));
            if (liveOut[block] == v) end = blockEnd;
            if (end <= start) continue;
            if (start == to)
            {
                to = end;
                continue;
            }

            if (to > from) context.Spans.Add(new SpanRow { From = from, To = to, Block = firstBlock });
            from = start;
            to = end;
            firstBlock = block;
        }

        if (to > from) context.Spans.Add(new SpanRow { From = from, To = to, Block = firstBlock });
    }

    /// <summary>Marks where a virtual register that is live into <paramref name="block"/> is live, backwards to its def.</summary>
    private static void Explore<TFunc>(in TFunc function, RegAllocContext context, int v, int defBlock, int block, Span<int> liveIn, Span<int> liveOut)
        where TFunc : struct, IAllocatable
    {
        GrowList<int> worklist = context.Worklist;
        GrowList<int> visited = context.Visited;
        int use = block;
        liveIn[block] = v;
        while (true)
        {
            visited.Add(block);
            ReadOnlySpan<BlockIndex> predecessors = function.Predecessors(new BlockIndex(block));
            if (predecessors.IsEmpty) EngineBug.Throw($"the def of v{v} does not dominate a use in {new BlockIndex(use)}");
            // One predecessor is followed at once, the others wait.
            int next = -1;
            foreach (BlockIndex predecessor in predecessors)
            {
                int p = predecessor.Value;
                liveOut[p] = v;
                if (p == defBlock || liveIn[p] == v) continue;
                liveIn[p] = v;
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
