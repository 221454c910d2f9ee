using System;
using System.Runtime.InteropServices;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;

namespace Kiln.Runtime.Tables;

/// <summary>
/// A table of a store: 8-byte elements, a funcref record's address or an object handle, 0 for null. Its storage moves
/// when it grows; compiled code reads the pair {address, length} anew at every use.
/// </summary>
public sealed unsafe class GuestTable
{
    private readonly VmTable* _cell;
    private ulong _capacity;

    internal GuestTable(GuestStore store, TableType type, VmTable* cell, ulong initial)
    {
        Store = store;
        Type = type;
        _cell = cell;
        if (type.Limits.Min > int.MaxValue || !store.TryChargeElements((long)type.Limits.Min))
            throw store.Runtime.Errors.Limit($"a table of {type.Limits.Min} elements exceeds the store's table limit");
        _capacity = Math.Max(type.Limits.Min, 1);
        cell->Base = (ulong*)NativeMemory.AllocZeroed((nuint)_capacity, VmTableElementSize);
        cell->Length = type.Limits.Min;
        if (initial != 0) new Span<ulong>(cell->Base, (int)cell->Length).Fill(initial);
    }

    private const nuint VmTableElementSize = 8;

    /// <summary>The store it belongs to.</summary>
    public GuestStore Store { get; }

    /// <summary>Its type as it was declared, with engine-wide type indices.</summary>
    public TableType Type { get; }

    /// <summary>Its type with the present length as the minimum.</summary>
    public TableType CurrentType => Type with { Limits = new Limits(Length, Type.Limits.Max) };

    /// <summary>What the public API made of it.</summary>
    public object? Owner { get; set; }

    /// <summary>Number of elements.</summary>
    public ulong Length
    {
        get
        {
            Store.CheckAlive();
            return _cell->Length;
        }
    }

    internal VmTable* Cell => _cell;

    /// <summary>The elements, as raw references. Invalid after the table grew.</summary>
    internal Span<ulong> Elements => new(_cell->Base, (int)_cell->Length);

    /// <summary>Reads an element as a raw reference; false outside of the table.</summary>
    public bool TryGet(ulong index, out ulong reference)
    {
        reference = 0;
        if (index >= Length) return false;
        reference = _cell->Base[index];
        return true;
    }

    /// <summary>Writes an element; false outside of the table.</summary>
    public bool TrySet(ulong index, ulong reference)
    {
        if (index >= Length) return false;
        _cell->Base[index] = reference;
        return true;
    }

    /// <summary>Grows by elements; the length before, or -1 if a limit does not allow it.</summary>
    public long Grow(ulong delta, ulong reference)
    {
        ulong before = _cell->Length;
        ulong most = Math.Min(Type.Limits.Max ?? int.MaxValue, int.MaxValue);
        if (delta > most || before > most - delta) return -1;
        if (delta == 0) return (long)before;
        if (!Store.TryChargeElements((long)delta)) return -1;
        ulong after = before + delta;
        if (after > _capacity && !TryEnlarge(after))
        {
            Store.ReleaseElements((long)delta);
            return -1;
        }

        new Span<ulong>(_cell->Base + before, (int)delta).Fill(reference);
        _cell->Length = after;
        return (long)before;
    }

    /// <summary>Frees the storage; the table must not be used any more.</summary>
    internal void Free()
    {
        NativeMemory.Free(_cell->Base);
        _cell->Base = null;
        _cell->Length = 0;
    }

    private bool TryEnlarge(ulong needed)
    {
        ulong capacity = Math.Min(Math.Max(needed, _capacity + _capacity / 2), int.MaxValue);
        try
        {
            _cell->Base = (ulong*)NativeMemory.Realloc(_cell->Base, (nuint)capacity * VmTableElementSize);
        }
        catch (OutOfMemoryException)
        {
            return false;
        }

        _capacity = capacity;
        return true;
    }
}
