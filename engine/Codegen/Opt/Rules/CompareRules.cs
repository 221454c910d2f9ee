using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>Rules for comparisons. A constant is on the right.</summary>
internal static class CompareRules
{
    public static Rewrite Icmp(in Node n)
    {
        // x = x, x < x
        if (n.A == n.B) return new(Rule.IcmpSame, n.Const(IrType.I32, n.IntCC.HoldsForEqual() ? 1 : 0));
        if (n.Y.IsConst)
        {
            Rewrite rewrite = n.IntCC is IntCC.Eq or IntCC.Ne ? EqualsConst(n) : OrderedConst(n);
            if (!rewrite.IsNone) return rewrite;
        }

        return Extended(n);
    }

    // x == c, x != c.
    private static Rewrite EqualsConst(in Node n) => n switch
    {
        // (x < y) == 0 ⇒ x >= y; (x < y) != 1 likewise
        { X: { Op: Opcode.Icmp } x, Y.Imm: 0 or 1 } when Negates(n) => new(Rule.IcmpEqNegatedIcmp, n.EmitIcmp(x.IntCC.Inverse(), x.Type, x.A, x.B)),
        { X: { Op: Opcode.Fcmp, FloatCC: FloatCC.Eq } x, Y.Imm: 0 or 1 } when Negates(n) => new(Rule.IcmpEqNegatedFcmpEq, n.EmitFcmp(FloatCC.Ne, x.Type, x.A, x.B)),
        { X: { Op: Opcode.Fcmp, FloatCC: FloatCC.Ne } x, Y.Imm: 0 or 1 } when Negates(n) => new(Rule.IcmpEqNegatedFcmpNe, n.EmitFcmp(FloatCC.Eq, x.Type, x.A, x.B)),

        // b != 0 ⇒ b, b == 1 ⇒ b, where b is 0 or 1; as i32
        { Type: IrType.I32, X: var x, Y.Imm: 0 or 1 } when !Negates(n) && x.IsBool => new(Rule.IcmpEqOfBool, n.A),
        { Type: IrType.I64, X: { Op: Opcode.Uextend, X: var x } extend, Y.Imm: 0 or 1 } when !Negates(n) && x.IsBool => new(Rule.IcmpEqOfExtendedBool, extend.A),

        // x == c, x cannot be as large
        { X: var x, Y: var c } when x.MaxUnsigned() < Unsigned(c) => new(Rule.IcmpEqOutOfRange, n.Const(IrType.I32, n.IntCC == IntCC.Ne ? 1 : 0)),

        // x + c == d ⇒ x == d - c
        { X: { Op: Opcode.Iadd, Y: { IsConst: true } c } x, Y: var d } => new(Rule.IcmpEqOfSum, n.EmitIcmp(n.IntCC, n.Type, x.A, n.Const(unchecked(d.Imm - c.Imm)))),

        // (x & 2ᵏ) == 2ᵏ ⇒ (x & 2ᵏ) != 0
        { X: { Op: Opcode.Band, Y: { IsConst: true } c }, Y: var d } when c.Imm == d.Imm && c.IsPow2(out _) => new(Rule.IcmpEqOfSingleBit, n.EmitIcmp(n.IntCC.Inverse(), n.Type, n.A, n.Const(0))),

        // x >> k == 0 ⇒ x < 2ᵏ
        { X: { Op: Opcode.Ushr, Y: { IsConst: true } k } x, Y.Imm: 0 } when (k.Imm & (n.Bits - 1)) is >= 1 and <= 30
            => new(Rule.IcmpEqOfShift, n.EmitIcmp(n.IntCC == IntCC.Eq ? IntCC.Ult : IntCC.Uge, n.Type, x.A, n.Const(1L << (int)(k.Imm & (n.Bits - 1))))),

        // x - y == 0 ⇒ x == y, x ^ y == 0 ⇒ x == y
        { X: { Op: Opcode.Isub or Opcode.Bxor } x, Y.Imm: 0 } => new(Rule.IcmpEqOfDifference, n.EmitIcmp(n.IntCC, n.Type, x.A, x.B)),

        // x ^ c == d ⇒ x == c ^ d
        { X: { Op: Opcode.Bxor, Y: { IsConst: true } c } x, Y: var d } => new(Rule.IcmpEqOfXorAndConst, n.EmitIcmp(n.IntCC, n.Type, x.A, n.Const(c.Imm ^ d.Imm))),

        // bswap(x) == c ⇒ x == bswap(c)
        { X: { Op: Opcode.Bswap } x } => new(Rule.IcmpEqOfBswapAndConst, n.EmitIcmp(n.IntCC, n.Type, x.A, n.Emit(Opcode.Bswap, n.B))),

        _ => default,
    };

    // x < c and so on, at the ends of the range.
    private static Rewrite OrderedConst(in Node n)
    {
        long least = n.Type == IrType.I32 ? int.MinValue : long.MinValue;
        long greatest = n.Type == IrType.I32 ? int.MaxValue : long.MaxValue;
        long c = n.Y.Imm;

        // Of what is not negative both orders are the same; a negative number is less than that.
        if (n.IntCC.IsSigned() && n.X.MaxUnsigned() <= (ulong)greatest)
        {
            return c >= 0
                ? new(Rule.IcmpSignedAsUnsigned, n.EmitIcmp(n.IntCC.Unsigned(), n.Type, n.A, n.B))
                : new(Rule.IcmpNotNegativeWithNegative, n.Const(IrType.I32, n.IntCC is IntCC.Sgt or IntCC.Sge ? 1 : 0));
        }

        return n.IntCC switch
        {
            IntCC.Ult when c == 0 => new(Rule.IcmpUltZero, n.Const(IrType.I32, 0)),
            IntCC.Uge when c == 0 => new(Rule.IcmpUgeZero, n.Const(IrType.I32, 1)),
            IntCC.Ugt when c == -1 => new(Rule.IcmpUgtMax, n.Const(IrType.I32, 0)),
            IntCC.Ule when c == -1 => new(Rule.IcmpUleMax, n.Const(IrType.I32, 1)),
            IntCC.Slt when c == least => new(Rule.IcmpSltLeast, n.Const(IrType.I32, 0)),
            IntCC.Sge when c == least => new(Rule.IcmpSgeLeast, n.Const(IrType.I32, 1)),
            IntCC.Sgt when c == greatest => new(Rule.IcmpSgtGreatest, n.Const(IrType.I32, 0)),
            IntCC.Sle when c == greatest => new(Rule.IcmpSleGreatest, n.Const(IrType.I32, 1)),

            // x < 1 ⇒ x == 0, and the like
            IntCC.Ult when c == 1 => new(Rule.IcmpUltOne, n.EmitIcmp(IntCC.Eq, n.Type, n.A, n.Const(0))),
            IntCC.Uge when c == 1 => new(Rule.IcmpUgeOne, n.EmitIcmp(IntCC.Ne, n.Type, n.A, n.Const(0))),
            IntCC.Ule when c == 0 => new(Rule.IcmpUleZero, n.EmitIcmp(IntCC.Eq, n.Type, n.A, n.B)),
            IntCC.Ugt when c == 0 => new(Rule.IcmpUgtZero, n.EmitIcmp(IntCC.Ne, n.Type, n.A, n.B)),
            IntCC.Uge when c == -1 => new(Rule.IcmpUgeMax, n.EmitIcmp(IntCC.Eq, n.Type, n.A, n.B)),
            IntCC.Ult when c == -1 => new(Rule.IcmpUltMax, n.EmitIcmp(IntCC.Ne, n.Type, n.A, n.B)),

            // x < c, x cannot be as large
            IntCC.Ult when n.X.MaxUnsigned() < Unsigned(n.Y) => new(Rule.IcmpUltInRange, n.Const(IrType.I32, 1)),
            IntCC.Uge when n.X.MaxUnsigned() < Unsigned(n.Y) => new(Rule.IcmpUgeInRange, n.Const(IrType.I32, 0)),
            IntCC.Ule when n.X.MaxUnsigned() <= Unsigned(n.Y) => new(Rule.IcmpUleInRange, n.Const(IrType.I32, 1)),
            IntCC.Ugt when n.X.MaxUnsigned() <= Unsigned(n.Y) => new(Rule.IcmpUgtInRange, n.Const(IrType.I32, 0)),
            IntCC.Eq or IntCC.Ne or IntCC.Slt or IntCC.Sge or IntCC.Sgt or IntCC.Sle or IntCC.Ult or IntCC.Uge or IntCC.Ugt or IntCC.Ule => default,
        };
    }

    // Comparisons of extended values are comparisons of the narrow ones.
    private static Rewrite Extended(in Node n) => n switch
    {
        // uextend(x) < uextend(y) ⇒ x < y unsigned
        { X: { Op: Opcode.Uextend } x, Y: { Op: Opcode.Uextend } y } => new(Rule.IcmpOfUextends, n.EmitIcmp(n.IntCC.Unsigned(), IrType.I32, x.A, y.A)),

        // sextend(x) < sextend(y) ⇒ x < y: sign extension keeps both orders
        { X: { Op: Opcode.Sextend } x, Y: { Op: Opcode.Sextend } y } => new(Rule.IcmpOfSextends, n.EmitIcmp(n.IntCC, IrType.I32, x.A, y.A)),

        // uextend(x) < c ⇒ x < c unsigned, where c has no more bits
        { X: { Op: Opcode.Uextend } x, Y: { IsConst: true, Imm: >= 0 and <= 0xFFFFFFFF } c } => new(Rule.IcmpOfUextendAndConst, n.EmitIcmp(n.IntCC.Unsigned(), IrType.I32, x.A, n.Const(IrType.I32, c.Imm))),

        // sextend(x) < c ⇒ x < c, where c is one
        { X: { Op: Opcode.Sextend } x, Y: { IsConst: true, Imm: >= int.MinValue and <= int.MaxValue } c } => new(Rule.IcmpOfSextendAndConst, n.EmitIcmp(n.IntCC, IrType.I32, x.A, n.Const(IrType.I32, c.Imm))),

        _ => default,
    };

    // x == 0, x != 1 of a value that is 0 or 1.
    private static bool Negates(in Node n) => n.IntCC == IntCC.Eq ? n.Y.Imm == 0 : n.Y.Imm == 1;

    private static ulong Unsigned(in Node c) => c.Type == IrType.I32 ? (uint)c.Imm : (ulong)c.Imm;
}
