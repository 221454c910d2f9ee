using Kiln.Codegen.Ir;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>clz, ctz, popcnt, bswap, sextend8/16/32, uextend, sextend, ireduce.</summary>
internal static class BitRules
{
    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        int wide = data.Type == IrType.I64 ? 1 : 0;
        switch (data.Op)
        {
            case Opcode.Clz: LeadingZeros(x, data, dst); break;
            case Opcode.Ctz: TrailingZeros(x, data, dst); break;
            case Opcode.Popcnt: PopulationCount(x, data, dst); break;
            case Opcode.Bswap: x.Emit(new X64Inst { Op = X64Op.Bswap32O + wide, R = dst, V = x.Use(data.A, data.Type) }); break;
            case Opcode.Sextend8: x.Rm(X64Op.Movsx32Rm8 + wide, dst, x.Use(data.A, data.Type)); break;
            case Opcode.Sextend16: x.Rm(X64Op.Movsx32Rm16 + wide, dst, x.Use(data.A, data.Type)); break;
            case Opcode.Sextend32: x.Rm(X64Op.Movsxd64Rm32, dst, x.RegOf(data.A)); break;
            case Opcode.Sextend: x.Rm(X64Op.Movsxd64Rm32, dst, x.UseRm(data.A, IrType.I32)); break;
            case Opcode.Ireduce: Reduce(x, data, dst); break;
            case Opcode.Uextend: break; // an alias
            default: Lowering.ThrowUnknown(data.Op); break;
        }
    }

    private static void Reduce(Lowering x, in InstData data, VReg dst)
    {
        // The upper half may be anything: a 32-bit move clears it.
        x.Rm(X64Op.Mov32Rm, dst, x.RegOf(data.A));
    }

    private static void LeadingZeros(Lowering x, in InstData data, VReg dst)
    {
        IrType type = data.Type;
        int wide = type == IrType.I64 ? 1 : 0;
        if (x.Features.Lzcnt)
        {
            x.Rm(X64Op.Lzcnt32Rm + wide, dst, x.UseRm(data.A, type));
            return;
        }

        // bsr gives the index of the highest bit; for 0 it sets ZF, and the index is taken as -1 (2*width - 1 xor mask).
        VReg index = x.NewInt(), none = x.NewInt(), chosen = x.NewInt();
        ConstantRules.Integer(x, none, 2 * type.Bits() - 1);
        x.Rm(X64Op.Bsr32Rm + wide, index, x.Use(data.A, type));
        x.Rvm(X64Op.Cmov32Rm + wide, chosen, index, none, cc: Cc.E);
        x.Mi(X64Op.Xor32Mi8 + wide, dst, chosen, type.Bits() - 1);
    }

    private static void TrailingZeros(Lowering x, in InstData data, VReg dst)
    {
        IrType type = data.Type;
        int wide = type == IrType.I64 ? 1 : 0;
        if (x.Features.Bmi1)
        {
            x.Rm(X64Op.Tzcnt32Rm + wide, dst, x.UseRm(data.A, type));
            return;
        }

        VReg index = x.NewInt(), none = x.NewInt();
        ConstantRules.Integer(x, none, type.Bits());
        x.Rm(X64Op.Bsf32Rm + wide, index, x.Use(data.A, type));
        x.Rvm(X64Op.Cmov32Rm + wide, dst, index, none, cc: Cc.E);
    }

    // Without POPCNT: sums of 1, 2, 4, 8 bits side by side (Hacker's Delight, section 5-1).
    private static void PopulationCount(Lowering x, in InstData data, VReg dst)
    {
        IrType type = data.Type;
        int wide = type == IrType.I64 ? 1 : 0;
        if (x.Features.Popcnt)
        {
            x.Rm(X64Op.Popcnt32Rm + wide, dst, x.UseRm(data.A, type));
            return;
        }

        VReg value = x.Use(data.A, type);
        VReg odd = And(x, type, Shift(x, type, value, 1), 0x5555555555555555);
        VReg pairs = x.NewInt();
        x.Rvm(X64Op.Sub32Rm + wide, pairs, value, odd);
        VReg fours = Add(x, type, And(x, type, pairs, 0x3333333333333333), And(x, type, Shift(x, type, pairs, 2), 0x3333333333333333));
        VReg bytes = And(x, type, Add(x, type, fours, Shift(x, type, fours, 4)), 0x0F0F0F0F0F0F0F0F);
        VReg ones = Constant(x, type, 0x0101010101010101);
        VReg sum = x.NewInt();
        x.Rvm(X64Op.Imul32Rm + wide, sum, bytes, ones);
        x.Mi(X64Op.Shr32Mi8 + wide, dst, sum, type.Bits() - 8);
    }

    private static VReg Constant(Lowering x, IrType type, long value)
    {
        VReg reg = x.NewInt();
        ConstantRules.Integer(x, reg, type == IrType.I32 ? (uint)value : value);
        return reg;
    }

    private static VReg Shift(Lowering x, IrType type, VReg value, int count)
    {
        VReg reg = x.NewInt();
        x.Mi(X64Op.Shr32Mi8 + (type == IrType.I64 ? 1 : 0), reg, value, count);
        return reg;
    }

    private static VReg And(Lowering x, IrType type, VReg value, long mask)
    {
        VReg reg = x.NewInt();
        x.Rvm(X64Op.And32Rm + (type == IrType.I64 ? 1 : 0), reg, value, Constant(x, type, mask));
        return reg;
    }

    private static VReg Add(Lowering x, IrType type, VReg a, VReg b)
    {
        VReg reg = x.NewInt();
        x.Rvm(X64Op.Add32Rm + (type == IrType.I64 ? 1 : 0), reg, a, b);
        return reg;
    }
}
