using System;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// Lists the slots that hold live references while a safepoint instruction runs. Safepoints clobber all
/// registers, so every reference that lives across one is in its slot.
/// </summary>
internal static class StackMaps
{
    public static void Run<TFunc>(in TFunc function, RegAllocContext context) where TFunc : struct, IAllocatable
    {
        if (!function.HasReferences) return;
        ReadOnlySpan<int> calls = context.Calls.Span;
        for (int v = 1; v < context.VRegs.Count; v++)
        {
            ref VRegRow row = ref context.VRegs[v];
            if (!row.NeedsSlot || row.SpanEnd == row.SpanStart || !function.IsReference(new VReg((uint)v))) continue;
            Location slot = Assignments.SlotOf(context, row);
            for (int s = row.SpanStart; s < row.SpanEnd; s++)
            {
                SpanRow span = context.Spans[s];
                int at = calls.BinarySearch(span.From >> 1);
                for (at = at < 0 ? ~at : at; at < calls.Length && 2 * calls[at] + 1 < span.To; at++)
                {
                    // A value that begins to live in the instruction itself is not there yet.
                    if (2 * calls[at] + 1 <= span.From && span.From == row.DefPoint) continue;
                    InstIndex inst = new(calls[at] - context.BlockOfPosition[calls[at]] - 1);
                    if (function.IsSafepoint(inst)) context.Output.StackMapList.Add(new StackMapEntry(inst, slot));
                }
            }
        }

        context.Output.StackMapList.Span.Sort(static (a, b) =>
            a.Inst != b.Inst ? a.Inst.Value.CompareTo(b.Inst.Value) : a.Slot.SlotUnit.CompareTo(b.Slot.SlotUnit));
    }
}
