using System;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Diagnostics;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>Loads, stores, stack_addr, func_addr: addresses [base + index*scale + disp32], stores of immediates, read-modify-write.</summary>
internal static class MemoryRules
{
    public static void LowerLoad(Lowering x, in InstData data, VReg dst)
    {
        switch (data.Op)
        {
            case Opcode.StackAddr:
                x.Rm(X64Op.Lea64, dst, SlotAddress(x, data));
                return;
            case Opcode.FuncAddr:
                x.Rm(X64Op.Lea64, dst, RmOperand.At(RmKind.Function, (int)data.FuncRef.Id));
                return;
        }

        if (data.Op == Opcode.Load && !data.Type.IsGeneral()) x.VectorRm(FloatLoad(data.Type), dst, AddressOf(x, data));
        else x.Rm(LoadOp(data), dst, AddressOf(x, data));
    }

    private static X64Op LoadOp(in InstData data)
    {
        int wide = data.Type == IrType.I32 ? 0 : 1;
        return data.Op switch
        {
            Opcode.Uload8 => X64Op.Movzx32Rm8,
            Opcode.Sload8 => X64Op.Movsx32Rm8 + wide,
            Opcode.Uload16 => X64Op.Movzx32Rm16,
            Opcode.Sload16 => X64Op.Movsx32Rm16 + wide,
            Opcode.Uload32 => X64Op.Mov32Rm,
            Opcode.Sload32 => X64Op.Movsxd64Rm32,
            Opcode.Load => X64Op.Mov32Rm + wide,
            _ => EngineBug.Throw<X64Op>($"no x64 lowering of {data.Op.Row().Mnemonic}"),
        };
    }

    /// <summary>The SSE instruction that loads a value of a float or vector type.</summary>
    public static X64Op FloatLoad(IrType type) =>
        type == IrType.F32 ? X64Op.MovssLoad : type == IrType.F64 ? X64Op.MovsdLoad : X64Op.MovupsLoad;

    /// <summary>The SSE instruction that stores a value of a float or vector type.</summary>
    public static X64Op FloatStore(IrType type) =>
        type == IrType.F32 ? X64Op.MovssStore : type == IrType.F64 ? X64Op.MovsdStore : X64Op.MovupsStore;

    // Addresses.

    /// <summary>The M operand of a load or store.</summary>
    public static RmOperand AddressOf(Lowering x, in InstData access)
    {
        byte trap = access.MemFlags.NoTrap ? (byte)0 : access.MemFlags.Trap.Number;
        RmOperand address = Address(x, access.A, access.Offset);
        address.Trap = trap;
        return address;
    }

    private static RmOperand SlotAddress(Lowering x, in InstData stackAddr) =>
        RmOperand.At(RmKind.Slot, x.SlotOffsets[(int)stackAddr.StackSlot.Id] + stackAddr.Offset);

    private static RmOperand Address(Lowering x, Value value, int offset)
    {
        value = PeelConstants(x, value, ref offset);
        Inst inst = x.Dfg.DefInst(value);
        if (inst.Id != 0)
        {
            InstData data = x.Dfg.Insts[inst];
            if (data.Op == Opcode.StackAddr)
            {
                RmOperand slot = SlotAddress(x, data);
                slot.Displacement += offset;
                return slot;
            }

            // An absolute address that fits in the displacement.
            if (x.IsConst(value, out long constant) && constant + offset == (int)(constant + offset))
                return new RmOperand { Kind = RmKind.BaseIndex, Displacement = (int)(constant + offset) };

            if (data.Op == Opcode.Iadd)
            {
                Value b = PeelConstants(x, data.A, ref offset);
                Value i = PeelConstants(x, data.B, ref offset);
                if (!IsScaled(x, i) && IsScaled(x, b)) (b, i) = (i, b);
                return Indexed(x, b, i, offset);
            }

            if (IsScaled(x, value)) return Indexed(x, default, value, offset);
        }

        return new RmOperand { Kind = RmKind.BaseIndex, Base = x.RegOf(value), Displacement = offset };
    }

    // v + c => v with a greater offset, as long as the offset fits; the sum of an address may wrap, as the processor's does.
    private static Value PeelConstants(Lowering x, Value value, ref int offset)
    {
        while (x.Is(value, Opcode.Iadd, out Inst inst))
        {
            InstData data = x.Dfg.Insts[inst];
            Value rest = data.A;
            if (!x.IsConst(data.B, out long constant))
            {
                rest = data.B;
                if (!x.IsConst(data.A, out constant)) break;
            }

            if (constant != (int)constant || constant + offset != (int)(constant + offset)) break;
            offset += (int)constant;
            value = rest;
        }

        return value;
    }

    // z << 1..3, 64 bits wide.
    private static bool IsScaled(Lowering x, Value value) =>
        x.Is(value, Opcode.Ishl, out Inst inst) && x.IsConst(x.Dfg.Insts[inst].B, out long count) && (count & 63) is >= 1 and <= 3;

    private static RmOperand Indexed(Lowering x, Value @base, Value index, int offset)
    {
        var address = new RmOperand { Kind = RmKind.BaseIndex, Displacement = offset };
        if (@base.Id != 0) address.Base = x.RegOf(@base);
        if (IsScaled(x, index))
        {
            InstData shift = x.Dfg.Insts[x.Dfg.DefInst(index)];
            x.IsConst(shift.B, out long count);
            address.Shift = (byte)(count & 63);
            address.Index = x.RegOf(shift.A);
        }
        else
        {
            address.Index = x.RegOf(index);
        }

        return address;
    }

    // Stores.

    public static void LowerStore(Lowering x, in InstData data)
    {
        IrType type = data.Type;
        int bytes = data.AccessByteCount;
        if (VectorLaneRules.TryStoreLane(x, data, bytes)) return;
        if (type.IsGeneral() && TryReadModifyWrite(x, data, bytes)) return;
        if (type.IsGeneral() && x.IsConst(data.B, out long constant) && (bytes < 8 || constant == (int)constant))
        {
            X64Op immediate = bytes switch
            {
                1 => X64Op.Mov8MemI8,
                2 => X64Op.Mov16MemI16,
                4 => X64Op.Mov32MemI32,
                _ => X64Op.Mov64MemI32,
            };
            x.MemImm(immediate, AddressOf(x, data), (int)constant);
            return;
        }

        if (!type.IsGeneral())
        {
            x.VectorMr(FloatStore(type), AddressOf(x, data), x.RegOf(data.B));
            return;
        }

        X64Op op = bytes switch { 1 => X64Op.Mov8Mr, 2 => X64Op.Mov16Mr, 4 => X64Op.Mov32Mr, _ => X64Op.Mov64Mr };
        x.Mr(op, AddressOf(x, data), bytes < 8 ? Narrow(x, data.B, bytes) : x.RegOf(data.B));
    }

    /// <summary>A register whose low bytes are the value's: masks and extensions above them do not matter.</summary>
    public static VReg Narrow(Lowering x, Value value, int bytes)
    {
        while (bytes < 8)
        {
            Inst inst = x.Dfg.DefInst(value);
            if (inst.Id == 0) break;
            InstData data = x.Dfg.Insts[inst];
            bool transparent = data.Op switch
            {
                Opcode.Ireduce => true,
                Opcode.Sextend8 => bytes == 1,
                Opcode.Sextend16 => bytes <= 2,
                Opcode.Sextend32 or Opcode.Sextend or Opcode.Uextend => bytes <= 4,
                Opcode.Band => x.IsConst(data.B, out long mask) && (mask | -1L << (bytes * 8)) == -1,
                _ => false, // any other instruction computes something
            };
            if (!transparent) break;
            value = data.A;
        }

        return x.RegOf(value);
    }

    // store p, (load p) op v => op [p], v
    private static bool TryReadModifyWrite(Lowering x, in InstData store, int bytes)
    {
        Inst inst = x.Dfg.DefInst(store.B);
        if (inst.Id == 0 || x.UsesOf(store.B) != 1 || x.IsDemanded(store.B)) return false;
        InstData op = x.Dfg.Insts[inst];
        X64Op family = op.Op switch
        {
            Opcode.Iadd => X64Op.Add32Rm,
            Opcode.Isub => X64Op.Sub32Rm,
            Opcode.Band => X64Op.And32Rm,
            Opcode.Bor => X64Op.Or32Rm,
            Opcode.Bxor => X64Op.Xor32Rm,
            _ => X64Op.Nop, // no such form
        };
        if (family == X64Op.Nop) return false;
        Value other;
        if (IsSameLocation(x, op.A, store, bytes, out Inst load)) other = op.B;
        else if (op.Op != Opcode.Isub && IsSameLocation(x, op.B, store, bytes, out load)) other = op.A;
        else return false;

        // The families' forms: 0 r32, 1 r64, then immediates, from 6 on m, r and from 10 on m, imm8, at 14 m, imm32.
        RmOperand memory = x.Sink(load);
        int size = bytes switch { 1 => 0, 2 => 1, 4 => 2, _ => 3 };
        if (x.IsImm32(other, out int imm) && (imm == (sbyte)imm || bytes >= 4))
            x.MemImm(family + (imm == (sbyte)imm ? 10 + size : 12 + size), memory, imm);
        else if (bytes == 1 && x.IsConst(other, out long low))
            x.MemImm(family + 10, memory, (sbyte)low);
        else
            x.Mr(family + 6 + size, memory, bytes < 8 ? Narrow(x, other, bytes) : x.RegOf(other));
        return true;
    }

    private static bool IsSameLocation(Lowering x, Value loaded, in InstData store, int bytes, out Inst load)
    {
        load = x.Dfg.DefInst(loaded);
        if (load.Id == 0) return false;
        InstData data = x.Dfg.Insts[load];
        return data.Op is Opcode.Load or Opcode.Uload8 or Opcode.Sload8 or Opcode.Uload16 or Opcode.Sload16 or Opcode.Uload32 or Opcode.Sload32
            && data.A == store.A && data.Offset == store.Offset && data.AccessByteCount == bytes
            && x.CanSink(loaded, data.Op, out _);
    }
}
