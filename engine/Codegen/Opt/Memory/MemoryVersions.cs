using System;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt.Memory;

// In:  graph, dominators, loops and what the loops write; blocks are entered in DominatorTree.TreePreorder.
// Out: a version number for each region at the point where the walk is. If a location has the same version
//      where an instruction D accessed it and at a point U that D dominates, nothing was written to its
//      region on any path between: a version is made at one place (a write, or a block where different
//      versions meet), and a path from there to U that avoids D would contradict dominance.
//
// A block takes the version that its predecessors agree on, or a new one. Back edges are not known yet when a
// loop header is entered; there, what the loop writes (LoopMemoryEffects) gets a new version instead. A
// predecessor that was not visited and is no back edge (irreducible graphs) makes everything new.

/// <summary>Versions of memory along a walk down the dominator tree.</summary>
internal sealed class MemoryVersions
{
    private readonly SideMap<Block, int> _ends = new(64); // index + 1 of the block's part of _states
    private readonly GrowList<int> _states = new(256);
    private readonly GrowList<int> _current = new(64);
    private ControlFlowGraph _cfg = null!;
    private DominatorTree _dominators = null!;
    private LoopAnalysis _loops = null!;
    private LoopMemoryEffects _effects = null!;
    private int _last;

    public void Begin(IrFunction func, ControlFlowGraph cfg, DominatorTree dominators, LoopAnalysis loops, LoopMemoryEffects effects)
    {
        _cfg = cfg;
        _dominators = dominators;
        _loops = loops;
        _effects = effects;
        _ends.Fill(func.Dfg.BlockParams.IdLimit, 0);
        _states.Clear();
        _current.Clear();
        _current.Resize(effects.Regions.Limit, 0);
        _last = 0;
    }

    /// <summary>The version that a load with these flags reads.</summary>
    public int VersionFor(MemFlags load) => _current[_effects.Regions.Number(load.Region)];

    /// <summary>A store with these flags happens.</summary>
    public void Write(MemFlags store)
    {
        int region = _effects.Regions.Number(store.Region);
        if (region == RegionNumbering.Any)
        {
            WriteAll();
            return;
        }

        _current[region] = ++_last;
        _current[RegionNumbering.Any] = _last;
    }

    /// <summary>Anything may be written.</summary>
    public void WriteAll() => _current.Span.Fill(++_last);

    /// <summary>The walk enters a block.</summary>
    public void EnterBlock(Block block)
    {
        Span<int> current = _current.Span;
        bool first = true;
        bool isHeader = _loops.IsHeader(block);
        foreach (PredecessorEdge edge in _cfg.Predecessors(block))
        {
            if (isHeader && _dominators.Dominates(block, edge.From)) continue;
            int end = _ends.Get(edge.From);
            if (end == 0)
            {
                current.Fill(++_last);
                return;
            }

            Span<int> state = _states.Span.Slice(end - 1, current.Length);
            if (first) state.CopyTo(current);
            else Meet(current, state);
            first = false;
        }

        if (first) current.Fill(++_last); // the entry
        if (isHeader) WriteWhatLoopWrites(current, _effects.Written(_loops.InnermostLoop(block)));
    }

    /// <summary>The walk leaves the block it entered last.</summary>
    public void LeaveBlock(Block block)
    {
        _ends[block] = _states.Count + 1;
        _states.AddRange(_current.Span);
    }

    private void Meet(Span<int> current, ReadOnlySpan<int> state)
    {
        for (int i = 0; i < current.Length; i++)
        {
            if (current[i] != state[i]) current[i] = ++_last;
        }
    }

    private void WriteWhatLoopWrites(Span<int> current, ulong written)
    {
        if (written == 0) return;
        current[RegionNumbering.Any] = ++_last;
        for (int i = 1; i < current.Length; i++)
        {
            if ((written >> i & 1) != 0) current[i] = _last;
        }
    }
}
