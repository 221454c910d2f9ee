using System;
using System.Collections.Generic;
using System.Threading;
using Kiln.Runtime.Platform;

namespace Kiln.Runtime.Stacks;

/// <summary>
/// All guest stacks of an engine: one reservation, cut into regions of one size. That the regions lie together lets the
/// fault handler tell a guest's rsp from a thread's by two compares, before it dares to look for an
/// <see cref="Activation"/> there. Thread-safe.
/// </summary>
internal sealed unsafe class StackArena : IDisposable
{
    /// <summary>The guard below a stack is at least this large; frames up to a quarter of it need no probe.</summary>
    public const ulong MinimumGuard = 64 * 1024;

    private const ulong AddressSpace = 64UL << 30;

    private readonly Lock _gate = new();
    private readonly Stack<GuestStack> _free = new();
    private byte* _start;
    private ulong _used;

    /// <summary>Reserves address space for stacks of <paramref name="stackSize"/> bytes, a power of two.</summary>
    public StackArena(ulong stackSize)
    {
        StackSize = stackSize;
        Size = AddressSpace;
        _start = VirtualMemory.ReserveAligned(Size, stackSize);
    }

    ~StackArena() => Free();

    /// <summary>Size of one stack's region in bytes.</summary>
    public ulong StackSize { get; }

    /// <summary>Lowest address of the arena.</summary>
    public byte* Start => _start;

    /// <summary>Size of the arena in bytes.</summary>
    public ulong Size { get; }

    /// <summary>The most that <see cref="Rent"/> can make usable.</summary>
    public ulong MaximumUsable => StackSize - MinimumGuard;

    /// <summary>A stack with at least <paramref name="usable"/> usable bytes, or the largest there is.</summary>
    /// <exception cref="OutOfMemoryException">All stacks are in use.</exception>
    public GuestStack Rent(ulong usable)
    {
        usable = Math.Min(VirtualMemory.RoundUp(usable), MaximumUsable);
        GuestStack? stack;
        lock (_gate)
        {
            if (!_free.TryPop(out stack))
            {
                if (_used + StackSize > Size) throw new OutOfMemoryException("all guest stacks are in use");
                stack = new GuestStack(_start + _used, StackSize);
                _used += StackSize;
            }
        }

        stack.SetUsable(usable);
        return stack;
    }

    /// <summary>Gives a stack back that no guest runs on.</summary>
    public void Return(GuestStack stack, bool trim)
    {
        if (trim) stack.Trim();
        lock (_gate) _free.Push(stack);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_start != null) VirtualMemory.Release(_start, Size);
        _start = null;
    }
}
