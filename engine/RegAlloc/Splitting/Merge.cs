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
    private const int MaxPieces = 2000;

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
        float hottest = 0;
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
                    context.MergeEdges.Add(new EdgeRow((int)arguments[i].Id, (int)parameters[i].Id, weight));
                if (context.MergeEdges.Count != arguments.Length && weight > hottest) sorted = false;
                hottest = weight;
            }
        }

        if (!sorted) SortByWeight(context.MergeEdges.Span);
    }

    private static void SortByWeight(Span<EdgeRow> edges)
    {
        // Stable in effect: equal weights stay in program order, so the result does not depend on the sort.
        edges.Sort(static (a, b) =>
        {
            int byWeight = b.Weight.CompareTo(a.Weight);
            if (byWeight != 0) return byWeight;
            int byParameter = a.Parameter.CompareTo(b.Parameter);
            return byParameter != 0 ? byParameter : a.Argument.CompareTo(b.Argument);
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
        Span<PieceRow> pieces = context.Pieces.Span;
        if (Overlap(pieces, bundles[a], bundles[b])) return;

        ref BundleRow into = ref bundles[a];
        ref BundleRow from = ref bundles[b];
        Join(pieces, ref into, from);
        from.First = from.Last = -1;
        from.Count = 0;
        from.SpillSet = a;
    }

    private static bool Overlap(Span<PieceRow> pieces, in BundleRow a, in BundleRow b)
    {
        if (pieces[a.Last].To <= pieces[b.First].From || pieces[b.Last].To <= pieces[a.First].From) return false;
        int p = a.First, q = b.First;
        while (p >= 0 && q >= 0)
        {
            if (pieces[p].To <= pieces[q].From) p = pieces[p].Next;
            else if (pieces[q].To <= pieces[p].From) q = pieces[q].Next;
            else return true;
        }

        return false;
    }

    private static void Join(Span<PieceRow> pieces, ref BundleRow into, in BundleRow from)
    {
        into.Count += from.Count;
        if (pieces[into.Last].From < pieces[from.First].From)
        {
            pieces[into.Last].Next = from.First;
            into.Last = from.Last;
            return;
        }

        if (pieces[from.Last].From < pieces[into.First].From)
        {
            pieces[from.Last].Next = into.First;
            into.First = from.First;
            return;
        }

        int p = into.First, q = from.First, last = -1;
        while (p >= 0 || q >= 0)
        {
            bool takeP = q < 0 || (p >= 0 && pieces[p].From < pieces[q].From);
            int piece = takeP ? p : q;
            if (takeP) p = pieces[p].Next;
            else q = pieces[q].Next;
            if (last < 0) into.First = piece;
            else pieces[last].Next = piece;
            last = piece;
        }

        pieces[last].Next = -1;
        into.Last = last;
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
