using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>Rules for and, or, exclusive or, and for the order of bytes. Constants are on the right.</summary>
internal static class BitRules
{
    public static Rewrite Band(in Node n) => n switch
    {
        // x & x ⇒ x
        _ when n.A == n.B => new(Rule.BandSame, n.A),

        // x & 0 ⇒ 0
        { Y: { IsConst: true, Imm: 0 } } => new(Rule.BandZero, n.B),

        // x & -1 ⇒ x
        { Y: { IsConst: true, Imm: -1 } } => new(Rule.BandAllOnes, n.A),

        // (x & c) & d ⇒ x & (c & d)
        { X: { Op: Opcode.Band, Y: { IsConst: true } c } x, Y: { IsConst: true } d } => new(Rule.BandOfMaskAndConst, n.Emit(Opcode.Band, x.A, n.Const(c.Imm & d.Imm))),

        // x & c ⇒ x, where c keeps every bit that x can have
        { Y: { IsConst: true } c, X: var x } when CoversAllBits(x, c) => new(Rule.BandCoversAllBits, n.A),

        // (x >> k) & c ⇒ (x & (c << k)) >> k is not a rule: extracting a field, the mask is the shorter for coming last.
        // (x & c) >> k is rewritten to that form (ShiftRules).

        // (x | c) & d ⇒ x & d, where d drops every bit of c
        { X: { Op: Opcode.Bor, Y: { IsConst: true } c } x, Y: { IsConst: true } d } when (c.Imm & d.Imm) == 0 => new(Rule.BandDropsOredBits, n.Emit(Opcode.Band, x.A, n.B)),

        // sextend8(x) & c ⇒ x & c, where c keeps only bits that the extension does not change
        { X: { Op: Opcode.Sextend8 } x, Y: { IsConst: true, Imm: >= 0 and <= 0xFF } } => new(Rule.BandSextend8, n.Emit(Opcode.Band, x.A, n.B)),
        { X: { Op: Opcode.Sextend16 } x, Y: { IsConst: true, Imm: >= 0 and <= 0xFFFF } } => new(Rule.BandSextend16, n.Emit(Opcode.Band, x.A, n.B)),
        { X: { Op: Opcode.Sextend32 } x, Y: { IsConst: true, Imm: >= 0 and <= 0xFFFFFFFF } } => new(Rule.BandSextend32, n.Emit(Opcode.Band, x.A, n.B)),

        // sextend(x) & c ⇒ uextend(x) & c, likewise
        { X: { Op: Opcode.Sextend } x, Y: { IsConst: true, Imm: >= 0 and <= 0xFFFFFFFF } } => new(Rule.BandSextend, n.Emit(Opcode.Band, n.Emit(Opcode.Uextend, x.A), n.B)),

        // x & (x | y) ⇒ x
        { Y: { Op: Opcode.Bor } y } when y.A == n.A || y.B == n.A => new(Rule.BandWithOrOfIt, n.A),
        { X: { Op: Opcode.Bor } x } when x.A == n.B || x.B == n.B => new(Rule.BandOrWithTerm, n.B),

        // uextend(x) & uextend(y) ⇒ uextend(x & y)
        { X: { Op: Opcode.Uextend } x, Y: { Op: Opcode.Uextend } y } => new(Rule.BandOfExtensions, n.Emit(Opcode.Uextend, n.Emit(Opcode.Band, IrType.I32, x.A, y.A))),

        // uextend(x) & c ⇒ uextend(x & c)
        { X: { Op: Opcode.Uextend } x, Y: { IsConst: true } c } => new(Rule.BandOfExtensionAndConst, n.Emit(Opcode.Uextend, n.Emit(Opcode.Band, IrType.I32, x.A, n.Const(IrType.I32, c.Imm)))),

        _ => default,
    };

    public static Rewrite Bor(in Node n) => n switch
    {
        // x | x ⇒ x
        _ when n.A == n.B => new(Rule.BorSame, n.A),

        // x | 0 ⇒ x
        { Y: { IsConst: true, Imm: 0 } } => new(Rule.BorZero, n.A),

        // x | -1 ⇒ -1
        { Y: { IsConst: true, Imm: -1 } } => new(Rule.BorAllOnes, n.B),

        // (x | c) | d ⇒ x | (c | d)
        { X: { Op: Opcode.Bor, Y: { IsConst: true } c } x, Y: { IsConst: true } d } => new(Rule.BorOfOrAndConst, n.Emit(Opcode.Bor, x.A, n.Const(c.Imm | d.Imm))),

        // x | c ⇒ x + c, where they have no bit in common: the sum can go into an address
        { X: var x, Y: { IsConst: true } c } when (x.PossibleOnes() & (ulong)c.Imm & Mask(n)) == 0 => new(Rule.BorDisjointConst, n.Emit(Opcode.Iadd, n.A, n.B)),

        // (x << k) | y ⇒ (x << k) + y, likewise: one lea for k up to 3
        { X: { Op: Opcode.Ishl, Y: { IsConst: true, Imm: >= 1 and <= 3 } } x, Y: { IsConst: false } y } when (x.PossibleOnes() & y.PossibleOnes()) == 0 => new(Rule.BorDisjointShiftFirst, n.Emit(Opcode.Iadd, n.A, n.B)),
        { X: { IsConst: false } x, Y: { Op: Opcode.Ishl, Y: { IsConst: true, Imm: >= 1 and <= 3 } } y } when (x.PossibleOnes() & y.PossibleOnes()) == 0 => new(Rule.BorDisjointShiftSecond, n.Emit(Opcode.Iadd, n.A, n.B)),

        // x | (x & y) ⇒ x
        { Y: { Op: Opcode.Band } y } when y.A == n.A || y.B == n.A => new(Rule.BorWithAndOfIt, n.A),
        { X: { Op: Opcode.Band } x } when x.A == n.B || x.B == n.B => new(Rule.BorAndWithTerm, n.B),

        // (x << k) | (x >> (width - k)) ⇒ rotl(x, k)
        { X: { Op: Opcode.Ishl, Y: { IsConst: true } k } x, Y: { Op: Opcode.Ushr, Y: { IsConst: true } r } y }
            when x.A == y.A && (k.Imm & (n.Bits - 1)) + (r.Imm & (n.Bits - 1)) == n.Bits => new(Rule.BorRotationLeftFirst, n.Emit(Opcode.Rotl, x.A, k.Value)),
        { X: { Op: Opcode.Ushr, Y: { IsConst: true } r } x, Y: { Op: Opcode.Ishl, Y: { IsConst: true } k } y }
            when x.A == y.A && (k.Imm & (n.Bits - 1)) + (r.Imm & (n.Bits - 1)) == n.Bits => new(Rule.BorRotationRightFirst, n.Emit(Opcode.Rotl, x.A, k.Value)),

        // the bytes of x in opposite order, by shifts, masks and rotations ⇒ bswap(x)
        { X: { IsConst: false } x, Y: { IsConst: false } y } when (x.PossibleOnes() & y.PossibleOnes()) == 0 && (x.PossibleOnes() | y.PossibleOnes()) == Mask(n)
            && ByteOrder.IsSwap(n, out Value swapped) => new(Rule.BorByteSwap, n.Emit(Opcode.Bswap, swapped)),

        _ => default,
    };

    public static Rewrite Bxor(in Node n) => n switch
    {
        // x ^ x ⇒ 0
        _ when n.A == n.B => new(Rule.BxorSame, n.Const(0)),

        // x ^ 0 ⇒ x
        { Y: { IsConst: true, Imm: 0 } } => new(Rule.BxorZero, n.A),

        // (x ^ c) ^ d ⇒ x ^ (c ^ d)
        { X: { Op: Opcode.Bxor, Y: { IsConst: true } c } x, Y: { IsConst: true } d } => new(Rule.BxorOfXorAndConst, n.Emit(Opcode.Bxor, x.A, n.Const(c.Imm ^ d.Imm))),

        // (x ^ y) ^ y ⇒ x, (x ^ y) ^ x ⇒ y
        { X: { Op: Opcode.Bxor } x } when x.B == n.B => new(Rule.BxorXorWithSecond, x.A),
        { X: { Op: Opcode.Bxor } x } when x.A == n.B => new(Rule.BxorXorWithFirst, x.B),

        // (x < y) ^ 1 ⇒ x >= y
        { X: { Op: Opcode.Icmp } x, Y: { IsConst: true, Imm: 1 } } => new(Rule.BxorInvertedCompare, n.EmitIcmp(x.IntCC.Inverse(), x.Type, x.A, x.B)),

        // -1 ^ (x ^ -1) is covered by the rule for constants

        _ => default,
    };

    public static Rewrite Bswap(in Node n) => n switch
    {
        // bswap(bswap(x)) ⇒ x
        { X: { Op: Opcode.Bswap } x } => new(Rule.BswapTwice, x.A),

        _ => default,
    };

    private static bool CoversAllBits(in Node x, in Node c) => (x.PossibleOnes() & ValueFacts.BitsUpTo(x.MaxUnsigned()) & ~(ulong)c.Imm) == 0;

    private static ulong Mask(in Node n) => n.Type == IrType.I32 ? uint.MaxValue : ulong.MaxValue;
}
