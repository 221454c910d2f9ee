// Atomic instructions. The address must be a multiple of the access's size, which is checked before the access itself: an
// address that is neither aligned nor in bounds is a trap for the former. Waiting and waking are the runtime's.

using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Contract;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;

namespace Kiln.Compiler.Translate;

/// <summary>Atomic accesses, <c>memory.atomic.wait</c> and <c>notify</c>, <c>atomic.fence</c>.</summary>
internal static class AtomicTranslation
{
    /// <summary>Translates an access of <see cref="AtomicTable"/>.</summary>
    public static void Access(Translation t, in AtomicRow row, in Operator op)
    {
        FunctionBuilder b = t.Builder;
        MemArg place = op.MemArg;
        MemFlags flags = MemoryTranslation.AccessFlags(t, place.MemoryIndex);
        InstFormat format = row.Ir.Format();
        Value replacement = format == InstFormat.AtomicCas ? t.Pop() : default;
        Value operand = format == InstFormat.Load ? default : t.Pop();
        Value index = t.PopAsI64(MemoryTranslation.TypeOf(t, place.MemoryIndex).Is64);
        CheckAlignment(t, index, place.Offset, row.Bytes);
        (Value address, int offset) = MemoryTranslation.Address(t, place, row.Bytes, index);
        switch (format)
        {
            case InstFormat.Load:
                t.Push(b.AtomicLoad(row.Ir, row.Type, flags, address, offset));
                break;
            case InstFormat.Store:
                b.AtomicStore(row.Ir, flags, operand, address, offset);
                break;
            case InstFormat.AtomicRmw:
                t.Push(b.AtomicRmw(row.Ir, row.Operation, flags, operand, address, offset));
                break;
            default: // compare and swap
                t.Push(b.AtomicCas(row.Ir, flags, operand, replacement, address, offset));
                break;
        }
    }

    /// <summary><c>atomic.fence</c>.</summary>
    public static void Fence(Translation t) => t.Builder.Fence();

    /// <summary><c>memory.atomic.notify</c>.</summary>
    public static void Notify(Translation t, in Operator op)
    {
        Value count = t.Pop();
        Value address = EffectiveAddress(t, op.MemArg);
        Push(t, CallTranslation.CallBuiltin(t, Builtin.MemoryNotify, [t.I32(op.MemArg.MemoryIndex), address, count]));
    }

    /// <summary><c>memory.atomic.wait32</c> and <c>wait64</c>.</summary>
    public static void Wait(Translation t, Builtin builtin, in Operator op)
    {
        Value timeout = t.Pop();
        Value expected = t.Pop();
        Value address = EffectiveAddress(t, op.MemArg);
        Push(t, CallTranslation.CallBuiltin(t, builtin, [t.I32(op.MemArg.MemoryIndex), address, expected, timeout]));
    }

    private static void Push(Translation t, Inst call) => t.Push(t.Builder.Ireduce(t.Builder.Func.Dfg.FirstResult(call)));

    // Pops the index; the builtin checks the sum. Beyond 2^64 it would wrap.
    private static Value EffectiveAddress(Translation t, MemArg place)
    {
        FunctionBuilder b = t.Builder;
        MemoryType type = MemoryTranslation.TypeOf(t, place.MemoryIndex);
        Value index = t.PopAsI64(type.Is64);
        if (place.Offset == 0) return index;
        Value address = b.Iadd(index, b.I64Const(unchecked((long)place.Offset)));
        if (type.Is64) b.Trapnz(b.Icmp(IntCC.Ult, address, index), Translation.Code(Trap.MemoryOutOfBounds));
        return address;
    }

    private static void CheckAlignment(Translation t, Value index, ulong offset, int bytes)
    {
        if (bytes == 1) return;
        FunctionBuilder b = t.Builder;
        Value address = offset % (ulong)bytes == 0 ? index : b.Iadd(index, b.I64Const(unchecked((long)offset)));
        b.Trapnz(b.Ireduce(b.Band(address, b.I64Const(bytes - 1))), Translation.Code(Trap.UnalignedAtomic));
    }
}
