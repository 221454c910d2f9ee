using Kiln.Foundation.Collections;
using Kiln.RegAlloc.Splitting;

namespace Kiln.RegAlloc;

/// <summary>
/// All buffers of the allocator. One per worker thread, used for one function after the other; nothing is
/// allocated on the heap once they have grown to the largest function.
/// </summary>
public sealed class RegAllocContext
{
    internal readonly Allocation Output = new();

    // Written by FunctionScan, read by all.
    internal readonly GrowList<BlockRow> Blocks = new(64);
    internal readonly GrowList<int> Predecessors = new(128);
    internal readonly GrowList<LoopRow> Loops = new();
    internal readonly GrowList<int> BlockOfPosition = new(256);
    internal readonly GrowList<VRegRow> VRegs = new(256);
    internal readonly GrowList<UseRow> Uses = new(256);
    internal readonly GrowList<ReuseRow> Reuses = new(64);
    internal readonly GrowList<int> Calls = new();
    internal readonly OccupancyTree Reserved = new();

    // Written by LiveRanges.
    internal readonly GrowList<SpanRow> Spans = new(256);

    // Written by Merge, then by the splitting phases.
    internal readonly GrowList<PieceRow> Pieces = new(256);
    internal readonly GrowList<BundleRow> Bundles = new(256);
    internal readonly GrowList<SpillSetRow> SpillSets = new(256);
    internal readonly BundleQueue Queue = new();
    internal readonly OccupancyTree Occupied = new();

    // Written by SpillSlots.
    internal readonly GrowList<AssignmentRow> Assignments = new(256);
    internal readonly SlotSpace Slots = new();

    // Written by Moves.
    internal readonly MoveTable Moves = new();
    internal readonly GrowList<MoveRow> PendingStores = new();
    internal readonly ParallelMoves Resolver = new();

    // Scratch of single phases.
    internal readonly GrowList<int> CallsBefore = new();
    internal readonly GrowList<ulong> LiveIn = new();
    internal readonly GrowList<ulong> LiveOut = new();
    internal readonly GrowList<int> Worklist = new(64);
    internal readonly GrowList<EdgeRow> MergeEdges = new();

    internal void Clear()
    {
        Output.Clear();
        Blocks.Clear();
        Predecessors.Clear();
        Loops.Clear();
        BlockOfPosition.Clear();
        VRegs.Clear();
        Uses.Clear();
        Reuses.Clear();
        Calls.Clear();
        Spans.Clear();
        Pieces.Clear();
        Bundles.Clear();
        SpillSets.Clear();
        Queue.Clear();
        Assignments.Clear();
        PendingStores.Clear();
        Worklist.Clear();
        MergeEdges.Clear();
        CallsBefore.Clear();
    }
}
