using System;
using System.Runtime.CompilerServices;

namespace Kiln.Codegen.Ir.Builder;

/// <summary>
/// Which value a variable has at the end of a block, as far as it is known: an open-addressing hash table
/// from (block, variable). Clearing costs what the last function used, not what the largest one did.
/// </summary>
internal sealed class DefinitionTable
{
    private const int SmallestSize = 1024;

    private ulong[] _keys = new ulong[SmallestSize];
    private Value[] _values = new Value[SmallestSize];
    private ulong[] _spareKeys = [];
    private Value[] _spareValues = [];
    private int _mask = SmallestSize - 1;
    private int _count;

    /// <summary>Forgets everything and keeps the buffers.</summary>
    public void Clear()
    {
        Array.Clear(_keys, 0, _mask + 1);
        _mask = SmallestSize - 1;
        _count = 0;
    }

    /// <summary>The value of a variable at the end of a block; none if nothing is known.</summary>
    public Value Get(Block block, Variable variable)
    {
        ulong key = Key(block, variable);
        for (int slot = Hash(key) & _mask; ; slot = (slot + 1) & _mask)
        {
            if (_keys[slot] == key) return _values[slot];
            if (_keys[slot] == 0) return default;
        }
    }

    /// <summary>Sets the value of a variable at the end of a block.</summary>
    public void Set(Block block, Variable variable, Value value)
    {
        ulong key = Key(block, variable);
        int slot = Hash(key) & _mask;
        while (_keys[slot] != key)
        {
            if (_keys[slot] == 0)
            {
                _keys[slot] = key;
                _values[slot] = value;
                if (++_count * 2 > _mask) Grow();
                return;
            }

            slot = (slot + 1) & _mask;
        }

        _values[slot] = value;
    }

    private static ulong Key(Block block, Variable variable) => (ulong)block.Id << 32 | variable.Id;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hash(ulong key) => (int)(key * 0x9E3779B97F4A7C15 >> 33);

    private void Grow()
    {
        int size = (_mask + 1) * 2;
        if (_spareKeys.Length < size)
        {
            _spareKeys = new ulong[size];
            _spareValues = new Value[size];
        }
        else
        {
            Array.Clear(_spareKeys, 0, size);
        }

        int mask = size - 1;
        for (int i = 0; i <= _mask; i++)
        {
            if (_keys[i] == 0) continue;
            int slot = Hash(_keys[i]) & mask;
            while (_spareKeys[slot] != 0) slot = (slot + 1) & mask;
            _spareKeys[slot] = _keys[i];
            _spareValues[slot] = _values[i];
        }

        Array.Clear(_keys, 0, _mask + 1);
        (_keys, _spareKeys) = (_spareKeys, _keys);
        (_values, _spareValues) = (_spareValues, _values);
        _mask = mask;
    }
}
