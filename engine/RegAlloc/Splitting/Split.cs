using System;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// Cuts bundles in two and trims the parts to where they are of use. What trimming leaves out lies in no
/// bundle: there the value is in its spill slot (or is made again when it is needed).
/// </summary>
/// <remarks>
/// Loops decide how far trimming goes. A part that would start within a loop starts at the loop's header if it
/// stays alive to the loop's end: its reload then stands on the way into the loop. A part that is in its
/// register from a loop's header on keeps it to the loop's end: else the value would have to be reloaded on
/// the way back.
/// </remarks>
internal static class Split
{
    /// <summary>
    /// Moves what follows <paramref name="point"/> into a new bundle, which is returned; -1 if there is nothing on one side. At an odd point
    /// 2p + 1 the first part serves the early uses at p and the second one starts with p.
    /// </summary>
    public static int At(RegAllocContext context, int bundle, int point)
    {
        int previous = -1;
        int piece = context.Bundles[bundle].First;
        int kept = 0;
        int rest = -1;
        while (piece >= 0)
        {
            ref PieceRow row = ref context.Pieces[piece];
            if (row.To <= point)
            {
                previous = piece;
                piece = row.Next;
                kept++;
                continue;
            }

            rest = row.From >= point ? piece : CutPiece(context, piece, point);
            if (rest != piece)
            {
                previous = piece;
                kept++;
            }

            break;
        }

        if (rest < 0 || previous < 0) return -1;
        int added = context.Bundles.Count;
        ref BundleRow left = ref context.Bundles[bundle];
        BundleRow right = new()
        {
            First = rest, Last = left.Last, SpillSet = left.SpillSet, Register = VRegRow.NoRegister, Hint = VRegRow.NoRegister,
        };
        left.Last = previous;
        left.Count = kept;
        Span<PieceRow> pieces = context.Pieces.Span;
        pieces[previous].Next = -1;
        for (int p = rest; p >= 0; p = pieces[p].Next)
        {
            pieces[p].Bundle = added;
            right.Last = p;
            right.Count++;
        }

        context.Bundles.Add(right);
        return added;
    }

    /// <summary>Cuts one piece; returns the second part, or the piece itself if all of it belongs behind the cut.</summary>
    private static int CutPiece(RegAllocContext context, int piece, int point)
    {
        ref PieceRow row = ref context.Pieces[piece];
        ref VRegRow vreg = ref context.VRegs[row.VReg];
        if (row.AtDef && vreg.Def is DefKind.Reg or DefKind.Any && point < (row.From | 1) + 1) return piece;
        ReadOnlySpan<UseRow> uses = context.Uses.Span;
        int use = row.UseStart;
        while (use < row.UseEnd && uses[use].Point < point) use++;
        int leftTo = point;
        if ((point & 1) != 0 && !(use > row.UseStart && uses[use - 1].Point == point - 1)) leftTo = point - 1;
        if (leftTo <= row.From) return piece;

        PieceRow right = row;
        right.From = point & ~1;
        right.UseStart = use;
        right.AtDef = false;
        row.To = leftTo;
        row.UseEnd = use;
        int added = context.Pieces.Count;
        row.Next = added;
        context.Pieces.Add(right);
        return added;
    }

    /// <summary>
    /// Lets the first piece of a bundle, which no def ties to its start, start behind <paramref name="point"/>; on the way into a loop
    /// if possible, else at the first use. False if it starts at its first use already.
    /// </summary>
    public static bool StartLater(RegAllocContext context, int bundle, int point)
    {
        ref PieceRow piece = ref context.Pieces[context.Bundles[bundle].First];
        if (piece.UseStart == piece.UseEnd) return false;
        int use = context.Uses[piece.UseStart].Point;
        int start = Math.Max(use & ~1, piece.From);
        int loop = context.Blocks[context.BlockOfPosition[use >> 1]].Loop;
        for (; loop >= 0; loop = context.Loops[loop].Parent)
        {
            ref LoopRow row = ref context.Loops[loop];
            if (row.From <= point || row.From < piece.From || row.To > piece.To) break;
            start = Math.Min(start, row.From);
        }

        if (start == piece.From) return false;
        piece.From = start;
        piece.AtDef = false;
        return true;
    }

    /// <summary>Trims both ends of a bundle; it may end up empty.</summary>
    public static void Trim(RegAllocContext context, int bundle)
    {
        TrimStart(context, ref context.Bundles[bundle]);
        TrimEnd(context, ref context.Bundles[bundle]);
    }

    private static void TrimStart(RegAllocContext context, ref BundleRow bundle)
    {
        Span<PieceRow> pieces = context.Pieces.Span;
        while (bundle.First >= 0)
        {
            ref PieceRow piece = ref pieces[bundle.First];
            ref VRegRow vreg = ref context.VRegs[piece.VReg];
            bool hasUses = piece.UseEnd > piece.UseStart;
            if (piece.AtDef)
            {
                if (hasUses || (vreg.Def == DefKind.Reg && !vreg.Remat)) return;
            }
            else if (hasUses)
            {
                int start = StartOf(context, ref piece, vreg.Remat);
                if (start >= 0)
                {
                    piece.From = start;
                    return;
                }
            }

            bundle.First = piece.Next;
            bundle.Count--;
            if (bundle.First < 0) bundle.Last = -1;
        }
    }

    /// <summary>Where a piece that begins with a reload should begin, or -1 if a register is of no use to it. Drops the uses before that.</summary>
    public static int StartOf(RegAllocContext context, ref PieceRow piece, bool remat)
    {
        ReadOnlySpan<UseRow> uses = context.Uses.Span;
        for (int u = piece.UseStart; u < piece.UseEnd; u++)
        {
            ref readonly UseRow use = ref uses[u];
            int start = Math.Max(use.Point & ~1, piece.From);
            int hoisted = start;
            int loop = context.Blocks[context.BlockOfPosition[use.Point >> 1]].Loop;
            while (loop >= 0 && context.Loops[loop].From >= piece.From && context.Loops[loop].To <= piece.To)
            {
                hoisted = Math.Min(hoisted, context.Loops[loop].From);
                loop = context.Loops[loop].Parent;
            }

            // A single use that can as well read the slot is not worth a register, unless the reload leaves a loop.
            bool worthIt = hoisted < start && use.Kind != UseKind.Stack || use.Kind switch
            {
                UseKind.Reg => true,
                UseKind.Any => remat || u + 1 < piece.UseEnd,
                UseKind.Fixed or UseKind.Reused or UseKind.Stack or UseKind.BranchArg => false,
            };
            if (!worthIt) continue;
            piece.UseStart = u;
            return hoisted;
        }

        return -1;
    }

    private static void TrimEnd(RegAllocContext context, ref BundleRow bundle)
    {
        Span<PieceRow> pieces = context.Pieces.Span;
        while (bundle.Last >= 0)
        {
            ref PieceRow piece = ref pieces[bundle.Last];
            ref VRegRow vreg = ref context.VRegs[piece.VReg];
            int end = EndOf(context, piece, vreg);
            if (end >= 0)
            {
                piece.To = end;
                return;
            }

            DropLast(pieces, ref bundle);
        }
    }

    /// <summary>Where a piece should end, or -1 if a register is of no use to it.</summary>
    public static int EndOf(RegAllocContext context, in PieceRow piece, in VRegRow vreg)
    {
        bool hasUses = piece.UseEnd > piece.UseStart;
        bool needsDef = piece.AtDef && vreg.Def == DefKind.Reg;
        if (!hasUses && (!needsDef || vreg.Remat)) return -1;
        int end = needsDef ? (piece.From | 1) + 1 : piece.From + 1;
        if (hasUses) end = Math.Max(end, context.Uses[piece.UseEnd - 1].Point + 1);
        int loop = context.Blocks[context.BlockOfPosition[(end - 1) >> 1]].Loop;
        while (loop >= 0)
        {
            ref LoopRow row = ref context.Loops[loop];
            if (piece.From <= row.From && row.To <= piece.To) end = Math.Max(end, row.To);
            loop = row.Parent;
        }

        return Math.Min(end, piece.To);
    }

    private static void DropLast(Span<PieceRow> pieces, ref BundleRow bundle)
    {
        bundle.Count--;
        if (bundle.First == bundle.Last)
        {
            bundle.First = bundle.Last = -1;
            return;
        }

        int p = bundle.First;
        while (pieces[p].Next != bundle.Last) p = pieces[p].Next;
        pieces[p].Next = -1;
        bundle.Last = p;
    }
}
