using System;
using System.Runtime.CompilerServices;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;

namespace Kiln.Codegen.Opt.EGraph;

/// <summary>
/// The pure computations of a function, found by what they compute. One for the whole function, without scopes: a pure
/// node has no place, so it stands for the computation wherever its operands are; elaboration decides where to do it, and
/// how often.
/// </summary>
internal sealed class NodeTable
{
    private const int SmallestSize = 256;

    private struct Entry
    {
        public Inst Inst;
        public uint Hash;
        public int Next; // index + 1
    }

    private readonly GrowList<Entry> _entries = new(512);
    private int[] _heads = new int[SmallestSize];
    private int _mask = SmallestSize - 1;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_heads, 0, _mask + 1);
        _mask = SmallestSize - 1;
        _entries.Clear();
    }

    /// <summary>The node that computes what <paramref name="key"/> does; none if there is none yet.</summary>
    public bool TryFind(DataFlowGraph dfg, in InstData key, out Value value)
    {
        uint hash = key.Hash();
        for (int at = _heads[hash & (uint)_mask]; at != 0;)
        {
            ref Entry entry = ref _entries[at - 1];
            if (entry.Hash == hash && dfg.Insts[entry.Inst].SameAs(key))
            {
                value = dfg.FirstResult(entry.Inst);
                return true;
            }

            at = entry.Next;
        }

        value = default;
        return false;
    }

    /// <summary>Adds a node that was not found, whose operands do not change any more.</summary>
    public void Add(in InstData key, Inst inst)
    {
        uint hash = key.Hash();
        ref int head = ref _heads[hash & (uint)_mask];
        _entries.Add(new Entry { Inst = inst, Hash = hash, Next = head });
        head = _entries.Count;
        if (_entries.Count > _mask) Grow();
    }

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
