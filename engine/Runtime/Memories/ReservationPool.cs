using System;
using System.Collections.Generic;
using System.Threading;

namespace Kiln.Runtime.Memories;

/// <summary>
/// Reservations of the usual size, kept for the next instance: a munmap and mmap of 6 GiB cost more than the memory reset
/// that makes one as good as new. Thread-safe.
/// </summary>
internal sealed class ReservationPool(ulong capacity, ulong guard, int maximum) : IDisposable
{
    // A returned reservation keeps this much accessible: the next memory seldom starts smaller, and needs no mprotect.
    private const ulong KeepCommitted = 1 << 20;

    private readonly Lock _gate = new();
    private readonly Stack<MemoryReservation> _free = new();
    private bool _disposed;

    /// <summary>An empty reservation with the usual room; at most <paramref name="wanted"/> bytes of it are accessible.</summary>
    public MemoryReservation Rent(ulong wanted)
    {
        MemoryReservation? reservation;
        lock (_gate) _free.TryPop(out reservation);
        if (reservation is null) return new MemoryReservation(capacity, guard);
        reservation.Shrink(wanted);
        return reservation;
    }

    /// <summary>Takes a reservation back, or frees it if it is of another size or there are enough.</summary>
    public void Return(MemoryReservation reservation)
    {
        if (reservation.Capacity == capacity && reservation.Guard == guard)
        {
            reservation.Reset();
            reservation.Shrink(KeepCommitted);
            lock (_gate)
            {
                if (!_disposed && _free.Count < maximum)
                {
                    _free.Push(reservation);
                    return;
                }
            }
        }

        reservation.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_free.TryPop(out MemoryReservation? reservation)) reservation.Dispose();
        }
    }
}
