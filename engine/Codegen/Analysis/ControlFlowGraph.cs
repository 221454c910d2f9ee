using System;
using System.Runtime.CompilerServices;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Analysis;

/// <summary>One edge into a block: the block it comes from, and which of the graph's block calls it is.</summary>
public readonly record struct PredecessorEdge(Block From, int CallIndex);

// In:  a function whose blocks have terminators.
// Out: predecessor edges of each block, and depth-first orders of the blocks that control can reach.
//      Edges out of unreachable blocks are left out.
// One depth-first walk with an explicit stack; predecessors are packed by counting. Linear.

/// <summary>Predecessors and depth-first orders of a function's blocks. Stale once the function's branches change.</summary>
public sealed class ControlFlowGraph
{
    private struct Frame
    {
        public Block Block;
        public int Next;
        public int End;
    }

    private readonly SideMap<Block, int> _preorderNumber = new(64); // 1-based; 0 is unreachable
    private readonly SideMap<Block, int> _postorderNumber = new(64);
    private readonly SideMap<Block, int> _firstEdge = new(64);
    private readonly SideMap<Block, int> _edgeCount = new(64);
    private readonly GrowList<PredecessorEdge> _edges = new(128);
    private readonly GrowList<Block> _preorder = new(64);
    private readonly GrowList<int> _parents = new(64);
    private readonly GrowList<Block> _postorder = new(64);
    private readonly GrowList<Frame> _stack = new(64);

    /// <summary>Reachable blocks in depth-first preorder, the entry first.</summary>
    public ReadOnlySpan<Block> Preorder => _preorder.Span;

    /// <summary>For each block of <see cref="Preorder"/> the position there of the block it was reached from.</summary>
    public ReadOnlySpan<int> PreorderParents => _parents.Span;

    /// <summary>Reachable blocks in depth-first postorder, the entry last; backwards it is reverse postorder.</summary>
    public ReadOnlySpan<Block> Postorder => _postorder.Span;

    /// <summary>True if control can get to the block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsReachable(Block block) => _preorderNumber.Get(block) != 0;

    /// <summary>Position of a reachable block in <see cref="Preorder"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PreorderIndex(Block block) => _preorderNumber.Get(block) - 1;

    /// <summary>Position of a reachable block in <see cref="Postorder"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PostorderIndex(Block block) => _postorderNumber.Get(block);

    /// <summary>The edges into a block, one for each branch target that names it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<PredecessorEdge> Predecessors(Block block) => _edges.Span.Slice(_firstEdge.Get(block), _edgeCount.Get(block));

    /// <summary>Looks at a function.</summary>
    public void Compute(IrFunction func)
    {
        int limit = func.Dfg.BlockParams.IdLimit;
        _preorderNumber.Clear(limit);
        _postorderNumber.Clear(limit);
        _firstEdge.Clear(limit);
        _edgeCount.Clear(limit);
        _preorder.Clear();
        _parents.Clear();
        _postorder.Clear();
        _edges.Clear();
        if (func.Layout.EntryBlock.IsNone()) return;
        Walk(func);
        PackEdges(func);
    }

    private void Walk(IrFunction func)
    {
        Span<BlockCall> calls = func.Dfg.BlockCalls.Span;
        Enter(func, func.Layout.EntryBlock, 0);
        while (_stack.Count != 0)
        {
            ref Frame frame = ref _stack.Last;
            if (frame.Next == frame.End)
            {
                _postorderNumber[frame.Block] = _postorder.Count;
                _postorder.Add(frame.Block);
                _stack.Pop();
                continue;
            }

            Block target = calls[frame.Next++].Target;
            _edgeCount[target]++;
            if (_preorderNumber[target] == 0) Enter(func, target, _preorderNumber[frame.Block] - 1);
        }
    }

    private void Enter(IrFunction func, Block block, int parent)
    {
        _preorder.Add(block);
        _parents.Add(parent);
        _preorderNumber[block] = _preorder.Count;
        Inst last = func.Layout.Last(block);
        var frame = new Frame { Block = block };
        if (!last.IsNone())
        {
            ref InstData data = ref func.Dfg.Insts[last];
            if (data.Op.IsBranch())
            {
                frame.Next = data.FirstTarget;
                frame.End = data.FirstTarget + data.TargetCount;
            }
        }

        _stack.Add(frame);
    }

    private void PackEdges(IrFunction func)
    {
        int start = 0;
        foreach (Block block in _preorder.Span)
        {
            _firstEdge[block] = start;
            start += _edgeCount[block];
            _edgeCount[block] = 0;
        }

        _edges.Resize(start, default);
        Span<PredecessorEdge> edges = _edges.Span;
        ReadOnlySpan<Block> postorder = _postorder.Span;
        for (int i = postorder.Length - 1; i >= 0; i--)
        {
            Block from = postorder[i];
            Inst last = func.Layout.Last(from);
            if (last.IsNone()) continue;
            ref InstData data = ref func.Dfg.Insts[last];
            if (!data.Op.IsBranch()) continue;
            for (int call = data.FirstTarget; call < data.FirstTarget + data.TargetCount; call++)
            {
                Block target = func.Dfg.BlockCalls[call].Target;
                edges[_firstEdge[target] + _edgeCount[target]++] = new PredecessorEdge(from, call);
            }
        }
    }
}
