using System;
using Kiln.Foundation.Collections;

namespace Kiln.Text.Lexing;

/// <summary>Numbers distinct byte strings 0, 1, 2, ... in the order of their first appearance. An open-addressing hash table over one pool.</summary>
internal sealed class ByteInterner
{
    private readonly GrowList<byte> _pool = new(256);
    private readonly GrowList<(int Start, int Length, uint Hash)> _entries = new(64);
    private int[] _slots = new int[128]; // entry + 1; 0 is free

    /// <summary>Number of distinct strings.</summary>
    public int Count => _entries.Count;

    /// <summary>The bytes of a string. Invalid after the next <see cref="Intern"/>.</summary>
    public ReadOnlySpan<byte> this[int index] => _pool.Span.Slice(_entries[index].Start, _entries[index].Length);

    /// <summary>The number of a string, which it gets if it has none.</summary>
    public int Intern(ReadOnlySpan<byte> bytes)
    {
        uint hash = Hash(bytes);
        int slot = Locate(bytes, hash);
        if (_slots[slot] != 0) return _slots[slot] - 1;
        int index = _entries.Count;
        _entries.Add((_pool.Count, bytes.Length, hash));
        _pool.AddRange(bytes);
        _slots[slot] = index + 1;
        if (_entries.Count * 2 > _slots.Length) Rehash();
        return index;
    }

    /// <summary>The number of a string, or -1.</summary>
    public int Find(ReadOnlySpan<byte> bytes) => _slots[Locate(bytes, Hash(bytes))] - 1;

    private int Locate(ReadOnlySpan<byte> bytes, uint hash)
    {
        int mask = _slots.Length - 1;
        for (int slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            int entry = _slots[slot] - 1;
            if (entry < 0) return slot;
            if (_entries[entry].Hash == hash && this[entry].SequenceEqual(bytes)) return slot;
        }
    }

    private void Rehash()
    {
        _slots = new int[_slots.Length * 2];
        int mask = _slots.Length - 1;
        for (int i = 0; i < _entries.Count; i++)
        {
            int slot = (int)_entries[i].Hash & mask;
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = i + 1;
        }
    }

    // FNV-1a with a final mix, since the slots take the low bits.
    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        uint hash = 2166136261;
        foreach (byte b in bytes) hash = (hash ^ b) * 16777619;
        hash ^= hash >> 15;
        return hash * 0x2C1B3C6D ^ (hash >> 12);
    }
}
