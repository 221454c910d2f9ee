using System;
using System.Numerics;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Opt.Rules;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt.Ranges;

// In:  the walk down the dominator tree: conditions that hold from a point on, scopes left.
// Out: for an i32 value an interval that it lies in whenever control is where the walk is.
//
// Two kinds of facts are kept apart:
//   - ValueFacts hold wherever the value exists. Rules may rewrite nodes by them, which have no place.
//   - what is learnt here holds only behind the branch that said it, and not where a processor goes on after it predicted a branch
//     wrongly. So it may not be used to rewrite nodes: an equal node is shared with places where the fact does not hold. It may be used
//     for what stays where it stands (addresses of accesses that may trap, which never move), with a thought about speculation
//     (IndexFolding), and for ranges of parameters of loops whose header the branch dominates.
//
// The range of a sum, difference, mask or shift is computed from what is known of its operands here, a few levels deep: values
// are often derived first and their operands compared later.

/// <summary>What dominating branches say about the ranges of i32 values.</summary>
internal sealed class KnownRanges(ValueFacts facts)
{
    private const int MaxDepth = 3;
    private const int MaxConjuncts = 4;

    private readonly record struct Change(Value Value, ValueRange Before);

    private readonly SideMap<Value, ValueRange> _learnt = new(512);
    private readonly GrowList<Change> _changes = new(64);
    private DataFlowGraph _dfg = null!;
    private LoopCounters _counters = null!;

    /// <summary>A mark to go back to with <see cref="LeaveScope"/>.</summary>
    public int Mark => _changes.Count;

    public void Begin(DataFlowGraph dfg, LoopCounters counters)
    {
        LeaveScope(0);
        _dfg = dfg;
        _counters = counters;
    }

    /// <summary>Forgets what was learnt since a mark.</summary>
    public void LeaveScope(int mark)
    {
        while (_changes.Count > mark)
        {
            Change change = _changes.Pop();
            _learnt[change.Value] = change.Before;
        }
    }

    /// <summary>The range of a value here.</summary>
    public ValueRange Of(Value value) => Of(_dfg.Resolve(value), MaxDepth);

    /// <summary>From here on in this scope the value lies in a range.</summary>
    public void Learn(Value value, ValueRange range)
    {
        ValueRange known = Of(value);
        ValueRange both = known.And(range);
        if (both == known) return;
        _changes.Add(new Change(value, _learnt.Get(value)));
        _learnt[value] = both;

        // x + c lies in it: so does x in the range moved back, if that is one.
        Inst def = _dfg.DefInst(value);
        if (def.IsNone()) _counters.LearnOfOthers(value, both, this);
        else if (_dfg.Op(def) == Opcode.Iadd && _dfg.TryConstant32(_dfg.Insts[def].B, out uint added)) LearnOfAddend(_dfg.Resolve(_dfg.Insts[def].A), added, both);
    }

    // x + c lies in sum, as a number modulo 2^32.
    private void LearnOfAddend(Value x, uint added, ValueRange sum)
    {
        if (sum.TryAdd(0 - added, out ValueRange range, out _))
        {
            Learn(x, range);
            return;
        }

        // All but an interval: [0, high] and [low, 2^32 - 1], of which x may be able to reach one only.
        ulong low = (uint)(sum.Low - added), high = (uint)(sum.High - added);
        ValueRange known = Of(x);
        if (known.High < low) Learn(x, new ValueRange(0, high));
        else if (known.Low > high) Learn(x, new ValueRange(low, uint.MaxValue));
    }

    /// <summary>From here on in this scope a condition is known to be 0 or not to be.</summary>
    public void LearnCondition(Value condition, bool truth) => LearnCondition(condition, truth, MaxConjuncts);

    private void LearnCondition(Value condition, bool truth, int conjuncts)
    {
        condition = _dfg.Resolve(condition);
        if (_dfg.TypeOf(condition) != IrType.I32) return;
        Inst def = _dfg.DefInst(condition);
        if (!def.IsNone())
        {
            InstData data = _dfg.Insts[def];
            if (data.Op == Opcode.Icmp)
            {
                if (data.Type == IrType.I32) LearnComparison(truth ? data.IntCC : data.IntCC.Inverse(), _dfg.Resolve(data.A), _dfg.Resolve(data.B));
                return;
            }

            // x & y is not 0: neither is. x | y is 0: both are.
            if (conjuncts > 1 && data.Op == (truth ? Opcode.Band : Opcode.Bor))
            {
                LearnCondition(data.A, truth, conjuncts / 2);
                LearnCondition(data.B, truth, conjuncts / 2);
            }
        }

        Learn(condition, truth ? new ValueRange(1, uint.MaxValue) : new ValueRange(0, 0));
    }

    private void LearnComparison(IntCC cc, Value a, Value b)
    {
        ValueRange rangeA = Of(a), rangeB = Of(b);
        ValueRange newA = rangeA.Where(cc, rangeB), newB = rangeB.Where(cc.Swapped(), rangeA);
        if (newA != rangeA) Learn(a, newA);
        if (newB != rangeB) Learn(b, newB);
    }

    // Ranges from operands. Each case says when the operation does not wrap round, or does so for all operands.

    private ValueRange Of(Value value, int depth)
    {
        if (_dfg.TypeOf(value) != IrType.I32) return default;
        ulong max = facts.Max(value);
        ValueRange range = new ValueRange(Math.Min(facts.Min(value), max), max).And(_learnt.Get(value));
        if (depth == 0 || range.IsExact) return range;
        Inst def = _dfg.DefInst(value);
        return def.IsNone() ? range : range.And(FromOperands(_dfg.Insts[def], depth - 1));
    }

    private ValueRange FromOperands(in InstData data, int depth)
    {
        switch (data.Op)
        {
            case Opcode.Iconst:
                return new ValueRange((uint)data.Imm, (uint)data.Imm);

            case Opcode.Iadd:
            {
                ValueRange x = Of(_dfg.Resolve(data.A), depth), y = Of(_dfg.Resolve(data.B), depth);
                if (y.IsExact)
                {
                    x.TryAdd((uint)y.Low, out ValueRange sum, out _);
                    return sum;
                }

                return x.High + y.High <= uint.MaxValue ? new ValueRange(x.Low + y.Low, x.High + y.High) : default;
            }

            case Opcode.Isub:
            {
                ValueRange x = Of(_dfg.Resolve(data.A), depth), y = Of(_dfg.Resolve(data.B), depth);
                return x.Low >= y.High ? new ValueRange(x.Low - y.High, x.High - y.Low) : default;
            }

            case Opcode.Band when _dfg.TryConstant32(data.B, out uint mask):
            {
                // A mask of high bits rounds down, which keeps the order.
                ValueRange x = Of(_dfg.Resolve(data.A), depth);
                bool roundsDown = BitOperations.IsPow2(0u - mask);
                return new ValueRange(roundsDown ? (uint)x.Low & mask : 0, roundsDown ? (uint)x.High & mask : Math.Min(x.High, mask));
            }

            case Opcode.Ishl when _dfg.TryConstant32(data.B, out uint count):
            {
                ValueRange x = Of(_dfg.Resolve(data.A), depth);
                return x.High << (int)(count & 31) <= uint.MaxValue ? new ValueRange(x.Low << (int)(count & 31), x.High << (int)(count & 31)) : default;
            }

            case Opcode.Ushr when _dfg.TryConstant32(data.B, out uint count):
            {
                ValueRange x = Of(_dfg.Resolve(data.A), depth);
                return new ValueRange(x.Low >> (int)(count & 31), x.High >> (int)(count & 31));
            }

            default:
                return default; // any other operation: what facts say of it
        }
    }
}
