using System;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt;

// In:  a function, its graph, no unreachable blocks.
// Out: only instructions that do something or whose results something needs, only block parameters that
//      something needs (values passed round a loop for nothing are gone); no aliases in operands.
//
// Optimistic marking: everything is dead until an instruction with effects needs it. A parameter that is
// needed needs the arguments of all predecessors. Linear in instructions and arguments.

/// <summary>Removes what nothing needs.</summary>
internal sealed class DeadCodePass
{
    private readonly SideMap<Value, bool> _needed = new(512);
    private readonly GrowList<Value> _work = new(128);

    public void Run(IrFunction func, ControlFlowGraph cfg)
    {
        _needed.Clear(func.Dfg.Values.IdLimit);
        _work.Clear();
        MarkRoots(func);
        while (_work.Count != 0) MarkOperandsOf(func, cfg, _work.Pop());
        Sweep(func, cfg);
    }

    private void Mark(DataFlowGraph dfg, ref Value value)
    {
        value = dfg.Resolve(value);
        ref bool needed = ref _needed[value];
        if (needed) return;
        needed = true;
        _work.Add(value);
    }

    private void MarkRoots(IrFunction func)
    {
        foreach (Block block in func.Layout.Blocks)
        {
            foreach (Inst inst in func.Layout.Insts(block))
            {
                if (InstEffects.IsRemovable(func.Dfg, inst)) continue;
                foreach (ref Value operand in func.Dfg.Operands(inst)) Mark(func.Dfg, ref operand);
            }
        }
    }

    private void MarkOperandsOf(IrFunction func, ControlFlowGraph cfg, Value value)
    {
        DataFlowGraph dfg = func.Dfg;
        ValueData data = dfg.Values[value];
        if (data.Kind == ValueKind.Param)
        {
            foreach (PredecessorEdge edge in cfg.Predecessors(new Block(data.Owner)))
            {
                Mark(dfg, ref dfg.Args(dfg.BlockCalls[edge.CallIndex])[data.Number]);
            }

            return;
        }

        foreach (ref Value operand in dfg.Operands(new Inst(data.Owner))) Mark(dfg, ref operand);
    }

    private void Sweep(IrFunction func, ControlFlowGraph cfg)
    {
        DataFlowGraph dfg = func.Dfg;
        foreach (Block block in func.Layout.Blocks)
        {
            if (block != func.Layout.EntryBlock) DropParams(dfg, block, cfg.Predecessors(block));
            foreach (Inst inst in func.Layout.Insts(block))
            {
                if (InstEffects.IsRemovable(dfg, inst) && !_needed[dfg.FirstResult(inst)]) func.Layout.Remove(inst);
            }
        }
    }

    private void DropParams(DataFlowGraph dfg, Block block, ReadOnlySpan<PredecessorEdge> predecessors)
    {
        Span<Value> parameters = dfg.Params(block);
        int needed = 0;
        foreach (Value param in parameters) needed += _needed[param] ? 1 : 0;
        if (needed == parameters.Length) return;

        foreach (PredecessorEdge edge in predecessors)
        {
            ref BlockCall call = ref dfg.BlockCalls[edge.CallIndex];
            Span<Value> args = dfg.Args(call);
            int kept = 0;
            for (int i = 0; i < args.Length; i++)
            {
                if (_needed[parameters[i]]) args[kept++] = args[i];
            }

            dfg.BlockArgPool.Truncate(ref call.Args, kept);
        }

        int keptParams = 0;
        foreach (Value param in parameters)
        {
            if (!_needed[param]) continue;
            dfg.Values[param].Number = keptParams;
            parameters[keptParams++] = param;
        }

        dfg.BlockArgPool.Truncate(ref dfg.BlockParams[block], keptParams);
    }
}
