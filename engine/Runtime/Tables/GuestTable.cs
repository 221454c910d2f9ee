using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Kiln.Contract.Layout;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;

namespace Kiln.Runtime.Tables;

/// <summary>
/// A table of a store. Raw references go in and come out: an address of a funcref record or a handle, 0 for null; what the
/// elements look like inside says <see cref="VmTableLayout"/>. Its storage moves when it grows; compiled code reads the pair
/// {address, length} anew at every use.
/// </summary>
/// <remarks>
/// Active segments that name functions are not copied into a table but remembered (<see cref="TryCover"/>), until an element
/// is looked at for the first time. So instantiating a module costs the same for a large table and a small one.
/// </remarks>
public sealed unsafe class GuestTable
{
    private const nuint ElementSize = VmTableLayout.ElementSize;
    private const int MostCovers = 32;

    // A class: precompiled programs leave a list of structures of their own to the JIT, method by method.
    private sealed record Cover(ulong Start, ulong Count, GuestInstance Owner, uint Segment);

    private readonly VmTable* _cell;
    private List<Cover>? _covers;
    private bool _isUntouched = true;
    private ulong _capacity;

    internal GuestTable(GuestStore store, TableType type, VmTable* cell, ulong initial)
    {
        Store = store;
        Type = type;
        HoldsHandles = ReferenceShape.IsHandle(type.Element, store.Runtime.Types);
        _cell = cell;
        if (type.Limits.Min > int.MaxValue || !store.TryChargeElements((long)type.Limits.Min))
            throw store.Runtime.Errors.Limit($"a table of {type.Limits.Min} elements exceeds the store's table limit");
        _capacity = Math.Max(type.Limits.Min, 1);
        cell->Base = (ulong*)NativeMemory.AllocZeroed((nuint)_capacity, ElementSize);
        cell->Length = type.Limits.Min;
        if (initial != 0) TryFill(0, initial, type.Limits.Min);
    }

    /// <summary>The store it belongs to.</summary>
    public GuestStore Store { get; }

    /// <summary>Its type as it was declared, with engine-wide type indices.</summary>
    public TableType Type { get; }

    /// <summary>True if its elements are handles, false if they are functions.</summary>
    public bool HoldsHandles { get; }

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

    /// <summary>The elements as they are stored. Invalid after the table grew.</summary>
    internal Span<ulong> Elements => new(_cell->Base, (int)_cell->Length);

    /// <summary>Reads an element; false outside of the table.</summary>
    public bool TryGet(ulong index, out ulong reference)
    {
        reference = 0;
        if (index >= Length) return false;
        reference = HoldsHandles ? _cell->Base[index] : Initialize(index) & ~(ulong)VmTableLayout.Initialized;
        return true;
    }

    /// <summary>Writes elements; false, and nothing written, outside of the table.</summary>
    public bool TryFill(ulong start, ulong reference, ulong count)
    {
        if (!_cell->Contains(start, count)) return false;
        _isUntouched = false;
        Elements.Slice((int)start, (int)count).Fill(Encode(reference));
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

        new Span<ulong>(_cell->Base + before, (int)delta).Fill(Encode(reference));
        _cell->Length = after;
        return (long)before;
    }

    /// <summary>Copies elements, as if all were read before any is written; false, and nothing written, if a range is out of bounds.</summary>
    internal static bool TryCopy(GuestTable target, ulong to, GuestTable source, ulong from, ulong count)
    {
        if (!target._cell->Contains(to, count) || !source._cell->Contains(from, count)) return false;
        if (!source.HoldsHandles)
        {
            for (ulong i = 0; i < count; i++) source.Initialize(from + i);
        }

        target._isUntouched = false;
        source.Elements.Slice((int)from, (int)count).CopyTo(target.Elements[(int)to..]);
        return true;
    }

    /// <summary>Writes references; false, and nothing written, if the range is out of bounds.</summary>
    internal bool TryInit(ulong to, ReadOnlySpan<ulong> references)
    {
        if (!_cell->Contains(to, (ulong)references.Length)) return false;
        _isUntouched = false;
        Span<ulong> target = Elements.Slice((int)to, references.Length);
        for (int i = 0; i < references.Length; i++) target[i] = Encode(references[i]);
        return true;
    }

    /// <summary>
    /// Makes the functions of an active segment, all <paramref name="count"/> of them, the elements from
    /// <paramref name="start"/> on; false, and nothing changed, if the range is out of bounds.
    /// </summary>
    internal bool TryCover(ulong start, ulong count, GuestInstance owner, uint segment)
    {
        if (!_cell->Contains(start, count)) return false;
        if (count == 0) return true;
        _covers ??= [];
        if (_covers.Count == MostCovers) InitializeAll();
        if (!_isUntouched) Elements.Slice((int)start, (int)count).Clear();
        _covers.Add(new Cover(start, count, owner, segment));
        return true;
    }

    /// <summary>Says that a guest may write to the table from now on.</summary>
    internal void Publish() => _isUntouched = false;

    /// <summary>An element of a table of functions as it is stored, initialised by now: not 0.</summary>
    internal ulong Initialize(ulong index)
    {
        ulong element = _cell->Base[index];
        if (element != 0) return element;
        return _cell->Base[index] = Encode(Covered(index));
    }

    /// <summary>Frees the storage; the table must not be used any more.</summary>
    internal void Free()
    {
        NativeMemory.Free(_cell->Base);
        _cell->Base = null;
        _cell->Length = 0;
    }

    private ulong Encode(ulong reference) => HoldsHandles ? reference : reference | VmTableLayout.Initialized;

    // What the last segment over an element made it; null if there is none.
    private ulong Covered(ulong index)
    {
        for (int i = (_covers?.Count ?? 0) - 1; i >= 0; i--)
        {
            Cover cover = _covers![i];
            if (index - cover.Start < cover.Count) return cover.Owner.FunctionOfSegment(cover.Segment, (int)(index - cover.Start));
        }

        return 0;
    }

    // Looking an element up must not take longer with every segment.
    private void InitializeAll()
    {
        for (ulong i = 0; i < _cell->Length; i++) Initialize(i);
        _covers!.Clear();
        _isUntouched = false;
    }

    private bool TryEnlarge(ulong needed)
    {
        ulong capacity = Math.Min(Math.Max(needed, _capacity + _capacity / 2), int.MaxValue);
        try
        {
            _cell->Base = (ulong*)NativeMemory.Realloc(_cell->Base, (nuint)capacity * ElementSize);
        }
        catch (OutOfMemoryException)
        {
            return false;
        }

        _capacity = capacity;
        return true;
    }
}
