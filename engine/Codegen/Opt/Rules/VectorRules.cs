using System;
using System.Numerics;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Semantics;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>Rules for arithmetic on integer lanes, and for what of float lanes is exact. Constants of what commutes are on the right.</summary>
internal static class VectorRules
{
    public static Rewrite Viadd(in Node n) => n switch
    {
        // x + 0 ⇒ x
        { Y.IsZeros: true } => new(Rule.ViaddZeros, n.A),

        // x + (-y) ⇒ x - y, (-x) + y ⇒ y - x
        { Y: { Op: Opcode.Vineg } y } when y.Lanes == n.Lanes => new(Rule.ViaddNegated, n.EmitLanes(Opcode.Visub, n.A, y.A)),
        { X: { Op: Opcode.Vineg } x } when x.Lanes == n.Lanes => new(Rule.ViaddNegatedFirst, n.EmitLanes(Opcode.Visub, n.B, x.A)),
        _ => default,
    };

    public static Rewrite Visub(in Node n) => n switch
    {
        // x - x ⇒ 0
        _ when n.A == n.B => new(Rule.VisubSame, n.ConstVector(0)),

        // x - 0 ⇒ x, 0 - x ⇒ -x
        { Y.IsZeros: true } => new(Rule.VisubZeros, n.A),
        { X.IsZeros: true } => new(Rule.VisubFromZeros, n.EmitLanes(Opcode.Vineg, n.B)),

        // x - (-y) ⇒ x + y
        { Y: { Op: Opcode.Vineg } y } when y.Lanes == n.Lanes => new(Rule.VisubNegated, n.EmitLanes(Opcode.Viadd, n.A, y.A)),
        _ => default,
    };

    public static Rewrite Vimul(in Node n) => n switch
    {
        // x * 0 ⇒ 0
        { Y.IsZeros: true } => new(Rule.VimulZeros, n.B),

        // x * 2ᵏ ⇒ x << k, the same in all lanes
        { Y: { IsVector: true } y } when IsPow2(n.Lanes, y.Vector, out int k) => new(Rule.VimulPow2, n.EmitLanes(Opcode.Vishl, n.A, n.Const(IrType.I32, k))),
        _ => default,
    };

    public static Rewrite Vineg(in Node n) => n switch
    {
        // -(-x) ⇒ x
        { X: { Op: Opcode.Vineg } x } when x.Lanes == n.Lanes => new(Rule.VinegTwice, x.A),

        // -(x - y) ⇒ y - x
        { X: { Op: Opcode.Visub } x } when x.Lanes == n.Lanes => new(Rule.VinegOfDifference, n.EmitLanes(Opcode.Visub, x.B, x.A)),
        _ => default,
    };

    // Least or greatest.
    public static Rewrite Extremum(in Node n) => n.A == n.B ? new(Rule.VextremumSame, n.A) : default;

    // vishl, vushr, vsshr: the count is modulo the lane's width
    public static Rewrite Shift(in Node n) => n switch
    {
        // x << 0 ⇒ x
        { Y: { IsConst: true } k } when (k.Imm & (n.Lanes.LaneBits() - 1)) == 0 => new(Rule.VshiftZero, n.A),

        // 0 << k ⇒ 0
        { X.IsZeros: true } => new(Rule.VshiftOfZeros, n.A),

        // x << k ⇒ x << (k mod width)
        { Y: { IsConst: true } k } when k.Imm != (k.Imm & (n.Lanes.LaneBits() - 1)) =>
            new(Rule.VshiftCountModulo, n.EmitLanes(n.Op, n.A, n.Const(IrType.I32, k.Imm & (n.Lanes.LaneBits() - 1)))),

        // x << (k & c) ⇒ x << k, where c keeps the bits that count
        { Y: { Op: Opcode.Band, Y: { IsConst: true } c } y } when (~c.Imm & (n.Lanes.LaneBits() - 1)) == 0 => new(Rule.VshiftMaskedCount, n.EmitLanes(n.Op, n.A, y.A)),
        _ => default,
    };

    public static Rewrite Vfneg(in Node n) => n switch
    {
        // -(-x) ⇒ x
        { X: { Op: Opcode.Vfneg } x } when x.Lanes == n.Lanes => new(Rule.VfnegTwice, x.A),
        _ => default,
    };

    public static Rewrite Vfabs(in Node n) => n switch
    {
        // |(|x|)| ⇒ |x|
        { X: { Op: Opcode.Vfabs } x } when x.Lanes == n.Lanes => new(Rule.VfabsTwice, n.A),

        // |-x| ⇒ |x|
        { X: { Op: Opcode.Vfneg } x } when x.Lanes == n.Lanes => new(Rule.VfabsOfNegated, n.EmitLanes(Opcode.Vfabs, x.A)),
        _ => default,
    };

    private static bool IsPow2(LaneShape lanes, UInt128 vector, out int k)
    {
        int bits = lanes.LaneBits();
        ulong lane = LaneAccess.Unsigned(vector, bits, 0);
        k = BitOperations.TrailingZeroCount(lane);
        return BitOperations.IsPow2(lane) && LaneAccess.Splat(lane, bits) == vector;
    }
}
