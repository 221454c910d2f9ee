using Kiln.Codegen.Ir;
using Kiln.RegAlloc;
using static Kiln.Codegen.Isa.X64.Lower.VectorConstants;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>
/// Conversions between integer and float lanes. The processor converts from and to signed 32-bit integers only, and answers
/// what does not fit with 0x80000000.
/// </summary>
internal static class VectorConversionRules
{
    private const int NotLess = 5, Ordered = 7;

    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        switch (data.Op)
        {
            case Opcode.VfcvtToSintSat: ToSigned(x, data, dst); break;
            case Opcode.VfcvtToUintSat: ToUnsigned(x, data, dst); break;
            case Opcode.VfcvtLowToSintSat: DoublesToSigned(x, data, dst); break;
            case Opcode.VfcvtLowToUintSat: DoublesToUnsigned(x, data, dst); break;
            case Opcode.VfcvtFromSint: FromSigned(x, data, dst); break;
            case Opcode.VfcvtFromUint: FromUnsigned(x, data, dst); break;
            case Opcode.VfpromoteLow: x.VectorRm(X64Op.Cvtps2pd, dst, UseHalf(x, data.A)); break;
            case Opcode.VfdemoteZero: x.VectorRm(X64Op.Cvtpd2ps, dst, x.UseVector(data.A)); break;
            case Opcode.X86Cvttps2dq: x.VectorRm(X64Op.Cvttps2dq, dst, x.UseVector(data.A)); break;
            case Opcode.X86Cvttpd2dq: x.VectorRm(X64Op.Cvttpd2dq, dst, x.UseVector(data.A)); break;
        }
    }

    // Conversions of the low lanes read 8 bytes.
    private static RmOperand UseHalf(Lowering x, Value value)
    {
        if (x.CanSink(value, Opcode.VloadZero, out Inst load) && x.Dfg.Insts[load].Lanes == LaneShape.I64x2) return x.Sink(load);
        return x.RegOf(value);
    }

    // Above the range all bits of 0x80000000 are flipped; NaN lanes are cleared.
    private static void ToSigned(Lowering x, in InstData data, VReg dst)
    {
        VReg a = x.RegOf(data.A);
        VReg converted = x.NewVector(), above = x.NewVector(), clamped = x.NewVector(), ordered = x.NewVector();
        x.VectorRm(X64Op.Cvttps2dq, converted, a);
        x.Vector(X64Op.Cmpps, above, a, Pool(x, Splat(2147483648.0f)), NotLess);
        x.Vector(X64Op.Pxor, clamped, converted, above);
        x.Vector(X64Op.Cmpps, ordered, a, a, Ordered);
        x.Vector(X64Op.Pand, dst, clamped, ordered);
    }

    // The conversion of v, and what v - 2^31 exceeds it by: 0 if negative, all ones after the flip if too large. Their sum is
    // right below 2^32, because from 2^31 on the first is 0x80000000.
    private static void ToUnsigned(Lowering x, in InstData data, VReg dst)
    {
        VReg positive = x.NewVector(), low = x.NewVector(), excess = x.NewVector(), high = x.NewVector();
        VReg above = x.NewVector(), clamped = x.NewVector(), upper = x.NewVector(), zero = Zero(x);
        x.Vector(X64Op.Maxps, positive, x.RegOf(data.A), zero);
        x.Vector(X64Op.Subps, excess, positive, Pool(x, Splat(2147483648.0f)));
        x.VectorRm(X64Op.Cvttps2dq, low, positive);
        x.VectorRm(X64Op.Cvttps2dq, high, excess);
        x.Vector(X64Op.Cmpps, above, excess, Pool(x, Splat(2147483648.0f)), NotLess);
        x.Vector(X64Op.Pxor, clamped, high, above);
        x.Vector(X64Op.Pmaxsd, upper, clamped, zero);
        x.Vector(X64Op.Paddd, dst, low, upper);
    }

    // minpd gives its second operand for NaN: the bound, cleared in those lanes. Below the range the conversion is right already.
    private static void DoublesToSigned(Lowering x, in InstData data, VReg dst)
    {
        VReg a = x.RegOf(data.A), ordered = x.NewVector(), bound = x.NewVector(), clamped = x.NewVector();
        x.Vector(X64Op.Cmppd, ordered, a, a, Ordered);
        x.Vector(X64Op.Andpd, bound, ordered, Pool(x, Splat(2147483647.0)));
        x.Vector(X64Op.Minpd, clamped, a, bound);
        x.VectorRm(X64Op.Cvttpd2dq, dst, clamped);
    }

    // An integer below 2^52 added to 2^52 is the low half of the sum's bits.
    private static void DoublesToUnsigned(Lowering x, in InstData data, VReg dst)
    {
        VReg positive = x.NewVector(), clamped = x.NewVector(), whole = x.NewVector(), biased = x.NewVector(), zero = Zero(x);
        x.Vector(X64Op.Maxpd, positive, x.RegOf(data.A), zero);
        x.Vector(X64Op.Minpd, clamped, positive, Pool(x, Splat(4294967295.0)));
        x.VectorRm(X64Op.Roundpd, whole, clamped, 11);
        x.Vector(X64Op.Addpd, biased, whole, Pool(x, Splat(4503599627370496.0)));
        x.Vector(X64Op.Shufps, dst, biased, zero, 0x88);
    }

    private static void FromSigned(Lowering x, in InstData data, VReg dst)
    {
        if (data.Lanes == LaneShape.F32x4) x.VectorRm(X64Op.Cvtdq2ps, dst, x.UseVector(data.A));
        else x.VectorRm(X64Op.Cvtdq2pd, dst, UseHalf(x, data.A));
    }

    private static void FromUnsigned(Lowering x, in InstData data, VReg dst)
    {
        VReg a = x.RegOf(data.A);
        if (data.Lanes == LaneShape.F64x2)
        {
            // The low half of the bits of 2^52 + v; subtracting 2^52 is exact.
            VReg biased = x.NewVector();
            x.Vector(X64Op.Punpckldq, biased, a, Pool(x, Splat32(0x43300000)));
            x.Vector(X64Op.Subpd, dst, biased, Pool(x, Splat(4503599627370496.0)));
            return;
        }

        // 2^23 + low 16 bits, and 2^39 + high 16 bits * 2^16, both exact; less 2^39 + 2^23, the sum rounds once.
        VReg low = x.NewVector(), shifted = x.NewVector(), high = x.NewVector(), rest = x.NewVector();
        x.Vector(X64Op.Pblendw, low, a, Pool(x, Splat32(0x4B000000)), 0xAA);
        x.VectorMi(X64Op.PsrldMi, shifted, a, 16);
        x.Vector(X64Op.Pblendw, high, shifted, Pool(x, Splat32(0x53000000)), 0xAA);
        x.Vector(X64Op.Subps, rest, high, Pool(x, Splat32(0x53000080)));
        x.Vector(X64Op.Addps, dst, low, rest);
    }
}
