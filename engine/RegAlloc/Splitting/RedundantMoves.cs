using System;
using System.Numerics;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// Removes loads of what the register holds already and stores of what the slot holds already; a load of what
/// another register holds becomes a move from there.
/// </summary>
/// <remarks>
/// One forward pass keeps for each register the slot whose content it equals. It starts afresh at each block,
/// except one whose only predecessor is the block before it in the layout. Scratch registers are not followed.
/// Before and after: the edits are right; no edit is added or moved.
/// </remarks>
internal ref struct RedundantMoves
{
    private readonly Span<int> _slotIn;
    private readonly ulong _scratch;
    private ulong _holding;

    private RedundantMoves(MachineEnv env, Span<int> slotIn)
    {
        _slotIn = slotIn;
        _scratch = 1UL << env.FloatScratch.Index | (env.IntScratch is { } scratch ? 1UL << scratch.Index : 0);
    }

    public static void Run<TFunc>(in TFunc function, MachineEnv env, RegAllocContext context) where TFunc : struct, IAllocatable
    {
        if (context.Output.SpillSlotCount == 0) return;
        RedundantMoves pass = new(env, stackalloc int[PReg.Limit]);
        ReadOnlySpan<Operand> operands = function.Operands;
        ReadOnlySpan<Location> locations = context.Output.Locations;
        ReadOnlySpan<BlockRow> blocks = context.Blocks.Span;
        ReadOnlySpan<int> predecessors = context.Predecessors.Span;
        Span<Edit> edits = context.Output.EditList.Span;
        int read = 0, kept = 0;
        for (int b = 0; b < blocks.Length && read < edits.Length; b++)
        {
            ref readonly BlockRow block = ref blocks[b];
            bool continues = block.PredecessorEnd - block.PredecessorStart == 1 && predecessors[block.PredecessorStart] == b - 1;
            if (!continues) pass._holding = 0;
            int limit = block.Limit - b - 1;
            for (int inst = block.Head - b; inst < limit; inst++)
            {
                for (; read < edits.Length && edits[read].Inst.Value == inst; read++)
                {
                    Edit edit = edits[read];
                    if (pass.Keep(ref edit)) edits[kept++] = edit;
                }

                if (pass._holding == 0) continue;
                int end = function.OperandStart(new InstIndex(inst + 1));
                for (int o = function.OperandStart(new InstIndex(inst)); o < end; o++)
                    if (operands[o].IsDef) pass.Overwrite(locations[o]);
                pass._holding &= ~function.Clobbers(new InstIndex(inst)).Bits;
            }
        }

        context.Output.EditList.Truncate(kept);
    }

    /// <summary>Follows an edit, perhaps changing its source; false if it does nothing.</summary>
    private bool Keep(ref Edit edit)
    {
        if (edit.Kind == EditKind.Exchange)
        {
            Forget(edit.From.Register);
            Forget(edit.To.Register);
            return true;
        }

        if (edit.Kind == EditKind.Remat)
        {
            Overwrite(edit.To);
            return true;
        }

        if (edit.From.IsSlot)
        {
            int slot = edit.From.SlotUnit;
            if (Holds(edit.To.Register, slot)) return false;
            for (ulong rest = _holding; rest != 0; rest &= rest - 1)
            {
                PReg register = new((byte)BitOperations.TrailingZeroCount(rest));
                if (_slotIn[register.Index] != slot || register.Class != edit.To.Register.Class) continue;
                edit = edit with { From = Location.Of(register) };
                break;
            }

            Remember(edit.To.Register, slot);
            return true;
        }

        if (edit.To.IsSlot)
        {
            int slot = edit.To.SlotUnit;
            if (Holds(edit.From.Register, slot)) return false;
            Overwrite(edit.To);
            Remember(edit.From.Register, slot);
            return true;
        }

        if ((_holding >> edit.From.Register.Index & 1) != 0) Remember(edit.To.Register, _slotIn[edit.From.Register.Index]);
        else Forget(edit.To.Register);
        return true;
    }

    private readonly bool Holds(PReg register, int slot) => (_holding >> register.Index & 1) != 0 && _slotIn[register.Index] == slot;

    private void Remember(PReg register, int slot)
    {
        Forget(register);
        if ((_scratch >> register.Index & 1) != 0) return;
        _holding |= 1UL << register.Index;
        _slotIn[register.Index] = slot;
    }

    private void Forget(PReg register) => _holding &= ~(1UL << register.Index);

    /// <summary>A location is written: it holds what it did no longer, nor does any register hold what it holds.</summary>
    private void Overwrite(Location location)
    {
        if (location.IsRegister) Forget(location.Register);
        if (!location.IsSlot) return;
        for (ulong rest = _holding; rest != 0; rest &= rest - 1)
        {
            int register = BitOperations.TrailingZeroCount(rest);
            if (_slotIn[register] == location.SlotUnit) _holding &= ~(1UL << register);
        }
    }
}
