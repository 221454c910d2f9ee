using System;
using System.Runtime.CompilerServices;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Analysis;

/// <summary>A natural loop.</summary>
public readonly record struct Loop(uint Id) : IEntity<Loop>
{
    /// <inheritdoc/>
    public static Loop FromId(uint id) => new(id);

    /// <inheritdoc/>
    public override string ToString() => $"loop{Id}";
}

// In:  control flow graph and dominator tree.
// Out: natural loops (a header and the blocks that reach a back edge to it without passing it), nested.
//      Cycles without a dominating header are no loops here; no front end makes them.
// Headers are visited in postorder, so inner loops are complete before outer ones. From each back edge the
// walk goes up predecessors; a block that already has a loop is stepped over through that loop's header, so
// every block is visited once for each level of nesting at most.

/// <summary>Loops of a function and how deep each block is in them.</summary>
public sealed class LoopAnalysis
{
    private struct LoopData
    {
        public Block Header;
        public Loop Parent;
        public int Depth;
    }

    private readonly EntityMap<Loop, LoopData> _loops = new(16);
    private readonly SideMap<Block, Loop> _innermost = new(64);
    private readonly GrowList<Block> _work = new(64);

    /// <summary>All loops; inner ones before the ones they are in.</summary>
    public EntityRange<Loop> Loops => _loops.Keys;

    /// <summary>Number of loops.</summary>
    public int Count => _loops.Count;

    /// <summary>The innermost loop that a block is in, or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Loop InnermostLoop(Block block) => _innermost.Get(block);

    /// <summary>Number of loops that a block is in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Depth(Block block)
    {
        Loop loop = _innermost.Get(block);
        return loop.IsNone() ? 0 : _loops[loop].Depth;
    }

    /// <summary>The block through which a loop is entered.</summary>
    public Block Header(Loop loop) => _loops[loop].Header;

    /// <summary>The loop around a loop, or none.</summary>
    public Loop Parent(Loop loop) => _loops[loop].Parent;

    /// <summary>Number of loops around a loop, itself included.</summary>
    public int Depth(Loop loop) => _loops[loop].Depth;

    /// <summary>True if the block is the header of a loop.</summary>
    public bool IsHeader(Block block)
    {
        Loop loop = _innermost.Get(block);
        return !loop.IsNone() && _loops[loop].Header == block;
    }

    /// <summary>True if the block is in the loop, at any depth.</summary>
    public bool Contains(Loop loop, Block block)
    {
        Loop at = _innermost.Get(block);
        while (!at.IsNone() && at != loop) at = _loops[at].Parent;
        return at == loop;
    }

    /// <summary>Says that a block made since is in a loop (or none), and in those around it.</summary>
    public void AddBlock(Block block, Loop innermost) => _innermost[block] = innermost;

    /// <summary>Looks at a function through its graph and tree.</summary>
    public void Compute(IrFunction func, ControlFlowGraph cfg, DominatorTree dominators)
    {
        _loops.Clear();
        _innermost.Clear(func.Dfg.BlockParams.IdLimit);
        foreach (Block header in cfg.Postorder) FindLoop(header, cfg, dominators);

        // Outer loops come later, so depths are known walking backwards.
        Span<LoopData> loops = _loops.Values;
        for (int i = loops.Length - 1; i >= 0; i--)
        {
            Loop parent = loops[i].Parent;
            loops[i].Depth = parent.IsNone() ? 1 : loops[(int)parent.Id - 1].Depth + 1;
        }
    }

    private void FindLoop(Block header, ControlFlowGraph cfg, DominatorTree dominators)
    {
        _work.Clear();
        foreach (PredecessorEdge edge in cfg.Predecessors(header))
        {
            if (dominators.Dominates(header, edge.From)) _work.Add(edge.From);
        }

        if (_work.Count == 0) return;
        Loop loop = _loops.Add(new LoopData { Header = header });
        while (_work.Count != 0)
        {
            Block block = _work.Pop();
            Loop inner = Outermost(block);
            if (inner == loop) continue;
            Block at;
            if (inner.IsNone())
            {
                _innermost[block] = loop;
                at = block;
            }
            else
            {
                _loops[inner].Parent = loop;
                at = _loops[inner].Header;
            }

            if (at == header) continue;
            foreach (PredecessorEdge edge in cfg.Predecessors(at)) _work.Add(edge.From);
        }

        if (_innermost[header].IsNone()) _innermost[header] = loop;
    }

    private Loop Outermost(Block block)
    {
        Loop at = _innermost[block];
        if (at.IsNone()) return at;
        while (!_loops[at].Parent.IsNone()) at = _loops[at].Parent;
        return at;
    }
}
