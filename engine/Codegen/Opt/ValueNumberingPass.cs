using System;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Semantics;
using Kiln.Codegen.Opt.Memory;
using Kiln.Codegen.Opt.Rules;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt;

// In:  a function without unreachable blocks; its graph, dominators, loops and what loops write.
// Out: the same function with every computation simplified by the rules (Opt/Rules), equal computations
//      shared where the first dominates, loads replaced by the value known to be there, and redundant
//      conditional traps and stores removed. Control flow is not changed: conditions become constants, and
//      BranchPass draws the consequences. What was replaced is left to DeadCodePass. No aliases in operands.
//
// One walk down the dominator tree, so that operands are simplified before their users (values around back
// edges excepted), with a hash table whose scopes are dominator subtrees. Folding, rules, sharing and memory
// are one walk because each feeds the others: what a rule builds is folded, simplified and shared at once.

/// <summary>Constant folding, rewrite rules, global value numbering and redundant load elimination.</summary>
internal sealed class ValueNumberingPass : RuleContext
{
    private readonly struct Scope(int end, int mark)
    {
        public readonly int End = end;
        public readonly int Mark = mark;
    }

    private readonly ScopedInstTable _table = new();
    private readonly KnownConditions _conditions;
    private readonly MemoryVersions _memory = new();
    private readonly GrowList<Scope> _scopes = new(32);
    private IrFunction _func = null!;
    private ControlFlowGraph _cfg = null!;
    private OptFlags _flags;
    private Inst _cursor;

    public ValueNumberingPass() => _conditions = new KnownConditions(_table);

    public void Run(IrFunction func, OptFlags flags, OptContext context)
    {
        _func = func;
        _flags = flags;
        _cfg = context.Cfg;
        Dfg = func.Dfg;
        Depth = 0;
        _table.Clear();
        _scopes.Clear();
        _memory.Begin(func, context.Cfg, context.Dominators, context.Loops, context.LoopMemory);

        ReadOnlySpan<Block> order = context.Dominators.TreePreorder;
        for (int i = 0; i < order.Length; i++)
        {
            Block block = order[i];
            while (_scopes.Count != 0 && _scopes.Last.End <= i) _table.LeaveScope(_scopes.Pop().Mark);
            _scopes.Add(new Scope(context.Dominators.ScopeEnd(block), _table.Count));
            _memory.EnterBlock(block);
            LearnFromEntry(block);
            VisitBlock(block);
            _memory.LeaveBlock(block);
        }

        // Arguments of back edges were read before what they name was simplified.
        func.ResolveAliases();
    }

    private bool Has(OptFlags flag) => (_flags & flag) != 0;

    private void VisitBlock(Block block)
    {
        for (Inst inst = _func.Layout.First(block); !inst.IsNone();)
        {
            Inst next = _func.Layout.Next(inst);
            _cursor = inst;
            Dfg.ResolveOperands(inst);
            Visit(inst);
            inst = next;
        }
    }

    private void Visit(Inst inst)
    {
        ref InstData data = ref Dfg.Insts[inst];
        Effects effects = data.Op.Effects();
        if ((effects & ~Effects.CanTrap) == 0)
        {
            if (data.Op.Format() == InstFormat.CondTrap) VisitConditionalTrap(inst);
            else VisitComputation(inst);
        }
        else if ((effects & Effects.Load) != 0)
        {
            VisitLoad(inst);
        }
        else if ((effects & Effects.Store) != 0)
        {
            VisitStore(inst);
        }
        else if ((effects & Effects.Call) != 0)
        {
            _memory.WriteAll();
        }
        else if (data.Op is Opcode.Brif or Opcode.BrTable && Has(OptFlags.Simplify))
        {
            Value condition = data.Op == Opcode.Brif ? SimplifyCondition(data.A, out _) : data.A;
            Dfg.Insts[inst].A = condition;
        }
    }

    // Computations.

    private void VisitComputation(Inst inst)
    {
        InstData data = Dfg.Insts[inst];
        Value result = Dfg.FirstResult(inst);
        if (Has(OptFlags.Simplify))
        {
            if (Canonicalize(ref data)) Dfg.Insts[inst] = data;
            Value simpler = Simplify(data);
            if (!simpler.IsNone())
            {
                Replace(inst, result, simpler);
                return;
            }
        }

        Share(inst, data, result);
    }

    private void Share(Inst inst, in InstData data, Value result)
    {
        if (!Has(OptFlags.Gvn)) return;
        if (_table.TryFind(data, out Value same)) Replace(inst, result, same);
        else _table.Add(data, result);
    }

    private void Replace(Inst inst, Value result, Value by)
    {
        Dfg.ReplaceWith(result, by);
        _func.Layout.Remove(inst);
    }

    /// <inheritdoc/>
    public override Value Build(in InstData original)
    {
        InstData data = original;
        Canonicalize(ref data);
        if (Depth < MaxDepth)
        {
            Depth++;
            Value simpler = Simplify(data);
            Depth--;
            if (!simpler.IsNone()) return simpler;
        }

        if (Has(OptFlags.Gvn) && _table.TryFind(data, out Value same)) return same;
        Inst inst = Dfg.MakeInst(data, ResultType(data));
        _func.Layout.InsertBefore(inst, _cursor);
        _func.SetSourceLoc(inst, _func.SourceLocOf(_cursor));
        Value result = Dfg.FirstResult(inst);
        if (Has(OptFlags.Gvn)) _table.Add(data, result);
        return result;
    }

    // A constant operand of what commutes goes right. True if something changed.
    private bool Canonicalize(ref InstData data)
    {
        if (data.Op != Opcode.Icmp && !data.Op.IsCommutative()) return false;
        if (!IsConstant(data.A) || IsConstant(data.B)) return false;
        (data.A, data.B) = (data.B, data.A);
        if (data.Op == Opcode.Icmp) data.IntCC = data.IntCC.Swapped();
        return true;
    }

    private bool IsConstant(Value value)
    {
        Inst def = Dfg.DefInst(value);
        return !def.IsNone() && Dfg.Op(def).IsConstant();
    }

    private Value Simplify(in InstData data)
    {
        if (data.Op.IsConstant()) return default;
        Value folded = Fold(data);
        return folded.IsNone() ? RuleTable.Simplify(new Node(this, in data)) : folded;
    }

    // The constant that a computation on constants gives; none if it would trap or make a NaN, whose bits
    // are the machine's business.
    private Value Fold(in InstData data)
    {
        int count = data.Op.FixedOperandCount();
        if (count == 0 || !TryScalar(data.A, out long x)) return default;
        long y = 0, z = 0;
        if (count > 1 && !TryScalar(data.B, out y)) return default;
        if (count > 2 && !TryScalar(data.C, out z)) return default;
        if (!ScalarSemantics.Covers(data.Op, data.Type)) return default;
        long value = ScalarSemantics.Evaluate(data, Dfg.TypeOf(data.A), x, y, z, out TrapCode trap);
        if (trap != default) return default;
        IrType type = ResultType(data);
        switch (type)
        {
            case IrType.I32:
            case IrType.I64:
            case IrType.Ref:
                return Build(ConstantData.Int(type, value));
            case IrType.F32:
                return MakesNaN(data.Op) && float.IsNaN(BitConverter.Int32BitsToSingle((int)value)) ? default : Build(ConstantData.F32Bits((uint)value));
            case IrType.F64:
                return MakesNaN(data.Op) && double.IsNaN(BitConverter.Int64BitsToDouble(value)) ? default : Build(ConstantData.F64Bits((ulong)value));
            case IrType.V128:
            case IrType.None:
            default:
                return default;
        }
    }

    private bool TryScalar(Value value, out long bits)
    {
        bits = 0;
        Inst def = Dfg.DefInst(value);
        if (def.IsNone()) return false;
        ref InstData data = ref Dfg.Insts[def];
        bits = data.Imm;
        return data.Op is Opcode.Iconst or Opcode.F32const or Opcode.F64const;
    }

    private static bool MakesNaN(Opcode op) => op is not (Opcode.Fneg or Opcode.Fabs or Opcode.Fcopysign or Opcode.Bitcast or Opcode.Select);

    private static IrType ResultType(in InstData data) => data.ResultType;

    // Conditions.

    private void VisitConditionalTrap(Inst inst)
    {
        if (Has(OptFlags.Simplify))
        {
            Value condition = SimplifyCondition(Dfg.Insts[inst].A, out bool? known);
            bool trapsIf = Dfg.Op(inst) == Opcode.Trapnz;
            if (known == !trapsIf)
            {
                _func.Layout.Remove(inst);
                return;
            }

            if (KnownConditions.IsZeroTest(Dfg, condition, out Value tested))
            {
                // trapz (x == 0) ⇒ trapnz x
                condition = tested;
                trapsIf = !trapsIf;
            }

            ref InstData data = ref Dfg.Insts[inst];
            data.A = condition;
            data.Op = trapsIf ? Opcode.Trapnz : Opcode.Trapz;
        }

        InstData final = Dfg.Insts[inst];
        if (!Has(OptFlags.Gvn)) return;
        if (_table.TryFind(final, out _))
        {
            _func.Layout.Remove(inst);
            return;
        }

        _table.Add(final, final.A);
        _conditions.Learn(final.A, final.Op == Opcode.Trapz);
    }

    // The value to branch on instead, where only zero or not counts. If that is known, a constant.
    private Value SimplifyCondition(Value condition, out bool? known)
    {
        while (true)
        {
            known = _conditions.Known(Dfg, condition);
            if (known is { } truth) return Build(ConstantData.Int(IrType.I32, truth ? 1 : 0));
            Inst def = Dfg.DefInst(condition);
            if (def.IsNone()) return condition;

            // (x != 0) ⇒ x
            ref InstData data = ref Dfg.Insts[def];
            if (data.Op != Opcode.Icmp || data.Type != IrType.I32 || data.IntCC != IntCC.Ne) return condition;
            if (!KnownConditions.IsZero(Dfg, data.B)) return condition;
            condition = Dfg.Resolve(data.A);
        }
    }

    private void LearnFromEntry(Block block)
    {
        if (!Has(OptFlags.Simplify)) return;
        ReadOnlySpan<PredecessorEdge> predecessors = _cfg.Predecessors(block);
        if (predecessors.Length != 1) return;
        ref InstData branch = ref Dfg.Insts[_func.Layout.Last(predecessors[0].From)];
        if (branch.Op != Opcode.Brif) return;
        Value condition = Dfg.Resolve(branch.A);
        if (!IsConstant(condition)) _conditions.Learn(condition, predecessors[0].CallIndex == branch.FirstTarget);
    }

    // Memory.

    private void VisitLoad(Inst inst)
    {
        FoldAddress(inst);
        InstData data = Dfg.Insts[inst];
        if (data.MemFlags.Volatile) return;
        Value result = Dfg.FirstResult(inst);
        if (data.MemFlags.IsPureLoad)
        {
            Share(inst, data, result);
            return;
        }

        if (!Has(OptFlags.RedundantLoads)) return;
        InstData key = LocationKey(data, data.Op);
        if (_table.TryFind(key, out Value known) || TryForwardNarrow(data, out known))
        {
            Replace(inst, result, known);
            return;
        }

        _table.Add(key, result);
    }

    private void VisitStore(Inst inst)
    {
        FoldAddress(inst);
        InstData data = Dfg.Insts[inst];
        if (!Has(OptFlags.RedundantLoads))
        {
            _memory.Write(data.MemFlags);
            return;
        }

        // What a whole store leaves is what a whole load finds; of a narrow one, a load must still extend it.
        Opcode reader = data.Op == Opcode.Store ? Opcode.Load : data.Op;
        if (_table.TryFind(LocationKey(data, reader), out Value there) && there == data.B)
        {
            _func.Layout.Remove(inst);
            return;
        }

        _memory.Write(data.MemFlags);
        _table.Add(LocationKey(data, reader), data.B);
    }

    // Which bytes an access reads, at which version of memory. Flags other than the region do not matter.
    private InstData LocationKey(in InstData access, Opcode op) => new()
    {
        Op = op,
        Type = access.Type,
        A = access.A,
        C = new Value((uint)_memory.VersionFor(access.MemFlags)),
        Offset = access.Offset,
        MemFlags = default(MemFlags).WithRegion(access.MemFlags.Region),
    };

    // uload8 of what istore8 stored ⇒ the low byte of the stored value, and so on.
    private bool TryForwardNarrow(in InstData load, out Value value)
    {
        value = default;
        if (!Has(OptFlags.Simplify)) return false;
        (Opcode store, Opcode extend, long mask) = load.Op switch
        {
            Opcode.Uload8 => (Opcode.Istore8, Opcode.Band, 0xFFL),
            Opcode.Uload16 => (Opcode.Istore16, Opcode.Band, 0xFFFFL),
            Opcode.Uload32 => (Opcode.Istore32, Opcode.Band, 0xFFFFFFFFL),
            Opcode.Sload8 => (Opcode.Istore8, Opcode.Sextend8, 0L),
            Opcode.Sload16 => (Opcode.Istore16, Opcode.Sextend16, 0L),
            Opcode.Sload32 => (Opcode.Istore32, Opcode.Sextend32, 0L),
            _ => (default, default, 0L), // a whole load
        };
        if (store == default || !_table.TryFind(LocationKey(load, store), out Value stored)) return false;
        var data = new InstData { Op = extend, Type = load.Type, A = stored };
        if (extend == Opcode.Band) data.B = Build(ConstantData.Int(load.Type, mask));
        value = Build(data);
        return true;
    }

    // [x + c] + offset ⇒ [x] + (c + offset). Both sums are modulo 2^64, so they are the same address.
    private void FoldAddress(Inst inst)
    {
        if (!Has(OptFlags.Simplify)) return;
        ref InstData data = ref Dfg.Insts[inst];
        while (true)
        {
            Inst def = Dfg.DefInst(data.A);
            if (def.IsNone()) return;
            ref InstData sum = ref Dfg.Insts[def];
            if (sum.Op != Opcode.Iadd || !TryScalar(sum.B, out long added)) return;
            if (added is < int.MinValue or > int.MaxValue) return;
            long offset = data.Offset + added;
            if (offset is < int.MinValue or > int.MaxValue) return;
            data.A = Dfg.Resolve(sum.A);
            data.Offset = (int)offset;
        }
    }
}
