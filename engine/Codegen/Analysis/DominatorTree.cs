using System;
using System.Runtime.CompilerServices;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Analysis;

// In:  the control flow graph.
// Out: immediate dominators of reachable blocks; children lists; preorder intervals for O(1) queries.
//
// Semi-NCA (Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems", 2005, chapter 2):
// semidominators in reverse preorder with path compression, then each block's immediate dominator is the
// nearest ancestor of its tree parent that is not below its semidominator. Unlike iteration to a fixpoint it
// stays near-linear on a block with 100,000 predecessors at different depths, which `br_if` makes easily.
// All arrays are indexed by preorder position; a parent has a smaller position than its children.

/// <summary>Which blocks every path from the entry to a block goes through.</summary>
public sealed class DominatorTree
{
    private readonly GrowList<int> _ancestor = new(64); // of the forest; compressed
    private readonly GrowList<int> _label = new(64);
    private readonly GrowList<int> _semi = new(64);
    private readonly GrowList<int> _idom = new(64);
    private readonly GrowList<int> _path = new(64);
    private readonly GrowList<int> _firstChild = new(64);
    private readonly GrowList<int> _nextSibling = new(64);
    private readonly GrowList<int> _first = new(64); // position in tree preorder
    private readonly GrowList<int> _last = new(64);  // largest position in the subtree
    private readonly GrowList<Block> _treePreorder = new(64);
    private ControlFlowGraph _cfg = null!;

    /// <summary>
    /// Reachable blocks so that dominators come before what they dominate, subtree by subtree, siblings in
    /// reverse postorder: all predecessors of a block but those over back edges come before it.
    /// </summary>
    public ReadOnlySpan<Block> TreePreorder => _treePreorder.Span;

    /// <summary>The immediate dominator of a reachable block; none for the entry.</summary>
    public Block ImmediateDominator(Block block)
    {
        int at = _cfg.PreorderIndex(block);
        return at <= 0 ? default : _cfg.Preorder[_idom[at]];
    }

    /// <summary>True if every path from the entry to <paramref name="b"/> goes through <paramref name="a"/>. Both reachable; a block dominates itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Dominates(Block a, Block b)
    {
        int ia = _cfg.PreorderIndex(a), ib = _cfg.PreorderIndex(b);
        return _first[ia] <= _first[ib] && _first[ib] <= _last[ia];
    }

    /// <summary>Position of a reachable block in <see cref="TreePreorder"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Position(Block block) => _first[_cfg.PreorderIndex(block)];

    /// <summary>
    /// One more than the <see cref="TreePreorder"/> position of the last block that a reachable block
    /// dominates: walking that order, the block's scope ends there.
    /// </summary>
    public int ScopeEnd(Block block) => _last[_cfg.PreorderIndex(block)] + 1;

    /// <summary>Looks at a graph, which must stay as it is while the tree is used.</summary>
    public void Compute(ControlFlowGraph cfg)
    {
        _cfg = cfg;
        int count = cfg.Preorder.Length;
        _treePreorder.Clear();
        if (count == 0) return;
        ComputeSemidominators(count);
        ComputeImmediateDominators(count);
        ComputeTreePreorder(count);
    }

    private void ComputeSemidominators(int count)
    {
        _ancestor.Resize(count, 0);
        _label.Resize(count, 0);
        _semi.Resize(count, 0);
        _idom.Resize(count, 0);
        ReadOnlySpan<int> parents = _cfg.PreorderParents;
        Span<int> ancestor = _ancestor.Span, label = _label.Span, semi = _semi.Span;
        for (int i = 0; i < count; i++)
        {
            ancestor[i] = parents[i];
            label[i] = i;
            semi[i] = i;
        }

        for (int w = count - 1; w > 0; w--)
        {
            int least = parents[w];
            foreach (PredecessorEdge edge in _cfg.Predecessors(_cfg.Preorder[w]))
            {
                int v = _cfg.PreorderIndex(edge.From);

                // v <= w is an ancestor or w itself and stands for itself; above w the forest is linked.
                int candidate = v <= w ? v : semi[Evaluate(v, w, ancestor, label, semi)];
                if (candidate < least) least = candidate;
            }

            semi[w] = least;
        }
    }

    // The block with the least semidominator on the forest path from v up to, and without, the first block
    // that is not linked yet (position <= w).
    private int Evaluate(int v, int w, Span<int> ancestor, Span<int> label, Span<int> semi)
    {
        if (ancestor[v] <= w) return label[v];
        _path.Clear();
        int at = v;
        while (ancestor[at] > w)
        {
            _path.Add(at);
            at = ancestor[at];
        }

        int best = label[at];
        int root = ancestor[at];
        for (int i = _path.Count - 1; i >= 0; i--)
        {
            int node = _path[i];
            if (semi[best] < semi[label[node]]) label[node] = best;
            best = label[node];
            ancestor[node] = root;
        }

        return best;
    }

    private void ComputeImmediateDominators(int count)
    {
        ReadOnlySpan<int> parents = _cfg.PreorderParents;
        Span<int> idom = _idom.Span, semi = _semi.Span;
        idom[0] = 0;
        for (int w = 1; w < count; w++)
        {
            int at = parents[w];
            while (at > semi[w]) at = idom[at];
            idom[w] = at;
        }
    }

    private void ComputeTreePreorder(int count)
    {
        _firstChild.Resize(count, 0);
        _nextSibling.Resize(count, 0);
        _first.Resize(count, 0);
        _last.Resize(count, 0);
        Span<int> firstChild = _firstChild.Span, nextSibling = _nextSibling.Span, first = _first.Span, last = _last.Span, idom = _idom.Span;
        firstChild.Clear();
        nextSibling.Clear();

        // Children in reverse postorder: link from the first in postorder. 0 is "none", since the root is no child.
        foreach (Block block in _cfg.Postorder)
        {
            int w = _cfg.PreorderIndex(block);
            if (w == 0) continue;
            nextSibling[w] = firstChild[idom[w]];
            firstChild[idom[w]] = w;
        }

        int at = 0;
        while (true)
        {
            first[at] = _treePreorder.Count;
            _treePreorder.Add(_cfg.Preorder[at]);
            if (firstChild[at] != 0)
            {
                at = firstChild[at];
                continue;
            }

            last[at] = first[at];
            while (nextSibling[at] == 0)
            {
                if (at == 0) return;
                at = idom[at];
                last[at] = _treePreorder.Count - 1;
            }

            at = nextSibling[at];
        }
    }
}
