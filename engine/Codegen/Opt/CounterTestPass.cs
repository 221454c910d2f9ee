using System;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Opt.Ranges;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt;

// In:  a function with its graph, dominators and loops, without dead instructions.
// Out: the same function, in which a loop that counts x only to know when to end, and counts y for other reasons, tests y. True if something changed:
//      then x is dead.
//
// Start, stride and bound of x are constants, so the loop goes back a known number T of times (LoopTest) when nothing else ends it. y starts at
// a constant, too: before the test for the k-th time, k from 1, its next value is start + k stride. The loop goes on while that is not start +
// (T + 1) stride. Modulo 2^32 no earlier k gives the same number, if (T + 1) |stride| < 2^32.

/// <summary>Makes loops test the counter that they need anyway.</summary>
internal sealed class CounterTestPass
{
    private readonly UseCounts _uses = new();
    private IrFunction _func = null!;
    private DataFlowGraph _dfg = null!;

    public bool Run(IrFunction func, ControlFlowGraph cfg, DominatorTree dominators, LoopAnalysis loops)
    {
        _func = func;
        _dfg = func.Dfg;
        _uses.ComputeWhenAsked(func);
        bool changed = false;
        foreach (Loop loop in loops.Loops)
        {
            Block header = loops.Header(loop);
            ReadOnlySpan<PredecessorEdge> edges = cfg.Predecessors(header);
            if (edges.Length != 2 || _dfg.Params(header).Length < 2) continue;
            int back = dominators.Dominates(header, edges[0].From) ? 0 : 1;
            changed |= RunLoop(header, edges[1 - back].CallIndex, edges[back]);
        }

        return changed;
    }

    private bool RunLoop(Block header, int entry, PredecessorEdge back)
    {
        Inst branch = _func.Layout.Last(back.From);
        InstData brif = _dfg.Insts[branch];
        if (brif.Op != Opcode.Brif || _dfg.BlockCalls[brif.FirstTarget].Target == _dfg.BlockCalls[brif.FirstTarget + 1].Target) return false;
        bool goesOnIf = back.CallIndex == brif.FirstTarget;
        if (!TryFindTested(brif.A, header, entry, back.CallIndex, goesOnIf, out int tested, out ulong trips)) return false;

        Span<Value> parameters = _dfg.Params(header);
        for (int y = 0; y < parameters.Length; y++)
        {
            if (y == tested || !TryCounter(header, y, entry, back.CallIndex, out uint start, out long stride)) continue;
            if ((UInt128)(trips + 1) * (ulong)Math.Abs(stride) >= 1UL << 32 || _uses[parameters[y]] < 2) continue;
            Value end = Insert(ConstantData.Int(IrType.I32, (int)unchecked(start + (uint)((trips + 1) * (ulong)stride))), branch);
            Value next = _dfg.Args(_dfg.BlockCalls[back.CallIndex])[y];
            Value condition = Insert(new InstData { Op = Opcode.Icmp, Type = IrType.I32, IntCC = goesOnIf ? IntCC.Ne : IntCC.Eq, A = next, B = end }, branch);
            _dfg.Insts[branch].A = condition;
            return true;
        }

        return false;
    }

    // The counter that a branch tests, if it is for nothing else.
    private bool TryFindTested(Value condition, Block header, int entry, int back, bool goesOnIf, out int tested, out ulong trips)
    {
        tested = 0;
        trips = 0;
        IntCC relation = goesOnIf ? IntCC.Ne : IntCC.Eq;
        Value value = condition;
        uint bound = 0;
        Inst def = _dfg.DefInst(condition);
        if (!def.IsNone() && _dfg.Op(def) == Opcode.Icmp)
        {
            InstData comparison = _dfg.Insts[def];
            if (comparison.Type != IrType.I32 || !_dfg.TryConstant32(comparison.B, out bound)) return false;
            relation = goesOnIf ? comparison.IntCC : comparison.IntCC.Inverse();
            value = comparison.A;
        }

        Span<Value> parameters = _dfg.Params(header);
        for (tested = 0; tested < parameters.Length; tested++)
        {
            Value next = _dfg.Args(_dfg.BlockCalls[back])[tested];
            bool isNext = value == next;
            if (!isNext && value != parameters[tested]) continue;
            if (!TryCounter(header, tested, entry, back, out uint start, out long stride)) return false;
            var test = new LoopTest(new ValueRange(start, start), stride, isNext ? (uint)stride : 0, relation, new ValueRange(bound, bound), isInvariant: true, aligned: 0);
            return test.TryBound(out trips, out _) && _uses[parameters[tested]] == (isNext ? 1 : 2) && _uses[next] == (isNext ? 2 : 1);
        }

        return false;
    }

    // A parameter that starts at a constant and steps by one.
    private bool TryCounter(Block header, int index, int entry, int back, out uint start, out long stride)
    {
        stride = 0;
        if (!_dfg.TryConstant32(_dfg.Args(_dfg.BlockCalls[entry])[index], out start)) return false;
        Inst step = _dfg.DefInst(_dfg.Args(_dfg.BlockCalls[back])[index]);
        if (step.IsNone()) return false;
        InstData sum = _dfg.Insts[step];
        if (sum.Op != Opcode.Iadd || sum.Type != IrType.I32 || sum.A != _dfg.Params(header)[index] || !_dfg.TryConstant32(sum.B, out uint added)) return false;
        stride = (int)added;
        return stride is not (0 or int.MinValue);
    }

    private Value Insert(in InstData data, Inst before)
    {
        Inst inst = _dfg.MakeInst(data, IrType.I32);
        _func.Layout.InsertBefore(inst, before);
        _func.SetSourceLoc(inst, _func.SourceLocOf(before));
        return _dfg.FirstResult(inst);
    }
}
