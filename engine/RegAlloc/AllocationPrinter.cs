using System;
using System.Text;

namespace Kiln.RegAlloc;

/// <summary>Prints a function as operands together with its allocation, for dumps and file tests.</summary>
public static class AllocationPrinter
{
    /// <summary>
    /// One line per block, instruction and edit. An operand reads <c>use v3 @early reg = p2i</c>.
    /// Without an allocation only the input is printed.
    /// </summary>
    public static string Print<TFunc>(in TFunc function, Allocation? allocation = null) where TFunc : struct, IAllocatable
    {
        StringBuilder text = new();
        int edit = 0;
        for (int b = 0; b < function.BlockCount; b++)
        {
            BlockIndex block = new(b);
            PrintHead(text, function, block);
            int end = b + 1 < function.BlockCount ? function.BlockStart(new BlockIndex(b + 1)).Value : function.InstCount;
            for (int inst = function.BlockStart(block).Value; inst < end; inst++)
            {
                if (allocation is not null)
                {
                    for (; edit < allocation.Edits.Length && allocation.Edits[edit].Inst.Value == inst; edit++)
                        text.Append("      ; ").Append(allocation.Edits[edit].ToString()).Append('\n');
                }

                PrintInst(text, function, allocation, inst);
            }

            PrintBranch(text, function, block);
        }

        if (allocation is not null) text.Append($"; spill area: {allocation.SpillAreaBytes} bytes, {allocation.SpillSlotCount} slots, {allocation.Edits.Length} edits\n");
        return text.ToString();
    }

    private static void PrintHead<TFunc>(StringBuilder text, in TFunc function, BlockIndex block) where TFunc : struct, IAllocatable
    {
        text.Append(block.ToString()).Append('(');
        AppendList(text, function.BlockParams(block));
        text.Append("):");
        if (function.LoopDepth(block) != 0) text.Append(" depth ").Append(function.LoopDepth(block));
        if (function.IsCold(block)) text.Append(" cold");
        text.Append('\n');
    }

    private static void PrintInst<TFunc>(StringBuilder text, in TFunc function, Allocation? allocation, int inst) where TFunc : struct, IAllocatable
    {
        text.Append($"  inst{inst}:");
        int start = function.OperandStart(new InstIndex(inst)), end = function.OperandStart(new InstIndex(inst + 1));
        for (int o = start; o < end; o++)
        {
            text.Append(o == start ? " " : ", ").Append(function.Operands[o].ToString());
            if (allocation is not null) text.Append(" = ").Append(allocation.Locations[o].ToString());
        }

        PRegSet clobbers = function.Clobbers(new InstIndex(inst));
        if (!clobbers.IsEmpty) text.Append($"; clobbers {clobbers.Count}");
        text.Append('\n');
    }

    private static void PrintBranch<TFunc>(StringBuilder text, in TFunc function, BlockIndex block) where TFunc : struct, IAllocatable
    {
        ReadOnlySpan<BlockIndex> successors = function.Successors(block);
        for (int s = 0; s < successors.Length; s++)
        {
            text.Append("  -> ").Append(successors[s].ToString()).Append('(');
            AppendList(text, function.BranchArgs(block, s));
            text.Append(")\n");
        }
    }

    private static void AppendList(StringBuilder text, ReadOnlySpan<VReg> vregs)
    {
        for (int i = 0; i < vregs.Length; i++) text.Append(i == 0 ? "" : ", ").Append(vregs[i].ToString());
    }
}
