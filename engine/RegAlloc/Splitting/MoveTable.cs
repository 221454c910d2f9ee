using System;
using Kiln.Foundation.Collections;

namespace Kiln.RegAlloc.Splitting;

/// <summary>A move, one of several that happen at once.</summary>
internal struct MoveRow
{
    /// <summary>When it happens, see <see cref="MoveTable"/>.</summary>
    public int Key;

    /// <summary>Next move with the same key, or -1.</summary>
    public int Next;

    /// <summary>Source; nothing if the value is to be made again.</summary>
    public Location From;

    /// <summary>Destination.</summary>
    public Location To;

    /// <summary>The value that moves; tells class and size.</summary>
    public int VReg;
}

/// <summary>
/// The moves of the function, grouped by when they happen. A key is twice a position, plus 1 for the moves of
/// an edge that stand at the end of the block it comes from, after all others before the terminator. The
/// moves of an edge that stand at the start of the block it leads to have the key of that block's head. All
/// moves of one key happen at once.
/// </summary>
internal sealed class MoveTable
{
    private readonly GrowList<MoveRow> _rows = new(128);
    private readonly GrowList<int> _first = new(256);

    /// <summary>Number of keys.</summary>
    public int KeyCount => _first.Count;

    /// <summary>Forgets all moves and makes room for those before any of <paramref name="positions"/> positions.</summary>
    public void Reset(int positions)
    {
        _rows.Clear();
        _first.Clear();
        _first.Resize(2 * positions, -1);
    }

    /// <summary>First move of a key, or -1.</summary>
    public int First(int key) => _first[key];

    /// <summary>A move.</summary>
    public ref MoveRow this[int index] => ref _rows[index];

    /// <summary>Key of the moves before the instruction at a position, or at the start of a block if that is its head.</summary>
    public static int Before(int position) => 2 * position;

    /// <summary>Key of the moves of an edge before the terminator at a position.</summary>
    public static int EdgeBefore(int terminator) => 2 * terminator + 1;

    public void Add(int key, Location from, Location to, int vreg)
    {
        ref int first = ref _first[key];
        _rows.Add(new MoveRow { Key = key, Next = first, From = from, To = to, VReg = vreg });
        first = _rows.Count - 1;
    }
}
