using System;
using Kiln.Foundation.Diagnostics;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// Fills in the location of each operand and collects the moves that make the locations true: where a piece
/// begins, for fixed and reused operands, along edges, and the stores into spill slots.
/// </summary>
/// <remarks>
/// A value never changes, so each slot is written in one of two ways, whichever is expected to run less often: right after
/// the def, once and for all; or wherever the value leaves a register for its slot. Nothing else ever stores.
/// </remarks>
internal static class Moves
{
    public static void Run<TFunc>(in TFunc function, RegAllocContext context) where TFunc : struct, IAllocatable
    {
        context.Moves.Reset(context.BlockOfPosition.Count);
        for (int v = 1; v < context.VRegs.Count; v++)
        {
            ref VRegRow row = ref context.VRegs[v];
            if (row.DefBlock < 0) continue;
            LocateOperands(context, row, v);
            AddFixedUseMoves(context, row, v);
            if (row.SpanEnd == row.SpanStart)
            {
                StoreUnusedStackDef(context, ref row);
                continue;
            }

            AddPieceMoves(context, row, v);
            if (NeedsEdgeMovesOrStores(context, row)) AddEdgeMovesAndStores(function, context, ref row, v);
        }

        AddReuseMoves(function, context);
        AddArgumentMoves(function, context);
    }

    private static void StoreUnusedStackDef(RegAllocContext context, ref VRegRow row)
    {
        if (row.Def == DefKind.Stack) row.StoredAtDef = true;
    }

    // --- Operands ----------------------------------------------------------------------------------------

    private static void LocateOperands(RegAllocContext context, in VRegRow row, int v)
    {
        Span<Location> locations = context.Output.OperandLocations.Span;
        ReadOnlySpan<UseRow> uses = context.Uses.Span;
        ReadOnlySpan<AssignmentRow> assignments = context.Assignments.Span[row.AssignStart..row.AssignEnd];
        if (row.NeedsSlot)
        {
            Location slot = Assignments.SlotOf(context, row);
            for (int u = row.UseStart; u < row.UseEnd; u++)
                if (uses[u].Kind is UseKind.Any or UseKind.Stack) locations[uses[u].Operand] = slot;
        }

        foreach (ref readonly AssignmentRow assignment in assignments)
        {
            ref PieceRow piece = ref context.Pieces[assignment.Piece];
            Location register = Location.Of(new PReg(assignment.Register));
            for (int u = piece.UseStart; u < piece.UseEnd; u++)
                if (uses[u].Kind is UseKind.Any or UseKind.Reg) locations[uses[u].Operand] = register;
        }

        if (row.Def is not (DefKind.Reg or DefKind.Any or DefKind.Stack)) return;
        if (row.Def != DefKind.Stack && Assignments.TryGetStartingAt(context, row, row.DefPoint, out byte defRegister))
            locations[row.DefOperand] = Location.Of(new PReg(defRegister));
        else if (!row.Remat)
        {
            if (row.Def == DefKind.Reg) EngineBug.Throw($"the def of v{v} has no register");
            locations[row.DefOperand] = Assignments.SlotOf(context, row);
        }
    }

    // --- Moves within a block ----------------------------------------------------------------------------

    private static void AddPieceMoves(RegAllocContext context, in VRegRow row, int v)
    {
        for (int a = row.AssignStart; a < row.AssignEnd; a++)
        {
            AssignmentRow assignment = context.Assignments[a];
            if (assignment.From == row.DefPoint && row.Def is DefKind.Reg or DefKind.Any or DefKind.Param) continue;
            int position = assignment.From >> 1;
            if (position == context.Blocks[context.BlockOfPosition[position]].Head) continue; // edges see to it
            Location from = Assignments.LocationAt(context, row, assignment.From - 1);
            Location to = Location.Of(new PReg(assignment.Register));
            if (from != to) context.Moves.Add(MoveTable.Before(position), from, to, v);
        }
    }

    private static void AddFixedUseMoves(RegAllocContext context, in VRegRow row, int v)
    {
        for (int u = row.UseStart; u < row.UseEnd; u++)
        {
            ref UseRow use = ref context.Uses[u];
            if (use.Kind != UseKind.Fixed) continue;
            Location from = Assignments.LocationAt(context, row, use.Point);
            Location to = Location.Of(new PReg(use.Register));
            if (from == to) continue;
            // A piece that starts here in this very register is moved there already.
            if (Assignments.TryGetStartingAt(context, row, use.Point + 1, out byte register) && register == use.Register) continue;
            context.Moves.Add(MoveTable.Before((use.Point + 1) >> 1), from, to, v);
        }
    }

    private static void AddReuseMoves<TFunc>(in TFunc function, RegAllocContext context) where TFunc : struct, IAllocatable
    {
        Span<Location> locations = context.Output.OperandLocations.Span;
        ReadOnlySpan<Operand> operands = function.Operands;
        foreach (ReuseRow reuse in context.Reuses.Span)
        {
            int v = (int)operands[reuse.Use].VReg.Id;
            Location from = Assignments.LocationAt(context, context.VRegs[v], 2 * reuse.Position - 1);
            Location to = locations[reuse.Def];
            locations[reuse.Use] = to;
            if (from != to) context.Moves.Add(MoveTable.Before(reuse.Position), from, to, v);
        }
    }

    // --- Edges and stores --------------------------------------------------------------------------------

    private static bool NeedsEdgeMovesOrStores(RegAllocContext context, in VRegRow row)
    {
        if (row.NeedsSlot || row.Remat) return true;
        for (int a = row.AssignStart + 1; a < row.AssignEnd; a++)
            if (context.Assignments[a].Register != context.Assignments[a - 1].Register) return true;
        return false;
    }

    private static void AddEdgeMovesAndStores<TFunc>(in TFunc function, RegAllocContext context, ref VRegRow row, int v)
        where TFunc : struct, IAllocatable
    {
        AddEdgeLoads(context, row, v);
        if (!row.NeedsSlot || row.Remat) return;

        Location slot = Assignments.SlotOf(context, row);
        Location born = LocationOfDef(context, row);
        if (born != slot && !MustStoreAtDef(context, row))
        {
            context.PendingStores.Clear();
            float limit = context.Blocks[row.DefBlock].Weight;
            float cost = CollectStoresWithinBlocks(context, row, v, limit);
            if (cost < limit) cost += CollectEdgeStores(function, context, row, v, limit - cost);
            if (cost < limit)
            {
                foreach (ref MoveRow store in context.PendingStores) context.Moves.Add(store.Key, store.From, store.To, v);
                return;
            }
        }

        row.StoredAtDef = true;
        if (born == slot) return;
        int position = row.Def == DefKind.Fixed ? row.DefPoint >> 1 : (row.DefPoint >> 1) + 1;
        context.Moves.Add(MoveTable.Before(position), born, slot, v);
    }

    /// <summary>
    /// True if the slot is read at places that no move leads to, or if the value is nowhere else: a fixed def that
    /// is not fetched from its register at once is lost unless it is stored.
    /// </summary>
    private static bool MustStoreAtDef(RegAllocContext context, in VRegRow row) =>
        (row.Def == DefKind.Fixed && !Assignments.TryGetStartingAt(context, row, row.DefPoint, out _)) || HasStackUse(context, row);

    private static bool HasStackUse(RegAllocContext context, in VRegRow row)
    {
        for (int u = row.UseStart; u < row.UseEnd; u++)
            if (context.Uses[u].Kind == UseKind.Stack) return true;
        return false;
    }

    private static Location LocationOfDef(RegAllocContext context, in VRegRow row) => row.Def switch
    {
        DefKind.Fixed => Location.Of(new PReg(row.FixedRegister)),
        DefKind.Stack => Assignments.SlotOf(context, row),
        DefKind.Param or DefKind.Reg or DefKind.Any or DefKind.None => Assignments.LocationAt(context, row, row.DefPoint | 1),
    };

    /// <summary>Collects the stores at the ends of pieces within blocks, up to a total cost; returns what they cost.</summary>
    private static float CollectStoresWithinBlocks(RegAllocContext context, in VRegRow row, int v, float limit)
    {
        float cost = 0;
        Location slot = Assignments.SlotOf(context, row);
        ReadOnlySpan<AssignmentRow> assignments = context.Assignments.Span[row.AssignStart..row.AssignEnd];
        ReadOnlySpan<SpanRow> spans = context.Spans.Span[row.SpanStart..row.SpanEnd];
        int span = 0;
        for (int a = 0; a < assignments.Length && cost < limit; a++)
        {
            int end = assignments[a].To;
            if (a + 1 < assignments.Length && assignments[a + 1].From <= end) continue;
            while (span < spans.Length && spans[span].To <= end) span++;
            if (span == spans.Length) break;
            if (spans[span].From > end) continue;
            int position = end >> 1;
            int block = context.BlockOfPosition[position];
            if (position == context.Blocks[block].Head) continue;
            Location from = Assignments.LocationAt(context, row, 2 * position - 1);
            if (!from.IsRegister) continue;
            cost += context.Blocks[block].Weight;
            context.PendingStores.Add(new MoveRow { Key = MoveTable.Before(position), From = from, To = slot, VReg = v });
        }

        return cost;
    }

    /// <summary>Adds the moves along the edges into each block at whose start the virtual register is in a register.</summary>
    private static void AddEdgeLoads(RegAllocContext context, in VRegRow row, int v)
    {
        ReadOnlySpan<int> predecessors = context.Predecessors.Span;
        ReadOnlySpan<BlockRow> blocks = context.Blocks.Span;
        ReadOnlySpan<AssignmentRow> assignments = context.Assignments.Span[row.AssignStart..row.AssignEnd];
        foreach (ref readonly AssignmentRow assignment in assignments)
        {
            int block = context.BlockOfPosition[assignment.From >> 1];
            if (2 * blocks[block].Head < assignment.From) block++;
            Location to = Location.Of(new PReg(assignment.Register));
            for (; block < blocks.Length && 2 * blocks[block].Head < assignment.To; block++)
            {
                if (block == row.DefBlock) continue;
                for (int i = blocks[block].PredecessorStart; i < blocks[block].PredecessorEnd; i++)
                {
                    int point = 2 * blocks[predecessors[i]].Limit - 1;
                    if (point >= assignment.From && point < assignment.To) continue;
                    Location from = Assignments.LocationAt(context, row, point);
                    if (from != to) context.Moves.Add(EdgeKey(context, predecessors[i], block, out _), from, to, v);
                }
            }
        }
    }

    /// <summary>
    /// Collects the stores along the edges from blocks at whose end the virtual register is in a register to blocks at whose start it
    /// is in its slot, up to a total cost; returns what they cost.
    /// </summary>
    private static float CollectEdgeStores<TFunc>(in TFunc function, RegAllocContext context, in VRegRow row, int v, float limit)
        where TFunc : struct, IAllocatable
    {
        float cost = 0;
        Location slot = Assignments.SlotOf(context, row);
        ReadOnlySpan<BlockRow> blocks = context.Blocks.Span;
        ReadOnlySpan<AssignmentRow> assignments = context.Assignments.Span[row.AssignStart..row.AssignEnd];
        ReadOnlySpan<SpanRow> spans = context.Spans.Span[row.SpanStart..row.SpanEnd];
        foreach (ref readonly AssignmentRow assignment in assignments)
        {
            Location from = Location.Of(new PReg(assignment.Register));
            for (int block = context.BlockOfPosition[assignment.From >> 1]; block < blocks.Length && 2 * blocks[block].Limit <= assignment.To; block++)
            {
                foreach (BlockIndex successor in function.Successors(new BlockIndex(block)))
                {
                    int point = 2 * blocks[successor.Value].Head + 1;
                    if (successor.Value == row.DefBlock || (point >= assignment.From && point < assignment.To)) continue;
                    if (!IsLiveAt(spans, point) || Assignments.LocationAt(context, row, point) != slot) continue;
                    int key = EdgeKey(context, block, successor.Value, out float weight);
                    context.PendingStores.Add(new MoveRow { Key = key, From = from, To = slot, VReg = v });
                    cost += weight;
                    if (cost >= limit) return cost;
                }
            }
        }

        return cost;
    }

    private static bool IsLiveAt(ReadOnlySpan<SpanRow> spans, int point)
    {
        int lo = 0, hi = spans.Length;
        while (lo < hi)
        {
            int middle = (lo + hi) >> 1;
            if (spans[middle].To <= point) lo = middle + 1;
            else hi = middle;
        }

        return lo < spans.Length && spans[lo].From <= point;
    }

    private static void AddArgumentMoves<TFunc>(in TFunc function, RegAllocContext context) where TFunc : struct, IAllocatable
    {
        for (int b = 0; b < context.Blocks.Count; b++)
        {
            ReadOnlySpan<BlockIndex> successors = function.Successors(new BlockIndex(b));
            for (int s = 0; s < successors.Length; s++)
            {
                ReadOnlySpan<VReg> arguments = function.BranchArgs(new BlockIndex(b), s);
                if (arguments.IsEmpty) continue;
                int target = successors[s].Value;
                ReadOnlySpan<VReg> parameters = function.BlockParams(successors[s]);
                int key = EdgeKey(context, b, target, out _);
                int fromPoint = 2 * context.Blocks[b].Limit - 1;
                int toPoint = 2 * context.Blocks[target].Head + 1;
                for (int i = 0; i < arguments.Length; i++)
                {
                    ref VRegRow parameter = ref context.VRegs[(int)parameters[i].Id];
                    if (parameter.SpanEnd == parameter.SpanStart) continue; // nobody reads it
                    ref VRegRow argument = ref context.VRegs[(int)arguments[i].Id];
                    Location to = Assignments.LocationAt(context, parameter, toPoint);
                    Location from = Assignments.LocationAt(context, argument, fromPoint);
                    if (from == to) continue;
                    bool inSlotAlready = to.IsSlot && argument.StoredAtDef && argument.SpillSet == parameter.SpillSet;
                    if (!inSlotAlready) context.Moves.Add(key, from, to, (int)arguments[i].Id);
                }
            }
        }
    }

    /// <summary>
    /// Where the moves of an edge stand: before the terminator of the block it comes from if that has one successor,
    /// else at the start of the block it leads to, which then has one predecessor.
    /// </summary>
    private static int EdgeKey(RegAllocContext context, int from, int to, out float weight)
    {
        ref BlockRow source = ref context.Blocks[from];
        ref BlockRow target = ref context.Blocks[to];
        if (source.SuccessorCount == 1)
        {
            weight = source.Weight;
            return MoveTable.EdgeBefore(source.Limit - 1);
        }

        if (target.PredecessorEnd - target.PredecessorStart != 1) EngineBug.Throw($"the edge from block{from} to block{to} is critical");
        weight = target.Weight;
        return MoveTable.Before(target.Head);
    }
}
