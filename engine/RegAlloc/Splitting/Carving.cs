using System;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// Makes room for a short bundle by cutting a hole into longer ones that hold a register without using it there:
/// they keep it before and after the hole, and are in their slots in between.
/// </summary>
/// <remarks>
/// Cheaper than an eviction, for the code (the rest of the long bundle stays where it is) and for the allocator (a long
/// bundle is neither measured nor placed again). Of several registers the one whose holes cost least is taken,
/// and among equals the one that is next used latest, as Belady would.
/// </remarks>
internal static class Carving
{
    /// <summary>Longer bundles are not short: for these the main loop evicts or splits.</summary>
    private const int MaxPoints = 48;

    private const int MaxPieces = 4;

    /// <summary>True for a bundle that this phase makes room for.</summary>
    public static bool IsShort(RegAllocContext context, in BundleRow row) =>
        row.Count <= MaxPieces && context.Pieces[row.Last].To - context.Pieces[row.First].From <= MaxPoints;

    /// <summary>Frees a register for a short bundle if that costs less than <paramref name="limit"/>; returns it, or -1.</summary>
    public static int Run(RegAllocContext context, int bundle, ReadOnlySpan<PReg> order, ulong candidates, float limit)
    {
        ref BundleRow row = ref context.Bundles[bundle];
        int best = -1, bestNext = 0;
        float bestCost = limit;
        foreach (PReg register in order)
        {
            if ((candidates >> register.Index & 1) == 0) continue;
            float cost = CostOfHoles(context, row, register.Index, bestCost, out int next);
            if (cost > bestCost || (cost == bestCost && (best < 0 || next <= bestNext))) continue;
            best = register.Index;
            bestCost = cost;
            bestNext = next;
        }

        if (best < 0) return -1;
        for (int p = row.First; p >= 0; p = context.Pieces[p].Next)
        {
            int from = context.Pieces[p].From, to = context.Pieces[p].To;
            while (context.Occupied.FindFirst(1UL << best, from, to) is var point && point < to)
                CutHole(context, context.Occupied.OwnerAt(best, point), best, from, to);
        }

        return best;
    }

    private static float CostOfHoles(RegAllocContext context, in BundleRow row, int register, float limit, out int next)
    {
        float cost = 0;
        next = int.MaxValue;
        for (int p = row.First; p >= 0; p = context.Pieces[p].Next)
        {
            int from = context.Pieces[p].From, to = context.Pieces[p].To;
            float weight = context.Blocks[context.BlockOfPosition[from >> 1]].Weight;
            int point = from;
            while ((point = context.Occupied.FindFirst(1UL << register, point, to)) < to)
            {
                ref PieceRow piece = ref context.Pieces[context.Occupied.OwnerAt(register, point)];
                cost += CostOfHole(context, piece, from, to, weight, ref next);
                if (cost > limit) return float.PositiveInfinity;
                point = piece.To;
            }
        }

        return cost;
    }

    /// <summary>What it costs to have a piece in its slot in an interval; infinite if something there needs it in a register.</summary>
    private static float CostOfHole(RegAllocContext context, in PieceRow piece, int from, int to, float weight, ref int next)
    {
        ref VRegRow vreg = ref context.VRegs[piece.VReg];
        if (piece.AtDef && piece.From + 2 > from && vreg.Def is DefKind.Reg or DefKind.Any) return float.PositiveInfinity;
        if (piece.To - piece.From <= to - from) return float.PositiveInfinity; // no longer than the bundle that wants the register
        ReadOnlySpan<UseRow> uses = context.Uses.Span[piece.UseStart..piece.UseEnd];
        int u = FirstAtOrAfter(uses, from);
        int resume = (to + 1) & ~1;
        float cost = 0;
        for (; u < uses.Length && uses[u].Point < resume; u++)
        {
            if (uses[u].Kind == UseKind.Reg || (vreg.Remat && uses[u].Kind == UseKind.Any)) return float.PositiveInfinity;
            cost += uses[u].Weight * 0.7f;
        }

        float scale = vreg.Remat ? 0.4f : 1f;
        if (!vreg.Remat) cost += Math.Min(weight, context.Blocks[vreg.DefBlock].Weight); // the store
        if (u == uses.Length) return cost + (piece.To > to ? weight * scale : 0);
        next = Math.Min(next, uses[u].Point);
        return cost + weight * scale;
    }

    /// <summary>Takes an interval out of a piece, which is in a register, and trims what is left of it on both sides.</summary>
    private static void CutHole(RegAllocContext context, int piece, int register, int from, int to)
    {
        OccupancyTree occupied = context.Occupied;
        ref PieceRow row = ref context.Pieces[piece];
        ref VRegRow vreg = ref context.VRegs[row.VReg];
        occupied.Remove(register, row.From, row.To);
        PieceRow after = row;
        bool hasAfter = TrimAfter(context, ref after, vreg, to);
        bool hasBefore = TrimBefore(context, ref row, vreg, from);
        if (hasBefore) occupied.Add(register, row.From, row.To, piece);
        if (!hasAfter)
        {
            if (!hasBefore) Unlink(context, piece, register);
            return;
        }

        if (!hasBefore)
        {
            row = after;
            occupied.Add(register, row.From, row.To, piece);
            return;
        }

        int added = context.Pieces.Count;
        row.Next = added;
        int owner = row.Bundle;
        context.Pieces.Add(after);
        occupied.Add(register, after.From, after.To, added);
        ref BundleRow bundle = ref context.Bundles[owner];
        bundle.Count++;
        if (bundle.Last == piece) bundle.Last = added;
    }

    private static bool TrimAfter(RegAllocContext context, ref PieceRow after, in VRegRow vreg, int to)
    {
        int resume = (to + 1) & ~1;
        ReadOnlySpan<UseRow> uses = context.Uses.Span[after.UseStart..after.UseEnd];
        after.UseStart += FirstAtOrAfter(uses, resume);
        after.From = resume;
        after.AtDef = false;
        if (after.From >= after.To) return false;
        int start = Split.StartOf(context, ref after, vreg.Remat);
        if (start < 0) return false;
        after.From = start;
        int end = Split.EndOf(context, after, vreg);
        if (end < 0) return false;
        after.To = end;
        return true;
    }

    private static bool TrimBefore(RegAllocContext context, ref PieceRow before, in VRegRow vreg, int from)
    {
        if (from <= before.From) return false;
        ReadOnlySpan<UseRow> uses = context.Uses.Span[before.UseStart..before.UseEnd];
        before.UseEnd = before.UseStart + FirstAtOrAfter(uses, from);
        before.To = Math.Min(before.To, from);
        if (!before.AtDef)
        {
            int start = Split.StartOf(context, ref before, vreg.Remat);
            if (start < 0) return false;
            before.From = start;
        }

        int end = Split.EndOf(context, before, vreg);
        if (end < 0) return false;
        before.To = end;
        return true;
    }

    /// <summary>Takes a piece, which is not in the occupancy tree, out of its bundle.</summary>
    private static void Unlink(RegAllocContext context, int piece, int register)
    {
        Span<PieceRow> pieces = context.Pieces.Span;
        ref BundleRow bundle = ref context.Bundles[pieces[piece].Bundle];
        bundle.Count--;
        int next = pieces[piece].Next;
        if (next >= 0)
        {
            // The list has no links back: the next piece moves into this row.
            context.Occupied.Remove(register, pieces[next].From, pieces[next].To);
            pieces[piece] = pieces[next];
            context.Occupied.Add(register, pieces[piece].From, pieces[piece].To, piece);
            if (bundle.Last == next) bundle.Last = piece;
            return;
        }

        if (bundle.First == piece)
        {
            bundle.First = bundle.Last = -1;
            bundle.Register = VRegRow.NoRegister;
            return;
        }

        int previous = bundle.First;
        while (pieces[previous].Next != piece) previous = pieces[previous].Next;
        pieces[previous].Next = -1;
        bundle.Last = previous;
    }

    private static int FirstAtOrAfter(ReadOnlySpan<UseRow> uses, int point)
    {
        int lo = 0, hi = uses.Length;
        while (lo < hi)
        {
            int middle = (lo + hi) >> 1;
            if (uses[middle].Point < point) lo = middle + 1;
            else hi = middle;
        }

        return lo;
    }
}
