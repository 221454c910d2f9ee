using System;
using System.Runtime.CompilerServices;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// Which of up to 64 lanes (registers, or spill slots) are taken at each program point. One query answers
/// for all lanes at once.
/// </summary>
/// <remarks>
/// A tree of fan-out 16 over the points, with one 64-bit word of lanes per node. An interval of a lane is
/// written into the O(log n) largest nodes that it covers wholly: there <c>full</c> has the lane's bit;
/// <c>any</c> has it in these nodes and all nodes above. Points themselves are level 0, for which only
/// <c>any</c> is kept.
/// INVARIANT: intervals of one lane do not overlap (unless added by <see cref="Mark"/>, which is never undone).
/// Hence a bit in <c>full</c> belongs to exactly one interval, and removing an interval clears the same nodes
/// that adding it wrote.
/// </remarks>
internal sealed class OccupancyTree
{
    private const int Shift = 4;
    private const int Fan = 1 << Shift;
    private const int MaxLevels = 8;

    private readonly int[] _offset = new int[MaxLevels + 1];
    private readonly int[]?[] _owners = new int[64][];
    private ulong[] _any = [];
    private ulong[] _full = [];
    private int _top;
    private int _nodes;
    private bool _hasIntervals;

    /// <summary>Makes all lanes free at points below <paramref name="points"/>.</summary>
    public void Reset(int points)
    {
        int nodes = 0;
        int width = Math.Max(points, 1);
        _top = 0;
        while (true)
        {
            _offset[_top] = nodes;
            // Rounded up so that a node's children can always be read as a whole.
            nodes += (width + Fan - 1) & ~(Fan - 1);
            if (width <= Fan) break;
            width = (width + Fan - 1) >> Shift;
            _top++;
        }

        _nodes = nodes;
        _hasIntervals = false;
        if (_any.Length < nodes)
        {
            _any = new ulong[nodes + nodes / 2];
            _full = new ulong[_any.Length];
            return;
        }

        Array.Clear(_any, 0, nodes);
        Array.Clear(_full, 0, nodes);
    }

    /// <summary>Lanes that are taken at some point in [<paramref name="from"/>, <paramref name="to"/>).</summary>
    public ulong Query(int from, int to)
    {
        ReadOnlySpan<ulong> any = _any;
        ReadOnlySpan<ulong> full = _full;
        int last = to - 1;
        ulong taken = 0;
        if (_hasIntervals)
        {
            for (int level = 1; level <= _top; level++)
            {
                int offset = _offset[level];
                taken |= full[offset + (from >> (Shift * level))] | full[offset + (last >> (Shift * level))];
            }
        }

        if (from >> Shift == last >> Shift) return taken | Union(any.Slice(from, to - from));
        int lo = from, hi = to;
        for (int level = 0; ; level++)
        {
            int offset = _offset[level];
            if (level == _top || lo >> Shift == (hi - 1) >> Shift)
                return taken | Union(any.Slice(offset + lo, hi - lo));

            if ((lo & (Fan - 1)) != 0)
            {
                int end = (lo | (Fan - 1)) + 1;
                taken |= Union(any.Slice(offset + lo, end - lo));
                lo = end;
            }

            if ((hi & (Fan - 1)) != 0)
            {
                int start = hi & ~(Fan - 1);
                taken |= Union(any.Slice(offset + start, hi - start));
                hi = start;
            }

            if (lo == hi) return taken;
            lo >>= Shift;
            hi >>= Shift;
        }
    }

    /// <summary>Lanes that are taken at one point.</summary>
    public ulong At(int point)
    {
        ulong taken = _any[point];
        if (!_hasIntervals) return taken;
        for (int level = 1; level <= _top; level++) taken |= _full[_offset[level] + (point >> (Shift * level))];
        return taken;
    }

    /// <summary>
    /// First point in [<paramref name="from"/>, <paramref name="to"/>) at which one of <paramref name="lanes"/> is
    /// taken, or <paramref name="to"/>.
    /// </summary>
    public int FindFirst(ulong lanes, int from, int to)
    {
        ReadOnlySpan<ulong> any = _any;
        ReadOnlySpan<ulong> full = _full;
        if (from >= to) return to;
        for (int level = 1; level <= _top; level++)
            if ((full[_offset[level] + (from >> (Shift * level))] & lanes) != 0) return from;

        int point = from;
        while (point < to)
        {
            // The largest aligned node that starts here: skip it if it is free, go down if it is partly taken.
            int level = 0;
            while (level < _top && (point & ((1 << (Shift * (level + 1))) - 1)) == 0) level++;
            for (; level > 0; level--)
            {
                int node = _offset[level] + (point >> (Shift * level));
                if ((full[node] & lanes) != 0) return point;
                if ((any[node] & lanes) == 0) break;
            }

            if (level == 0 && (any[point] & lanes) != 0) return point;
            point += 1 << (Shift * level);
        }

        return to;
    }

    /// <summary>Marks <paramref name="lanes"/> as taken at one point, for good and without an owner.</summary>
    public void Mark(ulong lanes, int point)
    {
        _any[point] |= lanes;
        for (int level = 1; level <= _top; level++) _any[_offset[level] + (point >> (Shift * level))] |= lanes;
    }

    /// <summary>Takes a lane for [<paramref name="from"/>, <paramref name="to"/>), in which it must be free.</summary>
    public void Add(int lane, int from, int to, int owner)
    {
        int[] owners = OwnersOf(lane);
        ulong bit = 1UL << lane;
        Span<ulong> any = _any;
        Span<ulong> full = _full;
        int last = to - 1;
        _hasIntervals = true;
        for (int level = 1; level <= _top; level++)
        {
            int offset = _offset[level];
            any[offset + (from >> (Shift * level))] |= bit;
            any[offset + (last >> (Shift * level))] |= bit;
        }

        int lo = from, hi = to;
        for (int level = 0; lo < hi; level++)
        {
            int offset = _offset[level];
            bool whole = level == _top;
            for (; lo < hi && (whole || (lo & (Fan - 1)) != 0); lo++) Write(any, full, owners, offset + lo, level, bit, owner);
            for (; lo < hi && (hi & (Fan - 1)) != 0; hi--) Write(any, full, owners, offset + hi - 1, level, bit, owner);
            lo >>= Shift;
            hi >>= Shift;
        }
    }

    /// <summary>Takes a lane when nobody will ask for the owner.</summary>
    public void Add(int lane, int from, int to) => Add(lane, from, to, 0);

    /// <summary>Undoes <see cref="Add(int,int,int,int)"/> with the same bounds.</summary>
    public void Remove(int lane, int from, int to)
    {
        ulong keep = ~(1UL << lane);
        Span<ulong> any = _any;
        Span<ulong> full = _full;
        int lo = from, hi = to;
        for (int level = 0; lo < hi; level++)
        {
            int offset = _offset[level];
            bool whole = level == _top;
            for (; lo < hi && (whole || (lo & (Fan - 1)) != 0); lo++) Erase(any, full, offset + lo, keep);
            for (; lo < hi && (hi & (Fan - 1)) != 0; hi--) Erase(any, full, offset + hi - 1, keep);
            lo >>= Shift;
            hi >>= Shift;
        }

        Recompute(from, ~keep);
        if (from >> Shift != (to - 1) >> Shift) Recompute(to - 1, ~keep);
    }

    /// <summary>Owner of the interval that takes <paramref name="lane"/> at <paramref name="point"/>; there must be one.</summary>
    public int OwnerAt(int lane, int point)
    {
        ulong bit = 1UL << lane;
        int[] owners = OwnersOf(lane);
        if ((_any[point] & bit) != 0) return owners[point];
        for (int level = 1; ; level++)
        {
            int node = _offset[level] + (point >> (Shift * level));
            if ((_full[node] & bit) != 0) return owners[node];
        }
    }

    private static ulong Union(ReadOnlySpan<ulong> words)
    {
        ulong union = 0;
        foreach (ulong word in words) union |= word;
        return union;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(Span<ulong> any, Span<ulong> full, int[] owners, int node, int level, ulong bit, int owner)
    {
        any[node] |= bit;
        if (level != 0) full[node] |= bit;
        owners[node] = owner;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Erase(Span<ulong> any, Span<ulong> full, int node, ulong keep)
    {
        any[node] &= keep;
        full[node] &= keep;
    }

    private void Recompute(int point, ulong bit)
    {
        for (int level = 1; level <= _top; level++)
        {
            int child = _offset[level - 1] + ((point >> (Shift * level)) << Shift);
            int node = _offset[level] + (point >> (Shift * level));
            ulong below = Union(_any.AsSpan(child, Fan)) | _full[node];
            _any[node] = (_any[node] & ~bit) | (below & bit);
        }
    }

    private int[] OwnersOf(int lane)
    {
        int[]? owners = _owners[lane];
        return owners is not null && owners.Length >= _nodes ? owners : GrowOwners(lane);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int[] GrowOwners(int lane) => _owners[lane] = new int[_any.Length];
}
