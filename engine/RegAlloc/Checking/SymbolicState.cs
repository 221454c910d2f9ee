using System;
using System.Collections.Generic;

namespace Kiln.RegAlloc.Checking;

/// <summary>
/// What is known at one program point: for each location the set of virtual registers whose value it holds.
/// </summary>
internal sealed class SymbolicState
{
    private readonly VRegSets _sets;
    private readonly int[] _held;

    /// <param name="slotUnits">Size of the spill area in units.</param>
    /// <param name="sets">Shared by all states of a function.</param>
    public SymbolicState(int slotUnits, VRegSets sets)
    {
        _sets = sets;
        _held = new int[PReg.Limit + slotUnits];
    }

    private ref int Held(Location location) => ref _held[location.IsRegister ? location.Register.Index : PReg.Limit + location.SlotUnit];

    /// <summary>True if the location holds the value of the virtual register.</summary>
    public bool Holds(Location location, VReg vreg) => !location.IsNone && _sets.Contains(Held(location), vreg);

    /// <summary>True if the location holds the value of a virtual register that the table marks.</summary>
    public bool HoldsAny(Location location, bool[] marked) => !location.IsNone && _sets.ContainsAny(Held(location), marked);

    /// <summary>The location now holds a value that is that of the virtual register, and nothing else.</summary>
    public void Define(Location location, VReg vreg, int units)
    {
        Destroy(location, units);
        Held(location) = _sets.Single(vreg);
    }

    /// <summary>What the location holds is also the value of another virtual register.</summary>
    public void AddEqual(Location location, VReg vreg) => Held(location) = _sets.With(Held(location), vreg);

    /// <summary>No location holds the value any more.</summary>
    public void Forget(VReg vreg)
    {
        foreach (ref int held in _held.AsSpan())
            if (held != 0) held = _sets.Without(held, vreg);
    }

    /// <summary>The location holds garbage.</summary>
    public void Destroy(Location location, int units)
    {
        Held(location) = 0;
        if (!location.IsSlot) return;
        if (units == 2) Held(Location.Slot(location.SlotUnit + 1)) = 0;
        if (location.SlotUnit == 0) return;
        ref int before = ref Held(Location.Slot(location.SlotUnit - 1));
        before = _sets.WithoutWide(before);
    }

    /// <summary>Copies a value of the given size.</summary>
    public void Copy(Location from, Location to, int units)
    {
        int held = units == 1 ? _sets.WithoutWide(Held(from)) : Held(from);
        Destroy(to, units);
        Held(to) = held;
    }

    /// <summary>Exchanges two registers.</summary>
    public void Exchange(Location a, Location b) => (Held(a), Held(b)) = (Held(b), Held(a));

    /// <summary>Takes over another state.</summary>
    public void Set(SymbolicState other) => other._held.CopyTo(_held, 0);

    /// <summary>Keeps what both states know; true if that is less than before.</summary>
    public bool Meet(SymbolicState other)
    {
        bool lost = false;
        for (int i = 0; i < _held.Length; i++)
        {
            int both = _sets.Intersect(_held[i], other._held[i]);
            lost |= both != _held[i];
            _held[i] = both;
        }

        return lost;
    }

    /// <summary>Lets control pass an edge: parameters lose their old values and take those of the arguments, all at once.</summary>
    public void PassEdge(ReadOnlySpan<VReg> parameters, ReadOnlySpan<VReg> arguments)
    {
        if (parameters.IsEmpty) return;
        HashSet<uint> redefined = new();
        Dictionary<uint, List<uint>> takers = new();
        for (int i = 0; i < parameters.Length; i++)
        {
            redefined.Add(parameters[i].Id);
            if (!takers.TryGetValue(arguments[i].Id, out List<uint>? list)) takers.Add(arguments[i].Id, list = new());
            list.Add(parameters[i].Id);
        }

        List<uint> members = new();
        foreach (ref int held in _held.AsSpan())
        {
            if (held == 0) continue;
            bool changed = false;
            members.Clear();
            foreach (uint member in _sets.Members(held))
            {
                if (redefined.Contains(member)) changed = true;
                else members.Add(member);
                if (!takers.TryGetValue(member, out List<uint>? list)) continue;
                members.AddRange(list);
                changed = true;
            }

            if (changed) held = _sets.Number(members.ToArray());
        }
    }

    /// <summary>Keeps the marked virtual registers only where they are in one of the listed slots.</summary>
    public void KeepListed(bool[] references, ReadOnlySpan<Location> listed)
    {
        for (int i = 0; i < _held.Length; i++)
        {
            bool kept = false;
            foreach (Location slot in listed) kept |= slot.IsSlot && PReg.Limit + slot.SlotUnit == i;
            if (!kept) _held[i] = _sets.Without(_held[i], references);
        }
    }

    /// <summary>What a location holds, in text.</summary>
    public string Describe(Location location)
    {
        if (location.IsNone) return "nothing";
        string text = "";
        foreach (uint member in _sets.Members(Held(location))) text += (text.Length == 0 ? "" : ", ") + $"v{member}";
        return "{" + text + "}";
    }
}
