using System.Numerics;
using Kiln.Foundation.Collections;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// The spill area under construction: slots of one and of two units, in groups of 64 that share an
/// <see cref="OccupancyTree"/>. Slots are numbered within their size until <see cref="UnitOf"/> lays them out.
/// </summary>
internal sealed class SlotSpace
{
    private const int MostSearched = 32;

    private readonly GrowList<OccupancyTree> _trees = new(4);
    private readonly GrowList<int> _unitsOfGroup = new(4);
    private readonly GrowList<int> _slotsOfGroup = new(4);
    private int _points;
    private int _treeCount;

    /// <summary>Number of slots.</summary>
    public int Count => CountOf(1) + CountOf(2);

    /// <summary>Size of the area in units.</summary>
    public int UnitCount => CountOf(1) + 2 * CountOf(2);

    public void Reset(int points)
    {
        _points = points;
        _unitsOfGroup.Clear();
        _slotsOfGroup.Clear();
        _treeCount = 0;
    }

    /// <summary>
    /// The group behind which to begin to search: -1, or if there are very many the one in front of the last 32. So what a set may cost does not
    /// grow with the function; slots of older groups that have become free are not used again.
    /// </summary>
    public int SearchAfter => int.Max(-1, _treeCount - MostSearched - 1);

    /// <summary>The next group of the given slot size after <paramref name="group"/> (-1 for the first one), made if need be.</summary>
    public int NextGroup(int group, int units)
    {
        for (group++; group < _treeCount; group++)
            if (_unitsOfGroup[group] == units) return group;
        if (_treeCount == _trees.Count) _trees.Add(new OccupancyTree());
        _trees[_treeCount].Reset(_points);
        _unitsOfGroup.Add(units);
        _slotsOfGroup.Add(0);
        return _treeCount++;
    }

    /// <summary>Slots of a group that are taken somewhere in an interval.</summary>
    public ulong Taken(int group, int from, int to) => _trees[group].Query(from, to);

    /// <summary>Chooses the lowest of the free slots of a group.</summary>
    public int Take(int group, ulong free)
    {
        int lane = BitOperations.TrailingZeroCount(free);
        if (lane >= _slotsOfGroup[group]) _slotsOfGroup[group] = lane + 1;
        return lane;
    }

    /// <summary>Takes a slot for an interval.</summary>
    public void Occupy(int group, int lane, int from, int to) => _trees[group].Add(lane, from, to);

    /// <summary>The number of a slot among those of its size.</summary>
    public int Number(int group, int lane)
    {
        int number = lane;
        for (int g = 0; g < group; g++)
            if (_unitsOfGroup[g] == _unitsOfGroup[group]) number += 64;
        return number;
    }

    /// <summary>Where a slot begins, once all slots are known: those of two units come first.</summary>
    public int UnitOf(int number, int units) => units == 2 ? 2 * number : 2 * CountOf(2) + number;

    private int CountOf(int units)
    {
        int count = 0, before = 0;
        for (int g = 0; g < _treeCount; g++)
        {
            if (_unitsOfGroup[g] != units) continue;
            count = before + _slotsOfGroup[g];
            before += 64;
        }

        return count;
    }
}
