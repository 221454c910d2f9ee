using System;
using Kiln.Codegen.Ir;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>
/// udiv, sdiv, urem, srem. Divisors are checked by compares before the division, so that the processor never raises
/// a divide error; constant divisors need no check and become multiplications (Granlund and Montgomery 1994;
/// Hacker's Delight, chapter 10).
/// </summary>
internal static class DivisionRules
{
    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        bool signed = data.Op is Opcode.Sdiv or Opcode.Srem;
        bool remainder = data.Op is Opcode.Urem or Opcode.Srem;
        if (x.IsConst(data.B, out long divisor) && divisor != 0)
        {
            if (data.Type == IrType.I32 && !signed) divisor = (uint)divisor;
            ByConstant(x, data, dst, divisor, signed, remainder);
            return;
        }

        VReg b = x.Use(data.B, data.Type);
        int wide = data.Type == IrType.I64 ? 1 : 0;
        x.Mr(X64Op.Test32Mr + wide, b, b);
        ControlRules.TrapIf(x, new FlagsCondition(Cc.E), TrapCode.IntegerDivideByZero);
        if (!signed) Divide(x, data, dst, b, signed, remainder);
        else if (remainder) SignedRemainder(x, data, dst, b);
        else CheckedSignedQuotient(x, data, dst, b);
    }

    private static void Divide(Lowering x, in InstData data, VReg dst, VReg divisor, bool signed, bool remainder) =>
        Divide(x, data.Type, dst, x.Use(data.A, data.Type), divisor, signed, remainder);

    private static void Divide(Lowering x, IrType type, VReg dst, VReg dividend, VReg divisor, bool signed, bool remainder)
    {
        int wide = type == IrType.I64 ? 1 : 0;
        VReg high = x.NewInt(), other = x.NewInt();
        x.Emit(signed ? new X64Inst { Op = X64Op.Cdq + wide, R = high, V = dividend } : new X64Inst { Op = X64Op.ZeroInt, R = high });
        x.Emit(new X64Inst
        {
            Op = (signed ? X64Op.Idiv32M : X64Op.Div32M) + wide,
            R = remainder ? other : dst,
            X = remainder ? dst : other,
            V = dividend,
            M = divisor,
            Displacement = (int)high.Id,
        });
    }

    // The least integer divided by -1 overflows: dividend == MIN exactly if dividend - 1 overflows.
    private static void CheckedSignedQuotient(Lowering x, in InstData data, VReg dst, VReg divisor)
    {
        // Trap if divisor == -1 and dividend == MIN: (divisor + 1) | (dividend - MIN) == 0, on the type's width.
        int wide = data.Type == IrType.I64 ? 1 : 0;
        VReg dividend = x.Use(data.A, data.Type), least = x.NewInt(), above = x.NewInt(), next = x.NewInt(), both = x.NewInt();
        ConstantRules.Integer(x, least, data.Type == IrType.I32 ? 0x80000000L : long.MinValue);
        x.Rvm(X64Op.Xor32Rm + wide, above, least, dividend);
        x.Rm(X64Op.Lea32 + wide, next, new RmOperand { Kind = RmKind.BaseIndex, Base = divisor, Displacement = 1 });
        x.Rvm(X64Op.Or32Rm + wide, both, next, above);
        ControlRules.TrapIf(x, new FlagsCondition(Cc.E), TrapCode.IntegerOverflow);
        Divide(x, data.Type, dst, dividend, divisor, signed: true, remainder: false);
    }

    // A remainder by -1 is that by 1: 0. So the divisor -1 is replaced by 1, and the division cannot overflow.
    private static void SignedRemainder(Lowering x, in InstData data, VReg dst, VReg divisor)
    {
        int wide = data.Type == IrType.I64 ? 1 : 0;
        VReg one = x.NewInt(), safe = x.NewInt();
        ConstantRules.Integer(x, one, 1);
        x.MemImm(X64Op.Cmp32Mi8 + wide, divisor, -1);
        x.Rvm(X64Op.Cmov32Rm + wide, safe, divisor, one, cc: Cc.E);
        Divide(x, data, dst, safe, signed: true, remainder: true);
    }

    // Constant divisors.

    private static void ByConstant(Lowering x, in InstData data, VReg dst, long divisor, bool signed, bool remainder)
    {
        IrType type = data.Type;
        VReg dividend = x.Use(data.A, type);
        if (divisor == -1 && signed)
        {
            ByMinusOne(x, type, dst, dividend, remainder);
            return;
        }

        if (!x.Options.MagicDivision)
        {
            VReg constant = x.NewInt();
            ConstantRules.Integer(x, constant, type == IrType.I32 ? (uint)divisor : divisor);
            Divide(x, type, dst, dividend, constant, signed, remainder);
            return;
        }

        VReg quotient = remainder ? x.NewInt() : dst;
        if (signed) SignedQuotient(x, type, quotient, dividend, divisor);
        else if (TryPowerOfTwo(x, type, dst, dividend, (ulong)divisor, remainder)) return;
        else UnsignedQuotient(x, type, quotient, dividend, (ulong)divisor);
        if (remainder) Remainder(x, type, dst, dividend, quotient, divisor);
    }

    private static void ByMinusOne(Lowering x, IrType type, VReg dst, VReg dividend, bool remainder)
    {
        if (remainder)
        {
            ConstantRules.Integer(x, dst, 0);
            return;
        }

        // neg overflows exactly where the division does.
        x.Emit(new X64Inst { Op = X64Op.Neg32M + (type == IrType.I64 ? 1 : 0), R = dst, V = dividend });
        ControlRules.TrapIf(x, new FlagsCondition(Cc.O), TrapCode.IntegerOverflow);
    }

    // a - q * d
    private static void Remainder(Lowering x, IrType type, VReg dst, VReg dividend, VReg quotient, long divisor)
    {
        int wide = type == IrType.I64 ? 1 : 0;
        VReg product = x.NewInt();
        if (divisor == (int)divisor) x.Rm((divisor == (sbyte)divisor ? X64Op.Imul32Rmi8 : X64Op.Imul32Rmi32) + wide, product, quotient, (int)divisor);
        else if (type == IrType.I32) x.Rm(X64Op.Imul32Rmi32, product, quotient, (int)divisor);
        else x.Rvm(X64Op.Imul64Rm, product, quotient, Constant(x, divisor));
        x.Rvm(X64Op.Sub32Rm + wide, dst, dividend, product);
    }

    private static VReg Constant(Lowering x, long value)
    {
        VReg reg = x.NewInt();
        ConstantRules.Integer(x, reg, value);
        return reg;
    }

    // a / 2^k => a >> k; a mod 2^k => a & (2^k - 1)
    private static bool TryPowerOfTwo(Lowering x, IrType type, VReg dst, VReg dividend, ulong divisor, bool remainder)
    {
        if ((divisor & (divisor - 1)) != 0) return false;
        int wide = type == IrType.I64 ? 1 : 0;
        long mask = (long)(divisor - 1);
        if (!remainder) x.Mi(X64Op.Shr32Mi8 + wide, dst, dividend, System.Numerics.BitOperations.TrailingZeroCount(divisor));
        else if (mask is >= 0 and <= uint.MaxValue) ArithmeticRules.Immediate(x, X64Op.And32Rm, IrType.I32, dst, dividend, (int)mask);
        else x.Rvm(X64Op.And64Rm, dst, dividend, Constant(x, mask));
        return true;
    }

    private static VReg HighProduct(Lowering x, bool signed, VReg a, VReg b)
    {
        VReg low = x.NewInt(), high = x.NewInt();
        x.Emit(new X64Inst { Op = signed ? X64Op.ImulWide64M : X64Op.Mul64M, R = low, X = high, V = a, M = b });
        return high;
    }

    private static VReg Shift(Lowering x, X64Op op, VReg value, int count)
    {
        if (count == 0) return value;
        VReg reg = x.NewInt();
        x.Mi(op, reg, value, count);
        return reg;
    }

    // Let N be the width and l = ceil(log2 d). The multiplier m = floor(2^(N+l) / d) + 1 has N + 1 bits and is right for all
    // dividends. If a shorter one (m' of N bits with a smaller shift) suffices, one high product and a shift do it.
    private static void UnsignedQuotient(Lowering x, IrType type, VReg dst, VReg dividend, ulong divisor)
    {
        int width = type.Bits();
        int log = 64 - System.Numerics.BitOperations.LeadingZeroCount(divisor - 1);
        int shift = log;
        UInt128 low = (UInt128.One << width << log) / divisor;
        UInt128 high = ((UInt128.One << width << log) + (UInt128.One << log)) / divisor;
        if (width == 64 && log == 64)
        {
            // 2^128 does not fit: divide by long division of 2^64.
            low = WideQuotient(divisor, 0);
            high = WideQuotient(divisor, 1);
        }

        while (shift > 0 && low >> 1 < high >> 1)
        {
            low >>= 1;
            high >>= 1;
            shift--;
        }

        UInt128 multiplier = high;
        if (width == 32)
        {
            // The dividend is zero-extended: a 64-bit product of a 33-bit multiplier may overflow, a 32-bit one does not.
            if (multiplier >> 32 == 0)
            {
                VReg product = x.NewInt();
                x.Rvm(X64Op.Imul64Rm, product, ZeroExtended(x, dividend), Constant(x, (long)(ulong)multiplier));
                x.Mi(X64Op.Shr64Mi8, dst, product, 32 + shift);
                return;
            }

            // a * (2^32 + m) >> (32 + s), by the high half of a * (m + 2^32) << (32 - s).
            VReg top = HighProduct(x, false, ZeroExtended(x, dividend), Constant(x, (long)((ulong)multiplier << (32 - shift))));
            Move32(x, dst, top);
            return;
        }

        if (multiplier >> 64 == 0)
        {
            VReg top = HighProduct(x, false, dividend, Constant(x, (long)(ulong)multiplier));
            x.Mi(X64Op.Shr64Mi8, dst, top, shift);
            return;
        }

        // t = high(m * a); q = (((a - t) >> 1) + t) >> (shift - 1)
        VReg t = HighProduct(x, false, dividend, Constant(x, (long)(ulong)multiplier));
        VReg difference = x.NewInt(), sum = x.NewInt();
        x.Rvm(X64Op.Sub64Rm, difference, dividend, t);
        x.Rvm(X64Op.Add64Rm, sum, Shift(x, X64Op.Shr64Mi8, difference, 1), t);
        x.Mi(X64Op.Shr64Mi8, dst, sum, shift - 1);
    }

    // floor((2^128 + extra * 2^64) / d) for d > 2^63: 2^128 = q * d + r step by step.
    private static UInt128 WideQuotient(ulong divisor, int extra)
    {
        UInt128 quotient = UInt128.MaxValue / divisor;
        UInt128 rest = UInt128.MaxValue - quotient * divisor + 1;
        if (extra != 0) rest += UInt128.One << 64;
        return quotient + rest / divisor;
    }

    // The dividend's register may be that of an ireduce's operand.
    private static VReg ZeroExtended(Lowering x, VReg dividend)
    {
        VReg reg = x.NewInt();
        Move32(x, reg, dividend);
        return reg;
    }

    private static void Move32(Lowering x, VReg dst, VReg source) => x.Rm(X64Op.Mov32Rm, dst, source);

    // Hacker's Delight, section 10-5, figure 10-1: multiplier M and shift s with q = high(M * a) (+ a, - a) >> s, plus the sign.
    private static void SignedQuotient(Lowering x, IrType type, VReg dst, VReg dividend, long divisor)
    {
        int width = type.Bits();
        int wide = type == IrType.I64 ? 1 : 0;
        ulong magnitude = divisor < 0 ? 0UL - (ulong)divisor : (ulong)divisor;
        if (magnitude == 1)
        {
            x.Rm(wide == 1 ? X64Op.Mov64Rm : X64Op.Mov32Rm, dst, dividend);
            return;
        }

        if ((magnitude & (magnitude - 1)) == 0)
        {
            SignedPowerOfTwo(x, type, dst, dividend, System.Numerics.BitOperations.TrailingZeroCount(magnitude), divisor < 0);
            return;
        }

        (long multiplier, int shift) = SignedMagic(divisor, magnitude, width);
        VReg high;
        if (width == 32)
        {
            VReg extended = x.NewInt(), product = x.NewInt();
            x.Rm(X64Op.Movsxd64Rm32, extended, dividend);
            x.Rvm(X64Op.Imul64Rm, product, extended, Constant(x, multiplier));
            high = Shift(x, X64Op.Sar64Mi8, product, 32);
        }
        else
        {
            high = HighProduct(x, true, dividend, Constant(x, multiplier));
        }

        if ((divisor > 0 && multiplier < 0) || (divisor < 0 && multiplier > 0))
        {
            VReg corrected = x.NewInt();
            x.Rvm((divisor > 0 ? X64Op.Add32Rm : X64Op.Sub32Rm) + wide, corrected, high, dividend);
            high = corrected;
        }

        VReg shifted = Shift(x, X64Op.Sar32Mi8 + wide, high, shift);
        VReg sign = Shift(x, X64Op.Shr32Mi8 + wide, shifted, width - 1);
        x.Rvm(X64Op.Add32Rm + wide, dst, shifted, sign);
    }

    private static (long Multiplier, int Shift) SignedMagic(long divisor, ulong magnitude, int width)
    {
        // The least p >= width with 2^p > nc * (d - 2^p mod d), where nc is the greatest dividend with nc mod d = d - 1.
        UInt128 half = UInt128.One << (width - 1);
        UInt128 t = half + (divisor < 0 ? 1u : 0u);
        UInt128 greatest = t - 1 - t % magnitude;
        int p = width;
        while (true)
        {
            UInt128 power = UInt128.One << p;
            UInt128 rest = magnitude - power % magnitude;
            if (p >= 127 || power / greatest > rest || (power / greatest == rest && power % greatest != 0))
            {
                UInt128 multiplier = (power + rest) / magnitude;
                ulong bits = (ulong)multiplier;
                long signed = width == 32 ? (int)(uint)bits : (long)bits;
                return (divisor < 0 ? (width == 32 ? -(int)signed : -signed) : signed, p - width);
            }

            p++;
        }
    }

    // Rounds towards zero: add 2^k - 1 to negative dividends before the shift.
    private static void SignedPowerOfTwo(Lowering x, IrType type, VReg dst, VReg dividend, int log, bool negate)
    {
        int width = type.Bits();
        int wide = type == IrType.I64 ? 1 : 0;
        VReg bias = Shift(x, X64Op.Shr32Mi8 + wide, log == 1 ? dividend : Shift(x, X64Op.Sar32Mi8 + wide, dividend, log - 1), width - log);
        VReg biased = x.NewInt(), quotient = negate ? x.NewInt() : dst;
        x.Rvm(X64Op.Add32Rm + wide, biased, bias, dividend);
        x.Mi(X64Op.Sar32Mi8 + wide, quotient, biased, log);
        if (negate) x.Emit(new X64Inst { Op = X64Op.Neg32M + wide, R = dst, V = quotient });
    }
}
