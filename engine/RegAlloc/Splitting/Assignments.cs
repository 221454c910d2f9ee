using System;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// Turns bundles with registers into what the remaining phases ask for: per virtual register, the intervals during which it
/// is in a register, in order.
/// </summary>
internal static class Assignments
{
    public static void Run(RegAllocContext context)
    {
        Span<VRegRow> vregs = context.VRegs.Span;
        Span<BundleRow> bundles = context.Bundles.Span;
        Span<PieceRow> pieces = context.Pieces.Span;
        foreach (ref BundleRow bundle in bundles)
        {
            if (bundle.Register == VRegRow.NoRegister) continue;
            for (int p = bundle.First; p >= 0; p = pieces[p].Next) vregs[pieces[p].VReg].AssignEnd++;
        }

        int total = 0;
        foreach (ref VRegRow row in vregs)
        {
            int count = row.AssignEnd;
            row.AssignStart = row.AssignEnd = total;
            total += count;
        }

        context.Assignments.Resize(total, default);
        Span<AssignmentRow> assignments = context.Assignments.Span;
        foreach (ref BundleRow bundle in bundles)
        {
            if (bundle.Register == VRegRow.NoRegister) continue;
            for (int p = bundle.First; p >= 0; p = pieces[p].Next)
            {
                ref PieceRow piece = ref pieces[p];
                ref VRegRow row = ref vregs[piece.VReg];
                int at = row.AssignEnd++;
                // Nearly sorted already.
                while (at > row.AssignStart && Before(piece, assignments[at - 1]))
                {
                    assignments[at] = assignments[at - 1];
                    at--;
                }

                assignments[at] = new AssignmentRow { From = piece.From, To = piece.To, Piece = p, Register = bundle.Register };
            }
        }
    }

    /// <summary>
    /// The location of a virtual register at an odd point, at which at most one of its pieces is: a register, or its slot, or nothing
    /// if it is to be made again.
    /// </summary>
    public static Location LocationAt(RegAllocContext context, in VRegRow row, int point)
    {
        ReadOnlySpan<AssignmentRow> assignments = context.Assignments.Span[row.AssignStart..row.AssignEnd];
        int last = LastStartingBy(assignments, point);
        if (last >= 0 && assignments[last].To > point) return Location.Of(new PReg(assignments[last].Register));
        if (row.Def == DefKind.Fixed && point == row.DefPoint - 1) return Location.Of(new PReg(row.FixedRegister));
        return SlotOf(context, row);
    }

    /// <summary>The register of the longest piece of a virtual register that starts at a point, if there is one.</summary>
    public static bool TryGetStartingAt(RegAllocContext context, in VRegRow row, int point, out byte register)
    {
        register = VRegRow.NoRegister;
        int last = LastStartingBy(context.Assignments.Span[row.AssignStart..row.AssignEnd], point);
        if (last < 0 || context.Assignments[row.AssignStart + last].From != point) return false;
        register = context.Assignments[row.AssignStart + last].Register;
        return true;
    }

    /// <summary>The spill slot of a virtual register, or nothing if it is to be made again.</summary>
    public static Location SlotOf(RegAllocContext context, in VRegRow row) =>
        row.Remat ? Location.None : Location.Slot(context.SpillSets[row.SpillSet].Slot);

    private static int LastStartingBy(ReadOnlySpan<AssignmentRow> assignments, int point)
    {
        int lo = 0, hi = assignments.Length;
        while (lo < hi)
        {
            int middle = (lo + hi) >> 1;
            if (assignments[middle].From <= point) lo = middle + 1;
            else hi = middle;
        }

        return lo - 1;
    }

    private static bool Before(in PieceRow piece, in AssignmentRow row) =>
        piece.From != row.From ? piece.From < row.From : piece.To < row.To;
}
