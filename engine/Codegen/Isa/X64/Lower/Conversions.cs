using System;
using Kiln.Codegen.Ir;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>
/// fcvt_to_*, fcvt_from_*, bitcast. The processor converts floats to signed integers only and answers anything
/// else with the least integer; so ranges are checked or clamped before, and unsigned 64-bit conversions are put together
/// from two signed ones.
/// </summary>
internal static class ConversionRules
{
    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        switch (data.Op)
        {
            case Opcode.FcvtToSint: Trapping(x, data, dst, signed: true); break;
            case Opcode.FcvtToUint: Trapping(x, data, dst, signed: false); break;
            case Opcode.FcvtToSintSat: SaturatingSigned(x, data, dst); break;
            case Opcode.FcvtToUintSat: SaturatingUnsigned(x, data, dst); break;
            case Opcode.FcvtFromSint: FromSigned(x, data.Type, dst, x.UseRm(data.A, x.Dfg.TypeOf(data.A)), x.Dfg.TypeOf(data.A) == IrType.I64); break;
            case Opcode.FcvtFromUint: FromUnsigned(x, data, dst); break;
            case Opcode.Bitcast: Bitcast(x, data, dst); break;
            default: Lowering.ThrowUnknown(data.Op); break;
        }
    }

    private static void Bitcast(Lowering x, in InstData data, VReg dst)
    {
        int wide = data.Type.Bits() == 64 ? 2 : 0;
        if (data.Type.IsFloat()) x.VectorRm(X64Op.MovdRm + wide, dst, x.Use(data.A, data.Type.BitcastPartner()));
        else x.Emit(new X64Inst { Op = x.Vex(X64Op.MovdMr + wide), R = dst, V = x.RegOf(data.A) });
    }

    // To integers.

    private static UInt128 Bits(double value, IrType type) =>
        type == IrType.F32 ? BitConverter.SingleToUInt32Bits((float)value) : BitConverter.DoubleToUInt64Bits(value);

    private static RmOperand Pool(Lowering x, double value, IrType type) => x.PoolConstant(Bits(value, type), type.ByteCount());

    private static void Compare(Lowering x, IrType type, VReg left, RmOperand right) =>
        x.VectorMr(type == IrType.F64 ? X64Op.Ucomisd : X64Op.Ucomiss, right, left);

    private static void Truncate(Lowering x, IrType from, bool wide, VReg dst, VReg source) =>
        x.VectorRm((from == IrType.F64 ? X64Op.Cvttsd2si32 : X64Op.Cvttss2si32) + (wide ? 2 : 0), dst, source);

    // NaN: trap 8. Outside of the open range (least - 1, greatest + 1): trap 6. The bounds are powers of two, or one less
    // than a power of two that the float type represents; where it does not, the range is closed at the power itself.
    private static void Trapping(Lowering x, in InstData data, VReg dst, bool signed)
    {
        IrType from = x.Dfg.TypeOf(data.A);
        VReg source = x.RegOf(data.A);
        int bits = data.Type.Bits();
        double limit = Math.ScaleB(1.0, signed ? bits - 1 : bits);
        Compare(x, from, source, Pool(x, limit, from));
        ControlRules.TrapIf(x, new FlagsCondition(Cc.P), TrapCode.InvalidConversionToInteger);
        ControlRules.TrapIf(x, new FlagsCondition(Cc.Ae), TrapCode.IntegerOverflow);
        bool exactBelow = !signed || (bits == 32 && from == IrType.F64);
        double least = !signed ? -1.0 : exactBelow ? -limit - 1 : -limit;
        Compare(x, from, source, Pool(x, least, from));
        ControlRules.TrapIf(x, new FlagsCondition(exactBelow ? Cc.Be : Cc.B), TrapCode.IntegerOverflow);
        if (signed) Truncate(x, from, bits == 64, dst, source);
        else if (bits == 32) Truncate(x, from, wide: true, dst, source);
        else TruncateUnsigned64(x, from, dst, source);
    }

    // For 0 <= source < 2^64: below 2^63 the signed conversion is right; from there on it gives the least integer, whose
    // sign selects the conversion of source - 2^63, to be added to it.
    private static void TruncateUnsigned64(Lowering x, IrType from, VReg dst, VReg source)
    {
        int sd = from == IrType.F64 ? 1 : 0;
        VReg direct = x.NewInt(), above = x.NewFloat(), rest = x.NewInt(), sign = x.NewInt(), masked = x.NewInt();
        Truncate(x, from, true, direct, source);
        x.Vector(X64Op.Subss + 2 * sd, above, source, Pool(x, 9223372036854775808.0, from));
        Truncate(x, from, true, rest, above);
        x.Mi(X64Op.Sar64Mi8, sign, direct, 63);
        x.Rvm(X64Op.And64Rm, masked, rest, sign);
        x.Rvm(X64Op.Or64Rm, dst, direct, masked);
    }

    private static VReg Widen(Lowering x, IrType from, VReg source)
    {
        if (from == IrType.F64) return source;
        VReg wide = x.NewFloat();
        FloatRules.FromSelf(x, X64Op.Cvtss2sd, wide, source);
        return wide;
    }

    // NaN becomes +0: the comparison of the value with itself is a mask of ones unless it is NaN.
    private static VReg ZeroIfNaN(Lowering x, IrType type, VReg source)
    {
        int sd = type == IrType.F64 ? 1 : 0;
        VReg ordered = x.NewFloat(), result = x.NewFloat();
        const int Ordered = 7;
        x.Vector(X64Op.Cmpss + 2 * sd, ordered, source, source, Ordered);
        x.Vector(X64Op.Andps, result, ordered, source);
        return result;
    }

    private static VReg Clamp(Lowering x, X64Op op, IrType type, VReg source, double bound)
    {
        int sd = type == IrType.F64 ? 1 : 0;
        VReg result = x.NewFloat();
        x.Vector(op + 2 * sd, result, source, Pool(x, bound, type));
        return result;
    }

    private static void SaturatingSigned(Lowering x, in InstData data, VReg dst)
    {
        IrType from = x.Dfg.TypeOf(data.A);
        VReg source = ZeroIfNaN(x, from, x.RegOf(data.A));
        if (data.Type == IrType.I32)
        {
            VReg wide = Widen(x, from, source);
            wide = Clamp(x, X64Op.Minss, IrType.F64, wide, int.MaxValue);
            wide = Clamp(x, X64Op.Maxss, IrType.F64, wide, int.MinValue);
            Truncate(x, IrType.F64, false, dst, wide);
            return;
        }

        // Out of range gives the least integer already; above the range take the greatest.
        VReg direct = x.NewInt(), greatest = x.NewInt();
        Truncate(x, from, true, direct, source);
        ConstantRules.Integer(x, greatest, long.MaxValue);
        Compare(x, from, source, Pool(x, 9223372036854775808.0, from));
        x.Rvm(X64Op.Cmov64Rm, dst, direct, greatest, cc: Cc.Ae);
    }

    private static void SaturatingUnsigned(Lowering x, in InstData data, VReg dst)
    {
        IrType from = x.Dfg.TypeOf(data.A);
        if (data.Type == IrType.I32)
        {
            // maxsd gives its second operand if the first is NaN: so NaN becomes 0.
            VReg wide = Widen(x, from, x.RegOf(data.A));
            wide = Clamp(x, X64Op.Maxss, IrType.F64, wide, 0.0);
            wide = Clamp(x, X64Op.Minss, IrType.F64, wide, uint.MaxValue);
            Truncate(x, IrType.F64, true, dst, wide);
            return;
        }

        VReg source = Clamp(x, X64Op.Maxss, from, x.RegOf(data.A), 0.0);
        VReg direct = x.NewInt(), greatest = x.NewInt();
        TruncateUnsigned64(x, from, direct, source);
        ConstantRules.Integer(x, greatest, -1);
        Compare(x, from, source, Pool(x, 18446744073709551616.0, from));
        x.Rvm(X64Op.Cmov64Rm, dst, direct, greatest, cc: Cc.Ae);
    }

    // From integers.

    // The conversion writes only the low part of its destination; a zero in it first breaks the dependency.
    private static void FromSigned(Lowering x, IrType to, VReg dst, RmOperand source, bool wide)
    {
        VReg zero = x.NewFloat();
        x.Emit(new X64Inst { Op = x.Vex(X64Op.ZeroFloat), R = zero });
        x.Vector((to == IrType.F64 ? X64Op.Cvtsi2sd32 : X64Op.Cvtsi2ss32) + (wide ? 2 : 0), dst, zero, source);
    }

    private static void FromUnsigned(Lowering x, in InstData data, VReg dst)
    {
        // A zero-extended i32 is a non-negative i64.
        if (x.Dfg.TypeOf(data.A) == IrType.I32)
        {
            FromSigned(x, data.Type, dst, x.RegOf(data.A), wide: true);
            return;
        }

        // With the top bit set: halve, keeping the lost bit for rounding, convert, double.
        int sd = data.Type == IrType.F64 ? 1 : 0;
        VReg source = x.RegOf(data.A), half = x.NewInt(), low = x.NewInt(), odd = x.NewInt(), chosen = x.NewInt();
        VReg converted = x.NewFloat(), doubled = x.NewFloat();
        x.Mi(X64Op.Shr64Mi8, half, source, 1);
        x.Mi(X64Op.And32Mi8, low, source, 1);
        x.Rvm(X64Op.Or64Rm, odd, half, low);
        x.Mr(X64Op.Test64Mr, source, source);
        x.Rvm(X64Op.Cmov64Rm, chosen, source, odd, cc: Cc.S);
        FromSigned(x, data.Type, converted, chosen, wide: true);
        x.Vector(X64Op.Addss + 2 * sd, doubled, converted, converted);
        x.Rvm(x.Vex(X64Op.SelectFloat), dst, converted, doubled, cc: Cc.S);
    }
}
