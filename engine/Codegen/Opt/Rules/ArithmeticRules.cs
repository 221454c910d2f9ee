using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>Rules for sums and products of integers. Constants of commutative operations are on the right.</summary>
internal static class ArithmeticRules
{
    public static Rewrite Iadd(in Node n) => n switch
    {
        // x + 0 ⇒ x
        { Y: { IsConst: true, Imm: 0 } } => new(Rule.IaddZero, n.A),

        // (x + c) + d ⇒ x + (c + d)
        { X: { Op: Opcode.Iadd, Y: { IsConst: true } c } x, Y: { IsConst: true } d } => new(Rule.IaddOfSumAndConst, n.Emit(Opcode.Iadd, x.A, n.Const(unchecked(c.Imm + d.Imm)))),

        // (c - x) + d ⇒ (c + d) - x
        { X: { Op: Opcode.Isub, X: { IsConst: true } c } x, Y: { IsConst: true } d } => new(Rule.IaddOfDifferenceFromConst, n.Emit(Opcode.Isub, n.Const(unchecked(c.Imm + d.Imm)), x.B)),

        // (x - y) + y ⇒ x
        { X: { Op: Opcode.Isub } x } when x.B == n.B => new(Rule.IaddDifferenceAndSubtrahend, x.A),

        // y + (x - y) ⇒ x
        { Y: { Op: Opcode.Isub } y } when y.B == n.A => new(Rule.IaddSubtrahendAndDifference, y.A),

        // x + (0 - y) ⇒ x - y
        { Y: { Op: Opcode.Isub, X: { IsConst: true, Imm: 0 } } y } => new(Rule.IaddNegated, n.Emit(Opcode.Isub, n.A, y.B)),

        // (0 - x) + y ⇒ y - x
        { X: { Op: Opcode.Isub, X: { IsConst: true, Imm: 0 } } x } => new(Rule.IaddNegatedFirst, n.Emit(Opcode.Isub, n.B, x.B)),

        // x + (y + c) ⇒ (x + y) + c as i64, so that the constant of an address ends up in its offset; one that is too large for that
        // stays with what it was added to (Ranges/IndexFolding)
        { Type: IrType.I64, Y: { Op: Opcode.Iadd, Y: { IsConst: true, Imm: >= int.MinValue and <= int.MaxValue } c } y } => new(Rule.IaddConstLastOfSecond, n.Emit(Opcode.Iadd, n.Emit(Opcode.Iadd, n.A, y.A), c.Value)),
        { Type: IrType.I64, X: { Op: Opcode.Iadd, Y: { IsConst: true, Imm: >= int.MinValue and <= int.MaxValue } c } x, Y.IsConst: false } => new(Rule.IaddConstLastOfFirst, n.Emit(Opcode.Iadd, n.Emit(Opcode.Iadd, x.A, n.B), c.Value)),

        // (x ^ -1) + c ⇒ (c - 1) - x
        { X: { Op: Opcode.Bxor, Y: { IsConst: true, Imm: -1 } } x, Y: { IsConst: true } c } => new(Rule.IaddNotAndConst, n.Emit(Opcode.Isub, n.Const(unchecked(c.Imm - 1)), x.A)),

        // x + x ⇒ x << 1
        _ when n.A == n.B => new(Rule.IaddTwice, n.Emit(Opcode.Ishl, n.A, n.Const(1))),

        _ => default,
    };

    public static Rewrite Isub(in Node n) => n switch
    {
        // x - x ⇒ 0
        _ when n.A == n.B => new(Rule.IsubSame, n.Const(0)),

        // x - c ⇒ x + (-c), so that sums need be matched only
        { Y: { IsConst: true } c } => new(Rule.IsubConst, n.Emit(Opcode.Iadd, n.A, n.Const(unchecked(-c.Imm)))),

        // -1 - x ⇒ x ^ -1
        { X: { IsConst: true, Imm: -1 } } => new(Rule.IsubFromAllOnes, n.Emit(Opcode.Bxor, n.B, n.A)),

        // x - (0 - y) ⇒ x + y
        { Y: { Op: Opcode.Isub, X: { IsConst: true, Imm: 0 } } y } => new(Rule.IsubNegated, n.Emit(Opcode.Iadd, n.A, y.B)),

        // x - (x - y) ⇒ y
        { Y: { Op: Opcode.Isub } y } when y.A == n.A => new(Rule.IsubDifferenceFromMinuend, y.B),

        // 0 - (x - y) ⇒ y - x
        { X: { IsConst: true, Imm: 0 }, Y: { Op: Opcode.Isub } y } => new(Rule.IsubNegatedDifference, n.Emit(Opcode.Isub, y.B, y.A)),

        // c - (x + d) ⇒ (c - d) - x
        { X: { IsConst: true } c, Y: { Op: Opcode.Iadd, Y: { IsConst: true } d } y } => new(Rule.IsubSumFromConst, n.Emit(Opcode.Isub, n.Const(unchecked(c.Imm - d.Imm)), y.A)),

        // (x + y) - y ⇒ x
        { X: { Op: Opcode.Iadd } x } when x.B == n.B => new(Rule.IsubSecondFromSum, x.A),

        // (x + y) - x ⇒ y
        { X: { Op: Opcode.Iadd } x } when x.A == n.B => new(Rule.IsubFirstFromSum, x.B),

        // x - (x + y) ⇒ 0 - y
        { Y: { Op: Opcode.Iadd } y } when y.A == n.A => new(Rule.IsubSumFromFirst, n.Emit(Opcode.Isub, n.Const(0), y.B)),

        // x - (y + x) ⇒ 0 - y
        { Y: { Op: Opcode.Iadd } y } when y.B == n.A => new(Rule.IsubSumFromSecond, n.Emit(Opcode.Isub, n.Const(0), y.A)),

        _ => default,
    };

    public static Rewrite Imul(in Node n) => n switch
    {
        // x * 0 ⇒ 0
        { Y: { IsConst: true, Imm: 0 } } => new(Rule.ImulZero, n.B),

        // x * 1 ⇒ x
        { Y: { IsConst: true, Imm: 1 } } => new(Rule.ImulOne, n.A),

        // x * -1 ⇒ 0 - x
        { Y: { IsConst: true, Imm: -1 } } => new(Rule.ImulMinusOne, n.Emit(Opcode.Isub, n.Const(0), n.A)),

        // x * 2ᵏ ⇒ x << k
        { Y: var y } when y.IsPow2(out int k) => new(Rule.ImulPow2, n.Emit(Opcode.Ishl, n.A, n.Const(k))),

        // (x * c) * d ⇒ x * (c * d)
        { X: { Op: Opcode.Imul, Y: { IsConst: true } c } x, Y: { IsConst: true } d } => new(Rule.ImulOfProductAndConst, n.Emit(Opcode.Imul, x.A, n.Const(unchecked(c.Imm * d.Imm)))),

        // (x << c) * d ⇒ x * (d << c)
        { X: { Op: Opcode.Ishl, Y: { IsConst: true } c } x, Y: { IsConst: true } d } => new(Rule.ImulOfShiftAndConst, n.Emit(Opcode.Imul, x.A, n.Emit(Opcode.Ishl, n.B, c.Value))),

        _ => default,
    };
}
