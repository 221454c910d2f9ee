using System;
using System.Numerics;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Opt.Rules;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt.Ranges;

// In:  the walk down the dominator tree, at the entry of each block: what is before it has been simplified, what is in a
//      loop behind its header has not.
// Out: what is known of the block's parameters wherever those exist. What follows from branches is noted as ranges in the scope of the
// block, which is where they exist; what does not, as facts.
//
// A parameter lies between the least and the greatest of its arguments. For headers of loops the arguments of back edges are not
// known yet; of those that only depend on constants (masks, narrow loads) something is, and counters are bounded by induction:
//
// A counter is an i32 parameter x with the argument x + c, c constant, on every back edge. So in the k-th execution of the header since the
// loop was entered x = start + k c modulo 2^32. If k never exceeds P, and start + P c is an i32, the sum never wraps, and x lies
// between both. P is a bound of how often the loop goes back (LoopTest), by any test that every way back has passed; it holds for all
// counters of the header alike.
//
// What is learnt of one counter behind a branch says something of k, and by that of the others: LearnOfOthers.

/// <summary>Ranges of block parameters, those of counted loops above all.</summary>
internal sealed class LoopCounters(ValueFacts facts, KnownRanges ranges)
{
    private const int MaxCounters = 16;     // of a loop
    private const int MaxTestingBlocks = 8; // looked at from the back edge upwards
    private const int MaxConjuncts = 4;
    private const int MaxDepth = 3;         // of what back edges pass

    private struct Counter
    {
        public Value Param;
        public ValueRange Start;
        public ValueRange Values; // everything, if it is not known that the counter does not wrap round
        public long Stride;
        public int FirstOfLoop;
        public int CountInLoop;
    }

    private readonly SideMap<Value, int> _counterOf = new(512); // index + 1
    private readonly GrowList<Counter> _counters = new(16);
    private bool _isLearning;
    private DataFlowGraph _dfg = null!;
    private Layout _layout = null!;
    private ControlFlowGraph _cfg = null!;
    private DominatorTree _dominators = null!;
    private LoopAnalysis _loops = null!;

    // Of the loop looked at.
    private Loop _loop;
    private Block _header;
    private int _firstCounter;
    private ulong _mostTrips;

    public void Begin(IrFunction func, OptContext context)
    {
        foreach (ref Counter counter in _counters.Span) _counterOf[counter.Param] = 0;
        _counters.Clear();
        _dfg = func.Dfg;
        _layout = func.Layout;
        _cfg = context.Cfg;
        _dominators = context.Dominators;
        _loops = context.Loops;
    }

    /// <summary>Learns about the parameters of the block that the walk comes to.</summary>
    public void EnterBlock(Block block)
    {
        if (_loops.IsHeader(block)) EnterLoop(block);
        else if (_dfg.Params(block).Length != 0 && _cfg.Predecessors(block).Length != 0) LearnParams(block);
    }

    // Parameters that are no counters.

    private void LearnParams(Block block)
    {
        Span<Value> parameters = _dfg.Params(block);
        for (int i = 0; i < parameters.Length; i++)
        {
            if (_counterOf.Get(parameters[i]) == 0 && _dfg.TypeOf(parameters[i]) is IrType.I32 or IrType.I64) LearnParam(block, parameters[i], i);
        }
    }

    private void LearnParam(Block block, Value param, int index)
    {
        ulong min = ulong.MaxValue, max = 0, ones = 0;
        foreach (PredecessorEdge edge in _cfg.Predecessors(block))
        {
            Value arg = Argument(edge, index);
            if (arg == param) continue;
            if (block == _header && _dominators.Dominates(block, edge.From)) LearnDeep(arg, MaxDepth);
            min = Math.Min(min, facts.Min(arg));
            max = Math.Max(max, facts.Max(arg));
            ones |= facts.Ones(arg);
        }

        if (min <= max) facts.Learn(param, min, max, ones);
    }

    private Value Argument(PredecessorEdge edge, int index) => _dfg.Resolve(_dfg.Args(_dfg.BlockCalls[edge.CallIndex])[index]);

    // What the walk has not come to: facts from constants and narrow loads, nothing from parameters that are not known yet.
    private void LearnDeep(Value value, int depth)
    {
        Inst def = _dfg.DefInst(value);
        if (def.IsNone() || !IsInLoop(def) || _dfg.Op(def).FixedOperandCount() == 0 && !_dfg.Op(def).IsConstant()) return;
        InstData data = _dfg.Insts[def];
        foreach (ref Value operand in _dfg.Operands(ref data))
        {
            operand = _dfg.Resolve(operand);
            if (depth > 0) LearnDeep(operand, depth - 1);
        }

        facts.Learn(value, data);
    }

    private bool IsInLoop(Inst inst)
    {
        Block block = _layout.BlockOf(inst);
        return block.IsNone() || _loops.Contains(_loop, block);
    }

    // Counters.

    private void EnterLoop(Block header)
    {
        _header = header;
        _loop = _loops.InnermostLoop(header);
        LearnFromEntry();
        _firstCounter = _counters.Count;
        Span<Value> parameters = _dfg.Params(header);
        for (int i = 0; i < parameters.Length && _counters.Count - _firstCounter < MaxCounters; i++)
        {
            if (_dfg.TypeOf(parameters[i]) == IrType.I32) TryAddCounter(parameters[i], i);
        }

        Span<Counter> counters = _counters.Span[_firstCounter..];
        if (counters.Length != 0)
        {
            _mostTrips = ulong.MaxValue;
            FindTests();
            foreach (ref Counter counter in counters)
            {
                counter.FirstOfLoop = _firstCounter;
                counter.CountInLoop = counters.Length;
                LearnCounter(ref counter);
            }
        }

        LearnParams(header);
    }

    // The branch of the only edge into the loop says something of values that the loop does not change.
    private void LearnFromEntry()
    {
        PredecessorEdge entry = default;
        int entries = 0;
        foreach (PredecessorEdge edge in _cfg.Predecessors(_header))
        {
            if (_dominators.Dominates(_header, edge.From)) continue;
            entry = edge;
            entries++;
        }

        if (entries != 1) return;
        InstData branch = _dfg.Insts[_layout.Last(entry.From)];
        if (branch.Op == Opcode.Brif && _dfg.BlockCalls[branch.FirstTarget].Target != _dfg.BlockCalls[branch.FirstTarget + 1].Target)
            ranges.LearnCondition(branch.A, entry.CallIndex == branch.FirstTarget);
    }

    private void TryAddCounter(Value param, int index)
    {
        long stride = 0;
        ulong low = ulong.MaxValue, high = 0;
        foreach (PredecessorEdge edge in _cfg.Predecessors(_header))
        {
            Value arg = Argument(edge, index);
            if (_dominators.Dominates(_header, edge.From))
            {
                if (!IsSum(arg, out Value root, out uint step) || root != param || (stride != 0 && stride != (int)step)) return;
                stride = (int)step;
                if (stride is 0 or int.MinValue) return;
                continue;
            }

            ValueRange start = ranges.Of(arg);
            low = Math.Min(low, start.Low);
            high = Math.Max(high, start.High);
        }

        if (stride == 0 || low > high) return;
        _counters.Add(new Counter { Param = param, Start = new ValueRange(low, high), Stride = stride });
        _counterOf[param] = _counters.Count;
    }

    // value = root + added, modulo 2^32.
    private bool IsSum(Value value, out Value root, out uint added)
    {
        added = 0;
        root = _dfg.Resolve(value);
        for (int depth = 0; depth < MaxDepth; depth++)
        {
            Inst def = _dfg.DefInst(root);
            if (def.IsNone()) return true;
            InstData data = _dfg.Insts[def];
            if (data.Op is not (Opcode.Iadd or Opcode.Isub) || data.Type != IrType.I32) return true;
            if (_dfg.TryConstant32(data.B, out uint right))
            {
                added = data.Op == Opcode.Iadd ? added + right : added - right;
                root = _dfg.Resolve(data.A);
            }
            else if (data.Op == Opcode.Iadd && _dfg.TryConstant32(data.A, out uint left))
            {
                added += left;
                root = _dfg.Resolve(data.B);
            }
            else
            {
                return true;
            }
        }

        return _dfg.DefInst(root).IsNone();
    }

    private void LearnCounter(ref Counter counter)
    {
        ValueRange start = counter.Start;
        if (_mostTrips <= uint.MaxValue)
        {
            long way = (long)_mostTrips * counter.Stride; // less than 2^63
            long low = (long)start.Low + Math.Min(way, 0), high = (long)start.High + Math.Max(way, 0);
            if (low >= 0 && high <= uint.MaxValue)
            {
                var values = new ValueRange((ulong)low, (ulong)high);
                counter.Values = counter.Values.And(values);
            }
        }

        // Low zeros stay, wrapped round or not, whatever branches say.
        int lowZeros = Math.Min(StartLowZeros(counter.Param), BitOperations.TrailingZeroCount(counter.Stride));
        ulong ones = lowZeros >= 32 ? 0 : uint.MaxValue << lowZeros & uint.MaxValue;
        facts.Learn(counter.Param, 0, ones, ones);
        ranges.Learn(counter.Param, counter.Values);
    }

    private int StartLowZeros(Value param)
    {
        int zeros = 32;
        foreach (PredecessorEdge edge in _cfg.Predecessors(_header))
        {
            if (!_dominators.Dominates(_header, edge.From)) zeros = Math.Min(zeros, facts.LowZeros(Argument(edge, _dfg.Values[param].Number)));
        }

        return zeros;
    }

    /// <summary>A counter lies in a range here, which says something about the others of its loop.</summary>
    public void LearnOfOthers(Value value, ValueRange range, KnownRanges here)
    {
        int index = _counterOf.Get(value) - 1;
        if (index < 0 || _isLearning) return;
        Counter counter = _counters[index];
        if (!counter.Start.IsExact || counter.Values.IsFull) return;

        // It has not wrapped round, so its value says how often the loop has gone back.
        long start = (long)counter.Start.Low, stride = Math.Abs(counter.Stride);
        long least = counter.Stride > 0 ? (long)range.Low - start : start - (long)range.High;
        long most = counter.Stride > 0 ? (long)range.High - start : start - (long)range.Low;
        if (most < 0) return;
        least = Math.Max(0, least + stride - 1) / stride;
        most /= stride;

        _isLearning = true;
        for (int i = counter.FirstOfLoop; i < counter.FirstOfLoop + counter.CountInLoop; i++)
        {
            Counter other = _counters[i];
            if (i == index || !other.Start.IsExact) continue;
            long first = (long)other.Start.Low + least * other.Stride, last = (long)other.Start.Low + most * other.Stride;
            if (first > last) (first, last) = (last, first);
            if (first >= 0 && last <= uint.MaxValue) here.Learn(other.Param, new ValueRange((ulong)first, (ulong)last));
        }

        _isLearning = false;
    }

    // Tests.

    // All blocks that every way back has gone through, and whose branch leaves the loop otherwise.
    private void FindTests()
    {
        Block latch = default;
        int ways = 0;
        foreach (PredecessorEdge edge in _cfg.Predecessors(_header))
        {
            if (!_dominators.Dominates(_header, edge.From)) continue;
            latch = edge.From;
            ways++;
        }

        Block block = latch;
        for (int i = 0; i < MaxTestingBlocks && !block.IsNone(); i++)
        {
            InstData branch = _dfg.Insts[_layout.Last(block)];
            if (branch.Op == Opcode.Brif && TryStay(branch, isLatch: block == latch && ways == 1, out bool truth) && IsOnEveryWayBack(block))
                LookAt(branch.A, truth, MaxConjuncts);
            if (block == _header) return;
            block = _dominators.ImmediateDominator(block);
        }
    }

    // Which way a branch goes if the loop goes on.
    private bool TryStay(in InstData branch, bool isLatch, out bool truth)
    {
        Block first = _dfg.BlockCalls[branch.FirstTarget].Target, second = _dfg.BlockCalls[branch.FirstTarget + 1].Target;
        bool firstStays = isLatch ? first == _header : _loops.Contains(_loop, first);
        bool secondStays = isLatch ? second == _header : _loops.Contains(_loop, second);
        truth = firstStays;
        return firstStays != secondStays;
    }

    private bool IsOnEveryWayBack(Block block)
    {
        foreach (PredecessorEdge edge in _cfg.Predecessors(_header))
        {
            if (_dominators.Dominates(_header, edge.From) && !_dominators.Dominates(block, edge.From)) return false;
        }

        return true;
    }

    // The loop only goes on if a condition is as given.
    private void LookAt(Value condition, bool truth, int conjuncts)
    {
        condition = _dfg.Resolve(condition);
        Inst def = _dfg.DefInst(condition);
        if (!def.IsNone())
        {
            InstData data = _dfg.Insts[def];
            if (conjuncts > 1 && data.Op == (truth ? Opcode.Band : Opcode.Bor))
            {
                LookAt(data.A, truth, conjuncts / 2);
                LookAt(data.B, truth, conjuncts / 2);
            }

            if (data.Op == Opcode.Icmp && data.Type == IrType.I32)
            {
                IntCC cc = truth ? data.IntCC : data.IntCC.Inverse();
                Value a = _dfg.Resolve(data.A), b = _dfg.Resolve(data.B);
                bool isZeroTest = _dfg.TryConstant32(b, out uint constant) && constant == 0 && cc is IntCC.Eq or IntCC.Ne;
                Inst tested = _dfg.DefInst(a);
                if (isZeroTest && conjuncts > 1 && !tested.IsNone() && _dfg.Op(tested) is Opcode.Icmp or Opcode.Band or Opcode.Bor)
                {
                    LookAt(a, cc == IntCC.Ne, conjuncts / 2);
                    return;
                }

                if (!TryTest(a, cc, b)) TryTest(b, cc.Swapped(), a);
                return;
            }
        }

        if (truth) TryTest(condition, IntCC.Ne, default);
    }

    // The loop only goes on if "tested cc bound"; no bound is 0. False if that is no test of a counter.
    private bool TryTest(Value tested, IntCC cc, Value bound)
    {
        if (!IsSum(tested, out Value root, out uint added)) return false;
        int index = _counterOf.Get(root) - 1;
        if (index < _firstCounter) return false;
        ref Counter counter = ref _counters[index];

        bool isInvariant = true;
        ValueRange limit = new(0, 0);
        int boundZeros = 32;
        if (!bound.IsNone())
        {
            Inst def = _dfg.DefInst(bound);
            bool isConstant = !def.IsNone() && _dfg.Op(def) == Opcode.Iconst;
            isInvariant = isConstant || (def.IsNone() ? !_loops.Contains(_loop, _dfg.ParamBlock(bound)) : !IsInLoop(def));
            if (!isInvariant || isConstant) LearnDeep(bound, MaxDepth);
            limit = isInvariant ? ranges.Of(bound) : new ValueRange(Math.Min(facts.Min(bound), facts.Max(bound)), facts.Max(bound));
            boundZeros = facts.LowZeros(bound);
        }

        int aligned = Math.Min(Math.Min(boundZeros, StartLowZeros(root)), BitOperations.TrailingZeroCount(added));
        var test = new LoopTest(counter.Start, counter.Stride, added, cc, limit, isInvariant, aligned);
        if (!test.TryBound(out ulong trips, out ValueRange values)) return true;
        _mostTrips = Math.Min(_mostTrips, trips);
        counter.Values = counter.Values.And(values);
        return true;
    }
}
