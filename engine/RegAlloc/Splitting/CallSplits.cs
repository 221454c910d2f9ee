using System;
using Kiln.Foundation.Diagnostics;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// Cuts every bundle at the calls it lives across. A call clobbers all registers, so no register assignment
/// can span one, and there is nothing to find out by probing.
/// </summary>
/// <remarks>
/// The calls divide the program into segments: segment k has the points after the clobbers of k calls. Between two calls
/// a value has a register from its first use to its last, as <see cref="Split.Trim"/> sees fit; across the call it
/// is in its slot. Segments in which a piece has neither a use nor its start are never looked at.
/// </remarks>
internal ref struct CallSplits
{
    private readonly RegAllocContext _context;
    private readonly ReadOnlySpan<int> _calls;
    private readonly ReadOnlySpan<int> _callsBefore;
    private int _bundle;

    private CallSplits(RegAllocContext context)
    {
        _context = context;
        _calls = context.Calls.Span;
        _callsBefore = context.CallsBefore.Span;
    }

    public static void Run(RegAllocContext context)
    {
        if (context.Calls.Count == 0) return;
        CountCalls(context);
        CallSplits splits = new(context);
        int count = context.Bundles.Count;
        for (int b = 0; b < count; b++)
        {
            if (splits.CrossesCall(context.Bundles[b].First)) splits.Cut(b);
        }
    }

    /// <summary>For each position, and one more: the number of calls before it.</summary>
    private static void CountCalls(RegAllocContext context)
    {
        int positions = context.BlockOfPosition.Count;
        context.CallsBefore.Resize(positions + 1, 0);
        Span<int> before = context.CallsBefore.Span;
        int from = 0, count = 0;
        foreach (int call in context.Calls.Span)
        {
            before[from..(call + 1)].Fill(count++);
            from = call + 1;
        }

        before[from..].Fill(count);
    }

    /// <summary>True if one of a list of pieces lives across a call. A call in a hole between pieces does no harm.</summary>
    private readonly bool CrossesCall(int piece)
    {
        ReadOnlySpan<PieceRow> pieces = _context.Pieces.Span;
        for (; piece >= 0; piece = pieces[piece].Next)
            if (SegmentOf(pieces[piece].From) != SegmentOf(pieces[piece].To - 1)) return true;
        return false;
    }

    private readonly int SegmentOf(int point) => _callsBefore[(point >> 1) + (point & 1)];

    private readonly int StartOfSegment(int segment) => segment == 0 ? 0 : 2 * _calls[segment - 1] + 2;

    private readonly int EndOfSegment(int segment) => segment == _calls.Length ? int.MaxValue : 2 * _calls[segment] + 1;

    private void Cut(int bundle)
    {
        BundleRow whole = _context.Bundles[bundle];
        _context.Bundles[bundle].First = _context.Bundles[bundle].Last = -1;
        _context.Bundles[bundle].Count = 0;
        _bundle = bundle;
        int next = whole.First;
        while (next >= 0)
        {
            int index = next;
            PieceRow piece = _context.Pieces[index];
            next = piece.Next;
            int segment = SegmentOf(piece.From);
            if (segment == SegmentOf(piece.To - 1))
            {
                Append(index);
                continue;
            }

            CutPiece(index, piece, segment, whole.SpillSet);
        }

        Split.Trim(_context, _bundle);
    }

    private void CutPiece(int index, PieceRow piece, int segment, int spillSet)
    {
        ReadOnlySpan<UseRow> uses = _context.Uses.Span;
        int use = piece.UseStart;
        int end = Math.Min(piece.To, EndOfSegment(segment));
        while (use < piece.UseEnd && uses[use].Point < end) use++;
        if (end > piece.From && (piece.AtDef || use > piece.UseStart))
        {
            ref PieceRow first = ref _context.Pieces[index];
            first.To = end;
            first.UseEnd = use;
            Append(index);
        }

        while (use < piece.UseEnd)
        {
            segment = SegmentOf(uses[use].Point);
            int from = StartOfSegment(segment);
            end = Math.Min(piece.To, EndOfSegment(segment));
            // What reads while the clobbers happen reads the slot.
            for (; use < piece.UseEnd && uses[use].Point < from; use++)
                if (uses[use].Kind == UseKind.Reg) EngineBug.Throw($"v{piece.VReg} is wanted in a register after a call's clobbers");
            int start = use;
            while (use < piece.UseEnd && uses[use].Point < end) use++;
            if (use == start) continue;
            int added = _context.Pieces.Count;
            _context.Pieces.Add(new PieceRow { From = from, To = end, VReg = piece.VReg, UseStart = start, UseEnd = use });
            FinishBundle(spillSet);
            Append(added);
        }

        if (segment != SegmentOf(piece.To - 1)) FinishBundle(spillSet);
    }

    /// <summary>What follows is cut off from what was appended so far.</summary>
    private void FinishBundle(int spillSet)
    {
        Split.Trim(_context, _bundle);
        if (_context.Bundles[_bundle].First < 0) return; // nothing is left, or nothing was in it: it is used again
        _bundle = _context.Bundles.Count;
        _context.Bundles.Add(new BundleRow { First = -1, Last = -1, SpillSet = spillSet, Finger = -1, Register = VRegRow.NoRegister, Hint = VRegRow.NoRegister });
    }

    private readonly void Append(int index)
    {
        ref BundleRow bundle = ref _context.Bundles[_bundle];
        ref PieceRow piece = ref _context.Pieces[index];
        piece.Bundle = _bundle;
        piece.Next = -1;
        if (bundle.First < 0) bundle.First = index;
        else _context.Pieces[bundle.Last].Next = index;
        bundle.Last = index;
        bundle.Count++;
    }
}
