// The order of blocks in VCode, with a block on each critical edge; lowering walks it backward.

using System;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Machine;

/// <summary>A block of the lowered function: an IR block, or the middle of a critical edge.</summary>
internal struct LoweredBlock
{
    /// <summary>The IR block; none for an edge block.</summary>
    public Block Ir;

    /// <summary>First of its successors in <see cref="BlockOrder.Successors"/>; they end where the next block's start.</summary>
    public int FirstSuccessor;

    /// <summary>Number of loops around it.</summary>
    public int LoopDepth;

    /// <summary>Laid out behind everything that is not cold.</summary>
    public bool Cold;

    /// <summary>Some later block jumps back to it.</summary>
    public bool LoopHeader;
}

/// <summary>An edge of the lowered control flow graph.</summary>
/// <param name="Target">Index of the lowered block it leads to.</param>
/// <param name="Call">The IR branch target whose arguments travel on it, an index into <see cref="DataFlowGraph.BlockCalls"/>; -1 if none do.</param>
internal readonly record struct LoweredEdge(int Target, int Call);

/// <summary>
/// Decides the order of blocks. Comes in: an IR function. Goes out: its reachable blocks and one empty block in
/// the middle of every critical edge, in the order that lowering walks backward and that code is laid out in but for what
/// <see cref="BlockLayout"/> changes.
/// </summary>
/// <remarks>
/// INVARIANTS: block 0 is the entry. A block comes after the blocks that dominate it, cold or not: coldness spreads
/// to blocks all of whose forward predecessors are cold. Loops are contiguous where the IR's layout is structured: of
/// two successors the one that is laid out later is visited first, so it ends up behind. An edge block of a back
/// edge follows its source; of a forward edge precedes its target, so that it is outside of a loop that is left.
/// Equal targets of one br_table share an edge.
/// </remarks>
internal sealed class BlockOrder
{
    private struct Edge
    {
        public int From;        // reverse postorder number
        public Block Target;
        public int Call;
        public bool Critical;
        public int NextForTarget; // list of critical forward edges of one target, -1 ends
        public int Lowered;     // edge block, if critical
    }

    private struct Visit
    {
        public Block Block;
        public int Next;
    }

    private readonly SideMap<Block, int> _layoutPosition = new();
    private readonly SideMap<Block, int> _number = new();      // reverse postorder number + 1; -1 while on the stack
    private readonly SideMap<Block, int> _predecessors = new();
    private readonly SideMap<Block, int> _edgesInto = new();   // head of the list of critical forward edges + 1
    private readonly SideMap<Block, int> _lowered = new();
    private readonly SideMap<Block, int> _seen = new();        // edge index + 1 while one br_table is read
    private readonly GrowList<Visit> _stack = new();
    private readonly GrowList<Block> _order = new();
    private readonly GrowList<Edge> _edges = new();
    private readonly GrowList<int> _firstEdge = new();
    private readonly GrowList<int> _tableEdges = new();
    private readonly GrowList<int> _firstTableEdge = new();
    private readonly GrowList<bool> _cold = new();
    private readonly GrowList<int> _depth = new();
    private readonly GrowList<int> _loopEnd = new();

    /// <summary>The blocks in order.</summary>
    public GrowList<LoweredBlock> Blocks { get; } = new(64);

    /// <summary>Successors of all blocks, block after block.</summary>
    public GrowList<LoweredEdge> Successors { get; } = new(64);

    /// <summary>Edges out of a block, in the order of the branch's targets (of a br_table: of first mention).</summary>
    public ReadOnlySpan<LoweredEdge> SuccessorsOf(int block)
    {
        int start = Blocks[block].FirstSuccessor;
        int end = block + 1 < Blocks.Count ? Blocks[block + 1].FirstSuccessor : Successors.Count;
        return Successors.Span[start..end];
    }

    /// <summary>For an IR block that ends in br_table: for each table item, then the default, the number of its edge.</summary>
    public ReadOnlySpan<int> TableEdgesOf(Block block)
    {
        int number = _number[block] - 1;
        return _tableEdges.Span[_firstTableEdge[number].._firstTableEdge[number + 1]];
    }

    /// <summary>Number of loops around an IR block; 0 if it is not reachable.</summary>
    public int LoopDepthOf(Block block) => _number[block] > 0 ? _depth[_number[block] - 1] : 0;

    /// <summary>Computes the order; the result is valid until the next call.</summary>
    public void Compute(IrFunction function)
    {
        Clear(function);
        ComputeReversePostorder(function);
        CollectEdges(function);
        ComputeLoops();
        ComputeCold(function);
        Place();
        Connect();
    }

    private void Clear(IrFunction function)
    {
        int limit = function.Dfg.BlockParams.IdLimit;
        _layoutPosition.Clear(limit);
        _number.Clear(limit);
        _predecessors.Clear(limit);
        _edgesInto.Clear(limit);
        _lowered.Clear(limit);
        _seen.Clear(limit);
        _order.Clear();
        _edges.Clear();
        _firstEdge.Clear();
        _tableEdges.Clear();
        _firstTableEdge.Clear();
        _cold.Clear();
        _depth.Clear();
        _loopEnd.Clear();
        Blocks.Clear();
        Successors.Clear();
    }

    private void ComputeReversePostorder(IrFunction function)
    {
        int position = 0;
        foreach (Block block in function.Layout.Blocks) _layoutPosition[block] = position++;
        Block entry = function.Layout.EntryBlock;
        _number[entry] = -1;
        _stack.Add(new Visit { Block = entry });
        while (_stack.Count != 0)
        {
            ref Visit visit = ref _stack.Last;
            Span<BlockCall> targets = function.Successors(visit.Block);
            int next = visit.Next++;
            if (next >= targets.Length)
            {
                _order.Add(_stack.Pop().Block);
                continue;
            }

            // Later in the layout first; of a br_table last first.
            int pick = targets.Length - 1 - next;
            if (targets.Length == 2 && _layoutPosition[targets[0].Target] > _layoutPosition[targets[1].Target]) pick = next;
            Block target = targets[pick].Target;
            if (_number[target] != 0) continue;
            _number[target] = -1;
            _stack.Add(new Visit { Block = target });
        }

        _order.Span.Reverse();
        for (int i = 0; i < _order.Count; i++) _number[_order[i]] = i + 1;
    }

    private void CollectEdges(IrFunction function)
    {
        for (int i = 0; i < _order.Count; i++)
        {
            Inst last = function.Layout.Last(_order[i]);
            ref InstData data = ref function.Dfg.Insts[last];
            int first = _edges.Count;
            _firstEdge.Add(first);
            _firstTableEdge.Add(_tableEdges.Count);
            Span<BlockCall> targets = function.Dfg.Targets(last);
            bool table = data.Op == Opcode.BrTable;
            for (int t = 0; t < targets.Length; t++)
            {
                Block target = targets[t].Target;
                int seen = table ? _seen[target] - 1 : -1;
                if (seen >= first && function.Dfg.Args(targets[t]).SequenceEqual(function.Dfg.Args(function.Dfg.BlockCalls[_edges[seen].Call])))
                {
                    _tableEdges.Add(seen - first);
                    continue;
                }

                _seen[target] = _edges.Count + 1;
                if (table) _tableEdges.Add(_edges.Count - first);
                _edges.Add(new Edge { From = i, Target = target, Call = data.FirstTarget + t });
                _predecessors[target]++;
            }
        }

        _firstEdge.Add(_edges.Count);
        _firstTableEdge.Add(_tableEdges.Count);
        foreach (ref Edge edge in _edges.Span)
        {
            int siblings = _firstEdge[edge.From + 1] - _firstEdge[edge.From];
            edge.Critical = siblings > 1 && _predecessors[edge.Target] > 1;
        }
    }

    // A loop is taken to reach from its header to the last block that jumps back to it.
    private void ComputeLoops()
    {
        _depth.Resize(_order.Count + 1, 0);
        _loopEnd.Resize(_order.Count, -1);
        foreach (ref Edge edge in _edges.Span)
        {
            int header = _number[edge.Target] - 1;
            if (header <= edge.From) _loopEnd[header] = Math.Max(_loopEnd[header], edge.From);
        }

        for (int i = 0; i < _order.Count; i++)
        {
            if (_loopEnd[i] < 0) continue;
            _depth[i]++;
            _depth[_loopEnd[i] + 1]--;
        }

        for (int i = 1; i < _order.Count; i++) _depth[i] += _depth[i - 1];
    }

    private void ComputeCold(IrFunction function)
    {
        _cold.Resize(_order.Count, true);
        // Assume cold unless a forward edge from a hot block comes in or the block is an entry.
        _cold[0] = false;
        for (int i = 0; i < _order.Count; i++)
        {
            if (i != 0 && _cold[i]) continue;
            for (int e = _firstEdge[i]; e < _firstEdge[i + 1]; e++)
            {
                int target = _number[_edges[e].Target] - 1;
                Block block = _edges[e].Target;
                bool marked = function.Layout.IsCold(block) || function.Dfg.Op(function.Layout.Last(block)) == Opcode.Trap;
                if (target > i && !marked) _cold[target] = false;
            }
        }
    }

    private void Place()
    {
        Span<Edge> edges = _edges.Span;
        for (int e = edges.Length - 1; e >= 0; e--)
        {
            ref Edge edge = ref edges[e];
            if (!edge.Critical || FollowsSource(edge)) continue;
            edge.NextForTarget = _edgesInto[edge.Target] - 1;
            _edgesInto[edge.Target] = e + 1;
        }

        for (int pass = 0; pass < 2; pass++)
        {
            bool cold = pass == 1;
            for (int i = 0; i < _order.Count; i++)
            {
                if (_cold[i] != cold) continue;
                for (int e = _edgesInto[_order[i]] - 1; e >= 0; e = edges[e].NextForTarget) PlaceEdge(e);
                _lowered[_order[i]] = Blocks.Count;
                Blocks.Add(new LoweredBlock { Ir = _order[i], LoopDepth = _depth[i], Cold = cold, LoopHeader = _loopEnd[i] >= 0 });
                for (int e = _firstEdge[i]; e < _firstEdge[i + 1]; e++)
                {
                    if (edges[e].Critical && FollowsSource(edges[e])) PlaceEdge(e);
                }
            }
        }
    }

    private bool FollowsSource(in Edge edge)
    {
        int target = _number[edge.Target] - 1;
        return target <= edge.From || (_cold[edge.From] && !_cold[target]);
    }

    private void PlaceEdge(int number)
    {
        ref Edge edge = ref _edges[number];
        int target = _number[edge.Target] - 1;
        edge.Lowered = Blocks.Count;
        Blocks.Add(new LoweredBlock
        {
            LoopDepth = Math.Min(_depth[edge.From], _depth[target]),
            Cold = _cold[edge.From] || _cold[target],
            FirstSuccessor = number, // until Connect has read it
        });
    }

    private void Connect()
    {
        foreach (ref LoweredBlock block in Blocks.Span)
        {
            int start = Successors.Count;
            if (block.Ir.IsNone())
            {
                ref Edge edge = ref _edges[block.FirstSuccessor];
                Successors.Add(new LoweredEdge(_lowered[edge.Target], edge.Call));
            }
            else
            {
                int number = _number[block.Ir] - 1;
                for (int e = _firstEdge[number]; e < _firstEdge[number + 1]; e++)
                {
                    ref Edge edge = ref _edges[e];
                    Successors.Add(edge.Critical ? new LoweredEdge(edge.Lowered, -1) : new LoweredEdge(_lowered[edge.Target], edge.Call));
                }
            }

            block.FirstSuccessor = start;
        }
    }
}
