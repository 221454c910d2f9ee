using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;

namespace Kiln.Runtime.Memories;

/// <summary>
/// A linear memory of a store, or a shared memory as one store has it. It grows by making more of its reservation accessible, and
/// moves to a reservation twice as large when that is used up, which only happens to 64-bit memories that are not shared (see
/// <see cref="MemoryType.MaxBytes"/>). The pair {address, length} that compiled code reads lies in the defining instance's VM
/// context, in a block of its own, or with what is shared.
/// </summary>
public sealed unsafe class LinearMemory
{
    private readonly VmMemory* _cell;
    private MemoryReservation _reservation;
    private List<MemoryReservation>? _former;

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

    /// <summary>A shared memory as one more store has it.</summary>
    internal LinearMemory(GuestStore store, SharedLinearMemory shared)
    {
        shared.Acquire(store.Memory);
        Store = store;
        Shared = shared;
        Type = shared.Type;
        _cell = shared.Cell;
        _reservation = shared.Reservation;
    }

    /// <summary>The store it belongs to.</summary>
    public GuestStore Store { get; }

    /// <summary>What it shares with other stores, or null.</summary>
    public SharedLinearMemory? Shared { get; }

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
            return Length;
        }
    }

    /// <summary>Size in pages of the memory's page size.</summary>
    public ulong PageCount => ByteCount >> Type.PageSizeLog2;

    internal VmMemory* Cell => _cell;

    // Another thread may grow a shared memory at any time.
    internal ulong Length => Volatile.Read(ref _cell->ByteLength);

    internal MemoryReservation Reservation => _reservation;

    /// <summary>
    /// Part of the memory; false if it is not all inside. Until the store is disposed it can be accessed, but once the memory has
    /// moved it is not the memory any more, and was all zero then.
    /// </summary>
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

    /// <summary>Gives back its address space, in the disposal of its store.</summary>
    internal void Free()
    {
        if (_former is not null)
        {
            foreach (MemoryReservation former in _former) former.Dispose();
        }

        Store.Runtime.ReturnMemory(_reservation);
    }

    /// <summary>Grows by pages; the pages before, or -1 if a limit or the machine does not allow it.</summary>
    public long Grow(ulong delta)
    {
        if (Shared is { } shared) return shared.Grow(delta);
        ulong before = _cell->ByteLength;
        ulong pages = before >> Type.PageSizeLog2;
        ulong most = Math.Min(Type.Limits.Max ?? Type.MaxPages, Type.MaxPages);
        if (delta > most || pages > most - delta) return -1;
        if (delta == 0) return (long)pages;
        if (delta > (ulong.MaxValue >> Type.PageSizeLog2) - pages) return -1;
        ulong more = delta << Type.PageSizeLog2;
        if (before + more > long.MaxValue) return -1;
        if (!Store.Memory.TryCharge((long)more)) return -1;
        if (!TryCommit(before + more))
        {
            Store.Memory.Release((long)more);
            return -1;
        }

        _cell->ByteLength = before + more;
        return (long)pages;
    }

    // Reservations double, so that growing page by page takes a time linear in the final size.
    private bool TryCommit(ulong bytes)
    {
        if (bytes <= _reservation.Capacity) return _reservation.TryCommit(bytes);
        if (!MemoryReservation.TryCreate(Math.Min(Type.MaxBytes, Math.Max(bytes, _reservation.Capacity * 2)), _reservation.Guard, out MemoryReservation? larger)
            && !MemoryReservation.TryCreate(bytes, _reservation.Guard, out larger)) return false;
        if (!larger.TryCommit(bytes))
        {
            larger.Dispose();
            return false;
        }

        // Where it was stays accessible, untouched pages that take no memory: the host may still have spans of it. As reservations
        // double, all of them together are no larger than the present one.
        (_former ??= []).Add(_reservation);
        larger.TakeContentOf(_reservation);
        _reservation = larger;
        _cell->Base = larger.Base;
        return true;
    }
}
