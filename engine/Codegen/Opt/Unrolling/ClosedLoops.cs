using System;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt.Unrolling;

// In:  a function with its graph, dominators and loops, and the loops to close.
// Out: the same function in which blocks behind those loops read no value of the loop but through a parameter of their own. A loop of which that
//      cannot be had simply is rejected: where a value is used behind two of the loop's exits, say.
//
// Closed, a loop may be copied: each copy passes its own value on its own edges. Parameters are added to blocks that only the loop leads to:
// no other block can then read a value of the loop without having it from an argument.

/// <summary>Makes values leave loops through parameters of the blocks behind them.</summary>
internal sealed class ClosedLoops
{
    private struct Use
    {
        public int Loop;
        public Inst Inst;
        public int Call;      // the branch target, or -1 for an operand
        public int Index;
        public Block Exit;    // found later
    }

    private struct Parameter
    {
        public Block Exit;
        public Value Outside;
        public int Next;      // of the same value; -1 ends
    }

    private readonly SideMap<Value, int> _loopOf = new(512);         // index of the loop that defines it + 1
    private readonly SideMap<Value, int> _firstParameter = new(512); // index + 1
    private readonly GrowList<Use> _uses = new(32);
    private readonly GrowList<Parameter> _parameters = new(16);
    private IrFunction _func = null!;
    private ControlFlowGraph _cfg = null!;
    private DominatorTree _dominators = null!;
    private LoopAnalysis _loops = null!;

    public void Run(IrFunction func, ControlFlowGraph cfg, DominatorTree dominators, LoopAnalysis loops, LoopBodies bodies)
    {
        _func = func;
        _cfg = cfg;
        _dominators = dominators;
        _loops = loops;
        _uses.Clear();
        _parameters.Clear();
        _loopOf.Clear(func.Dfg.Values.IdLimit);
        _firstParameter.Clear(func.Dfg.Values.IdLimit);
        for (int i = 0; i < bodies.Bodies.Length; i++)
        {
            if (!bodies.Bodies[i].Rejected) NoteValues(bodies, i);
        }

        foreach (Block block in cfg.Preorder) CollectUses(block, bodies);
        foreach (ref Use use in _uses.Span)
        {
            ref LoopBody body = ref bodies.Bodies[use.Loop];
            if (!body.Rejected) body.Rejected = !TryFindExit(ref use, bodies);
        }

        foreach (Use use in _uses.Span)
        {
            if (!bodies.Bodies[use.Loop].Rejected) Rewrite(use);
        }
    }

    private void NoteValues(LoopBodies bodies, int loop)
    {
        for (Block block = bodies.Bodies[loop].FirstBlock; !block.IsNone(); block = bodies.Next(block))
        {
            foreach (Value value in _func.Dfg.Params(block)) _loopOf[value] = loop + 1;
            foreach (Inst inst in _func.Layout.Insts(block))
            {
                foreach (Value value in _func.Dfg.Results(inst)) _loopOf[value] = loop + 1;
            }
        }
    }

    private void CollectUses(Block block, LoopBodies bodies)
    {
        DataFlowGraph dfg = _func.Dfg;
        int own = LoopBodies.IndexOf(_loops, block);
        foreach (Inst inst in _func.Layout.Insts(block))
        {
            Span<Value> operands = dfg.Operands(inst);
            for (int i = 0; i < operands.Length; i++) Note(operands[i], inst, -1, i);
            if (!dfg.Op(inst).IsBranch()) continue;
            int first = dfg.Insts[inst].FirstTarget, count = dfg.Insts[inst].TargetCount;
            for (int call = first; call < first + count; call++)
            {
                Span<Value> args = dfg.Args(dfg.BlockCalls[call]);
                for (int i = 0; i < args.Length; i++) Note(args[i], inst, call, i);
            }
        }

        void Note(Value value, Inst inst, int call, int index)
        {
            int loop = _loopOf[value] - 1;
            if (loop < 0 || loop == own || bodies.Bodies[loop].Rejected) return;
            _uses.Add(new Use { Loop = loop, Inst = inst, Call = call, Index = index });
        }
    }

    // The block directly behind the loop that control comes through on its way to the use, if there is one and only the loop leads to it.
    // A header around the loop dominates the use, too, but others lead to it.
    private bool TryFindExit(ref Use use, LoopBodies bodies)
    {
        Block at = _func.Layout.BlockOf(use.Inst);
        for (Block block = bodies.Bodies[use.Loop].FirstBlock; !block.IsNone(); block = bodies.Next(block))
        {
            foreach (ref BlockCall call in _func.Successors(block))
            {
                if (LoopBodies.IndexOf(_loops, call.Target) == use.Loop || !_dominators.Dominates(call.Target, at) || !IsOnlyBehind(use.Loop, call.Target)) continue;
                use.Exit = call.Target;
                return true;
            }
        }

        return false;
    }

    private bool IsOnlyBehind(int loop, Block exit)
    {
        foreach (PredecessorEdge edge in _cfg.Predecessors(exit))
        {
            if (LoopBodies.IndexOf(_loops, edge.From) != loop) return false;
        }

        return true;
    }

    private void Rewrite(in Use use)
    {
        DataFlowGraph dfg = _func.Dfg;
        Value inside = use.Call < 0 ? dfg.Operands(use.Inst)[use.Index] : dfg.Args(dfg.BlockCalls[use.Call])[use.Index];
        Value outside = IsAddress(inside, use.Loop) ? AddressAgain(inside, use) : ParameterFor(inside, use.Exit);
        if (use.Call < 0) dfg.Operands(use.Inst)[use.Index] = outside;
        else dfg.Args(dfg.BlockCalls[use.Call])[use.Index] = outside;
    }

    // A sum of 64 bits with something from outside of the loop. In the loop it is most likely part of the accesses that need it, and
    // would be computed for the sake of the exit alone.
    private bool IsAddress(Value value, int loop)
    {
        Inst def = _func.Dfg.DefInst(value);
        if (def.IsNone()) return false;
        InstData data = _func.Dfg.Insts[def];
        return data.Op == Opcode.Iadd && data.Type == IrType.I64 && (_loopOf[data.A] == loop + 1) != (_loopOf[data.B] == loop + 1);
    }

    private Value AddressAgain(Value address, in Use use)
    {
        DataFlowGraph dfg = _func.Dfg;
        Inst before = _func.Layout.First(use.Exit);
        InstData sum = dfg.Insts[dfg.DefInst(address)];
        bool isFirst = _loopOf[sum.A] == use.Loop + 1;
        Value index = isFirst ? sum.A : sum.B;
        Inst def = dfg.DefInst(index);
        if (!def.IsNone() && dfg.Op(def) == Opcode.Uextend)
        {
            Value narrow = dfg.Insts[def].A;
            if (_loopOf[narrow] == use.Loop + 1) narrow = ParameterFor(narrow, use.Exit);
            index = Insert(dfg.Insts[def] with { A = narrow }, use.Inst, before);
        }
        else
        {
            index = ParameterFor(index, use.Exit);
        }

        if (isFirst) sum.A = index;
        else sum.B = index;
        return Insert(sum, use.Inst, before);
    }

    private Value Insert(in InstData data, Inst forWhom, Inst before)
    {
        Inst inst = _func.Dfg.MakeInst(data, IrType.I64);
        _func.Layout.InsertBefore(inst, before);
        _func.SetSourceLoc(inst, _func.SourceLocOf(forWhom));
        return _func.Dfg.FirstResult(inst);
    }

    private Value ParameterFor(Value inside, Block exit)
    {
        DataFlowGraph dfg = _func.Dfg;
        for (int i = _firstParameter[inside] - 1; i >= 0; i = _parameters[i].Next)
        {
            if (_parameters[i].Exit == exit) return _parameters[i].Outside;
        }

        Value outside = dfg.AppendParam(exit, dfg.TypeOf(inside));
        foreach (PredecessorEdge edge in _cfg.Predecessors(exit)) dfg.BlockArgPool.Append(ref dfg.BlockCalls[edge.CallIndex].Args, inside);
        _parameters.Add(new Parameter { Exit = exit, Outside = outside, Next = _firstParameter[inside] - 1 });
        _firstParameter[inside] = _parameters.Count;
        return outside;
    }
}
