using System.Threading;

namespace Kiln.Runtime.Stores;

// A store is used by one thread at a time, and a second one must get an error, not corruption. An atomic instruction at
// every entry would cost more than all the rest of a call, so a store belongs to the thread that used it last:
//
//   owner      Active = true;       then: is this cell still the store's?  if not, Active = false, slow path
//   newcomer   store's cell = mine; then: all processors order their memory accesses (membarrier);
//              then: is the old cell Active?  if so, put the old cell back and fail
//
// At least one of the two sees the other. Each thread only ever writes Active of a cell of its own, so the undoing of a
// lost race harms nobody. A store changes hands at the cost of one membarrier, some microseconds.
//
// A guest that waits without a thread leaves its store with the cell Parked, which is nobody's and always Active. It is put
// there, and replaced by the cell of the thread that goes on, inside the gate in which newcomers change the cell, so they see
// either; no thread takes the short way past Parked, so no barrier is needed.

/// <summary>Which thread a store belongs to, and whether it is inside. One object for each change of hands.</summary>
public sealed class StoreOwnership
{
    /// <summary>The ownership of a store that nobody can enter any more.</summary>
    internal static readonly StoreOwnership Dead = new(null);

    /// <summary>The ownership of a store whose guest waits without a thread. Nobody enters it but who goes on with the guest.</summary>
    internal static readonly StoreOwnership Parked = new(null) { _active = true };

    internal readonly Thread? Thread;
    private bool _active;

    internal StoreOwnership(Thread? thread) => Thread = thread;

    internal bool Active
    {
        get => Volatile.Read(ref _active);
        set => Volatile.Write(ref _active, value);
    }
}
