using System;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt;

// In:  a function with its graph, dominators and loops; every instruction has its place, which is before EGraphPass, so that rules see the selections.
// Out: the same function, in which a branch whose sides meet at once and cost next to nothing is a jump with selected
//      arguments. A side is the way to the meeting block itself, or a block on it that nothing else enters, of pure
//      instructions only: these go in front of the branch. If Run gives true, the graph is stale, blocks may be
//      mergeable and conditions dead.
//
// A wrong guess of a branch costs some twenty cycles, a conditional move one; but a guess breaks a chain of dependent
// computations, which a conditional move makes longer. So where the condition depends on what was chosen in an
// earlier iteration of the loop (a binary search, a counter that wraps round), the branch stays; as do those that
// cost more than they are likely to bring, those with a cold side, and those that decide where a loop goes on.
// Blocks are visited in postorder, so that an inner conversion may be the side of an outer one.

/// <summary>Turns branches between sides that cost next to nothing into selections.</summary>
internal sealed class IfConversionPass
{
    // Instructions that are executed in addition, selections included.
    private const int MaxCost = 3;
    private const int TooMuch = MaxCost + 1;

    // Values looked at to find out whether one depends on another around a loop.
    private const int MaxVisited = 64;

    private readonly UseCounts _uses = new();
    private readonly SideMap<Value, int> _visited = new(512);
    private readonly GrowList<Value> _work = new(64);
    private int _visit;
    private IrFunction _func = null!;
    private DataFlowGraph _dfg = null!;
    private ControlFlowGraph _cfg = null!;
    private DominatorTree _dominators = null!;
    private LoopAnalysis _loops = null!;

    public bool Run(IrFunction func, ControlFlowGraph cfg, DominatorTree dominators, LoopAnalysis loops)
    {
        _func = func;
        _dfg = func.Dfg;
        _cfg = cfg;
        _dominators = dominators;
        _loops = loops;
        _uses.ComputeWhenAsked(func); // few functions have a branch of the right shape
        _visit = 0;
        bool changed = false;
        foreach (Block block in _cfg.Postorder)
        {
            if (!_func.Layout.IsInserted(block)) continue; // a side that is gone
            Inst last = _func.Layout.Last(block);
            if (_dfg.Op(last) == Opcode.Brif) changed |= TryConvert(block, last);
        }

        return changed;
    }

    private bool TryConvert(Block block, Inst brif)
    {
        BlockCall yes = _dfg.Targets(brif)[0], no = _dfg.Targets(brif)[1];
        if (!TryMeet(ref yes, ref no, out Block yesSide, out Block noSide)) return false;
        Block join = yes.Target;
        if (_func.Layout.IsCold(block) || _func.Layout.IsCold(join)) return false;
        if (_loops.IsHeader(join) || _loops.InnermostLoop(join) != _loops.InnermostLoop(block)) return false;
        if (!IsWorthwhile(block, brif, yes, no)) return false;

        MoveInFrontOf(brif, yesSide);
        MoveInFrontOf(brif, noSide);
        Value condition = _dfg.Insts[brif].A;
        int count = _dfg.Args(yes).Length;
        for (int i = 0; i < count; i++)
        {
            Value x = _dfg.Args(yes)[i], y = _dfg.Args(no)[i];
            if (x == y) continue;
            Value selected = Select(brif, condition, x, y);
            _dfg.Args(yes)[i] = selected;
        }

        ref InstData data = ref _dfg.Insts[brif];
        _dfg.BlockCalls[data.FirstTarget] = yes;
        data = new InstData { Op = Opcode.Jump, FirstTarget = data.FirstTarget, TargetCount = 1 };
        if (!yesSide.IsNone()) _func.Layout.Remove(yesSide);
        if (!noSide.IsNone()) _func.Layout.Remove(noSide);
        return true;
    }

    private Value Select(Inst brif, Value condition, Value x, Value y)
    {
        var data = new InstData { Op = Opcode.Select, Type = _dfg.TypeOf(x), A = condition, B = x, C = y };
        Inst inst = _dfg.MakeInst(data, data.Type);
        _func.Layout.InsertBefore(inst, brif);
        _func.SetSourceLoc(inst, _func.SourceLocOf(brif));
        return _dfg.FirstResult(inst);
    }

    private void MoveInFrontOf(Inst brif, Block side)
    {
        if (side.IsNone()) return;
        Inst jump = _func.Layout.Last(side);
        for (Inst inst = _func.Layout.First(side); inst != jump;)
        {
            Inst next = _func.Layout.Next(inst);
            _func.Layout.Remove(inst);
            _func.Layout.InsertBefore(inst, brif);
            inst = next;
        }
    }

    // Shape.

    // Where both ways of a branch meet: makes them the edges into that block, and gives the blocks on the way.
    private bool TryMeet(ref BlockCall yes, ref BlockCall no, out Block yesSide, out Block noSide)
    {
        yesSide = default;
        noSide = default;
        if (yes.Target == no.Target) return true;
        bool throughYes = TryPassSide(yes, out BlockCall behindYes), throughNo = TryPassSide(no, out BlockCall behindNo);
        if (throughYes && behindYes.Target == no.Target)
        {
            yesSide = yes.Target;
            yes = behindYes;
            return true;
        }

        if (throughNo && behindNo.Target == yes.Target)
        {
            noSide = no.Target;
            no = behindNo;
            return true;
        }

        if (!throughYes || !throughNo || behindYes.Target != behindNo.Target) return false;
        (yesSide, noSide) = (yes.Target, no.Target);
        (yes, no) = (behindYes, behindNo);
        return true;
    }

    private bool TryPassSide(in BlockCall call, out BlockCall onward)
    {
        onward = default;
        Block side = call.Target;
        if (_cfg.Predecessors(side).Length != 1 || _func.Layout.IsCold(side) || _dfg.Params(side).Length != 0) return false;
        Inst last = _func.Layout.Last(side);
        if (_dfg.Op(last) != Opcode.Jump) return false;
        onward = _dfg.Targets(last)[0];
        if (onward.Target == side) return false;
        foreach (Inst inst in _func.Layout.Insts(side))
        {
            if (inst != last && !InstEffects.IsPure(_dfg, inst)) return false;
        }

        return true;
    }

    // Cost.

    private bool IsWorthwhile(Block block, Inst brif, in BlockCall yes, in BlockCall no)
    {
        Span<Value> xs = _dfg.Args(yes), ys = _dfg.Args(no), parameters = _dfg.Params(yes.Target);
        int cost = 0;
        for (int i = 0; i < xs.Length; i++)
        {
            if (xs[i] == ys[i]) continue;
            // Selections of other types are branches.
            if (_dfg.TypeOf(xs[i]) is not (IrType.I32 or IrType.I64)) return false;
            cost += 1 + CostOf(xs[i], block) + CostOf(ys[i], block);
            if (cost > MaxCost) return false;
        }

        Loop loop = _loops.InnermostLoop(block);
        if (loop.IsNone()) return true;
        Value condition = _dfg.Insts[brif].A;
        for (int i = 0; i < xs.Length; i++)
        {
            if (xs[i] != ys[i] && DependsOn(condition, parameters[i], loop)) return false;
        }

        return true;
    }

    // Instructions that must be executed to have a value at the end of a block, and need not be otherwise.
    private int CostOf(Value value, Block block)
    {
        Inst def = _dfg.DefInst(value);
        if (def.IsNone() || _dfg.Op(def).IsConstant() || !InstEffects.IsPure(_dfg, def)) return 0;
        Block home = _func.Layout.BlockOf(def);
        bool isAbove = !home.IsNone() && _cfg.IsReachable(home) && _dominators.Dominates(home, block);
        if (isAbove && _uses[value] > 1) return 0;
        int cost = CostOf(_dfg.Op(def));
        foreach (Value operand in _dfg.Operands(def))
        {
            if (cost >= MaxCost) return TooMuch; // and one for the selection
            cost += CostOf(operand, block);
        }

        return cost;
    }

    private static int CostOf(Opcode op) => op switch
    {
        Opcode.Uextend => 0,
        Opcode.Iadd or Opcode.Isub or Opcode.Band or Opcode.Bor or Opcode.Bxor
            or Opcode.Ishl or Opcode.Ushr or Opcode.Sshr or Opcode.Rotl or Opcode.Rotr
            or Opcode.Sextend8 or Opcode.Sextend16 or Opcode.Sextend32 or Opcode.Sextend or Opcode.Ireduce => 1,
        Opcode.Icmp or Opcode.Select => 2,
        _ => TooMuch,
    };

    // Dependence around loops.

    // True if a value in a loop depends on one of the loop, of this iteration or an earlier one; and if that takes too long to find out.
    private bool DependsOn(Value value, Value on, Loop loop)
    {
        if (_visit++ == 0) _visited.Clear(_dfg.Values.IdLimit);
        _work.Clear();
        Visit(value);
        for (int count = 0; _work.Count != 0; count++)
        {
            Value at = _work.Pop();
            if (at == on || count == MaxVisited) return true;
            Block owner = _dfg.ParamBlock(at);
            if (owner.IsNone())
            {
                foreach (Value operand in _dfg.Operands(_dfg.DefInst(at))) Visit(operand);
            }
            else if (_loops.Contains(loop, owner))
            {
                int number = _dfg.Values[at].Number;
                foreach (PredecessorEdge edge in _cfg.Predecessors(owner)) Visit(_dfg.Args(_dfg.BlockCalls[edge.CallIndex])[number]);
            }
        }

        return false;
    }

    private void Visit(Value value)
    {
        value = _dfg.Resolve(value);
        ref int visited = ref _visited[value];
        if (visited == _visit) return;
        visited = _visit;
        _work.Add(value);
    }
}
