using System;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt.Unrolling;

// In:  a closed loop (ClosedLoops) of a function with its graph, dominators and loops, which may be stale for what other loops became.
// Out: the loop followed by copies of itself: a way back leads to the next copy, that of the last copy to the original header.
//
// Every copy has all of the exits, so nothing need be known of how often the loop goes round. Of a copy is left out what the first iteration
// decided for the copies too, in a block that every iteration goes through: polls, what is computed from them and from values from outside,
// traps on such conditions; and branches on them become jumps, if only one side stays in the loop. Copies are in the layout behind the original
// header, so that what stood behind the loop still does. A header copy that is reached by one jump becomes part of the block that jumps.
//
// The values of a copy replace those of the copy before in _copyOf while it is made: in reverse postorder a definition comes before its uses,
// and parameters of the header, the only ones that look back, are read first.

/// <summary>Appends copies of a loop to it.</summary>
internal sealed class LoopCopier
{
    private struct BodyBlock
    {
        public Block Block;
        public int FirstInst;
        public int EndInst;
        public bool InEachIteration;
    }

    private readonly GrowList<BodyBlock> _blocks = new(8);         // in reverse postorder: the header first
    private readonly GrowList<Block> _layout = new(8);             // in the order of the layout, without the header
    private readonly GrowList<Inst> _insts = new(64);              // of all blocks, as they were before
    private readonly GrowList<PredecessorEdge> _waysBack = new(4); // of the latest copy
    private readonly GrowList<PredecessorEdge> _firstWaysBack = new(4);
    private readonly GrowList<Value> _values = new(16);
    private readonly SideMap<Value, Value> _copyOf = new(512);     // of values of the loop; none between two loops
    private readonly SideMap<Block, Block> _blockCopyOf = new(64); // the same for blocks
    private IrFunction _func = null!;
    private DataFlowGraph _dfg = null!;
    private Block _header;
    private Block _lastPlaced;

    /// <summary>Appends <paramref name="count"/> copies.</summary>
    public void Run(IrFunction func, ControlFlowGraph cfg, DominatorTree dominators, LoopBodies bodies, in LoopBody body, int count)
    {
        _func = func;
        _dfg = func.Dfg;
        _header = body.Header;
        _lastPlaced = _header;
        CollectBlocks(cfg, dominators, bodies, body);
        _waysBack.Clear();
        foreach (PredecessorEdge edge in cfg.Predecessors(_header))
        {
            if (dominators.Dominates(_header, edge.From)) _waysBack.Add(edge);
        }

        _firstWaysBack.Clear();
        _firstWaysBack.AddRange(_waysBack.Span);
        Block second = default;
        for (int i = 0; i < count; i++)
        {
            bool merged = TryMergeHeader(out Block headerCopy);
            if (!merged) headerCopy = PlaceCopy(_header);
            BindParameters(headerCopy);
            if (i == 0) second = merged ? default : headerCopy;
            else if (!merged) Redirect(_waysBack.Span, headerCopy);
            _blockCopyOf[_header] = headerCopy;
            foreach (Block block in _layout) _blockCopyOf[block] = PlaceCopy(block);
            _waysBack.Clear();
            foreach (ref BodyBlock block in _blocks.Span) CopyBlock(block);
        }

        // Only now: what was copied is the loop as it was.
        if (!second.IsNone()) Redirect(_firstWaysBack.Span, second);
        Forget();
    }

    private void CollectBlocks(ControlFlowGraph cfg, DominatorTree dominators, LoopBodies bodies, in LoopBody body)
    {
        _blocks.Clear();
        _layout.Clear();
        _insts.Clear();
        for (Block block = body.FirstBlock; !block.IsNone(); block = bodies.Next(block))
        {
            if (block != _header) _layout.Add(block);
            int first = _insts.Count;
            foreach (Inst inst in _func.Layout.Insts(block)) _insts.Add(inst);
            var entry = new BodyBlock
            {
                Block = block, FirstInst = first, EndInst = _insts.Count, InEachIteration = LoopBodies.IsInEachIteration(block, _header, cfg, dominators),
            };

            // Insertion: there are few.
            _blocks.Add(entry);
            Span<BodyBlock> blocks = _blocks.Span;
            int at = blocks.Length - 1;
            for (; at > 0 && cfg.PostorderIndex(blocks[at - 1].Block) < cfg.PostorderIndex(block); at--) blocks[at] = blocks[at - 1];
            blocks[at] = entry;
        }
    }

    // If all that leads to the next copy is one jump, the copy of the header may take its place.
    private bool TryMergeHeader(out Block into)
    {
        into = _waysBack[0].From;
        Inst branch = _func.Layout.Last(into);
        if (_waysBack.Count != 1 || _dfg.Op(branch) != Opcode.Jump) return false;
        _func.Layout.Remove(branch);
        return true;
    }

    private Block PlaceCopy(Block block)
    {
        Block copy = _dfg.MakeBlock();
        _func.Layout.InsertAfter(copy, _lastPlaced);
        _func.Layout.SetCold(copy, _func.Layout.IsCold(block));
        _lastPlaced = copy;
        if (block != _header) BindToOwnParameters(block, copy);
        return copy;
    }

    // With one way back, the header's parameters are what it passes. The arguments may be parameters, too.
    private void BindParameters(Block headerCopy)
    {
        if (_waysBack.Count > 1)
        {
            BindToOwnParameters(_header, headerCopy);
            return;
        }

        _values.Clear();
        _values.AddRange(_dfg.Args(_dfg.BlockCalls[_waysBack[0].CallIndex]));
        ReadOnlySpan<Value> parameters = _dfg.Params(_header);
        for (int i = 0; i < parameters.Length; i++) _copyOf[parameters[i]] = _values[i];
    }

    private void BindToOwnParameters(Block block, Block copy)
    {
        int count = _dfg.Params(block).Length;
        for (int i = 0; i < count; i++)
        {
            Value parameter = _dfg.Params(block)[i];
            _copyOf[parameter] = _dfg.AppendParam(copy, _dfg.TypeOf(parameter));
        }
    }

    private void Redirect(ReadOnlySpan<PredecessorEdge> edges, Block target)
    {
        foreach (PredecessorEdge edge in edges)
        {
            ref BlockCall call = ref _dfg.BlockCalls[edge.CallIndex];
            call.Target = target;
            if (edges.Length == 1) call.Args = default;
        }
    }

    private void CopyBlock(in BodyBlock block)
    {
        Block into = _blockCopyOf[block.Block];
        for (int i = block.FirstInst; i < block.EndInst; i++)
        {
            Inst inst = _insts[i];
            InstData data = _dfg.Insts[inst];
            bool isKnown = block.InEachIteration && IsUnchanged(data);
            if (isKnown && TryShare(inst, data)) continue;
            foreach (ref Value operand in _dfg.Operands(ref data)) operand = CopyOf(operand);
            if (data.Op.IsBranch()) CopyTargets(ref data, into, isKnown);
            Append(inst, data, into);
        }
    }

    // Nothing that it reads differs from iteration to iteration.
    private bool IsUnchanged(InstData data)
    {
        if (data.Op.FixedOperandCount() == 0) return false;
        foreach (Value operand in _dfg.Operands(ref data))
        {
            if (CopyOf(operand) != operand) return false;
        }

        return true;
    }

    // An instruction that need not be done again.
    private bool TryShare(Inst inst, in InstData data)
    {
        if (data.Op is Opcode.Trapz or Opcode.Trapnz) return true;
        if (!LoopBodies.IsPoll(data) && !InstEffects.IsPure(_dfg, inst)) return false;
        foreach (Value result in _dfg.Results(inst)) _copyOf[result] = result;
        return true;
    }

    private void CopyTargets(ref InstData data, Block into, bool isKnown)
    {
        int first = data.FirstTarget, count = data.TargetCount;
        if (isKnown && data.Op == Opcode.Brif && IsInLoop(first) != IsInLoop(first + 1))
        {
            first += IsInLoop(first) ? 0 : 1;
            count = 1;
            data = new InstData { Op = Opcode.Jump, TargetCount = 1 };
        }

        data.FirstTarget = _dfg.BlockCalls.Count;
        for (int call = first; call < first + count; call++)
        {
            Block target = _dfg.BlockCalls[call].Target;
            _values.Clear();
            foreach (Value arg in _dfg.Args(_dfg.BlockCalls[call])) _values.Add(CopyOf(arg));
            bool isWayBack = target == _header;
            Block copy = isWayBack ? default : _blockCopyOf.Get(target);
            int copied = _dfg.AddBlockCall(copy.IsNone() ? target : copy, _values.Span);
            if (isWayBack) _waysBack.Add(new PredecessorEdge(into, copied));
        }
    }

    private bool IsInLoop(int call) => !_blockCopyOf.Get(_dfg.BlockCalls[call].Target).IsNone();

    private void Append(Inst inst, in InstData data, Block into)
    {
        Inst copy = _dfg.MakeInst(data);
        foreach (Value result in _dfg.Results(inst)) _copyOf[result] = _dfg.AddResult(copy, _dfg.TypeOf(result));
        _func.Layout.Append(copy, into);
        _func.SetSourceLoc(copy, _func.SourceLocOf(inst));
    }

    private Value CopyOf(Value value)
    {
        Value copy = _copyOf.Get(value);
        return copy.IsNone() ? value : copy;
    }

    private void Forget()
    {
        foreach (ref BodyBlock block in _blocks.Span)
        {
            _blockCopyOf[block.Block] = default;
            foreach (Value parameter in _dfg.Params(block.Block)) _copyOf[parameter] = default;
        }

        foreach (Inst inst in _insts)
        {
            foreach (Value result in _dfg.Results(inst)) _copyOf[result] = default;
        }
    }
}
