using System;
using Kiln.Foundation.Diagnostics;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// Reads the function once and fills the tables about it: blocks and loops, definitions, uses grouped by
/// virtual register in program order, calls, and the register points that fixed operands and clobbers reserve.
/// </summary>
/// <remarks>
/// A fixed operand does not constrain the live range of its virtual register. It reserves its register for a moment, and
/// the value is copied in before (a use) or out after (a def); the allocator then prefers that register, in
/// which case there is nothing to copy. In the same way a reused input is a copy into the def's register, which
/// the def holds from before the instruction.
/// After: all tables that <see cref="RegAllocContext"/> lists for this phase are complete and read-only.
/// </remarks>
internal static class FunctionScan
{
    private const float LoopFactor = 8f;
    private const int MaxWeightedDepth = 6;
    private const float ColdFactor = 1f / 64;

    public static void Run<TFunc>(in TFunc function, MachineEnv env, RegAllocContext context)
        where TFunc : struct, IAllocatable
    {
        ScanBlocks(function, context);
        FindLoops(function, context);
        CountUsesAndFindDefs(function, context);
        LayOutUses(function, context);
        CollectUses(function, env, context);
    }

    private static void ScanBlocks<TFunc>(in TFunc function, RegAllocContext context) where TFunc : struct, IAllocatable
    {
        int blockCount = function.BlockCount;
        int positions = function.InstCount + blockCount;
        context.Blocks.Resize(blockCount, default);
        context.BlockOfPosition.Resize(positions, 0);
        context.Reserved.Reset(2 * positions);
        context.Occupied.Reset(2 * positions);
        Span<BlockRow> blocks = context.Blocks.Span;
        Span<int> blockOf = context.BlockOfPosition.Span;
        for (int b = 0; b < blockCount; b++)
        {
            int start = function.BlockStart(new BlockIndex(b)).Value;
            int limit = b + 1 < blockCount ? function.BlockStart(new BlockIndex(b + 1)).Value : function.InstCount;
            if (limit <= start) EngineBug.Throw($"block{b} has no instruction");
            ref BlockRow block = ref blocks[b];
            block.Head = start + b;
            block.Limit = limit + b + 1;
            block.Loop = -1;
            block.Weight = EstimateWeight(function, blocks, b);
            block.WaysOn = CountWaysOn(function, b);
            block.SuccessorCount = function.Successors(new BlockIndex(b)).Length;
            block.PredecessorStart = context.Predecessors.Count;
            foreach (BlockIndex predecessor in function.Predecessors(new BlockIndex(b))) context.Predecessors.Add(predecessor.Value);
            block.PredecessorEnd = context.Predecessors.Count;
            blockOf[block.Head..block.Limit].Fill(b);
        }
    }

    /// <summary>
    /// Relative frequency of a block, from those of the blocks before it: a branch goes each way equally often, but
    /// hardly ever to a cold block, and leaves a loop after <see cref="LoopFactor"/> rounds.
    /// </summary>
    private static float EstimateWeight<TFunc>(in TFunc function, Span<BlockRow> blocks, int b) where TFunc : struct, IAllocatable
    {
        BlockIndex index = new(b);
        int depth = Math.Min(function.LoopDepth(index), MaxWeightedDepth);
        float atDepth = 1;
        for (int i = 0; i < depth; i++) atDepth *= LoopFactor;
        float weight = 0;
        bool cold = function.IsCold(index);
        foreach (BlockIndex predecessor in function.Predecessors(index))
        {
            if (predecessor.Value >= b) continue;
            float share = blocks[predecessor.Value].Weight;
            int from = Math.Min(function.LoopDepth(predecessor), MaxWeightedDepth);
            for (int d = depth; d < from; d++) share /= LoopFactor;
            for (int d = from; d < depth; d++) share *= LoopFactor;
            if (from <= depth && !cold) share /= blocks[predecessor.Value].WaysOn;
            weight += share;
        }

        if (weight == 0) weight = atDepth; // the entry, or a layout that puts a block before all it can be reached from
        if (cold) weight *= ColdFactor;
        return Math.Clamp(weight, atDepth * ColdFactor * ColdFactor, atDepth);
    }

    private static int CountWaysOn<TFunc>(in TFunc function, int b) where TFunc : struct, IAllocatable
    {
        int count = 0, depth = function.LoopDepth(new BlockIndex(b));
        foreach (BlockIndex successor in function.Successors(new BlockIndex(b)))
            if (!function.IsCold(successor) && function.LoopDepth(successor) >= depth) count++;
        return Math.Max(count, 1);
    }

    /// <summary>
    /// A loop is the stretch of layout from a block to the last block that jumps back to it. Jumps back from cold
    /// blocks do not count: these lie out of line at the end of the function.
    /// </summary>
    private static void FindLoops<TFunc>(in TFunc function, RegAllocContext context) where TFunc : struct, IAllocatable
    {
        Span<BlockRow> blocks = context.Blocks.Span;
        int current = -1;
        for (int b = 0; b < blocks.Length; b++)
        {
            int from = 2 * blocks[b].Head;
            while (current >= 0 && context.Loops[current].To <= from) current = context.Loops[current].Parent;

            int last = -1;
            if (function.LoopDepth(new BlockIndex(b)) > 0)
            {
                foreach (BlockIndex predecessor in function.Predecessors(new BlockIndex(b)))
                {
                    if (predecessor.Value >= b && predecessor.Value > last && !function.IsCold(predecessor)) last = predecessor.Value;
                }
            }

            if (last >= 0)
            {
                int to = 2 * blocks[last].Limit;
                for (int outer = current; outer >= 0 && context.Loops[outer].To < to; outer = context.Loops[outer].Parent)
                    context.Loops[outer].To = to;
                context.Loops.Add(new LoopRow { From = from, To = to, Parent = current });
                current = context.Loops.Count - 1;
            }

            blocks[b].Loop = current;
        }
    }

    private static void CountUsesAndFindDefs<TFunc>(in TFunc function, RegAllocContext context) where TFunc : struct, IAllocatable
    {
        context.VRegs.Resize(function.VRegLimit, new VRegRow
        {
            DefBlock = -1, DefOperand = -1, Bundle = -1, SpillSet = -1, NextInSet = -1, LastRegister = VRegRow.NoRegister,
        });
        Span<VRegRow> vregs = context.VRegs.Span;
        ReadOnlySpan<Operand> operands = function.Operands;
        Span<BlockRow> blocks = context.Blocks.Span;
        for (int b = 0; b < blocks.Length; b++)
        {
            BlockIndex index = new(b);
            int head = blocks[b].Head, limit = blocks[b].Limit;
            foreach (VReg parameter in function.BlockParams(index))
            {
                ref VRegRow row = ref Define(vregs, parameter, b, -1);
                row.Def = DefKind.Param;
                row.DefPoint = 2 * head;
            }

            int operand = function.OperandStart(new InstIndex(head - b));
            for (int position = head + 1; position < limit; position++)
            {
                int first = operand;
                int end = function.OperandStart(new InstIndex(position - b));
                for (; operand < end; operand++)
                {
                    Operand o = operands[operand];
                    if (!o.IsDef)
                    {
                        vregs[(int)o.VReg.Id].UseEnd++;
                        continue;
                    }

                    ref VRegRow row = ref Define(vregs, o.VReg, b, operand);
                    bool early = o.Position == OperandPosition.Early;
                    row.DefPoint = early ? 2 * position : 2 * position + 1;
                    switch (o.Constraint)
                    {
                        case OperandConstraint.Reg:
                            row.Def = DefKind.Reg;
                            break;
                        case OperandConstraint.Any:
                            row.Def = DefKind.Any;
                            break;
                        case OperandConstraint.Fixed:
                            row.Def = DefKind.Fixed;
                            row.FixedRegister = o.FixedRegister.Index;
                            row.DefPoint = 2 * position + 2;
                            break;
                        case OperandConstraint.Stack:
                            row.Def = DefKind.Stack;
                            row.NeedsSlot = true;
                            row.DefPoint = 2 * position + 2;
                            break;
                        case OperandConstraint.ReuseInput:
                            row.Def = DefKind.Reg;
                            row.DefPoint = 2 * position;
                            context.Reuses.Add(new ReuseRow(first + o.ReusedOperand, operand, position));
                            break;
                    }
                }
            }

            int successors = function.Successors(index).Length;
            for (int s = 0; s < successors; s++)
                foreach (VReg argument in function.BranchArgs(index, s)) vregs[(int)argument.Id].UseEnd++;
        }
    }

    private static ref VRegRow Define(Span<VRegRow> vregs, VReg vreg, int block, int operand)
    {
        ref VRegRow row = ref vregs[(int)vreg.Id];
        if (row.DefBlock >= 0) EngineBug.Throw($"{vreg} is defined twice");
        row.DefBlock = block;
        row.DefOperand = operand;
        return ref row;
    }

    /// <summary>Gives each virtual register its slice of the use table; <see cref="VRegRow.UseEnd"/> then counts up from the start.</summary>
    private static void LayOutUses<TFunc>(in TFunc function, RegAllocContext context) where TFunc : struct, IAllocatable
    {
        int total = 0;
        Span<VRegRow> vregs = context.VRegs.Span;
        for (int v = 1; v < vregs.Length; v++)
        {
            ref VRegRow row = ref vregs[v];
            int count = row.UseEnd;
            row.UseStart = row.UseEnd = total;
            total += count;
            if (row.DefBlock < 0)
            {
                if (count != 0) EngineBug.Throw($"v{v} is used but never defined");
                continue;
            }

            VReg vreg = new((uint)v);
            row.Class = function.ClassOf(vreg);
            row.Units = (byte)function.SlotUnits(vreg);
            row.Remat = row.Def is DefKind.Reg or DefKind.Any && function.IsRematerializable(vreg);
        }

        context.Uses.Resize(total, default);
    }

    private static void CollectUses<TFunc>(in TFunc function, MachineEnv env, RegAllocContext context) where TFunc : struct, IAllocatable
    {
        Span<VRegRow> vregs = context.VRegs.Span;
        Span<UseRow> uses = context.Uses.Span;
        Span<BlockRow> blocks = context.Blocks.Span;
        ReadOnlySpan<Operand> operands = function.Operands;
        ReadOnlySpan<ReuseRow> reuses = context.Reuses.Span;
        OccupancyTree reserved = context.Reserved;
        context.Output.OperandLocations.Resize(operands.Length, Location.None);
        Span<Location> locations = context.Output.OperandLocations.Span;
        ulong allocatable = (env.IntRegisters | env.FloatRegisters).Bits;
        int reuse = 0;

        for (int b = 0; b < blocks.Length; b++)
        {
            BlockIndex index = new(b);
            int head = blocks[b].Head, limit = blocks[b].Limit;
            float weight = blocks[b].Weight;
            int successors = function.Successors(index).Length;
            int operand = function.OperandStart(new InstIndex(head - b));
            for (int position = head + 1; position < limit; position++)
            {
                int end = function.OperandStart(new InstIndex(position - b));
                int reuseEnd = reuse;
                while (reuseEnd < reuses.Length && reuses[reuseEnd].Position == position) reuseEnd++;
                bool readsLate = position == limit - 1 && successors != 0;
                ulong lateFixed = 0;
                for (; operand < end; operand++)
                {
                    Operand o = operands[operand];
                    OperandConstraint constraint = o.Constraint;
                    bool late = o.Position == OperandPosition.Late;
                    if (constraint == OperandConstraint.Fixed)
                    {
                        PReg register = o.FixedRegister;
                        ulong bit = 1UL << register.Index;
                        locations[operand] = Location.Of(register);
                        if (!late || !o.IsDef) reserved.Mark(bit, 2 * position);
                        if (late || o.IsDef) reserved.Mark(bit, 2 * position + 1);
                        if (o.IsDef) lateFixed |= bit;
                    }

                    if (o.IsDef) continue;

                    UseRow use = new() { Operand = operand, Weight = weight };
                    switch (constraint)
                    {
                        case OperandConstraint.Fixed:
                            use.Kind = UseKind.Fixed;
                            use.Register = o.FixedRegister.Index;
                            use.Point = 2 * position - 1;
                            break;
                        case OperandConstraint.Stack:
                            use.Kind = UseKind.Stack;
                            use.Point = late ? 2 * position + 1 : 2 * position;
                            vregs[(int)o.VReg.Id].NeedsSlot = true;
                            break;
                        default: // Any or Reg: a def cannot get here, so neither can ReuseInput
                            use.Kind = constraint == OperandConstraint.Reg ? UseKind.Reg : UseKind.Any;
                            use.Point = late || readsLate ? 2 * position + 1 : 2 * position;
                            for (int r = reuse; r < reuseEnd; r++)
                            {
                                if (reuses[r].Use != operand) continue;
                                use.Kind = UseKind.Reused;
                                use.Operand = reuses[r].Def;
                                use.Point = 2 * position - 1;
                            }

                            break;
                    }

                    AddUse(ref vregs[(int)o.VReg.Id], uses, use, b);
                }

                reuse = reuseEnd;
                ulong clobbers = function.Clobbers(new InstIndex(position - b - 1)).Bits;
                if (clobbers != 0)
                {
                    reserved.Mark(clobbers & ~lateFixed, 2 * position + 1);
                    if ((allocatable & ~(clobbers | lateFixed)) == 0) context.Calls.Add(position);
                }
            }

            for (int s = 0; s < successors; s++)
            {
                ReadOnlySpan<VReg> arguments = function.BranchArgs(index, s);
                if (arguments.IsEmpty) continue;
                ReadOnlySpan<VReg> parameters = function.BlockParams(function.Successors(index)[s]);
                if (parameters.Length != arguments.Length) EngineBug.Throw($"block{b} passes {arguments.Length} arguments for {parameters.Length} parameters");
                for (int i = 0; i < arguments.Length; i++)
                {
                    AddUse(ref vregs[(int)arguments[i].Id], uses, new UseRow
                    {
                        Kind = UseKind.BranchArg, Operand = (int)parameters[i].Id, Point = 2 * limit - 1, Weight = weight,
                    }, b);
                }
            }
        }

        for (int v = 1; v < vregs.Length; v++)
            if (vregs[v].NeedsSlot) vregs[v].Remat = false;
    }

    private static void AddUse(ref VRegRow row, Span<UseRow> uses, in UseRow use, int block)
    {
        if (row.DefBlock != block) row.Global = true;
        int at = row.UseEnd++;
        // The operands of one instruction read at up to three different points, in any order.
        while (at > row.UseStart && uses[at - 1].Point > use.Point)
        {
            uses[at] = uses[at - 1];
            at--;
        }

        uses[at] = use;
    }
}
