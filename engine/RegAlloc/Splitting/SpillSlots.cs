using System;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// Finds the virtual registers that are not in a register all the time they are live and gives their spill sets slots.
/// </summary>
/// <remarks>
/// A slot is a set's for the whole live range of every virtual register of the set that is ever in it, not only
/// where they are in it: so a value that was stored once can be reloaded ever after.
/// After: <see cref="SpillSetRow.Slot"/> is a unit of the spill area wherever one is needed; slots of two units
/// come first, so that they are aligned.
/// </remarks>
internal static class SpillSlots
{
    public static void Run(RegAllocContext context)
    {
        Span<VRegRow> vregs = context.VRegs.Span;
        SlotSpace slots = context.Slots;
        slots.Reset(2 * context.BlockOfPosition.Count);
        for (int v = 1; v < vregs.Length; v++)
        {
            ref VRegRow row = ref vregs[v];
            if (row.SpillSet < 0 || row.Remat) continue;
            row.NeedsSlot = row.NeedsSlot || HasGap(context, row);
        }

        Span<SpillSetRow> sets = context.SpillSets.Span;
        ReadOnlySpan<SpanRow> spans = context.Spans.Span;
        foreach (ref SpillSetRow set in sets)
        {
            bool needed = false;
            for (int v = set.FirstVReg; v >= 0 && !needed; v = vregs[v].NextInSet) needed = vregs[v].NeedsSlot && !vregs[v].Remat;
            if (!needed) continue;
            ulong free;
            int group = slots.SearchAfter;
            do
            {
                free = ~0UL;
                group = slots.NextGroup(group, set.Units);
                for (int v = set.FirstVReg; v >= 0 && free != 0; v = vregs[v].NextInSet)
                {
                    if (!vregs[v].NeedsSlot || vregs[v].Remat) continue;
                    for (int s = vregs[v].SpanStart; s < vregs[v].SpanEnd; s++) free &= ~slots.Taken(group, spans[s].From, spans[s].To);
                    if (vregs[v].Def == DefKind.Stack) free &= ~slots.Taken(group, vregs[v].DefPoint - 2, vregs[v].DefPoint);
                }
            }
            while (free == 0);

            int lane = slots.Take(group, free);
            for (int v = set.FirstVReg; v >= 0; v = vregs[v].NextInSet)
            {
                if (!vregs[v].NeedsSlot || vregs[v].Remat) continue;
                for (int s = vregs[v].SpanStart; s < vregs[v].SpanEnd; s++) slots.Occupy(group, lane, spans[s].From, spans[s].To);
                if (vregs[v].Def == DefKind.Stack) slots.Occupy(group, lane, vregs[v].DefPoint - 2, vregs[v].DefPoint); // the def itself
            }

            set.Slot = slots.Number(group, lane);
        }

        foreach (ref SpillSetRow set in sets)
            if (set.Slot >= 0) set.Slot = slots.UnitOf(set.Slot, set.Units);
        context.Output.SpillSlotCount = slots.Count;
        context.Output.SpillAreaUnits = slots.UnitCount;
    }

    private static bool HasGap(RegAllocContext context, in VRegRow row)
    {
        ReadOnlySpan<AssignmentRow> assignments = context.Assignments.Span;
        int a = row.AssignStart;
        for (int s = row.SpanStart; s < row.SpanEnd; s++)
        {
            ref SpanRow span = ref context.Spans[s];
            int at = span.From;
            while (at < span.To)
            {
                if (a >= row.AssignEnd || assignments[a].From > at) return true;
                at = Math.Max(at, assignments[a].To);
                a++;
            }
        }

        return false;
    }
}
