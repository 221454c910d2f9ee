// Accesses to linear memories.
//
// A 32-bit memory reserves 4 GiB and a guard behind it, and its base never moves (Tunables.MemoryReservation,
// MemoryGuard). An access whose static offset and size together stay within the guard needs no check: whatever the
// index is, it touches the memory or faults, and its place in the trap table says what the fault means. A larger
// offset is checked against the memory's length first. Effective addresses are computed in 64 bits and cannot wrap.

using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Contract;
using Kiln.Contract.Layout;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;

namespace Kiln.Compiler.Translate;

/// <summary>Loads, stores, and instructions on whole memories and data segments.</summary>
internal static class MemoryTranslation
{
    /// <summary>Translates a load or store of <see cref="MemoryTable"/>.</summary>
    public static void Access(Translation t, in MemoryRow row, in Operator op)
    {
        FunctionBuilder b = t.Builder;
        MemArg place = op.MemArg;
        MemFlags flags = MemFlags.Guest(t.Environment.Regions.Memory(place.MemoryIndex));
        if (row.IsStore)
        {
            Value value = t.Pop();
            (Value address, int offset) = Address(t, place, row.Bytes);
            b.Store(row.Ir, flags, value, address, offset);
        }
        else
        {
            (Value address, int offset) = Address(t, place, row.Bytes);
            t.Push(b.Load(row.Ir, row.Type, flags, address, offset));
        }
    }

    /// <summary><c>memory.size</c>.</summary>
    public static void Size(Translation t, uint memory)
    {
        FunctionBuilder b = t.Builder;
        Value pages = b.Ushr(LoadByteLength(t, memory), b.I64Const(MemoryType.DefaultPageSizeLog2));
        t.Push(b.Ireduce(pages));
    }

    /// <summary><c>memory.grow</c>.</summary>
    public static void Grow(Translation t, uint memory)
    {
        FunctionBuilder b = t.Builder;
        Value delta = b.Uextend(t.Pop());
        Inst call = CallTranslation.CallBuiltin(t, Builtin.MemoryGrow, [t.I32(memory), delta]);
        t.Push(b.Ireduce(b.Func.Dfg.FirstResult(call)));
    }

    /// <summary><c>memory.copy</c>.</summary>
    public static void Copy(Translation t, uint to, uint from)
    {
        FunctionBuilder b = t.Builder;
        Value length = b.Uextend(t.Pop());
        Value source = b.Uextend(t.Pop());
        Value target = b.Uextend(t.Pop());
        t.Fuel.ChargeBulk(length);
        CallTranslation.CallBuiltin(t, Builtin.MemoryCopy, [t.I32(to), t.I32(from), target, source, length]);
    }

    /// <summary><c>memory.fill</c>.</summary>
    public static void Fill(Translation t, uint memory)
    {
        FunctionBuilder b = t.Builder;
        Value length = b.Uextend(t.Pop());
        Value value = t.Pop();
        Value target = b.Uextend(t.Pop());
        t.Fuel.ChargeBulk(length);
        CallTranslation.CallBuiltin(t, Builtin.MemoryFill, [t.I32(memory), target, value, length]);
    }

    /// <summary><c>memory.init</c>.</summary>
    public static void Init(Translation t, uint segment, uint memory)
    {
        FunctionBuilder b = t.Builder;
        Value length = t.Pop();
        Value source = t.Pop();
        Value target = b.Uextend(t.Pop());
        if (t.Fuel.IsOn) t.Fuel.ChargeBulk(b.Uextend(length));
        CallTranslation.CallBuiltin(t, Builtin.MemoryInit, [t.I32(memory), t.I32(segment), target, source, length]);
    }

    /// <summary><c>data.drop</c>.</summary>
    public static void Drop(Translation t, uint segment) => CallTranslation.CallBuiltin(t, Builtin.DataDrop, [t.I32(segment)]);

    // Pops the index of an access of so many bytes.
    private static (Value Address, int Offset) Address(Translation t, MemArg place, int bytes)
    {
        FunctionBuilder b = t.Builder;
        Value index = b.Uextend(t.Pop());
        Value address = b.Iadd(LoadBase(t, place.MemoryIndex), index);
        ulong reach = place.Offset + (ulong)bytes;
        if (reach <= t.Environment.Tunables.MemoryGuard && place.Offset <= int.MaxValue) return (address, (int)place.Offset);

        Value offset = b.I64Const((long)place.Offset);
        Value end = b.Iadd(index, b.I64Const((long)reach));
        b.Trapnz(b.Icmp(IntCC.Ugt, end, LoadByteLength(t, place.MemoryIndex)), Translation.Code(Trap.MemoryOutOfBounds));
        return (b.Iadd(address, offset), 0);
    }

    private static Value LoadBase(Translation t, uint memory)
    {
        (Value descriptor, int offset) = Descriptor(t, memory);
        MemFlags flags = MemFlags.Trusted(AliasRegions.VmContext).WithReadOnly().WithCanMove();
        return t.Builder.Load(IrType.I64, flags, descriptor, offset + VmMemoryLayout.Base);
    }

    private static Value LoadByteLength(Translation t, uint memory)
    {
        (Value descriptor, int offset) = Descriptor(t, memory);
        return t.Builder.Load(IrType.I64, MemFlags.Trusted(AliasRegions.MemoryDescriptors), descriptor, offset + VmMemoryLayout.ByteLength);
    }

    private static (Value Descriptor, int Offset) Descriptor(Translation t, uint memory)
    {
        VmOffsets offsets = t.Environment.Offsets;
        return offsets.IsImportedMemory(memory)
            ? (t.LoadVmField(offsets.ImportedMemory(memory)), 0)
            : (t.VmContext, offsets.DefinedMemory(memory));
    }
}
