using System;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt.Unrolling;

/// <summary>An innermost loop that may be unrolled: its blocks are in <see cref="LoopBodies"/>.</summary>
internal struct LoopBody
{
    /// <summary>Through which it is entered.</summary>
    public Block Header;

    /// <summary>Its first block in the layout's order; <see cref="LoopBodies.Next"/> leads to the others.</summary>
    public Block FirstBlock;

    public Block LastBlock;

    /// <summary>What an iteration costs, in instructions; without those that cost nothing, and without polls.</summary>
    public int Size;

    /// <summary>All instructions.</summary>
    public int InstCount;

    /// <summary>It polls in a block that each iteration goes through.</summary>
    public bool Polls;

    /// <summary>It is not to be unrolled.</summary>
    public bool Rejected;
}

// In:  a function with its graph, dominators and loops.
// Out: the innermost loops that are small enough, poll in each iteration, have neither calls nor jump tables and are not cold; their
//      blocks as lists in the order of the layout.
//
// One walk over the blocks; instructions are counted only until a loop is too large.

/// <summary>The innermost loops of a function with their blocks.</summary>
internal sealed class LoopBodies
{
    private const int MaxInstsForEachOfSize = 4; // so that what is free has a limit, too

    private readonly GrowList<LoopBody> _bodies = new(16);     // by loop
    private readonly SideMap<Block, Block> _next = new(64);
    private IrFunction _func = null!;
    private DominatorTree _dominators = null!;

    /// <summary>One for each loop, those that are rejected included.</summary>
    public Span<LoopBody> Bodies => _bodies.Span;

    /// <summary>The block of the same loop that follows in the layout, or none.</summary>
    public Block Next(Block block) => _next[block];

    /// <summary>The body that a block is in, or -1. Bodies that are rejected count.</summary>
    public static int IndexOf(LoopAnalysis loops, Block block) => (int)loops.InnermostLoop(block).Id - 1;

    /// <summary>Looks at a function. True if a loop is left that is not rejected.</summary>
    public bool Collect(IrFunction func, ControlFlowGraph cfg, DominatorTree dominators, LoopAnalysis loops, int maxSize)
    {
        _func = func;
        _dominators = dominators;
        _bodies.Clear();
        foreach (Loop loop in loops.Loops) _bodies.Add(new LoopBody { Header = loops.Header(loop) });
        foreach (Loop loop in loops.Loops)
        {
            if (!loops.Parent(loop).IsNone()) _bodies[(int)loops.Parent(loop).Id - 1].Rejected = true;
            ref LoopBody body = ref _bodies[(int)loop.Id - 1];
            body.Rejected |= func.Layout.IsCold(body.Header) || body.Header == func.Layout.EntryBlock;
        }

        foreach (Block block in func.Layout.Blocks)
        {
            int index = IndexOf(loops, block);
            if (index < 0 || _bodies[index].Rejected || !cfg.IsReachable(block)) continue;
            AddBlock(ref _bodies[index], block, cfg, maxSize);
        }

        bool any = false;
        foreach (ref LoopBody body in _bodies.Span)
        {
            body.Rejected |= !body.Polls;
            any |= !body.Rejected;
        }

        return any;
    }

    /// <summary>True if each iteration of a loop that ends goes through a block.</summary>
    public static bool IsInEachIteration(Block block, Block header, ControlFlowGraph cfg, DominatorTree dominators)
    {
        if (block == header) return true;
        foreach (PredecessorEdge edge in cfg.Predecessors(header))
        {
            if (dominators.Dominates(header, edge.From) && !dominators.Dominates(block, edge.From)) return false;
        }

        return true;
    }

    private void AddBlock(ref LoopBody body, Block block, ControlFlowGraph cfg, int maxSize)
    {
        _next[block] = default;
        if (body.FirstBlock.IsNone()) body.FirstBlock = block;
        else _next[body.LastBlock] = block;
        body.LastBlock = block;
        foreach (Inst inst in _func.Layout.Insts(block))
        {
            body.InstCount++;
            ref InstData data = ref _func.Dfg.Insts[inst];
            if (data.Op.IsCall() || data.Op == Opcode.BrTable)
            {
                body.Rejected = true;
                return;
            }

            if (IsPoll(data))
            {
                body.Polls |= IsInEachIteration(block, body.Header, cfg, _dominators);
                continue;
            }

            if (IsFree(data.Op) ? body.InstCount <= MaxInstsForEachOfSize * maxSize : ++body.Size <= maxSize) continue;
            body.Rejected = true;
            return;
        }
    }

    /// <summary>True for a load that need not happen in each iteration.</summary>
    public static bool IsPoll(in InstData data) => data.Op == Opcode.Load && data.MemFlags.Poll;

    private static bool IsFree(Opcode op) => op.IsConstant() || op is Opcode.Uextend or Opcode.Jump;
}
