using System;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// Cuts every bundle at the calls it lives across. A call clobbers all registers, so no register assignment
/// can span one, and there is nothing to find out by probing.
/// </summary>
/// <remarks>
/// Between two calls a value has a register from its first use to its last, as <see cref="Split.Trim"/> sees
/// fit; across the call it is in its slot.
/// </remarks>
internal static class CallSplits
{
    public static void Run(RegAllocContext context)
    {
        ReadOnlySpan<int> calls = context.Calls.Span;
        if (calls.IsEmpty) return;
        int count = context.Bundles.Count;
        for (int b = 0; b < count; b++)
        {
            if (context.Bundles[b].First < 0) continue;
            int current = b;
            while (true)
            {
                int call = FirstCall(context, calls, current);
                if (call < 0)
                {
                    if (current != b) Split.Trim(context, current);
                    break;
                }

                int rest = Split.At(context, current, 2 * call + 1);
                if (rest < 0)
                {
                    // It starts at the call, defined by what stands before: it gets a register after the call only.
                    // (A piece that needs one during the call asks for the impossible; the main loop will say so.)
                    if (!Split.StartLater(context, current, 2 * call + 1)) break;
                    continue;
                }

                Split.Trim(context, current);
                current = rest;
            }
        }
    }

    /// <summary>Position of the first call that a bundle lives across, or -1.</summary>
    private static int FirstCall(RegAllocContext context, ReadOnlySpan<int> calls, int bundle)
    {
        Span<PieceRow> pieces = context.Pieces.Span;
        for (int p = context.Bundles[bundle].First; p >= 0; p = pieces[p].Next)
        {
            ref PieceRow piece = ref pieces[p];
            int from = piece.From, to = piece.To;
            int at = calls.BinarySearch(from >> 1);
            if (at < 0) at = ~at;
            // What was cut off at a call starts with its position, without uses there; it is not cut again but trimmed.
            else if (!piece.AtDef && (piece.UseStart == piece.UseEnd || context.Uses[piece.UseStart].Point > from)) at++;
            if (at < calls.Length && 2 * calls[at] + 1 < to) return calls[at];
        }

        return -1;
    }
}
