using System;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt;

// In:  a function without unreachable blocks, and its graph.
// Out: the same function in which an i32 block parameter y is computed from another one x of its block, if every edge passes f(x's argument) to y,
//      or x and y themselves; f being at most three sums and shifts with constants, the same ones on all edges. No aliases in operands.
//
// Then y = f(x) holds at every entry of the block: on an edge of the first kind by what it passes, on one of the second kind because it held
// at the entry before. Compilers for stack machines keep an address beside the index that it comes from; where it is used,
// f is a part of an addressing mode more often than not, while a parameter is a register or a move on each edge.

/// <summary>Computes parameters that are functions of other parameters.</summary>
internal static class DerivedParamsPass
{
    private const int MaxSteps = 3;
    private const int MaxParams = 16; // pairs are compared

    private struct Step
    {
        public Opcode Op;
        public long Constant;
    }

    public static void Run(IrFunction func, ControlFlowGraph cfg)
    {
        bool changed = false;
        foreach (Block block in cfg.Preorder)
        {
            if (block == func.Layout.EntryBlock) continue;
            int count = func.Dfg.Params(block).Length;
            if (count is > 1 and <= MaxParams && cfg.Predecessors(block).Length > 1) changed |= RunBlock(func, block, cfg.Predecessors(block));
        }

        if (changed) func.ResolveAliases();
    }

    private static bool RunBlock(IrFunction func, Block block, ReadOnlySpan<PredecessorEdge> predecessors)
    {
        DataFlowGraph dfg = func.Dfg;
        Span<Step> steps = stackalloc Step[MaxSteps];
        bool changed = false;
        int count = dfg.Params(block).Length;
        for (int y = 0; y < count; y++)
        {
            if (dfg.TypeOf(dfg.Params(block)[y]) != IrType.I32 || !TryFind(dfg, dfg.Params(block), y, predecessors, steps, out int x, out int depth)) continue;
            Value value = dfg.Params(block)[x];
            Inst first = func.Layout.First(block);
            for (int i = depth - 1; i >= 0; i--) value = Append(func, steps[i], value, first);
            dfg.ReplaceWith(dfg.Params(block)[y], value);
            changed = true;
        }

        if (!changed) return false;
        foreach (PredecessorEdge edge in predecessors) RedundantParamsPass.DropArguments(dfg, dfg.Params(block), edge.CallIndex);
        dfg.DropAliasedParams(block);
        return true;
    }

    // The parameter that y is computed from, and how: steps[0] is done last.
    private static bool TryFind(DataFlowGraph dfg, ReadOnlySpan<Value> parameters, int y, ReadOnlySpan<PredecessorEdge> predecessors, Span<Step> steps, out int x, out int depth)
    {
        x = 0;
        depth = 0;
        foreach (PredecessorEdge edge in predecessors)
        {
            ReadOnlySpan<Value> args = dfg.Args(dfg.BlockCalls[edge.CallIndex]);
            Value value = dfg.Resolve(args[y]);
            if (value == parameters[y]) continue;
            while (depth < MaxSteps && TryStep(dfg, ref value, out steps[depth]))
            {
                depth++;
                for (x = 0; x < parameters.Length; x++)
                {
                    if (x == y || dfg.Resolve(args[x]) != value || dfg.Values[parameters[x]].Kind == ValueKind.Alias) continue;
                    if (HoldsOnAll(dfg, parameters, x, y, predecessors, steps[..depth])) return true;
                }
            }

            return false;
        }

        return false;
    }

    private static bool HoldsOnAll(DataFlowGraph dfg, ReadOnlySpan<Value> parameters, int x, int y, ReadOnlySpan<PredecessorEdge> predecessors, ReadOnlySpan<Step> steps)
    {
        foreach (PredecessorEdge edge in predecessors)
        {
            ReadOnlySpan<Value> args = dfg.Args(dfg.BlockCalls[edge.CallIndex]);
            Value from = dfg.Resolve(args[x]), value = dfg.Resolve(args[y]);
            if (from == parameters[x] && value == parameters[y]) continue;
            foreach (Step expected in steps)
            {
                if (!TryStep(dfg, ref value, out Step step) || step.Op != expected.Op || step.Constant != expected.Constant) return false;
            }

            if (value != from) return false;
        }

        return true;
    }

    // value = rest + c or rest << c: goes on to the rest.
    private static bool TryStep(DataFlowGraph dfg, ref Value value, out Step step)
    {
        step = default;
        Inst def = dfg.DefInst(value);
        if (def.IsNone()) return false;
        InstData data = dfg.Insts[def];
        if (data.Op is not (Opcode.Iadd or Opcode.Ishl)) return false;
        Inst constant = dfg.DefInst(data.B);
        if (constant.IsNone() || dfg.Op(constant) != Opcode.Iconst) return false;
        step = new Step { Op = data.Op, Constant = dfg.Insts[constant].Imm };
        value = dfg.Resolve(data.A);
        return true;
    }

    private static Value Append(IrFunction func, Step step, Value value, Inst before)
    {
        Value constant = Insert(func, ConstantData.Int(IrType.I32, step.Constant), before);
        return Insert(func, new InstData { Op = step.Op, Type = IrType.I32, A = value, B = constant }, before);
    }

    private static Value Insert(IrFunction func, in InstData data, Inst before)
    {
        Inst inst = func.Dfg.MakeInst(data, IrType.I32);
        func.Layout.InsertBefore(inst, before);
        func.SetSourceLoc(inst, func.SourceLocOf(before));
        return func.Dfg.FirstResult(inst);
    }
}
