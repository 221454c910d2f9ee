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
    // The one store that made a version of a region, and the version before; no region if it was something else.
    private struct LocatedStore
    {
        public Value Address;
        public int Offset;
        public int ByteCount;
        public int Region;
        public int Before;
    }

    private readonly SideMap<Block, int> _ends = new(64); // index + 1 of the block's part of _states
    private readonly GrowList<int> _states = new(256);
    private readonly GrowList<int> _current = new(64);
    private readonly GrowList<LocatedStore> _writes = new(256); // by version
    private ControlFlowGraph _cfg = null!;
    private DominatorTree _dominators = null!;
    private LoopAnalysis _loops = null!;
    private LoopMemoryEffects _effects = null!;

    public void Begin(IrFunction func, ControlFlowGraph cfg, DominatorTree dominators, LoopAnalysis loops, LoopMemoryEffects effects)
    {
        _cfg = cfg;
        _dominators = dominators;
        _loops = loops;
        _effects = effects;
        _ends.Clear(func.Dfg.BlockParams.IdLimit);
        _states.Clear();
        _current.Clear();
        _current.Resize(effects.Regions.Limit, 0);
        _writes.Clear();
        _writes.Add(default);
    }

    /// <summary>The version that a load with these flags reads.</summary>
    public int VersionFor(MemFlags load) => _current[_effects.Regions.Number(load.Region)];

    /// <summary>A store happens.</summary>
    public void Write(in InstData store)
    {
        int region = _effects.Regions.Number(store.MemFlags.Region);
        if (region == RegionNumbering.Any)
        {
            WriteAll();
            return;
        }

        int before = _current[region];
        int version = NewVersion();
        _current[region] = version;
        _current[RegionNumbering.Any] = version;
        _writes[version] = new LocatedStore
        {
            Address = store.A,
            Offset = store.Offset,
            ByteCount = store.Op.AccessByteCount(store.Type, store.Lanes),
            Region = region,
            Before = before,
        };
    }

    /// <summary>
    /// If one store made the version and does not touch the bytes of an access, because it has the same base and another
    /// offset: the version before it, where those bytes are the same.
    /// </summary>
    public bool TryLookBehind(in InstData access, ref int version)
    {
        ref LocatedStore write = ref _writes[version];
        if (write.Region == RegionNumbering.Any || write.Address != access.A || write.Region != _effects.Regions.Number(access.MemFlags.Region)) return false;
        long distance = (long)access.Offset - write.Offset;
        if (distance < write.ByteCount && distance > -access.Op.AccessByteCount(access.Type, access.Lanes)) return false;
        version = write.Before;
        return true;
    }

    /// <summary>Anything may be written.</summary>
    public void WriteAll() => _current.Span.Fill(NewVersion());

    private int NewVersion()
    {
        _writes.Add(default);
        return _writes.Count - 1;
    }

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
                current.Fill(NewVersion());
                return;
            }

            Span<int> state = _states.Span.Slice(end - 1, current.Length);
            if (first) state.CopyTo(current);
            else Meet(current, state);
            first = false;
        }

        if (first) current.Fill(NewVersion()); // the entry
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
            if (current[i] != state[i]) current[i] = NewVersion();
        }
    }

    private void WriteWhatLoopWrites(Span<int> current, ulong written)
    {
        if (written == 0) return;
        int version = NewVersion();
        current[RegionNumbering.Any] = version;
        for (int i = 1; i < current.Length; i++)
        {
            if ((written >> i & 1) != 0) current[i] = version;
        }
    }
}
