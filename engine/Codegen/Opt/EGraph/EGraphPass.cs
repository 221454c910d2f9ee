using System;
using System.Collections.Generic;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Opt.Memory;
using Kiln.Codegen.Opt.Ranges;
using Kiln.Codegen.Opt.Rules;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt.EGraph;

// In:  a function without unreachable blocks; its graph, dominators, loops and what loops write.
// Out: an acyclic e-graph in the function's own tables. What has effects is the skeleton: it stays where it stands,
//      and is simplified there (conditions known or inverted, addresses folded, loads replaced by what is known to be in
//      memory, traps and stores that do nothing removed). Pure computations are nodes: each is simplified by the rules
//      (Opt/Rules) once, when it is made, and equal ones are one node wherever they stood. So after this pass the place of
//      a pure instruction means nothing, its operands need not dominate it, and ElaborationPass must follow.
//      Control flow is not changed: conditions become constants, and BranchPass draws the consequences.
//
// One walk down the dominator tree, so that operands are simplified before their users (values around back
// edges excepted). Folding, rules, sharing and memory are one walk because each feeds the others: what a rule
// builds is folded, simplified and shared at once. Nodes need no scopes; what holds only behind a point of the
// skeleton (memory, conditions, traps that did not happen) is in a table whose scopes are dominator subtrees.
//
// A class of equal nodes is kept as one node, its best form, which rules replace at once: docs/RATIONALE.md says
// what keeping all forms until extraction costs and brings.
// Source: Fallin, "ægraphs: Acyclic E-graphs for Efficient Optimization in a Production Compiler" (2023).

/// <summary>Constant folding, rewrite rules, global value numbering and redundant load elimination, in one walk.</summary>
internal sealed class EGraphPass : RuleContext
{
    private readonly struct Scope(int end, int mark, int rangeMark)
    {
        public readonly int End = end;
        public readonly int Mark = mark;
        public readonly int RangeMark = rangeMark;
    }

    /// <summary>Where to note which rules fire; null, as in the product, for nowhere.</summary>
    public SortedSet<Rule>? Fired;

    private readonly InstTable _nodes = new(); // the pure nodes
    private readonly InstTable _table = new(); // what holds behind a point of the skeleton, in scopes
    private readonly KnownConditions _conditions;
    private readonly MemoryAccesses _memory;
    private readonly KnownRanges _ranges;
    private readonly LoopCounters _counters;
    private readonly GrowList<Scope> _scopes = new(32);
    private IrFunction _func = null!;
    private ControlFlowGraph _cfg = null!;
    private OptFlags _flags;
    private Inst _cursor;

    public EGraphPass()
    {
        _conditions = new KnownConditions(_table, _nodes);
        _ranges = new KnownRanges(Facts);
        _counters = new LoopCounters(Facts, _ranges);
        _memory = new MemoryAccesses(_table, this, new IndexFolding(this, _ranges));
    }

    public void Run(IrFunction func, OptFlags flags, OptContext context)
    {
        _func = func;
        _flags = flags;
        _cfg = context.Cfg;
        Dfg = func.Dfg;
        Constants = func.Constants;
        Depth = 0;
        Facts.Begin(Dfg);
        _nodes.Clear();
        _table.Clear();
        _scopes.Clear();
        _memory.Begin(func, flags, context);
        _counters.Begin(func, context);
        _ranges.Begin(Dfg, _counters);
        bool hasRanges = Has(OptFlags.Simplify) && Has(OptFlags.Ranges);

        ReadOnlySpan<Block> order = context.Dominators.TreePreorder;
        for (int i = 0; i < order.Length; i++)
        {
            Block block = order[i];
            while (_scopes.Count != 0 && _scopes.Last.End <= i) LeaveScope(_scopes.Pop());
            _scopes.Add(new Scope(context.Dominators.ScopeEnd(block), _table.Count, _ranges.Mark));
            _memory.EnterBlock(block);
            LearnFromEntry(block);
            if (hasRanges) _counters.EnterBlock(block);
            VisitBlock(block);
            _memory.LeaveBlock(block);
        }

        // Arguments of back edges were read before what they name was simplified.
        func.ResolveAliases();
    }

    private bool Has(OptFlags flag) => (_flags & flag) != 0;

    private void LeaveScope(Scope scope)
    {
        _table.LeaveScope(scope.Mark);
        _ranges.LeaveScope(scope.RangeMark);
    }

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
        else if ((effects & Effects.Barrier) != 0)
        {
            if (data.Op.IsAtomic()) _memory.FoldAddress(inst);
            _memory.WriteAll();
        }
        else if ((effects & Effects.Load) != 0)
        {
            VisitLoad(inst);
        }
        else if ((effects & Effects.Store) != 0)
        {
            if (_memory.Store(inst)) _func.Layout.Remove(inst);
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

        Facts.Learn(result, data);
        Share(inst, data, result);
    }

    // Equal computations are one: nodes everywhere, what may trap where the first dominates.
    private void Share(Inst inst, in InstData data, Value result)
    {
        bool isNode = InstEffects.IsPure(Dfg, inst);
        if (!isNode) _memory.Observe();
        if (!Has(OptFlags.Gvn)) return;
        if (isNode)
        {
            if (_nodes.TryFind(data, out Value same)) Replace(inst, result, same);
            else _nodes.Add(data, result);
        }
        else if (_table.TryFind(data, out Value same))
        {
            Replace(inst, result, same);
        }
        else
        {
            _table.Add(data, result);
        }
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

        if (Has(OptFlags.Gvn) && _nodes.TryFind(data, out Value same)) return same;
        Inst inst = Dfg.MakeInst(data, ResultType(data));
        _func.Layout.InsertBefore(inst, _cursor);
        _func.SetSourceLoc(inst, _func.SourceLocOf(_cursor));
        Value result = Dfg.FirstResult(inst);
        Facts.Learn(result, data);
        if (Has(OptFlags.Gvn)) _nodes.Add(data, result);
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
        if (ConstantFolding.TryFold(_func, data, out InstData constant)) return Build(constant);
        Rewrite rewrite = RuleTable.Simplify(new Node(this, in data));
        if (!rewrite.IsNone) Fired?.Add(rewrite.Rule);
        return rewrite.Value;
    }

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

        _memory.Observe();
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

            ref InstData data = ref Dfg.Insts[def];
            if (IsShiftedMask(data, out Value shifted, out long mask))
            {
                // ((x >> k) & c) ⇒ x & (c << k)
                return Build(new InstData { Op = Opcode.Band, Type = IrType.I32, A = shifted, B = Build(ConstantData.Int(IrType.I32, mask)) });
            }

            // (x != 0) ⇒ x
            if (data.Op != Opcode.Icmp || data.Type != IrType.I32 || data.IntCC != IntCC.Ne) return condition;
            if (!KnownConditions.IsZero(Dfg, data.B)) return condition;
            condition = Dfg.Resolve(data.A);
        }
    }

    private bool IsShiftedMask(in InstData data, out Value shifted, out long mask)
    {
        shifted = default;
        mask = 0;
        if (data.Op != Opcode.Band || data.Type != IrType.I32 || !ConstantFolding.TryScalar(Dfg, data.B, out long kept)) return false;
        Inst def = Dfg.DefInst(data.A);
        if (def.IsNone()) return false;
        ref InstData shift = ref Dfg.Insts[def];
        if (shift.Op != Opcode.Ushr || !ConstantFolding.TryScalar(Dfg, shift.B, out long count) || (ulong)(uint)kept << (int)(count & 31) > uint.MaxValue) return false;
        shifted = shift.A;
        mask = (int)((uint)kept << (int)(count & 31));
        return true;
    }

    private void LearnFromEntry(Block block)
    {
        if (!Has(OptFlags.Simplify)) return;
        ReadOnlySpan<PredecessorEdge> predecessors = _cfg.Predecessors(block);
        if (predecessors.Length != 1) return;
        ref InstData branch = ref Dfg.Insts[_func.Layout.Last(predecessors[0].From)];
        if (branch.Op != Opcode.Brif) return;
        Value condition = Dfg.Resolve(branch.A);
        if (IsConstant(condition)) return;
        bool truth = predecessors[0].CallIndex == branch.FirstTarget;
        _conditions.Learn(condition, truth);
        if (Has(OptFlags.Ranges)) _ranges.LearnCondition(condition, truth);
    }

    // Loads.

    private void VisitLoad(Inst inst)
    {
        _memory.FoldAddress(inst);
        InstData data = Dfg.Insts[inst];
        Value result = Dfg.FirstResult(inst);
        Facts.Learn(result, data);
        if (data.MemFlags.IsPureLoad && !data.MemFlags.Volatile) Share(inst, data, result);
        else if (_memory.TryForward(data, result, out Value known)) Replace(inst, result, known);
    }
}
