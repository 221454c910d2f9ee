using System;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// The two ways to break a bundle up for good, when cutting it in two has not helped: into what lies within one
/// block each, or into what one instruction needs each. All else is left to the slot.
/// </summary>
internal static class LocalParts
{
    /// <summary>One bundle for each block that a piece has uses in; false if that would not make it any smaller.</summary>
    public static bool SplitToBlocks(RegAllocContext context, int bundle)
    {
        BundleRow row = context.Bundles[bundle];
        int firstBlock = context.BlockOfPosition[context.Pieces[row.First].From >> 1];
        if (firstBlock == context.BlockOfPosition[(context.Pieces[row.Last].To - 1) >> 1]) return false;
        int next = row.First;
        while (next >= 0)
        {
            PieceRow piece = context.Pieces[next];
            int use = piece.UseStart;
            if (piece.AtDef)
            {
                int end = EndOfBlock(context, piece.From);
                while (use < piece.UseEnd && context.Uses[use].Point < end) use++;
                AddPart(context, bundle, piece, piece.From, Math.Min(piece.To, end), piece.UseStart, use, Process.MaxCuts);
            }

            while (use < piece.UseEnd)
            {
                int start = use;
                int block = context.BlockOfPosition[context.Uses[use].Point >> 1];
                int from = Math.Max(piece.From, 2 * context.Blocks[block].Head), end = Math.Min(piece.To, 2 * context.Blocks[block].Limit);
                while (use < piece.UseEnd && context.Uses[use].Point < end) use++;
                AddPart(context, bundle, piece, from, end, start, use, Process.MaxCuts);
            }

            next = piece.Next;
        }

        MakeEmpty(context, bundle);
        return true;
    }

    private static int EndOfBlock(RegAllocContext context, int point) => 2 * context.Blocks[context.BlockOfPosition[point >> 1]].Limit;

    /// <summary>One minimal bundle for each instruction that needs a register; the slot for all else.</summary>
    public static void SplitToMinimal(RegAllocContext context, int bundle)
    {
        int next = context.Bundles[bundle].First;
        while (next >= 0)
        {
            PieceRow piece = context.Pieces[next];
            ref VRegRow vreg = ref context.VRegs[piece.VReg];
            bool remat = vreg.Remat;
            if (piece.AtDef && vreg.Def == DefKind.Reg && !remat)
                AddPart(context, bundle, piece, piece.From, (piece.From | 1) + 1, piece.UseStart, piece.UseStart, 2 * Process.MaxCuts);

            for (int u = piece.UseStart; u < piece.UseEnd; u++)
            {
                UseRow use = context.Uses[u];
                if (!BundleWorth.NeedsRegister(use, remat)) continue;
                int from = use.Point & ~1, to = use.Point + 1, end = u + 1;
                while (end < piece.UseEnd && BundleWorth.NeedsRegister(context.Uses[end], remat) && context.Uses[end].Point >> 1 == from >> 1)
                    to = context.Uses[end++].Point + 1;
                AddPart(context, bundle, piece, from, to, u, end, 2 * Process.MaxCuts);
                u = end - 1;
            }

            next = piece.Next;
        }

        MakeEmpty(context, bundle);
    }

    private static void MakeEmpty(RegAllocContext context, int bundle)
    {
        ref BundleRow row = ref context.Bundles[bundle];
        row.First = row.Last = -1;
        row.Count = 0;
    }

    /// <summary>Makes a part of a piece a bundle of its own, trims it and lets it wait.</summary>
    private static void AddPart(RegAllocContext context, int bundle, in PieceRow piece, int from, int to, int useStart, int useEnd, int cuts)
    {
        int added = context.Bundles.Count;
        int index = context.Pieces.Count;
        context.Pieces.Add(new PieceRow
        {
            From = from, To = to, VReg = piece.VReg, Bundle = added, UseStart = useStart, UseEnd = useEnd, Next = -1,
            AtDef = piece.AtDef && from == piece.From,
        });
        context.Bundles.Add(new BundleRow
        {
            First = index, Last = index, Count = 1, SpillSet = context.Bundles[bundle].SpillSet, Cuts = cuts,
            Register = VRegRow.NoRegister, Hint = VRegRow.NoRegister,
        });
        Split.Trim(context, added);
        BundleWorth.Enqueue(context, added);
    }
}
