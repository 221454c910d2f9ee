using System;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Opt.EGraph;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt;

// In:  a function without unreachable blocks, and its graph (read for predecessor counts only); where pure instructions
//      are nodes without a place (EGraphPass), also the dominators.
// Out: the same function with
//        - branches on constants, and branches whose targets are all alike, as jumps;
//        - branches to a block that only traps as conditional traps;
//        - edges into blocks that only jump on leading directly to where those jump;
//        - blocks entered only by one jump merged into where that comes from;
//        - blocks that end in a trap marked cold.
//      Blocks may have become unreachable and the graph is stale if Run gives true. No aliases in operands.
//
// One walk over the blocks; a block is looked at again while its terminator changes.

/// <summary>Simplifies control flow.</summary>
internal sealed class BranchPass
{
    private const int MaxHops = 8;

    private readonly SideMap<Block, int> _edgesInto = new(64);
    private readonly UseCounts _uses = new();
    private readonly GrowList<Value> _args = new(32);
    private IrFunction _func = null!;
    private DataFlowGraph _dfg = null!;
    private ControlFlowGraph _cfg = null!;
    private DominatorTree? _dominators;
    private bool _changed;
    private bool _merged;

    public bool Run(IrFunction func, ControlFlowGraph cfg, DominatorTree? dominators)
    {
        _func = func;
        _dfg = func.Dfg;
        _cfg = cfg;
        _dominators = dominators;
        _changed = false;
        _merged = false;
        Prepare(cfg);
        for (Block block = func.Layout.EntryBlock; !block.IsNone(); block = func.Layout.Next(block)) RunBlock(block);
        if (_merged) func.ResolveAliases();
        return _changed;
    }

    private void Prepare(ControlFlowGraph cfg)
    {
        _edgesInto.Clear(_dfg.BlockParams.IdLimit);
        foreach (Block block in cfg.Preorder) _edgesInto[block] = cfg.Predecessors(block).Length;
        _uses.Compute(_func);
    }

    private void RunBlock(Block block)
    {
        while (true)
        {
            Inst terminator = _func.Layout.Last(block);
            foreach (ref BlockCall call in _dfg.Targets(terminator)) Thread(block, ref call);
            if (SimplifyTerminator(block, terminator)) continue;
            if (!TryMergeSuccessor(block, terminator)) break;
        }

        if (_dfg.Op(_func.Layout.Last(block)) == Opcode.Trap && block != _func.Layout.EntryBlock) _func.Layout.SetCold(block);
    }

    // Terminators.

    private bool SimplifyTerminator(Block block, Inst terminator)
    {
        ref InstData data = ref _dfg.Insts[terminator];
        if (data.Op == Opcode.Brif) return SimplifyBrif(block, terminator);
        if (data.Op == Opcode.BrTable) return SimplifyBranchTable(terminator);
        return false;
    }

    private bool SimplifyBrif(Block block, Inst brif)
    {
        ref InstData data = ref _dfg.Insts[brif];
        if (_dfg.TryConstant32(data.A, out uint condition))
        {
            MakeJump(brif, condition != 0 ? 0 : 1);
            return true;
        }

        Span<BlockCall> targets = _dfg.Targets(brif);
        if (AreAlike(targets[0], targets[1]))
        {
            MakeJump(brif, 0);
            return true;
        }

        // brif (x == 0), a, b ⇒ brif x, b, a
        if (KnownConditions.IsZeroTest(_dfg, data.A, out Value tested))
        {
            data.A = tested;
            (targets[0], targets[1]) = (targets[1], targets[0]);
            _changed = true;
            return true;
        }

        return TryMakeConditionalTrap(block, brif);
    }

    // brif x, trapping, b ⇒ trapnz x; jump b
    private bool TryMakeConditionalTrap(Block block, Inst brif)
    {
        Span<BlockCall> targets = _dfg.Targets(brif);
        for (int i = 0; i < 2; i++)
        {
            Inst only = _func.Layout.First(targets[i].Target);
            if (_dfg.Op(only) != Opcode.Trap) continue;
            var trap = new InstData { Op = i == 0 ? Opcode.Trapnz : Opcode.Trapz, A = _dfg.Insts[brif].A, Code = _dfg.Insts[only].Code };
            Inst inst = _dfg.MakeInst(trap);
            _func.SetSourceLoc(inst, _func.SourceLocOf(only));
            _func.Layout.InsertBefore(inst, brif);
            MakeJump(brif, 1 - i);
            return true;
        }

        return false;
    }

    private bool SimplifyBranchTable(Inst table)
    {
        ref InstData data = ref _dfg.Insts[table];
        Span<BlockCall> targets = _dfg.Targets(table);
        if (_dfg.TryConstant32(data.A, out uint index))
        {
            MakeJump(table, (int)Math.Min(index, (uint)(targets.Length - 1)));
            return true;
        }

        for (int i = 1; i < targets.Length; i++)
        {
            if (AreAlike(targets[0], targets[i])) continue;
            if (targets.Length != 2) return false;

            // br_table x, [a], b ⇒ brif x, b, a
            data.Op = Opcode.Brif;
            (targets[0], targets[1]) = (targets[1], targets[0]);
            _changed = true;
            return true;
        }

        MakeJump(table, 0);
        return true;
    }

    // Keeps one target of a branch.
    private void MakeJump(Inst branch, int kept)
    {
        Span<BlockCall> targets = _dfg.Targets(branch);
        for (int i = 0; i < targets.Length; i++)
        {
            if (i != kept) _edgesInto[targets[i].Target]--;
        }

        ref InstData data = ref _dfg.Insts[branch];
        data = new InstData { Op = Opcode.Jump, FirstTarget = data.FirstTarget + kept, TargetCount = 1 };
        _changed = true;
    }

    private bool AreAlike(in BlockCall x, in BlockCall y)
    {
        if (x.Target != y.Target) return false;
        Span<Value> xs = _dfg.Args(x), ys = _dfg.Args(y);
        for (int i = 0; i < xs.Length; i++)
        {
            if (_dfg.Resolve(xs[i]) != _dfg.Resolve(ys[i])) return false;
        }

        return true;
    }

    // Threading.

    // An edge into a block that only jumps on leads to where that jumps. The block's parameters must be used
    // by its jump only; elsewhere they would lose the argument of this edge.
    private void Thread(Block from, ref BlockCall call)
    {
        for (int hop = 0; hop < MaxHops; hop++)
        {
            Block through = call.Target;
            Inst jump = _func.Layout.First(through);
            if (through == from || _dfg.Op(jump) != Opcode.Jump) return;
            ref BlockCall onward = ref _dfg.Targets(jump)[0];
            if (onward.Target == through || !AreParamsUsedOnlyBy(through, onward) || !AreAtHand(through, onward)) return;

            _args.Clear();
            ReadOnlySpan<Value> passed = _dfg.Args(call);
            foreach (Value unresolved in _dfg.Args(onward))
            {
                Value arg = _dfg.Resolve(unresolved);
                ref ValueData data = ref _dfg.Values[arg];
                if (data.Kind == ValueKind.Param && data.Owner == through.Id) arg = _dfg.Resolve(passed[data.Number]);
                _uses[arg]++;
                _args.Add(arg);
            }

            _edgesInto[through]--;
            _edgesInto[onward.Target]++;
            call.Target = onward.Target;
            call.Args = _dfg.BlockArgPool.Add(_args.Span);
            _changed = true;
        }
    }

    private bool AreParamsUsedOnlyBy(Block block, in BlockCall call)
    {
        foreach (Value param in _dfg.Params(block))
        {
            int uses = 0;
            foreach (Value arg in _dfg.Args(call)) uses += _dfg.Resolve(arg) == param ? 1 : 0;
            if (uses != _uses[param]) return false;
        }

        return true;
    }

    // False if an argument would have to be computed on the edge: on another, it would be computed in front of a branch.
    private bool AreAtHand(Block block, in BlockCall call)
    {
        if (_dominators is null) return true;
        foreach (Value arg in _dfg.Args(call))
        {
            Inst def = _dfg.DefInst(arg);
            if (def.IsNone() || _dfg.Op(def).IsConstant()) continue;
            Block home = _func.Layout.BlockOf(def);
            if (home.IsNone() || !_cfg.IsReachable(home) || !_dominators.Dominates(home, block)) return false;
        }

        return true;
    }

    // Merging.

    private bool TryMergeSuccessor(Block block, Inst terminator)
    {
        if (_dfg.Op(terminator) != Opcode.Jump) return false;
        ref BlockCall call = ref _dfg.Targets(terminator)[0];
        Block next = call.Target;
        if (_edgesInto[next] != 1 || next == block) return false;

        Span<Value> parameters = _dfg.Params(next), args = _dfg.Args(call);
        for (int i = 0; i < parameters.Length; i++)
        {
            Value arg = _dfg.Resolve(args[i]);
            if (arg == parameters[i]) continue; // a loop that control does not enter any more
            _uses[arg] += _uses[parameters[i]];
            _dfg.ReplaceWith(parameters[i], arg);
        }

        _dfg.BlockArgPool.Truncate(ref _dfg.BlockParams[next], 0);
        _func.Layout.Remove(terminator);
        _func.Layout.Splice(next, block);
        _func.Layout.Remove(next);
        _edgesInto[next] = 0;
        _changed = true;
        _merged = true;
        return true;
    }
}
