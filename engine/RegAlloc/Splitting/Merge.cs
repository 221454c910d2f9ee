using System;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// Joins bundles that had better be in one register: a reused input with the def that reuses it, and a branch
/// argument with the parameter it is for, hottest edges first. Then groups virtual registers into spill sets.
/// </summary>
/// <remarks>
/// Two bundles can be joined if they are of the same class and size and none of their pieces overlap. This is the only phase in
/// which bundles grow. A bundle that lost its pieces to another one is empty (<c>First</c> is -1) and
/// <c>SpillSet</c> then holds the bundle that took them, until spill sets are given out at the end.
/// </remarks>
internal static class Merge
{
    /// <summary>No bundle gets more pieces than this, which bounds what a merge costs.</summary>
    private const int MaxPieces = 20000;

    public static void Run<TFunc>(in TFunc function, RegAllocContext context) where TFunc : struct, IAllocatable
    {
        ReadOnlySpan<Operand> operands = function.Operands;
        foreach (ReuseRow reuse in context.Reuses.Span)
            TryMerge(context, (int)operands[reuse.Use].VReg.Id, (int)operands[reuse.Def].VReg.Id);

        CollectEdges(function, context);
        foreach (EdgeRow edge in context.MergeEdges.Span) TryMerge(context, edge.Argument, edge.Parameter);
        MakeSpillSets(context);
    }

    private static void CollectEdges<TFunc>(in TFunc function, RegAllocContext context) where TFunc : struct, IAllocatable
    {
        float last = float.PositiveInfinity;
        bool sorted = true;
        for (int b = 0; b < context.Blocks.Count; b++)
        {
            ReadOnlySpan<BlockIndex> successors = function.Successors(new BlockIndex(b));
            float weight = context.Blocks[b].Weight;
            for (int s = 0; s < successors.Length; s++)
            {
                ReadOnlySpan<VReg> arguments = function.BranchArgs(new BlockIndex(b), s);
                if (arguments.IsEmpty) continue;
                ReadOnlySpan<VReg> parameters = function.BlockParams(successors[s]);
                for (int i = 0; i < arguments.Length; i++)
                {
                    if (IsMadeOnEdge(context, (int)arguments[i].Id, b)) continue;
                    context.MergeEdges.Add(new EdgeRow((int)arguments[i].Id, (int)parameters[i].Id, weight, context.MergeEdges.Count));
                }

                sorted &= weight <= last;
                last = weight;
            }
        }

        if (!sorted) SortByWeight(context.MergeEdges.Span);
    }

    // A constant from another block is better made again on the edge, which may be taken seldom, than carried there.
    private static bool IsMadeOnEdge(RegAllocContext context, int argument, int block) =>
        context.VRegs[argument].Remat && context.VRegs[argument].DefBlock != block;

    private static void SortByWeight(Span<EdgeRow> edges)
    {
        // Stable: equal weights stay in program order, so the result does not depend on the sort, and merging goes forward.
        edges.Sort(static (a, b) =>
        {
            int byWeight = b.Weight.CompareTo(a.Weight);
            return byWeight != 0 ? byWeight : a.Place.CompareTo(b.Place);
        });
    }

    /// <summary>The bundle that has the pieces of a virtual register, or -1 if it has none.</summary>
    private static int BundleOf(RegAllocContext context, int v)
    {
        int bundle = context.VRegs[v].Bundle;
        if (bundle < 0) return -1;
        Span<BundleRow> bundles = context.Bundles.Span;
        while (bundles[bundle].First < 0) bundle = bundles[bundle].SpillSet;
        context.VRegs[v].Bundle = bundle;
        return bundle;
    }

    private static void TryMerge(RegAllocContext context, int v, int w)
    {
        int a = BundleOf(context, v), b = BundleOf(context, w);
        if (a < 0 || b < 0 || a == b) return;
        ref VRegRow vRow = ref context.VRegs[v];
        ref VRegRow wRow = ref context.VRegs[w];
        if (vRow.Class != wRow.Class || vRow.Units != wRow.Units) return;
        Span<BundleRow> bundles = context.Bundles.Span;
        if (bundles[a].Count + bundles[b].Count > MaxPieces) return;
        if (bundles[a].Count < bundles[b].Count) (a, b) = (b, a);
        ref BundleRow into = ref bundles[a];
        ref BundleRow from = ref bundles[b];
        Span<PieceRow> pieces = context.Pieces.Span;
        int place = PlaceBefore(pieces, into, pieces[from.First].From);
        if (Overlap(pieces, place < 0 ? into.First : place, from.First)) return;

        Insert(pieces, ref into, place, from.First);
        from.First = from.Last = -1;
        from.Count = 0;
        from.SpillSet = a;
    }

    /// <summary>
    /// The last piece of a bundle that starts before a point, or -1. Merges into one bundle mostly go forward through the
    /// program, so the search starts from where the last one began to insert. (Not from where it ended: of two branches that meet, the
    /// second one's value belongs before what the first one's brought along.)
    /// </summary>
    private static int PlaceBefore(Span<PieceRow> pieces, in BundleRow bundle, int point)
    {
        if (pieces[bundle.First].From >= point) return -1;
        if (pieces[bundle.Last].From < point) return bundle.Last;
        int place = bundle.Finger >= 0 && pieces[bundle.Finger].From < point ? bundle.Finger : bundle.First;
        while (pieces[place].Next >= 0 && pieces[pieces[place].Next].From < point) place = pieces[place].Next;
        return place;
    }

    /// <summary>True if two lists of pieces overlap.</summary>
    private static bool Overlap(Span<PieceRow> pieces, int p, int q)
    {
        while (p >= 0 && q >= 0)
        {
            if (pieces[p].To <= pieces[q].From) p = pieces[p].Next;
            else if (pieces[q].To <= pieces[p].From) q = pieces[q].Next;
            else return true;
        }

        return false;
    }

    /// <summary>Inserts a list of pieces after <paramref name="place"/> (-1: at the start) of a bundle, each where it belongs.</summary>
    private static void Insert(Span<PieceRow> pieces, ref BundleRow into, int place, int piece)
    {
        into.Finger = place;
        while (piece >= 0)
        {
            int rest = pieces[piece].Next;
            if (place >= 0)
            {
                while (pieces[place].Next >= 0 && pieces[pieces[place].Next].From < pieces[piece].From) place = pieces[place].Next;
            }

            ref int link = ref place < 0 ? ref into.First : ref pieces[place].Next;
            pieces[piece].Next = link;
            link = piece;
            if (pieces[piece].Next < 0) into.Last = piece;
            into.Count++;
            place = piece;
            piece = rest;
        }
    }

    private static void MakeSpillSets(RegAllocContext context)
    {
        Span<BundleRow> bundles = context.Bundles.Span;
        Span<PieceRow> pieces = context.Pieces.Span;
        Span<VRegRow> vregs = context.VRegs.Span;
        for (int v = 1; v < vregs.Length; v++)
        {
            if (vregs[v].Bundle >= 0) BundleOf(context, v);
            else if (vregs[v].NeedsSlot && vregs[v].DefBlock >= 0) MakeSpillSet(context, v); // a stack def that is never read
        }

        for (int b = 0; b < bundles.Length; b++)
        {
            ref BundleRow bundle = ref bundles[b];
            if (bundle.First < 0) continue;
            bundle.SpillSet = -1;
            for (int p = bundle.First; p >= 0; p = pieces[p].Next)
            {
                pieces[p].Bundle = b;
                ref VRegRow row = ref vregs[pieces[p].VReg];
                if (row.SpillSet >= 0) continue;
                if (bundle.SpillSet < 0)
                {
                    bundle.SpillSet = MakeSpillSet(context, pieces[p].VReg);
                    continue;
                }

                ref SpillSetRow set = ref context.SpillSets[bundle.SpillSet];
                row.SpillSet = bundle.SpillSet;
                row.NextInSet = set.FirstVReg;
                set.FirstVReg = pieces[p].VReg;
            }
        }
    }

    private static int MakeSpillSet(RegAllocContext context, int v)
    {
        ref VRegRow row = ref context.VRegs[v];
        row.SpillSet = context.SpillSets.Count;
        context.SpillSets.Add(new SpillSetRow
        {
            FirstVReg = v, Slot = -1, LastRegister = VRegRow.NoRegister, Class = row.Class, Units = row.Units,
        });
        return row.SpillSet;
    }
}
