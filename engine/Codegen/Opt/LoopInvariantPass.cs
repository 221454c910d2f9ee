using System;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Opt.Memory;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt;

// In:  a function with its graph, dominators, loops and what loops write.
// Out: pure computations stand in front of the outermost loop that does not change their operands; so do
//      loads that cannot trap wherever they stand, of regions that the loop does not write. True if blocks
//      were added, which makes the graph stale.
//
// Blocks are visited with dominators first, so operands have moved before their users and one look at where
// they are defined now is enough. Constants do not move for their own sake, but go along with their users.
// A loop that is not entered by a jump from one place gets a preheader when the first instruction leaves it.
// What equals something that went to the same preheader before is replaced by it: two loops next to each other
// in an outer loop often read the same field. No aliases in operands afterwards.

/// <summary>Moves loop-invariant computations out of loops.</summary>
internal sealed class LoopInvariantPass
{
    private readonly SideMap<Loop, Block> _preheaders = new(16);
    private readonly ScopedInstTable _hoisted = new();
    private IrFunction _func = null!;
    private ControlFlowGraph _cfg = null!;
    private DominatorTree _dominators = null!;
    private LoopAnalysis _loops = null!;
    private LoopMemoryEffects _memory = null!;
    private bool _addedBlocks;
    private bool _merged;

    public bool Run(IrFunction func, OptContext context)
    {
        _func = func;
        _cfg = context.Cfg;
        _dominators = context.Dominators;
        _loops = context.Loops;
        _memory = context.LoopMemory;
        _addedBlocks = false;
        _merged = false;
        _hoisted.Clear();
        _preheaders.Fill(_loops.Count + 1, default);
        foreach (Block block in _dominators.TreePreorder)
        {
            Loop loop = _loops.InnermostLoop(block);
            if (loop.IsNone()) continue;
            foreach (Inst inst in func.Layout.Insts(block))
            {
                if (_merged) func.Dfg.ResolveOperands(inst);
                Loop outermost = OutermostInvariant(inst, loop);
                if (!outermost.IsNone()) Hoist(inst, outermost);
            }
        }

        if (_merged) func.ResolveAliases();
        return _addedBlocks;
    }

    // The outermost loop in which the instruction does the same in every iteration, or none.
    private Loop OutermostInvariant(Inst inst, Loop loop)
    {
        DataFlowGraph dfg = _func.Dfg;
        ref InstData data = ref dfg.Insts[inst];
        if (IsPlacedLater(data.Op)) return default;
        bool isLoad = false;
        if (!InstEffects.IsPure(dfg, inst))
        {
            isLoad = (data.Op.Effects() & Effects.Load) != 0 && data.MemFlags.NoTrap && data.MemFlags.CanMove && !data.MemFlags.Volatile;
            if (!isLoad) return default;
        }

        Loop best = default;
        for (; !loop.IsNone(); loop = _loops.Parent(loop))
        {
            if (isLoad && _memory.MayWrite(loop, data.MemFlags)) break;
            if (!AreOperandsInvariant(inst, loop)) break;
            best = loop;
        }

        return best;
    }

    private bool AreOperandsInvariant(Inst inst, Loop loop)
    {
        DataFlowGraph dfg = _func.Dfg;
        foreach (Value operand in dfg.Operands(inst))
        {
            ref ValueData value = ref dfg.Values[operand];
            Block home;
            if (value.Kind == ValueKind.Param)
            {
                home = new Block(value.Owner);
            }
            else
            {
                var def = new Inst(value.Owner);
                if (IsPlacedLater(dfg.Op(def))) continue;
                home = _func.Layout.BlockOf(def);
            }

            if (_loops.Contains(loop, home)) return false;
        }

        return true;
    }

    private static bool IsPlacedLater(Opcode op) => op.IsConstant() || op is Opcode.StackAddr or Opcode.FuncAddr;

    private void Hoist(Inst inst, Loop loop)
    {
        Block preheader = PreheaderOf(loop);
        InstData data = _func.Dfg.Insts[inst];
        Value result = _func.Dfg.FirstResult(inst);
        if (_hoisted.TryFind(data, out Value same) && _func.Layout.BlockOf(_func.Dfg.DefInst(same)) == preheader)
        {
            _func.Dfg.ReplaceWith(result, same);
            _func.Layout.Remove(inst);
            _merged = true;
            return;
        }

        _hoisted.Add(data, result);
        Inst end = _func.Layout.Last(preheader);
        foreach (Value operand in _func.Dfg.Operands(inst))
        {
            Inst def = _func.Dfg.DefInst(operand);
            if (!def.IsNone() && IsPlacedLater(_func.Dfg.Op(def)) && _loops.Contains(loop, _func.Layout.BlockOf(def))) Move(def, end);
        }

        Move(inst, end);
    }

    private void Move(Inst inst, Inst before)
    {
        _func.Layout.Remove(inst);
        _func.Layout.InsertBefore(inst, before);
    }

    private Block PreheaderOf(Loop loop)
    {
        ref Block preheader = ref _preheaders[loop];
        if (preheader.IsNone()) preheader = FindPreheader(loop);
        return preheader;
    }

    private Block FindPreheader(Loop loop)
    {
        Block header = _loops.Header(loop);
        Block only = default;
        int entries = 0;
        foreach (PredecessorEdge edge in _cfg.Predecessors(header))
        {
            if (_dominators.Dominates(header, edge.From)) continue;
            only = edge.From;
            entries++;
        }

        if (entries == 1 && _func.Dfg.Op(_func.Layout.Last(only)) == Opcode.Jump) return only;
        return AddPreheader(loop, header);
    }

    // A block with parameters like the header's, to which all edges from outside of the loop go.
    private Block AddPreheader(Loop loop, Block header)
    {
        DataFlowGraph dfg = _func.Dfg;
        Block preheader = dfg.MakeBlock();
        int count = dfg.Params(header).Length;
        for (int i = 0; i < count; i++) dfg.AppendParam(preheader, dfg.TypeOf(dfg.Params(header)[i]));
        foreach (PredecessorEdge edge in _cfg.Predecessors(header))
        {
            if (!_dominators.Dominates(header, edge.From)) dfg.BlockCalls[edge.CallIndex].Target = preheader;
        }

        int call = dfg.AddBlockCall(header, dfg.Params(preheader));
        Inst jump = dfg.MakeInst(new InstData { Op = Opcode.Jump, FirstTarget = call, TargetCount = 1 });
        _func.Layout.InsertAfter(preheader, _func.Layout.Previous(header));
        _func.Layout.Append(jump, preheader);
        _func.Layout.SetCold(preheader, _func.Layout.IsCold(header));
        _func.SetSourceLoc(jump, _func.SourceLocOf(_func.Layout.First(header)));
        _loops.AddBlock(preheader, _loops.Parent(loop));
        _addedBlocks = true;
        return preheader;
    }
}
