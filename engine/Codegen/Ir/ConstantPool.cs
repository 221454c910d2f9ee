using System;
using System.Numerics;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Ir;

/// <summary>The 128-bit constants of a function: equal bits, one <see cref="Constant"/>. <see cref="Clear"/> keeps the buffers.</summary>
public sealed class ConstantPool
{
    private readonly EntityMap<Constant, UInt128> _values = new(4);

    // Open addressing over ids; 0 is a free place. At most half full.
    private uint[] _places = new uint[16];

    /// <summary>The bits of a constant.</summary>
    public UInt128 this[Constant constant] => _values[constant];

    /// <summary>All constants, in the order in which they came.</summary>
    public EntityRange<Constant> Keys => _values.Keys;

    /// <summary>True if the constant is one of this pool.</summary>
    public bool Contains(Constant constant) => _values.Contains(constant);

    /// <summary>The constant with these bits.</summary>
    public Constant Add(UInt128 bits)
    {
        int place = Find(bits);
        if (_places[place] != 0) return new Constant(_places[place]);
        Constant constant = _values.Add(bits);
        _places[place] = constant.Id;
        if (_values.Count > _places.Length / 2) Grow();
        return constant;
    }

    /// <summary>Forgets all constants.</summary>
    public void Clear()
    {
        if (_values.Count == 0) return;
        _values.Clear();
        Array.Clear(_places);
    }

    private int Find(UInt128 bits)
    {
        int mask = _places.Length - 1;
        ulong hash = ((ulong)bits * 0x9E3779B97F4A7C15) ^ BitOperations.RotateLeft((ulong)(bits >> 64) * 0xC2B2AE3D27D4EB4F, 31);
        int place = (int)((hash * 0x9E3779B97F4A7C15) >> 40) & mask;
        while (_places[place] != 0 && _values[new Constant(_places[place])] != bits) place = (place + 1) & mask;
        return place;
    }

    private void Grow()
    {
        _places = new uint[_places.Length * 2];
        foreach (Constant constant in _values.Keys) _places[Find(_values[constant])] = constant.Id;
    }
}
