// Accesses to linear memories.
//
// Behind each memory lies a guard (Tunables.MemoryGuard). In which cases an access is checked:
//
//     32-bit, offset + size within the guard     not at all: the reservation covers every index, so the access touches
//                                                the memory or faults, and its trap table row says what that means
//     the largest possible index is known, and   not at all: a memory never shrinks
//     it + offset + size <= the least length
//     64-bit, offset + size within the guard     index < length; what the offset adds ends in the guard at worst. The
//                                                comparison is the same for all offsets, so it is made once
//     larger offsets, and memories whose length  exactly: index + offset + size <= length
//     is no multiple of the machine's pages
//
// A failed check replaces the address by one next to 0, where the access faults: a conditional move, which no processor
// speculates past, and a guard of the IR, which no pass takes out because of what a branch of the guest says of the index. The tunable SpeculationSafe switches to a branch. Effective addresses are computed in 64 bits and cannot
// wrap where the index is 32 bits or was checked.
//
// The base of a memory that may outgrow its reservation is read again after every call; else it is constant.

using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Contract;
using Kiln.Contract.Layout;
using Kiln.Foundation.Entities;
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
        MemFlags flags = AccessFlags(t, place.MemoryIndex);
        if (row.IsStore)
        {
            Value value = t.Pop();
            (Value address, int offset) = Address(t, place, row.Bytes);
            b.Store(row.Ir, flags, value, address, offset);
        }
        else
        {
            (Value address, int offset) = Address(t, place, row.Bytes);
            t.Push(row.Lanes == LaneShape.None ? b.Load(row.Ir, row.Type, flags, address, offset) : b.VectorLoad(row.Ir, row.Lanes, flags, address, offset));
        }
    }

    /// <summary><c>memory.size</c>.</summary>
    public static void Size(Translation t, uint memory)
    {
        FunctionBuilder b = t.Builder;
        MemoryType type = TypeOf(t, memory);
        t.Push(t.FromI64(b.Ushr(LoadByteLength(t, memory), b.I64Const(type.PageSizeLog2)), type.Is64));
    }

    /// <summary><c>memory.grow</c>.</summary>
    public static void Grow(Translation t, uint memory)
    {
        MemoryType type = TypeOf(t, memory);
        Value delta = t.PopAsI64(type.Is64);
        Inst call = CallTranslation.CallBuiltin(t, Builtin.MemoryGrow, [t.I32(memory), delta]);
        t.Push(t.FromI64(t.Builder.Func.Dfg.FirstResult(call), type.Is64));
    }

    /// <summary><c>memory.copy</c>. The length is an i64 only if both memories are 64-bit.</summary>
    public static void Copy(Translation t, uint to, uint from)
    {
        bool to64 = TypeOf(t, to).Is64;
        bool from64 = TypeOf(t, from).Is64;
        int few = SmallBulk.CopiedBytes(t, t.Top(1)[0], to, from);
        Value length = t.PopAsI64(to64 && from64);
        Value source = t.PopAsI64(from64);
        Value target = t.PopAsI64(to64);
        t.Fuel.ChargeBulk(length);
        if (few != 0)
        {
            SmallBulk.Copy(t, to, from, target, source, few);
            return;
        }

        CallTranslation.CallBuiltin(t, Builtin.MemoryCopy, [DescriptorAddress(t, to), DescriptorAddress(t, from), target, source, length]);
    }

    /// <summary><c>memory.fill</c>.</summary>
    public static void Fill(Translation t, uint memory)
    {
        bool is64 = TypeOf(t, memory).Is64;
        int few = SmallBulk.FilledBytes(t, t.Top(1)[0], memory);
        Value length = t.PopAsI64(is64);
        Value value = t.Pop();
        Value target = t.PopAsI64(is64);
        t.Fuel.ChargeBulk(length);
        if (few != 0)
        {
            SmallBulk.Fill(t, memory, target, value, few);
            return;
        }

        CallTranslation.CallBuiltin(t, Builtin.MemoryFill, [DescriptorAddress(t, memory), target, value, length]);
    }

    /// <summary><c>memory.init</c>. Only the target depends on the memory; a segment is shorter than 4 GiB.</summary>
    public static void Init(Translation t, uint segment, uint memory)
    {
        Value length = t.Pop();
        Value source = t.Pop();
        Value target = t.PopAsI64(TypeOf(t, memory).Is64);
        if (t.Fuel.IsOn) t.Fuel.ChargeBulk(t.Builder.Uextend(length));
        CallTranslation.CallBuiltin(t, Builtin.MemoryInit, [t.I32(memory), t.I32(segment), target, source, length]);
    }

    /// <summary><c>data.drop</c>.</summary>
    public static void Drop(Translation t, uint segment) => CallTranslation.CallBuiltin(t, Builtin.DataDrop, [t.I32(segment)]);

    /// <summary>Flags of an access to a memory.</summary>
    public static MemFlags AccessFlags(Translation t, uint memory) => MemFlags.Guest(t.Environment.Regions.Memory(memory));

    /// <summary>Pops the index of an access of so many bytes; gives the address to access, which faults if the access must trap.</summary>
    public static (Value Address, int Offset) Address(Translation t, MemArg place, int bytes) =>
        Address(t, place, bytes, t.PopAsI64(TypeOf(t, place.MemoryIndex).Is64));

    /// <summary>The address to access, given the index in 64 bits; it faults if the access must trap.</summary>
    public static (Value Address, int Offset) Address(Translation t, MemArg place, int bytes, Value index)
    {
        FunctionBuilder b = t.Builder;
        MemoryType type = TypeOf(t, place.MemoryIndex);
        ulong reach = unchecked(place.Offset + (ulong)bytes);
        if (reach < place.Offset)
        {
            // Beyond 2^64, whatever the index is.
            b.Trapnz(b.I32Const(1), OutOfBounds);
            return (index, 0);
        }

        bool guarded = reach <= t.Environment.Tunables.MemoryGuard && type.PageSizeLog2 == MemoryType.DefaultPageSizeLog2;
        if ((guarded && !type.Is64) || IsInLeastLength(t, type, index, reach))
        {
            Value start = b.Iadd(LoadBase(t, place.MemoryIndex), index);
            return place.Offset <= int.MaxValue ? (start, (int)place.Offset) : (b.Iadd(start, b.I64Const((long)place.Offset)), 0);
        }

        return Checked(t, place, index, reach, guarded);
    }

    // Offsets from an address of 0 that certainly fault: nothing is mapped there.
    private const ulong NullPage = 32768;

    private static (Value Address, int Offset) Checked(Translation t, MemArg place, Value index, ulong reach, bool guarded)
    {
        FunctionBuilder b = t.Builder;
        MemoryType type = TypeOf(t, place.MemoryIndex);
        bool branch = !t.Environment.Tunables.SpeculationSafe;
        Value length = LoadByteLength(t, place.MemoryIndex);
        Value address = b.Iadd(LoadBase(t, place.MemoryIndex), index);
        int offset = 0;
        if (place.Offset < NullPage || (branch && place.Offset <= int.MaxValue)) offset = (int)place.Offset;
        else address = b.Iadd(address, b.I64Const(unchecked((long)place.Offset)));
        if (guarded) return (Inside(t, IntCC.Ult, index, length, address), offset);

        // index + reach <= length
        Value constant = b.I64Const(unchecked((long)reach));
        if (!type.Is64) return (Inside(t, IntCC.Ule, b.Iadd(index, constant), length, address), offset);
        address = Inside(t, IntCC.Ule, index, b.Isub(length, constant), address);
        if (reach > LeastBytes(type)) address = Inside(t, IntCC.Uge, length, constant, address);
        return (address, offset);
    }

    // The address if the relation holds; else 0, or a trap.
    private static Value Inside(Translation t, IntCC cc, Value x, Value y, Value address)
    {
        if (t.Environment.Tunables.SpeculationSafe) return t.Builder.SpectreGuard(cc, x, y, address);
        t.Builder.Trapnz(t.Builder.Icmp(cc.Inverse(), x, y), OutOfBounds);
        return address;
    }

    // Whether the access is inside, whatever the index and the present length are. What other modules import or export as this
    // memory is at least as long, too.
    private static bool IsInLeastLength(Translation t, MemoryType type, Value index, ulong reach)
    {
        DataFlowGraph dfg = t.Builder.Func.Dfg;
        Inst inst = dfg.DefInst(index);
        if (inst.IsNone()) return false;
        ref InstData data = ref dfg.Insts[inst];
        ulong most;
        switch (data.Op)
        {
            case Opcode.Iconst:
                most = (ulong)data.Imm;
                break;
            case Opcode.Uextend:
                Inst narrow = dfg.DefInst(data.A);
                most = !narrow.IsNone() && dfg.Op(narrow) == Opcode.Iconst ? (uint)dfg.Insts[narrow].Imm : uint.MaxValue;
                break;
            default:
                return false;
        }

        ulong least = LeastBytes(type);
        return reach <= least && most <= least - reach;
    }

    // A memory of 2^64 bytes, which no machine has, counts as one less.
    private static ulong LeastBytes(MemoryType type) =>
        type.Limits.Min > ulong.MaxValue >> type.PageSizeLog2 ? ulong.MaxValue : type.Limits.Min << type.PageSizeLog2;

    private static TrapCode OutOfBounds => Translation.Code(Trap.MemoryOutOfBounds);

    /// <summary>The type of a memory.</summary>
    public static MemoryType TypeOf(Translation t, uint memory) => t.Environment.Module.Memories[(int)memory];

    private static Value LoadBase(Translation t, uint memory)
    {
        MemoryType type = TypeOf(t, memory);
        bool moves = type.Is64 && !type.IsShared && type.MaxBytes > t.Environment.Tunables.Memory64Reservation;
        MemFlags flags = BoundedArray.Flags(moves ? AliasRegions.MemoryDescriptors : AliasRegions.VmContext, !moves);
        return ArrayOf(t, memory).Load(IrType.I64, flags, VmMemoryLayout.Base);
    }

    private static Value LoadByteLength(Translation t, uint memory)
    {
        MemoryType type = TypeOf(t, memory);
        if (type.Limits.Max == type.Limits.Min && LeastBytes(type) <= long.MaxValue) return t.Builder.I64Const((long)LeastBytes(type));
        MemFlags flags = BoundedArray.Flags(AliasRegions.MemoryDescriptors, isConstant: false);
        // Another thread may grow a shared memory at any time.
        if (type.IsShared) flags = flags.WithVolatile();
        return ArrayOf(t, memory).Load(IrType.I64, flags, VmMemoryLayout.ByteLength);
    }

    private static Value DescriptorAddress(Translation t, uint memory) => ArrayOf(t, memory).Address;

    private static BoundedArray ArrayOf(Translation t, uint memory)
    {
        VmOffsets offsets = t.Environment.Offsets;
        return offsets.IsImportedMemory(memory)
            ? new BoundedArray(t, offsets.ImportedMemory(memory), isShared: true)
            : new BoundedArray(t, offsets.DefinedMemory(memory), TypeOf(t, memory).IsShared);
    }
}
