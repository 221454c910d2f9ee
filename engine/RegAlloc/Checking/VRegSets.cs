using System;
using System.Collections.Generic;

namespace Kiln.RegAlloc.Checking;

/// <summary>
/// Sets of virtual registers, each kept once and known by a number, so that states of the checker compare and copy as
/// numbers. 0 is the empty set.
/// </summary>
internal sealed class VRegSets
{
    private readonly List<uint[]> _sets = [[]];
    private readonly Dictionary<uint[], int> _numbers = new(new ContentComparer());
    private readonly Dictionary<(int, int), int> _intersections = new();
    private readonly int[] _singles;
    private readonly bool[] _wide;
    private readonly bool _anyWide;

    /// <param name="wide">For each virtual register whether it takes two units.</param>
    public VRegSets(bool[] wide)
    {
        _wide = wide;
        _anyWide = wide.AsSpan().Contains(true);
        _singles = new int[wide.Length];
        _numbers.Add(_sets[0], 0);
    }

    /// <summary>The members in ascending order.</summary>
    public ReadOnlySpan<uint> Members(int set) => _sets[set];

    public bool Contains(int set, VReg vreg) => Array.IndexOf(_sets[set], vreg.Id) >= 0;

    public bool ContainsAny(int set, bool[] marked) => Array.Exists(_sets[set], id => marked[id]);

    public int Single(VReg vreg)
    {
        ref int number = ref _singles[vreg.Id];
        if (number == 0) number = Number([vreg.Id]);
        return number;
    }

    public int With(int set, VReg vreg)
    {
        if (Contains(set, vreg)) return set;
        uint[] members = [.. _sets[set], vreg.Id];
        return Number(members);
    }

    public int Without(int set, VReg vreg) =>
        Contains(set, vreg) ? Number(Array.FindAll(_sets[set], id => id != vreg.Id)) : set;

    /// <summary>Without the members that take two units.</summary>
    public int WithoutWide(int set) => _anyWide ? Without(set, _wide) : set;

    /// <summary>Without the members that a table marks.</summary>
    public int Without(int set, bool[] marked)
    {
        foreach (uint id in _sets[set])
            if (marked[id]) return Number(Array.FindAll(_sets[set], member => !marked[member]));
        return set;
    }

    public int Intersect(int a, int b)
    {
        if (a == b) return a;
        if (a == 0 || b == 0) return 0;
        if (_intersections.TryGetValue((a, b), out int known)) return known;
        uint[] other = _sets[b];
        int result = Number(Array.FindAll(_sets[a], id => Array.IndexOf(other, id) >= 0));
        _intersections.Add((a, b), result);
        return result;
    }

    /// <summary>The number of a set, given in any order.</summary>
    public int Number(uint[] members)
    {
        Array.Sort(members);
        if (_numbers.TryGetValue(members, out int number)) return number;
        number = _sets.Count;
        _sets.Add(members);
        _numbers.Add(members, number);
        return number;
    }

    private sealed class ContentComparer : IEqualityComparer<uint[]>
    {
        public bool Equals(uint[]? a, uint[]? b) => a.AsSpan().SequenceEqual(b);

        public int GetHashCode(uint[] members)
        {
            HashCode hash = default;
            foreach (uint member in members) hash.Add(member);
            return hash.ToHashCode();
        }
    }
}
