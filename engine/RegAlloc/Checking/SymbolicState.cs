using System;
using System.Numerics;

namespace Kiln.RegAlloc.Checking;

/// <summary>
/// What is known at one program point: for each location the set of virtual registers whose value it holds.
/// A matrix of bits, one row per location.
/// </summary>
internal sealed class SymbolicState
{
    private readonly int _words;
    private readonly int _rows;
    private readonly ulong[] _bits;
    private readonly ulong[] _wide;

    /// <param name="slotUnits">Size of the spill area in units.</param>
    /// <param name="wide">Bit set of the virtual registers that take two units.</param>
    public SymbolicState(int slotUnits, ulong[] wide)
    {
        _words = wide.Length;
        _rows = PReg.Limit + slotUnits;
        _bits = new ulong[_rows * _words];
        _wide = wide;
    }

    private Span<ulong> Row(Location location) => Row(location.IsRegister ? location.Register.Index : PReg.Limit + location.SlotUnit);

    private Span<ulong> Row(int row) => _bits.AsSpan(row * _words, _words);

    /// <summary>True if the location exists.</summary>
    public bool Exists(Location location, int units) =>
        location.IsRegister || (location.IsSlot && PReg.Limit + location.SlotUnit + units <= _rows);

    /// <summary>True if the location holds the value of the virtual register.</summary>
    public bool Holds(Location location, VReg vreg) => (Row(location)[(int)(vreg.Id >> 6)] >> (int)(vreg.Id & 63) & 1) != 0;

    /// <summary>The location now holds a value that is that of the virtual register, and nothing else.</summary>
    public void Define(Location location, VReg vreg, int units)
    {
        Destroy(location, units);
        Row(location)[(int)(vreg.Id >> 6)] |= 1UL << (int)(vreg.Id & 63);
    }

    /// <summary>What the location holds is also the value of another virtual register.</summary>
    public void AddEqual(Location location, VReg vreg) => Row(location)[(int)(vreg.Id >> 6)] |= 1UL << (int)(vreg.Id & 63);

    /// <summary>No location holds the value any more.</summary>
    public void Forget(VReg vreg)
    {
        ulong keep = ~(1UL << (int)(vreg.Id & 63));
        for (int at = (int)(vreg.Id >> 6); at < _bits.Length; at += _words) _bits[at] &= keep;
    }

    /// <summary>The location holds garbage.</summary>
    public void Destroy(Location location, int units)
    {
        Row(location).Clear();
        if (!location.IsSlot) return;
        if (units == 2) Row(Location.Slot(location.SlotUnit + 1)).Clear();
        if (location.SlotUnit > 0) RemoveWide(Row(Location.Slot(location.SlotUnit - 1)));
    }

    /// <summary>Copies a value of the given size.</summary>
    public void Copy(Location from, Location to, int units)
    {
        ulong[] copy = Row(from).ToArray();
        if (units == 1) RemoveWide(copy);
        Destroy(to, units);
        copy.CopyTo(Row(to));
    }

    /// <summary>Exchanges two registers.</summary>
    public void Exchange(Location a, Location b)
    {
        ulong[] first = Row(a).ToArray();
        Row(b).CopyTo(Row(a));
        first.CopyTo(Row(b));
    }

    /// <summary>Takes over another state.</summary>
    public void Set(SymbolicState other) => other._bits.CopyTo(_bits, 0);

    /// <summary>Keeps what both states know; true if that is less than before.</summary>
    public bool Meet(SymbolicState other)
    {
        ulong lost = 0;
        for (int i = 0; i < _bits.Length; i++)
        {
            lost |= _bits[i] & ~other._bits[i];
            _bits[i] &= other._bits[i];
        }

        return lost != 0;
    }

    /// <summary>Lets control pass an edge: parameters lose their old values and take those of the arguments, all at once.</summary>
    public void PassEdge(ReadOnlySpan<VReg> parameters, ReadOnlySpan<VReg> arguments)
    {
        if (parameters.IsEmpty) return;
        Span<bool> holds = stackalloc bool[Math.Min(parameters.Length, 1024)];
        if (parameters.Length > holds.Length) holds = new bool[parameters.Length];
        for (int r = 0; r < _rows; r++)
        {
            Span<ulong> row = Row(r);
            for (int i = 0; i < parameters.Length; i++) holds[i] = Has(row, arguments[i]);
            for (int i = 0; i < parameters.Length; i++)
            {
                ref ulong word = ref row[(int)(parameters[i].Id >> 6)];
                ulong bit = 1UL << (int)(parameters[i].Id & 63);
                word = holds[i] ? word | bit : word & ~bit;
            }
        }
    }

    /// <summary>Keeps, of the given virtual registers, only those whose value is in one of the listed slots, and there only.</summary>
    public void KeepListed(ulong[] references, ReadOnlySpan<Location> listed)
    {
        for (int r = 0; r < _rows; r++)
        {
            bool kept = false;
            foreach (Location slot in listed) kept |= slot.IsSlot && PReg.Limit + slot.SlotUnit == r;
            if (kept) continue;
            Span<ulong> row = Row(r);
            for (int w = 0; w < row.Length; w++) row[w] &= ~references[w];
        }
    }

    /// <summary>What a location holds, in text.</summary>
    public string Describe(Location location)
    {
        string text = "";
        Span<ulong> row = Row(location);
        for (int w = 0; w < row.Length; w++)
            for (ulong rest = row[w]; rest != 0; rest &= rest - 1)
                text += (text.Length == 0 ? "" : ", ") + $"v{(w << 6) + BitOperations.TrailingZeroCount(rest)}";
        return "{" + text + "}";
    }

    private static bool Has(Span<ulong> row, VReg vreg) => (row[(int)(vreg.Id >> 6)] >> (int)(vreg.Id & 63) & 1) != 0;

    private void RemoveWide(Span<ulong> row)
    {
        for (int w = 0; w < row.Length; w++) row[w] &= ~_wide[w];
    }
}
