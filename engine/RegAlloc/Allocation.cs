// The register allocator's result: a location for each operand, the moves to insert, stack maps.

using System;
using Kiln.Foundation.Collections;

namespace Kiln.RegAlloc;

/// <summary>What an <see cref="Edit"/> does.</summary>
public enum EditKind : byte
{
    /// <summary>Copies <see cref="Edit.From"/> to <see cref="Edit.To"/>; never from slot to slot.</summary>
    Move,

    /// <summary>Exchanges two integer registers.</summary>
    Exchange,

    /// <summary>Repeats the def of <see cref="Edit.VReg"/> (a constant) into <see cref="Edit.To"/>, a register.</summary>
    Remat,
}

/// <summary>
/// One machine move to be inserted before an instruction. Edits of one instruction happen in list order, and
/// must not change flags.
/// </summary>
/// <param name="Inst">The instruction before which the edit happens.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Class">Class of the register that takes part.</param>
/// <param name="Units">Size of the value in units of 8 bytes: 1 (always all 64 bits) or 2.</param>
/// <param name="From">Source; <see cref="Location.None"/> for <see cref="EditKind.Remat"/>.</param>
/// <param name="To">Destination.</param>
/// <param name="VReg">
/// For <see cref="EditKind.Remat"/> the value to make. Else the virtual register that moves, or nothing where an edit is
/// one step of a longer move; only for dumps.
/// </param>
public readonly record struct Edit(InstIndex Inst, EditKind Kind, RegClass Class, byte Units, Location From, Location To, VReg VReg)
{
    /// <summary>Spelling in dumps: <c>p1i = slot2 (v7)</c>.</summary>
    public override string ToString() => Kind switch
    {
        EditKind.Move => $"{To} = {From} ({VReg})",
        EditKind.Exchange => $"{To} <-> {From}",
        EditKind.Remat => $"{To} = remat {VReg}",
    };
}

/// <summary>A reference that the garbage collector finds in a spill slot while a safepoint instruction runs.</summary>
public readonly record struct StackMapEntry(InstIndex Inst, Location Slot);

/// <summary>
/// The result of register allocation: a location for each operand and the moves to insert. Belongs to the
/// <see cref="RegAllocContext"/> that made it and is overwritten by its next run.
/// </summary>
public sealed class Allocation
{
    internal readonly GrowList<Location> OperandLocations = new(256);
    internal readonly GrowList<Edit> EditList = new(64);
    internal readonly GrowList<StackMapEntry> StackMapList = new();

    /// <summary>
    /// Locations, parallel to <see cref="IAllocatable.Operands"/>. <see cref="Location.None"/> occurs only for
    /// the def of a rematerializable virtual register that nothing reads: such an instruction is to be skipped.
    /// </summary>
    public ReadOnlySpan<Location> Locations => OperandLocations.Span;

    /// <summary>Moves to insert, in order of their instruction; those of one instruction happen one after the other.</summary>
    public ReadOnlySpan<Edit> Edits => EditList.Span;

    /// <summary>References in spill slots, in order of their instruction.</summary>
    public ReadOnlySpan<StackMapEntry> StackMap => StackMapList.Span;

    /// <summary>Size of the spill area in units of 8 bytes. The area is 16-byte aligned if any slot has two units.</summary>
    public int SpillAreaUnits { get; internal set; }

    /// <summary>Size of the spill area in bytes; a multiple of 8.</summary>
    public int SpillAreaBytes => SpillAreaUnits * 8;

    /// <summary>Number of spill slots.</summary>
    public int SpillSlotCount { get; internal set; }

    internal void Clear()
    {
        OperandLocations.Clear();
        EditList.Clear();
        StackMapList.Clear();
        SpillAreaUnits = 0;
        SpillSlotCount = 0;
    }
}
