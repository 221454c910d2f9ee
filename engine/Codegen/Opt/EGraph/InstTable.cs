using System;
using System.Runtime.CompilerServices;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;

namespace Kiln.Codegen.Opt.EGraph;

/// <summary>
/// Values found by the data of the instructions that compute them: a hash table with chains. With scopes, it holds what was seen in
/// the blocks that dominate where a walk is: leaving a scope pops what was added since it was entered. Without, it holds the pure
/// nodes of a whole function: a node has no place, so it stands for its computation wherever its operands are.
/// </summary>
internal sealed class InstTable
{
    private const int SmallestSize = 256;

    private struct Entry
    {
        public Value Value;
        public uint Hash;
        public int Next; // index + 1
    }

    private readonly GrowList<Entry> _entries = new(512);
    private readonly GrowList<InstData> _keys = new(512); // apart, so that chains are short ways in memory
    private int[] _heads = new int[SmallestSize];
    private int _mask = SmallestSize - 1;

    /// <summary>Number of entries: a mark to go back to with <see cref="LeaveScope"/>.</summary>
    public int Count => _entries.Count;

    /// <summary>Forgets everything and keeps the buffers.</summary>
    public void Clear()
    {
        Array.Clear(_heads, 0, _mask + 1);
        _mask = SmallestSize - 1;
        _entries.Clear();
        _keys.Clear();
    }

    /// <summary>The value that was added for equal data; none if there is none.</summary>
    public bool TryFind(in InstData key, out Value value)
    {
        uint hash = key.Hash();
        for (int at = _heads[hash & (uint)_mask]; at != 0;)
        {
            ref Entry entry = ref _entries[at - 1];
            if (entry.Hash == hash && _keys[at - 1].SameAs(key))
            {
                value = entry.Value;
                return true;
            }

            at = entry.Next;
        }

        value = default;
        return false;
    }

    /// <summary>Adds an entry to the current scope; it hides equal ones of outer scopes. The operands in it do not change any more.</summary>
    public void Add(in InstData key, Value value)
    {
        uint hash = key.Hash();
        ref int head = ref _heads[hash & (uint)_mask];
        _entries.Add(new Entry { Value = value, Hash = hash, Next = head });
        _keys.Add(key);
        head = _entries.Count;
        if (_entries.Count > _mask) Grow();
    }

    /// <summary>Removes all entries above a mark.</summary>
    public void LeaveScope(int mark)
    {
        while (_entries.Count > mark)
        {
            Entry last = _entries.Pop();
            _heads[last.Hash & (uint)_mask] = last.Next;
        }

        _keys.Truncate(mark);
    }

    // Entries are linked in order, so that the chains stay sorted from inner to outer scope.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        int size = (_mask + 1) * 2;
        if (_heads.Length < size) _heads = new int[size];
        else Array.Clear(_heads, 0, size);
        _mask = size - 1;
        for (int i = 0; i < _entries.Count; i++)
        {
            ref Entry entry = ref _entries[i];
            ref int head = ref _heads[entry.Hash & (uint)_mask];
            entry.Next = head;
            head = i + 1;
        }
    }
}
