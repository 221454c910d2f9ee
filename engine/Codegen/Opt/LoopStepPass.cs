using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt;

// In:  a function with its graph, dominators and loops; every instruction has its place.
// Out: the same function in which whoever reads a loop's counter x behind the step s = x + k reads s instead: x + c becomes
//      s + (c - k), any other use of x becomes s - k. Sums are modulo 2^w, so overflow does not matter.
//
// A counter that is read behind its step lives on beside it: two registers, and a move on the way back, or a store in the
// loop for the sake of a use behind it. So a counter is changed only if afterwards nothing reads it behind the step, and no
// instruction is added to the loop but on the way back, where it takes the place of a move. Constants that are not needed any more
// are taken out. Of the other counters, the step moves down to what first needs it, if that passes uses of the counter: a step that compilers
// made early, to address by it, may not be needed there any more.

/// <summary>Lets a loop's counter end where its next value begins.</summary>
internal sealed class LoopStepPass
{
    private struct Counter
    {
        public Inst Step;
        public long Stride;
        public Loop Loop;
        public int FirstUse;   // list of uses in program order of blocks, latest first; -1 ends
        public bool Spoilt;
    }

    // Each use behind the loop that is not a sum costs an instruction there.
    private const int MostSteppedBack = 4;

    private readonly record struct Use(Inst Inst, int Place, int Next); // place: an operand, or -1 - position of a block argument

    private readonly SideMap<Value, int> _counterOf = new(512); // index + 1
    private readonly SideMap<Value, int> _useCounts = new(512);
    private readonly GrowList<Counter> _counters = new(16);
    private readonly GrowList<Use> _uses = new(64);
    private readonly SideMap<Inst, int> _order = new(512);      // of a step's block: position in it
    private IrFunction _func = null!;
    private DominatorTree _dominators = null!;
    private LoopAnalysis _loops = null!;

    public void Run(IrFunction func, ControlFlowGraph cfg, DominatorTree dominators, LoopAnalysis loops)
    {
        if (loops.Count == 0) return;
        _func = func;
        _dominators = dominators;
        _loops = loops;
        _counters.Clear();
        _uses.Clear();
        foreach (Loop loop in loops.Loops) FindCounters(cfg, loop);
        if (_counters.Count == 0) return;
        _order.Clear(func.Dfg.Insts.IdLimit);
        _useCounts.Clear(func.Dfg.Values.IdLimit);
        CollectUses(cfg);
        for (int i = 0; i < _counters.Count; i++)
        {
            Counter counter = _counters[i];
            if (counter.FirstUse < 0 && !counter.Spoilt) continue;
            if (!counter.Spoilt && IsWorthwhile(counter)) Rewrite(counter);
            else MoveDown(counter.Step);
        }

        foreach (ref Counter counter in _counters.Span) _counterOf[_func.Dfg.Insts[counter.Step].A] = 0;
    }

    // Counters: parameters of a header with the same x + k on each way back.
    private void FindCounters(ControlFlowGraph cfg, Loop loop)
    {
        DataFlowGraph dfg = _func.Dfg;
        Block header = _loops.Header(loop);
        System.Span<Value> values = dfg.Params(header);
        for (int i = 0; i < values.Length; i++)
        {
            Value next = default;
            foreach (PredecessorEdge edge in cfg.Predecessors(header))
            {
                if (!_dominators.Dominates(header, edge.From)) continue;
                Value arg = dfg.Args(dfg.BlockCalls[edge.CallIndex])[i];
                if (!next.IsNone() && arg != next)
                {
                    next = default;
                    break;
                }

                next = arg;
            }

            if (next.IsNone()) continue;
            Inst step = dfg.DefInst(next);
            if (step.IsNone()) continue;
            InstData sum = dfg.Insts[step];
            if (sum.Op != Opcode.Iadd || sum.A != values[i] || !dfg.TryConstant(sum.B, out long stride)) continue;
            _counters.Add(new Counter { Step = step, Stride = stride, Loop = loop, FirstUse = -1 });
            _counterOf[values[i]] = _counters.Count;
        }
    }

    // Uses behind the step. A counter is spoilt by one in the loop of which it is not clear on which side of the step it stands.
    private void CollectUses(ControlFlowGraph cfg)
    {
        DataFlowGraph dfg = _func.Dfg;
        foreach (Block block in cfg.Preorder)
        {
            int order = 0;
            foreach (Inst inst in _func.Layout.Insts(block)) _order[inst] = ++order;
        }

        foreach (Block block in cfg.Preorder)
        {
            foreach (Inst inst in _func.Layout.Insts(block))
            {
                System.Span<Value> operands = dfg.Operands(inst);
                for (int i = 0; i < operands.Length; i++) Note(operands[i], inst, block, i);
                if (!dfg.Op(inst).IsBranch()) continue;
                int place = 0;
                foreach (ref BlockCall call in dfg.Targets(inst))
                {
                    foreach (Value arg in dfg.Args(call)) Note(arg, inst, block, -1 - place++);
                }
            }
        }
    }

    private void Note(Value value, Inst inst, Block block, int place)
    {
        _useCounts[value]++;
        int index = _counterOf.Get(value) - 1;
        if (index < 0) return;
        ref Counter counter = ref _counters[index];
        if (inst == counter.Step) return;
        Block at = _func.Layout.BlockOf(counter.Step);
        if (block == at ? _order[inst] < _order[counter.Step] : _dominators.Dominates(block, at)) return;
        if (block != at && !_dominators.Dominates(at, block))
        {
            if (_loops.Contains(counter.Loop, block)) counter.Spoilt = true;
            return; // behind an exit that is taken before the step
        }

        _uses.Add(new Use(inst, place, counter.FirstUse));
        counter.FirstUse = _uses.Count - 1;
    }

    private bool IsWorthwhile(in Counter counter)
    {
        int steppedBack = 0;
        for (int u = counter.FirstUse; u >= 0; u = _uses[u].Next)
        {
            Use use = _uses[u];
            if (IsSum(use, out _)) continue;
            steppedBack++;

            // In the loop only the way back may carry it, to another parameter.
            if (_loops.Contains(counter.Loop, _func.Layout.BlockOf(use.Inst)) && (use.Place >= 0 || !IsWayBack(use, counter.Loop))) return false;
        }

        return counter.FirstUse >= 0 && steppedBack <= MostSteppedBack;
    }

    private bool IsWayBack(in Use use, Loop loop)
    {
        int place = -1 - use.Place;
        foreach (ref BlockCall call in _func.Dfg.Targets(use.Inst))
        {
            int count = _func.Dfg.Args(call).Length;
            if (place < count) return call.Target == _loops.Header(loop);
            place -= count;
        }

        return false;
    }

    private bool IsSum(in Use use, out long added)
    {
        added = 0;
        InstData data = _func.Dfg.Insts[use.Inst];
        return use.Place == 0 && data.Op == Opcode.Iadd && _func.Dfg.TryConstant(data.B, out added);
    }

    private void Rewrite(in Counter counter)
    {
        DataFlowGraph dfg = _func.Dfg;
        Value next = dfg.FirstResult(counter.Step);
        IrType type = dfg.TypeOf(next);
        for (int u = counter.FirstUse; u >= 0; u = _uses[u].Next)
        {
            Use use = _uses[u];
            if (IsSum(use, out long added))
            {
                Value moved = Constant(type, added - counter.Stride, use.Inst);
                ref InstData sum = ref dfg.Insts[use.Inst];
                if (--_useCounts[sum.B] == 0) _func.Layout.Remove(dfg.DefInst(sum.B));
                sum.A = next;
                sum.B = moved;
                continue;
            }

            Value back = Constant(type, -counter.Stride, use.Inst);
            Value old = Insert(new InstData { Op = Opcode.Iadd, Type = type, A = next, B = back }, type, use.Inst);
            if (use.Place >= 0) dfg.Operands(use.Inst)[use.Place] = old;
            else Argument(use.Inst, -1 - use.Place) = old;
        }
    }

    // In its block, to in front of the first instruction that needs the sum.
    private void MoveDown(Inst step)
    {
        Value x = _func.Dfg.Insts[step].A, next = _func.Dfg.FirstResult(step);
        bool passesUse = false;
        for (Inst inst = _func.Layout.Next(step); !inst.IsNone(); inst = _func.Layout.Next(inst))
        {
            if (!Needs(inst, next) && !_func.Dfg.Op(inst).IsTerminator())
            {
                passesUse |= Needs(inst, x);
                continue;
            }

            if (!passesUse) return;
            _func.Layout.Remove(step);
            _func.Layout.InsertBefore(step, inst);
            return;
        }
    }

    private bool Needs(Inst inst, Value value)
    {
        foreach (Value operand in _func.Dfg.Operands(inst))
        {
            if (operand == value) return true;
        }

        return false;
    }

    private ref Value Argument(Inst branch, int place)
    {
        DataFlowGraph dfg = _func.Dfg;
        int target = 0;
        while (true)
        {
            System.Span<Value> args = dfg.Args(dfg.Targets(branch)[target++]);
            if (place < args.Length) return ref args[place];
            place -= args.Length;
        }
    }

    private Value Constant(IrType type, long value, Inst before) =>
        Insert(ConstantData.Int(type, type == IrType.I32 ? (int)value : value), type, before);

    private Value Insert(in InstData data, IrType type, Inst before)
    {
        Inst inst = _func.Dfg.MakeInst(data, type);
        _func.Layout.InsertBefore(inst, before);
        _func.SetSourceLoc(inst, _func.SourceLocOf(before));
        return _func.Dfg.FirstResult(inst);
    }
}
