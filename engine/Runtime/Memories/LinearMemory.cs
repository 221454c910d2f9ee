using System;
using System.Runtime.CompilerServices;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;

namespace Kiln.Runtime.Memories;

/// <summary>
/// A linear memory of a store. Its address never changes; it grows by making more of its reservation accessible. The
/// pair {address, length} that compiled code reads lies in the defining instance's VM context, or in a block of its own.
/// </summary>
public sealed unsafe class LinearMemory
{
    private readonly VmMemory* _cell;
    private readonly MemoryReservation _reservation;

    internal LinearMemory(GuestStore store, MemoryType type, VmMemory* cell)
    {
        Store = store;
        Type = type;
        _cell = cell;
        ulong bytes = type.Limits.Min << type.PageSizeLog2;
        if (type.Limits.Min > type.MaxPages || bytes >> type.PageSizeLog2 != type.Limits.Min || bytes > long.MaxValue || !store.Memory.TryCharge((long)bytes))
            throw store.Runtime.Errors.Limit($"a memory of {type.Limits.Min} pages exceeds the store's memory limit");
        try
        {
            _reservation = store.Runtime.RentMemory(type, bytes);
            if (!_reservation.TryCommit(bytes)) throw store.Runtime.Errors.Limit($"the machine has no room for a memory of {bytes} bytes");
        }
        catch
        {
            _reservation?.Dispose();
            store.Memory.Release((long)bytes);
            throw;
        }

        cell->Base = _reservation.Base;
        cell->ByteLength = bytes;
    }

    /// <summary>The store it belongs to.</summary>
    public GuestStore Store { get; }

    /// <summary>Its type as it was declared.</summary>
    public MemoryType Type { get; }

    /// <summary>Its type with the present size as the minimum.</summary>
    public MemoryType CurrentType => Type with { Limits = new Limits(PageCount, Type.Limits.Max) };

    /// <summary>What the public API made of it.</summary>
    public object? Owner { get; set; }

    /// <summary>Size in bytes.</summary>
    public ulong ByteCount
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Store.CheckAlive();
            return _cell->ByteLength;
        }
    }

    /// <summary>Size in pages of the memory's page size.</summary>
    public ulong PageCount => ByteCount >> Type.PageSizeLog2;

    internal VmMemory* Cell => _cell;

    internal MemoryReservation Reservation => _reservation;

    /// <summary>Part of the memory; false if it is not all inside. Valid until the store is disposed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySlice(ulong offset, ulong length, out Span<byte> bytes)
    {
        ulong size = ByteCount;
        if (offset > size || length > size - offset || length > int.MaxValue)
        {
            bytes = default;
            return false;
        }

        bytes = new Span<byte>(_cell->Base + offset, (int)length);
        return true;
    }

    /// <summary>Grows by pages; the pages before, or -1 if a limit or the machine does not allow it.</summary>
    public long Grow(ulong delta)
    {
        ulong before = _cell->ByteLength;
        ulong pages = before >> Type.PageSizeLog2;
        ulong most = Math.Min(Type.Limits.Max ?? Type.MaxPages, Type.MaxPages);
        if (delta > most || pages > most - delta) return -1;
        if (delta == 0) return (long)pages;
        if (pages + delta > _reservation.Capacity >> Type.PageSizeLog2) return -1;
        ulong more = delta << Type.PageSizeLog2;
        if (!Store.Memory.TryCharge((long)more)) return -1;
        if (!_reservation.TryCommit(before + more))
        {
            Store.Memory.Release((long)more);
            return -1;
        }

        _cell->ByteLength = before + more;
        return (long)pages;
    }
}
