using Kiln.Runtime.Platform;

namespace Kiln.Runtime.Stacks;

/// <summary>
/// One guest stack: a region of the arena's stack size, aligned to it; from below a guard, the usable part, and the
/// <see cref="Activation"/>. Owned by one store at a time.
/// </summary>
internal sealed unsafe class GuestStack
{
    private ulong _guard;

    /// <summary>Takes over a reserved, inaccessible region.</summary>
    public GuestStack(byte* start, ulong size)
    {
        Start = start;
        Size = size;
        _guard = size;
    }

    /// <summary>Lowest address of the region.</summary>
    public byte* Start { get; }

    /// <summary>Size of the region in bytes.</summary>
    public ulong Size { get; }

    /// <summary>The activation record at its top.</summary>
    public Activation* Activation => (Activation*)(Start + Size - Stacks.Activation.Size);

    /// <summary>First accessible address; what lies between <see cref="Start"/> and this is the guard.</summary>
    public byte* GuardEnd => Start + _guard;

    /// <summary>Makes the topmost <paramref name="usable"/> bytes, whole pages, accessible, and the rest guard.</summary>
    public void SetUsable(ulong usable)
    {
        ulong guard = Size - usable;
        if (guard < _guard) VirtualMemory.Commit(Start + guard, _guard - guard);
        else if (guard > _guard) VirtualMemory.Protect(Start + _guard, guard - _guard);
        _guard = guard;
    }

    /// <summary>Gives the memory of all pages back; done after a deep recursion.</summary>
    public void Trim() => VirtualMemory.Zero(GuardEnd, Size - _guard);
}
