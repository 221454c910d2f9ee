using System;

namespace Kiln.Wasi.FileSystem;

/// <summary>
/// Where the bytes that files hold are accounted: a store's memory limit. A refused charge becomes ENOSPC
/// in the guest.
/// </summary>
/// <param name="tryCharge">Takes bytes from the budget, or returns false and takes none.</param>
/// <param name="release">Gives bytes back.</param>
public sealed class MemoryBudget(Func<long, bool> tryCharge, Action<long> release)
{
    /// <summary>Bytes held now.</summary>
    public long Held { get; private set; }

    /// <summary>Moves the charge of one holder from <paramref name="before"/> to <paramref name="after"/> bytes; false if refused.</summary>
    public bool TryChange(long before, long after)
    {
        long delta = after - before;
        if (delta > 0 && !tryCharge(delta)) return false;
        if (delta < 0) release(-delta);
        Held += delta;
        return true;
    }
}
