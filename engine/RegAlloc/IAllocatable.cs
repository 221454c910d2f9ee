using System;

namespace Kiln.RegAlloc;

/// <summary>
/// A function as the register allocator sees it: blocks of instructions, each instruction a list of operands.
/// Implemented by a small struct around the real thing, so that the JIT specialises the allocator for it.
/// Nothing of the function changes while the allocator runs, nor through it.
/// </summary>
/// <remarks>
/// Input invariants, all checked by <see cref="Checking.AllocationChecker"/>:
/// <list type="bullet">
/// <item>Blocks lie in layout order and cover the instructions without holes; each has at least one
/// instruction, the last one is its terminator (branch, return, trap).</item>
/// <item>Block 0 is the entry; it has no predecessor and no parameter. Arguments of the function are defs of
/// an instruction. Every block is reachable from the entry.</item>
/// <item>SSA: each virtual register that is used has exactly one def (an operand or a block parameter), which
/// dominates its uses.</item>
/// <item>No critical edge: an edge from a block with several successors leads to a block with one predecessor.
/// A successor that is listed twice counts as two edges.</item>
/// <item>A terminator has no def; the terminator of a block with exactly one successor has no operand at all.
/// Branch arguments are not operands.</item>
/// <item>Fixed operands of one instruction do not contradict each other: at one moment a register belongs to
/// one virtual register. The same virtual register may be used in several fixed registers at once.</item>
/// <item>An instruction does not ask for more registers of a class at one moment than the machine has.</item>
/// <item>A use that a def reuses is early and asks for <see cref="OperandConstraint.Reg"/> or
/// <see cref="OperandConstraint.Any"/>; at most one def of an instruction reuses a given use, and both are of
/// the same class. It is reported in the def's register.</item>
/// </list>
/// </remarks>
public interface IAllocatable
{
    /// <summary>Number of instructions.</summary>
    int InstCount { get; }

    /// <summary>Number of blocks; at least 1.</summary>
    int BlockCount { get; }

    /// <summary>One more than the largest <see cref="VReg.Id"/>.</summary>
    int VRegLimit { get; }

    /// <summary>First instruction of a block. It ends where the next one (or the function) ends.</summary>
    InstIndex BlockStart(BlockIndex block);

    /// <summary>Blocks that control can go to at the end of <paramref name="block"/>, in the order of the branch's targets.</summary>
    ReadOnlySpan<BlockIndex> Successors(BlockIndex block);

    /// <summary>Blocks that control can come from, one entry per edge.</summary>
    ReadOnlySpan<BlockIndex> Predecessors(BlockIndex block);

    /// <summary>Virtual registers defined at the start of a block by the edge it was entered through.</summary>
    ReadOnlySpan<VReg> BlockParams(BlockIndex block);

    /// <summary>Values for the parameters of successor number <paramref name="successor"/>, passed at the end of <paramref name="block"/>.</summary>
    ReadOnlySpan<VReg> BranchArgs(BlockIndex block, int successor);

    /// <summary>Number of loops around a block; scales the cost of a spill by about 8 for each.</summary>
    int LoopDepth(BlockIndex block);

    /// <summary>True for a block that hardly ever runs (on the way to a trap, a slow path). Best laid out at the end.</summary>
    bool IsCold(BlockIndex block);

    /// <summary>All operands of the function, instruction after instruction.</summary>
    ReadOnlySpan<Operand> Operands { get; }

    /// <summary>
    /// Where the operands of an instruction start within <see cref="Operands"/>; they end where those of the
    /// next instruction start. Also answers for <see cref="InstCount"/>: the number of operands.
    /// </summary>
    int OperandStart(InstIndex inst);

    /// <summary>
    /// Registers that hold garbage after the instruction, besides its defs. A register of a late fixed def may be named too
    /// and is then not regarded as clobbered.
    /// </summary>
    PRegSet Clobbers(InstIndex inst);

    /// <summary>Register file of a virtual register.</summary>
    RegClass ClassOf(VReg vreg);

    /// <summary>Size of its spill slot in units of 8 bytes: 1, or 2 (16-byte aligned) for a 128-bit vector.</summary>
    int SlotUnits(VReg vreg);

    /// <summary>
    /// True if the def can be repeated anywhere from nothing (a constant): the value is then never stored, but
    /// made again by an <see cref="EditKind.Remat"/> edit, which must not touch flags.
    /// </summary>
    bool IsRematerializable(VReg vreg);

    /// <summary>True if any virtual register holds a reference that the garbage collector must find.</summary>
    bool HasReferences { get; }

    /// <summary>True for a virtual register that holds a reference; asked only if <see cref="HasReferences"/>.</summary>
    bool IsReference(VReg vreg);

    /// <summary>
    /// True for an instruction during which references must be listed in a stack map (a call that can collect);
    /// it clobbers all registers. Asked only if <see cref="HasReferences"/>.
    /// </summary>
    bool IsSafepoint(InstIndex inst);
}
