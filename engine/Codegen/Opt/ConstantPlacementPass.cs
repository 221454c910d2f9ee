using System;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt;

// In:  a function in which constants, and addresses of slots and functions, may be shared by all blocks.
// Out: each of them stands in the block that uses it, directly before the first use there, at most once in a
//      block; shared ones that nothing uses any more are gone.
//
// A constant costs an immediate or one instruction where it is used; kept in a register over a loop it costs
// a register, and a spill if there is none.

/// <summary>Places constants where they are used.</summary>
internal sealed class ConstantPlacementPass
{
    private struct Copy
    {
        public Block Block;
        public Value Value;
    }

    private readonly SideMap<Value, Copy> _copies = new(512);
    private readonly GrowList<Inst> _shared = new(64);

    public void Run(IrFunction func)
    {
        _copies.Fill(func.Dfg.Values.IdLimit, default);
        _shared.Clear();
        foreach (Block block in func.Layout.Blocks)
        {
            foreach (Inst inst in func.Layout.Insts(block))
            {
                if (IsPlaceable(func.Dfg.Op(inst)))
                {
                    // A copy made below stands in front of where the walk is and is not met again.
                    _shared.Add(inst);
                    continue;
                }

                PlaceOperands(func, block, inst);
            }
        }

        foreach (Inst inst in _shared) func.Layout.Remove(inst);
    }

    private static bool IsPlaceable(Opcode op) => op.IsConstant() || op is Opcode.StackAddr or Opcode.FuncAddr;

    private void PlaceOperands(IrFunction func, Block block, Inst user)
    {
        // Making an instruction may move the instruction table, so operands are reached anew after each copy.
        int count = func.Dfg.Operands(user).Length;
        for (int i = 0; i < count; i++)
        {
            Value operand = func.Dfg.Operands(user)[i];
            if (!NeedsCopy(func, operand)) continue;
            Value copy = CopyFor(func, block, user, operand);
            func.Dfg.Operands(user)[i] = copy;
        }

        foreach (ref BlockCall call in func.Dfg.Targets(user))
        {
            foreach (ref Value arg in func.Dfg.Args(call))
            {
                if (NeedsCopy(func, arg)) arg = CopyFor(func, block, user, arg);
            }
        }
    }

    private static bool NeedsCopy(IrFunction func, Value value)
    {
        Inst def = func.Dfg.DefInst(value);
        return !def.IsNone() && IsPlaceable(func.Dfg.Op(def));
    }

    private Value CopyFor(IrFunction func, Block block, Inst user, Value value)
    {
        ref Copy copy = ref _copies[value];
        if (copy.Block == block) return copy.Value;
        InstData data = func.Dfg.Insts[func.Dfg.DefInst(value)];
        Inst inst = func.Dfg.MakeInst(data, data.Type);
        func.Layout.InsertBefore(inst, user);
        func.SetSourceLoc(inst, func.SourceLocOf(user));
        copy = new Copy { Block = block, Value = func.Dfg.FirstResult(inst) };
        return copy.Value;
    }
}
