using System.Runtime.CompilerServices;

namespace Kiln.Codegen.Ir;

/// <summary>
/// What is known about one load or store, in 32 bits: bit 0 notrap, bit 1 readonly, bit 2 canmove, bit 3 volatile, bit 4 poll,
/// bits 8-15 trap code, bits 16-31 region.
/// </summary>
public readonly record struct MemFlags(uint Bits)
{
    private const uint NoTrapBit = 1, ReadOnlyBit = 2, CanMoveBit = 4, VolatileBit = 8, PollBit = 16;

    /// <summary>A guest memory access in a region: a fault is trap <see cref="TrapCode.MemoryOutOfBounds"/>.</summary>
    public static MemFlags Guest(Region region) => default(MemFlags).WithTrap(TrapCode.MemoryOutOfBounds).WithRegion(region);

    /// <summary>An access that cannot fault, in a region.</summary>
    public static MemFlags Trusted(Region region) => new MemFlags(NoTrapBit).WithRegion(region);

    /// <summary>The access cannot fault where the program would execute it.</summary>
    public bool NoTrap => (Bits & NoTrapBit) != 0;

    /// <summary>Nothing that this function does or calls writes the location while the function runs.</summary>
    public bool ReadOnly => (Bits & ReadOnlyBit) != 0;

    /// <summary>With notrap: the address is valid wherever its operand is, so the load may be hoisted over branches.</summary>
    public bool CanMove => (Bits & CanMoveBit) != 0;

    /// <summary>
    /// Another thread may write the location at any time: each execution of the load reads it anew. It is never
    /// merged with another access, moved over a branch or removed. Never readonly.
    /// </summary>
    public bool Volatile => (Bits & VolatileBit) != 0;

    /// <summary>
    /// With volatile: the load looks out for what another thread will write some time. It may give what its last execution gave,
    /// as long as it is not for ever: once in a few iterations of a loop is enough.
    /// </summary>
    public bool Poll => (Bits & PollBit) != 0;

    /// <summary>A load with these flags is a pure function of its address: readonly and notrap.</summary>
    public bool IsPureLoad => (Bits & (NoTrapBit | ReadOnlyBit)) == (NoTrapBit | ReadOnlyBit);

    /// <summary>The trap that a fault means; none for notrap accesses.</summary>
    public TrapCode Trap => new((byte)(Bits >> 8));

    /// <summary>The region that the access stays in.</summary>
    public Region Region
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Bits >> 16);
    }

    /// <summary>These flags and notrap.</summary>
    public MemFlags WithNoTrap() => new((Bits | NoTrapBit) & ~0xFF00u);

    /// <summary>These flags and readonly.</summary>
    public MemFlags WithReadOnly() => new(Bits | ReadOnlyBit);

    /// <summary>These flags and canmove.</summary>
    public MemFlags WithCanMove() => new(Bits | CanMoveBit);

    /// <summary>These flags and volatile.</summary>
    public MemFlags WithVolatile() => new(Bits | VolatileBit);

    /// <summary>These flags, volatile and poll.</summary>
    public MemFlags WithPoll() => new(Bits | VolatileBit | PollBit);

    /// <summary>These flags with another trap code.</summary>
    public MemFlags WithTrap(TrapCode code) => new((Bits & ~0xFF00u & ~NoTrapBit) | (uint)code.Number << 8);

    /// <summary>These flags with another region; its id must be below 65536.</summary>
    public MemFlags WithRegion(Region region) => new((Bits & 0xFFFFu) | region.Id << 16);
}
