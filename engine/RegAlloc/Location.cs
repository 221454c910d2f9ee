using System;

namespace Kiln.RegAlloc;

/// <summary>Where a value is: a physical register, a spill slot, or nowhere.</summary>
/// <remarks>Bits 30-31: 0 none, 1 register, 2 slot; bits 0-29: register index or slot number.</remarks>
public readonly record struct Location(uint Bits)
{
    private const uint RegisterTag = 1u << 30;
    private const uint SlotTag = 2u << 30;
    private const uint IndexMask = (1u << 30) - 1;

    /// <summary>Nowhere.</summary>
    public static Location None => default;

    /// <summary>A register.</summary>
    public static Location Of(PReg register) => new(RegisterTag | register.Index);

    /// <summary>A spill slot: <paramref name="unit"/> is its offset in the spill area in units of 8 bytes.</summary>
    public static Location Slot(int unit) => new(SlotTag | (uint)unit);

    /// <summary>True for <see cref="None"/>.</summary>
    public bool IsNone => Bits == 0;

    /// <summary>True for a register.</summary>
    public bool IsRegister => Bits >> 30 == 1;

    /// <summary>True for a spill slot.</summary>
    public bool IsSlot => Bits >> 30 == 2;

    /// <summary>The register; meaningless unless <see cref="IsRegister"/>.</summary>
    public PReg Register => new((byte)(Bits & IndexMask));

    /// <summary>Offset in the spill area in units of 8 bytes; meaningless unless <see cref="IsSlot"/>.</summary>
    public int SlotUnit => (int)(Bits & IndexMask);

    /// <summary>Offset in the spill area in bytes; meaningless unless <see cref="IsSlot"/>.</summary>
    public int SlotByteOffset => SlotUnit * 8;

    /// <summary>Spelling in dumps: <c>p3i</c>, <c>slot2</c>, <c>none</c>.</summary>
    public override string ToString() => IsNone ? "none" : IsRegister ? Register.ToString() : $"slot{SlotUnit}";
}
