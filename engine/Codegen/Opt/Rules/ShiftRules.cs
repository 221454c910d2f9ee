using System;
using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>Rules for shifts and rotations. Counts are taken modulo the width w.</summary>
internal static class ShiftRules
{
    public static Rewrite Ishl(in Node n) => n switch
    {
        // x << 0 ⇒ x; counts are taken modulo w
        { Y: { IsConst: true } k } when Count(n, k) == 0 => new(Rule.IshlZero, n.A),
        { Y: { IsConst: true } k } when k.Imm != Count(n, k) => new(Rule.IshlCountModulo, n.Emit(Opcode.Ishl, n.A, n.Const(Count(n, k)))),

        // (x << c) << d ⇒ x << (c + d), or 0
        { X: { Op: Opcode.Ishl, Y: { IsConst: true } c } x, Y: { IsConst: true } d } when Count(n, c) + Count(n, d) < n.Bits => new(Rule.IshlTwice, n.Emit(Opcode.Ishl, x.A, n.Const(Count(n, c) + Count(n, d)))),
        { X: { Op: Opcode.Ishl, Y: { IsConst: true } }, Y: { IsConst: true } } => new(Rule.IshlTwiceOut, n.Const(0)),

        // (x >> c) << c ⇒ x & -(1 << c)
        { X: { Op: Opcode.Ushr or Opcode.Sshr, Y: { IsConst: true } c } x, Y: { IsConst: true } d } when Count(n, c) == Count(n, d) && Count(n, c) < 32 => new(Rule.IshlAfterShiftRight, n.Emit(Opcode.Band, x.A, n.Const(-1L << Count(n, c)))),

        // (x & c) << d ⇒ x << d, where c keeps all bits that stay
        { X: { Op: Opcode.Band, Y: { IsConst: true } c } x, Y: { IsConst: true } d } when ((~c.Imm << Count(n, d)) & AllOnes(n)) == 0 => new(Rule.IshlOfMask, n.Emit(Opcode.Ishl, x.A, n.B)),

        // (x + c) << d ⇒ (x << d) + (c << d), so that the constant ends up in an address
        { X: { Op: Opcode.Iadd, Y: { IsConst: true, Imm: > -(1 << 27) and < 1 << 27 } c } x, Y: { IsConst: true } d } when Count(n, d) <= 3
            => new(Rule.IshlOfSum, n.Emit(Opcode.Iadd, n.Emit(Opcode.Ishl, x.A, n.B), n.Const(c.Imm << Count(n, d)))),

        // x << (y & (w - 1)) ⇒ x << y
        { Y: { Op: Opcode.Band, Y: { IsConst: true } m } y } when KeepsCount(n, m) => new(Rule.IshlMaskedCount, n.Emit(Opcode.Ishl, n.A, y.A)),

        _ => default,
    };

    public static Rewrite Ushr(in Node n) => n switch
    {
        // x >> 0 ⇒ x; counts are taken modulo w
        { Y: { IsConst: true } k } when Count(n, k) == 0 => new(Rule.UshrZero, n.A),
        { Y: { IsConst: true } k } when k.Imm != Count(n, k) => new(Rule.UshrCountModulo, n.Emit(Opcode.Ushr, n.A, n.Const(Count(n, k)))),

        // (x >> c) >> d ⇒ x >> (c + d), or 0
        { X: { Op: Opcode.Ushr, Y: { IsConst: true } c } x, Y: { IsConst: true } d } when Count(n, c) + Count(n, d) < n.Bits => new(Rule.UshrTwice, n.Emit(Opcode.Ushr, x.A, n.Const(Count(n, c) + Count(n, d)))),
        { X: { Op: Opcode.Ushr, Y: { IsConst: true } }, Y: { IsConst: true } } => new(Rule.UshrTwiceOut, n.Const(0)),

        // (x << c) >> c ⇒ x & (-1 >>> c), where the mask is an immediate or the low half
        { X: { Op: Opcode.Ishl, Y: { IsConst: true } c } x, Y: { IsConst: true } d } when Count(n, c) == Count(n, d) && (n.Bits == 32 || Count(n, c) >= 32) => new(Rule.UshrAfterShiftLeft, n.Emit(Opcode.Band, x.A, n.Const((long)((ulong)AllOnes(n) >> Count(n, c))))),

        // x >> (y & (w - 1)) ⇒ x >> y
        { Y: { Op: Opcode.Band, Y: { IsConst: true } m } y } when KeepsCount(n, m) => new(Rule.UshrMaskedCount, n.Emit(Opcode.Ushr, n.A, y.A)),

        // (x & c) >> k ⇒ (x >> k) & (c >> k)
        { X: { Op: Opcode.Band, Y: { IsConst: true } c } x, Y: { IsConst: true } d } => new(Rule.UshrOfMask, n.Emit(Opcode.Band, n.Emit(Opcode.Ushr, x.A, n.B), n.Const((long)(((ulong)c.Imm & (ulong)AllOnes(n)) >> Count(n, d))))),

        // x >> k ⇒ 0, where x has no bits there
        { X: var x, Y: { IsConst: true } k } when x.MaxUnsigned() >> Count(n, k) == 0 => new(Rule.UshrOfSmall, n.Const(0)),

        _ => default,
    };

    public static Rewrite Sshr(in Node n) => n switch
    {
        // x >> 0 ⇒ x; counts are taken modulo w
        { Y: { IsConst: true } k } when Count(n, k) == 0 => new(Rule.SshrZero, n.A),
        { Y: { IsConst: true } k } when k.Imm != Count(n, k) => new(Rule.SshrCountModulo, n.Emit(Opcode.Sshr, n.A, n.Const(Count(n, k)))),

        // (x << (w - 8)) >> (w - 8) ⇒ sextend8(x), likewise 16 and 32
        { X: { Op: Opcode.Ishl, Y: { IsConst: true } c } x, Y: { IsConst: true } d } when Count(n, c) == Count(n, d) && n.Bits - Count(n, c) == 8 => new(Rule.SshrAsSextend8, n.Emit(Opcode.Sextend8, x.A)),
        { X: { Op: Opcode.Ishl, Y: { IsConst: true } c } x, Y: { IsConst: true } d } when Count(n, c) == Count(n, d) && n.Bits - Count(n, c) == 16 => new(Rule.SshrAsSextend16, n.Emit(Opcode.Sextend16, x.A)),
        { X: { Op: Opcode.Ishl, Y: { IsConst: true } c } x, Y: { IsConst: true } d } when Count(n, c) == Count(n, d) && n.Bits - Count(n, c) == 32 => new(Rule.SshrAsSextend32, n.Emit(Opcode.Sextend32, x.A)),

        // (x >> c) >> d ⇒ x >> min(c + d, w - 1)
        { X: { Op: Opcode.Sshr, Y: { IsConst: true } c } x, Y: { IsConst: true } d } => new(Rule.SshrTwice, n.Emit(Opcode.Sshr, x.A, n.Const(Math.Min(Count(n, c) + Count(n, d), n.Bits - 1)))),

        // x >> (y & (w - 1)) ⇒ x >> y
        { Y: { Op: Opcode.Band, Y: { IsConst: true } m } y } when KeepsCount(n, m) => new(Rule.SshrMaskedCount, n.Emit(Opcode.Sshr, n.A, y.A)),

        // x >> y ⇒ x >>> y, where x is not negative
        { X: var x } when x.MaxUnsigned() <= (ulong)AllOnes(n) >> 1 => new(Rule.SshrNotNegative, n.Emit(Opcode.Ushr, n.A, n.B)),

        _ => default,
    };

    public static Rewrite Rotl(in Node n) => n switch
    {
        // rotl(x, 0) ⇒ x; counts are taken modulo w
        { Y: { IsConst: true } k } when Count(n, k) == 0 => new(Rule.RotlZero, n.A),
        { Y: { IsConst: true } k } when k.Imm != Count(n, k) => new(Rule.RotlCountModulo, n.Emit(Opcode.Rotl, n.A, n.Const(Count(n, k)))),

        // rotl(rotl(x, c), d) ⇒ rotl(x, c + d)
        { X: { Op: Opcode.Rotl, Y: { IsConst: true } c } x, Y: { IsConst: true } d } => new(Rule.RotlTwice, n.Emit(Opcode.Rotl, x.A, n.Const(Count(n, c) + Count(n, d)))),

        // the bytes of x in opposite order, halves changing places last ⇒ bswap(x)
        { X.Op: Opcode.Bor, Y: { IsConst: true } k } when k.Imm == n.Bits / 2 && ByteOrder.IsSwap(n, out Value swapped) => new(Rule.RotlByteSwap, n.Emit(Opcode.Bswap, swapped)),

        // rotl(x, y & (w - 1)) ⇒ rotl(x, y)
        { Y: { Op: Opcode.Band, Y: { IsConst: true } m } y } when KeepsCount(n, m) => new(Rule.RotlMaskedCount, n.Emit(Opcode.Rotl, n.A, y.A)),

        _ => default,
    };

    public static Rewrite Rotr(in Node n) => n switch
    {
        // rotr(x, k) ⇒ rotl(x, w - k)
        { Y: { IsConst: true } k } => new(Rule.RotrConst, n.Emit(Opcode.Rotl, n.A, n.Const((n.Bits - Count(n, k)) & (n.Bits - 1)))),

        // rotr(x, y & (w - 1)) ⇒ rotr(x, y)
        { Y: { Op: Opcode.Band, Y: { IsConst: true } m } y } when KeepsCount(n, m) => new(Rule.RotrMaskedCount, n.Emit(Opcode.Rotr, n.A, y.A)),

        _ => default,
    };

    private static int Count(in Node shift, in Node k) => (int)k.Imm & (shift.Bits - 1);

    private static bool KeepsCount(in Node shift, in Node mask) => (mask.Imm & (shift.Bits - 1)) == shift.Bits - 1;

    private static long AllOnes(in Node n) => n.Bits == 32 ? uint.MaxValue : -1;
}
