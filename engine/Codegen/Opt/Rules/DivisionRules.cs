using System;
using System.Numerics;
using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>
/// Rules for quotients and remainders by constants: shifts, and products whose high part is the quotient (Granlund and
/// Montgomery, "Division by Invariant Integers using Multiplication", 1994; Hacker's Delight, chapter 10). Those by
/// a divisor that may be 0, or by -1, trap and are left alone.
/// </summary>
internal static class DivisionRules
{
    public static Rewrite Udiv(in Node n) => n switch
    {
        // x / 1 ⇒ x
        { Y: { IsConst: true, Imm: 1 } } => new(Rule.UdivOne, n.A),

        // x / 2ᵏ ⇒ x >> k
        { Y: var y } when y.IsPow2(out int k) => new(Rule.UdivPow2, n.Emit(Opcode.Ushr, n.A, n.Const(k))),

        // x / c ⇒ 0, where x is less
        { X: var x, Y: { IsConst: true } c } when x.MaxUnsigned() < Unsigned(c) => new(Rule.UdivByGreater, n.Const(0)),

        // x / c as i64 ⇒ uextend(ireduce(x) / c), where x and c fit
        { Type: IrType.I64, X: var x, Y: { IsConst: true, Imm: > 0 and <= uint.MaxValue } c } when x.MaxUnsigned() <= uint.MaxValue
            => new(Rule.UdivNarrow, n.Emit(Opcode.Uextend, n.Emit(Opcode.Udiv, IrType.I32, n.Emit(Opcode.Ireduce, IrType.I32, n.A), n.Const(IrType.I32, c.Imm)))),

        { Y: { IsConst: true, Imm: not 0 } c } => UnsignedQuotient(n, Unsigned(c)),
        _ => default,
    };

    public static Rewrite Urem(in Node n) => n switch
    {
        // x mod 2ᵏ ⇒ x & (2ᵏ - 1)
        { Y: var y } when y.IsPow2(out int k) => new(Rule.UremPow2, n.Emit(Opcode.Band, n.A, n.Const((1L << k) - 1))),

        // x mod c ⇒ x, where x is less
        { X: var x, Y: { IsConst: true } c } when x.MaxUnsigned() < Unsigned(c) => new(Rule.UremByGreater, n.A),

        // x mod c ⇒ x - (x / c) * c
        { Y: { IsConst: true, Imm: not 0 } } => new(Rule.UremConst, n.Emit(Opcode.Isub, n.A, n.Emit(Opcode.Imul, n.Emit(Opcode.Udiv, n.A, n.B), n.B))),
        _ => default,
    };

    public static Rewrite Sdiv(in Node n) => n switch
    {
        // x / 1 ⇒ x
        { Y: { IsConst: true, Imm: 1 } } => new(Rule.SdivOne, n.A),

        // x / c ⇒ x / c unsigned, where neither is negative
        { X: var x, Y: { IsConst: true, Imm: > 0 } } when x.MaxUnsigned() <= GreatestSigned(n) => new(Rule.SdivNotNegative, n.Emit(Opcode.Udiv, n.A, n.B)),

        { Y: { IsConst: true, Imm: not 0 and not -1 } c } => SignedQuotient(n, c.Imm),
        _ => default,
    };

    public static Rewrite Srem(in Node n) => n switch
    {
        // x mod 1 ⇒ 0, x mod -1 ⇒ 0
        { Y: { IsConst: true, Imm: 1 or -1 } } => new(Rule.SremOne, n.Const(0)),

        // x mod c ⇒ x mod c unsigned, where neither is negative
        { X: var x, Y: { IsConst: true, Imm: > 0 } } when x.MaxUnsigned() <= GreatestSigned(n) => new(Rule.SremNotNegative, n.Emit(Opcode.Urem, n.A, n.B)),

        // x mod c ⇒ x - (x / c) * c
        { Y: { IsConst: true, Imm: not 0 } } => new(Rule.SremConst, n.Emit(Opcode.Isub, n.A, n.Emit(Opcode.Imul, n.Emit(Opcode.Sdiv, n.A, n.B), n.B))),
        _ => default,
    };

    private static ulong Unsigned(in Node c) => c.Type == IrType.I32 ? (uint)c.Imm : (ulong)c.Imm;

    private static ulong GreatestSigned(in Node n) => n.Type == IrType.I32 ? int.MaxValue : (ulong)long.MaxValue;

    // Let N be the width and l = ceil(log2 d). The multiplier m = floor(2^(N+l) / d) + 1 has N + 1 bits and is right for all
    // dividends. If a shorter one (m' of N bits with a smaller shift) suffices, one high product and a shift do it.
    private static Rewrite UnsignedQuotient(in Node n, ulong divisor)
    {
        int width = n.Bits;
        int log = 64 - BitOperations.LeadingZeroCount(divisor - 1);
        int shift = log;
        UInt128 low, high;
        if (width + log < 128)
        {
            low = (UInt128.One << (width + log)) / divisor;
            high = ((UInt128.One << (width + log)) + (UInt128.One << log)) / divisor;
        }
        else
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

        ulong multiplier = (ulong)high;
        if (width == 32)
        {
            Value wide = n.Emit(Opcode.Uextend, IrType.I64, n.A);

            // With a multiplier of 32 bits the product fits in 64.
            bool fits = high >> 32 == 0;
            Value quotient = fits
                ? n.Emit(Opcode.Ushr, IrType.I64, n.Emit(Opcode.Imul, IrType.I64, wide, n.Const(IrType.I64, (long)multiplier)), n.Const(IrType.I64, 32 + shift))
                : n.Emit(Opcode.Umulhi, IrType.I64, wide, n.Const(IrType.I64, (long)(multiplier << (32 - shift))));
            return new(fits ? Rule.UdivProduct32 : Rule.UdivLongProduct32, n.Emit(Opcode.Ireduce, IrType.I32, quotient));
        }

        Value top = n.Emit(Opcode.Umulhi, n.A, n.Const((long)multiplier));
        if (high >> 64 == 0) return new(Rule.UdivProduct64, n.Emit(Opcode.Ushr, top, n.Const(shift)));

        // The multiplier is 2^64 + m: q = (((x - t) >> 1) + t) >> (shift - 1), where t = high(m * x).
        Value half = n.Emit(Opcode.Ushr, n.Emit(Opcode.Isub, n.A, top), n.Const(1));
        return new(Rule.UdivLongProduct64, n.Emit(Opcode.Ushr, n.Emit(Opcode.Iadd, half, top), n.Const(shift - 1)));
    }

    // floor((2^128 + extra * 2^64) / d) for d > 2^63: 2^128 = q * d + r step by step.
    private static UInt128 WideQuotient(ulong divisor, int extra)
    {
        UInt128 quotient = UInt128.MaxValue / divisor;
        UInt128 rest = UInt128.MaxValue - (quotient * divisor) + 1;
        if (extra != 0) rest += UInt128.One << 64;
        return quotient + (rest / divisor);
    }

    // Hacker's Delight, section 10-5, figure 10-1: multiplier M and shift s with q = high(M * x) (+ x, - x) >> s, plus the sign.
    private static Rewrite SignedQuotient(in Node n, long divisor)
    {
        int width = n.Bits;
        ulong magnitude = divisor < 0 ? 0UL - (ulong)divisor : (ulong)divisor;
        if (width == 32) magnitude = (uint)magnitude;
        if (BitOperations.IsPow2(magnitude)) return SignedPowerOfTwo(n, BitOperations.TrailingZeroCount(magnitude), divisor < 0);

        (long multiplier, int shift) = SignedMagic(divisor, magnitude, width);
        bool corrected = (divisor > 0 && multiplier < 0) || (divisor < 0 && multiplier > 0);
        Value quotient;
        if (width == 32)
        {
            Value product = n.Emit(Opcode.Imul, IrType.I64, n.Emit(Opcode.Sextend, IrType.I64, n.A), n.Const(IrType.I64, multiplier));
            quotient = n.Emit(Opcode.Ireduce, IrType.I32, n.Emit(Opcode.Sshr, IrType.I64, product, n.Const(IrType.I64, corrected ? 32 : 32 + shift)));
        }
        else
        {
            quotient = n.Emit(Opcode.Smulhi, n.A, n.Const(multiplier));
        }

        if (corrected) quotient = n.Emit(divisor > 0 ? Opcode.Iadd : Opcode.Isub, quotient, n.A);
        if (corrected || width == 64) quotient = n.Emit(Opcode.Sshr, quotient, n.Const(shift));

        // The quotient is negative where x is, if the divisor is not; x is known earlier.
        quotient = n.Emit(Opcode.Iadd, quotient, n.Emit(Opcode.Ushr, divisor > 0 ? n.A : quotient, n.Const(width - 1)));
        return new(corrected ? Rule.SdivCorrectedProduct : Rule.SdivProduct, quotient);
    }

    private static (long Multiplier, int Shift) SignedMagic(long divisor, ulong magnitude, int width)
    {
        // The least p >= width with 2^p > nc * (d - 2^p mod d), where nc is the greatest dividend with nc mod d = d - 1.
        UInt128 half = UInt128.One << (width - 1);
        UInt128 t = half + (divisor < 0 ? 1u : 0u);
        UInt128 greatest = t - 1 - (t % magnitude);
        int p = width;
        while (true)
        {
            UInt128 power = UInt128.One << p;
            UInt128 rest = magnitude - (power % magnitude);
            if (p >= 127 || power / greatest > rest || (power / greatest == rest && power % greatest != 0))
            {
                ulong bits = (ulong)((power + rest) / magnitude);
                long signed = width == 32 ? (int)(uint)bits : (long)bits;
                return (divisor < 0 ? (width == 32 ? -(int)signed : -signed) : signed, p - width);
            }

            p++;
        }
    }

    // Rounds towards zero: adds 2ᵏ - 1 to negative dividends before the shift.
    private static Rewrite SignedPowerOfTwo(in Node n, int log, bool negate)
    {
        Value signs = log == 1 ? n.A : n.Emit(Opcode.Sshr, n.A, n.Const(log - 1));
        Value biased = n.Emit(Opcode.Iadd, n.A, n.Emit(Opcode.Ushr, signs, n.Const(n.Bits - log)));
        Value quotient = n.Emit(Opcode.Sshr, biased, n.Const(log));
        return negate ? new(Rule.SdivMinusPow2, n.Emit(Opcode.Isub, n.Const(0), quotient)) : new(Rule.SdivPow2, quotient);
    }
}
