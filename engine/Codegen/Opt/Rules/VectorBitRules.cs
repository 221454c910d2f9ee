using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>Rules for bitwise operations on vectors. Constants of what commutes are on the right.</summary>
internal static class VectorBitRules
{
    public static Rewrite Vand(in Node n) => n switch
    {
        // x & x ⇒ x
        _ when n.A == n.B => new(Rule.VandSame, n.A),

        // x & 0 ⇒ 0
        { Y.IsZeros: true } => new(Rule.VandZeros, n.B),

        // x & ones ⇒ x
        { Y.IsOnes: true } => new(Rule.VandOnes, n.A),

        // (x & c) & d ⇒ x & (c & d)
        { X: { Op: Opcode.Vand, Y.IsVector: true } x, Y: { IsVector: true } d } => new(Rule.VandOfMaskAndConst, n.EmitVector(Opcode.Vand, x.A, n.ConstVector(x.Y.Vector & d.Vector))),

        // x & ~y ⇒ andnot(x, y)
        { Y: { Op: Opcode.Vnot } y } => new(Rule.VandNotSecond, n.EmitVector(Opcode.Vandnot, n.A, y.A)),
        { X: { Op: Opcode.Vnot } x } => new(Rule.VandNotFirst, n.EmitVector(Opcode.Vandnot, n.B, x.A)),
        _ => default,
    };

    // andnot(x, y) is x & ~y
    public static Rewrite Vandnot(in Node n) => n switch
    {
        // andnot(x, x) ⇒ 0
        _ when n.A == n.B => new(Rule.VandnotSame, n.ConstVector(0)),

        // andnot(0, x) ⇒ 0, andnot(ones, x) ⇒ ~x
        { X.IsZeros: true } => new(Rule.VandnotOfZeros, n.A),
        { X.IsOnes: true } => new(Rule.VandnotOfOnes, n.EmitVector(Opcode.Vnot, n.B)),

        // andnot(x, c) ⇒ x & ~c
        { Y: { IsVector: true } c } => new(Rule.VandnotConst, n.EmitVector(Opcode.Vand, n.A, n.ConstVector(~c.Vector))),

        // andnot(x, ~y) ⇒ x & y
        { Y: { Op: Opcode.Vnot } y } => new(Rule.VandnotNotSecond, n.EmitVector(Opcode.Vand, n.A, y.A)),
        _ => default,
    };

    public static Rewrite Vor(in Node n) => n switch
    {
        // x | x ⇒ x
        _ when n.A == n.B => new(Rule.VorSame, n.A),

        // x | 0 ⇒ x
        { Y.IsZeros: true } => new(Rule.VorZeros, n.A),

        // x | ones ⇒ ones
        { Y.IsOnes: true } => new(Rule.VorOnes, n.B),

        // (x | c) | d ⇒ x | (c | d)
        { X: { Op: Opcode.Vor, Y.IsVector: true } x, Y: { IsVector: true } d } => new(Rule.VorOfOrAndConst, n.EmitVector(Opcode.Vor, x.A, n.ConstVector(x.Y.Vector | d.Vector))),

        // (x & m) | andnot(y, m) ⇒ bitselect(x, y, m): what it means, which lowering may do as a blend
        { X: { Op: Opcode.Vand } x, Y: { Op: Opcode.Vandnot } y } when x.B == y.B => new(Rule.VorBlend, n.EmitVector(Opcode.Vbitselect, x.A, y.A, x.B)),
        { X: { Op: Opcode.Vand } x, Y: { Op: Opcode.Vandnot } y } when x.A == y.B => new(Rule.VorBlendMaskFirst, n.EmitVector(Opcode.Vbitselect, x.B, y.A, x.A)),
        { X: { Op: Opcode.Vandnot } x, Y: { Op: Opcode.Vand } y } when y.B == x.B => new(Rule.VorBlendSwapped, n.EmitVector(Opcode.Vbitselect, y.A, x.A, y.B)),
        { X: { Op: Opcode.Vandnot } x, Y: { Op: Opcode.Vand } y } when y.A == x.B => new(Rule.VorBlendSwappedMaskFirst, n.EmitVector(Opcode.Vbitselect, y.B, x.A, y.A)),
        _ => default,
    };

    public static Rewrite Vxor(in Node n) => n switch
    {
        // x ^ x ⇒ 0
        _ when n.A == n.B => new(Rule.VxorSame, n.ConstVector(0)),

        // x ^ 0 ⇒ x
        { Y.IsZeros: true } => new(Rule.VxorZeros, n.A),

        // x ^ ones ⇒ ~x
        { Y.IsOnes: true } => new(Rule.VxorOnes, n.EmitVector(Opcode.Vnot, n.A)),

        // (x ^ c) ^ d ⇒ x ^ (c ^ d)
        { X: { Op: Opcode.Vxor, Y.IsVector: true } x, Y: { IsVector: true } d } => new(Rule.VxorOfXorAndConst, n.EmitVector(Opcode.Vxor, x.A, n.ConstVector(x.Y.Vector ^ d.Vector))),

        // (x ^ y) ^ y ⇒ x, (x ^ y) ^ x ⇒ y
        { X: { Op: Opcode.Vxor } x } when x.B == n.B => new(Rule.VxorXorWithSecond, x.A),
        { X: { Op: Opcode.Vxor } x } when x.A == n.B => new(Rule.VxorXorWithFirst, x.B),
        _ => default,
    };

    public static Rewrite Vnot(in Node n) => n switch
    {
        // ~~x ⇒ x
        { X: { Op: Opcode.Vnot } x } => new(Rule.VnotTwice, x.A),

        // ~(x != y) ⇒ x == y, which is no dearer alone
        { X: { Op: Opcode.Vicmp, IntCC: IntCC.Ne } x } => new(Rule.VnotOfNotEqual, n.EmitVicmp(x.Lanes, IntCC.Eq, x.A, x.B)),

        // ~(x == y) ⇒ x != y, floats only: exact with NaNs; the orderings are not
        { X: { Op: Opcode.Vfcmp, FloatCC: FloatCC.Eq } x } => new(Rule.VnotOfFloatEqual, n.EmitVfcmp(x.Lanes, FloatCC.Ne, x.A, x.B)),
        { X: { Op: Opcode.Vfcmp, FloatCC: FloatCC.Ne } x } => new(Rule.VnotOfFloatNotEqual, n.EmitVfcmp(x.Lanes, FloatCC.Eq, x.A, x.B)),
        _ => default,
    };

    public static Rewrite Vbitselect(in Node n) => n switch
    {
        // m ? x : x ⇒ x
        _ when n.A == n.B => new(Rule.VbitselectSame, n.A),

        // 0 ? x : y ⇒ y, ones ? x : y ⇒ x
        { Z.IsZeros: true } => new(Rule.VbitselectZeroMask, n.B),
        { Z.IsOnes: true } => new(Rule.VbitselectOnesMask, n.A),

        // m ? x : 0 ⇒ x & m, m ? 0 : y ⇒ andnot(y, m), m ? ones : y ⇒ y | m
        { Y.IsZeros: true } => new(Rule.VbitselectZeroSecond, n.EmitVector(Opcode.Vand, n.A, n.C)),
        { X.IsZeros: true } => new(Rule.VbitselectZeroFirst, n.EmitVector(Opcode.Vandnot, n.B, n.C)),
        { X.IsOnes: true } => new(Rule.VbitselectOnesFirst, n.EmitVector(Opcode.Vor, n.B, n.C)),

        // ~m ? x : y ⇒ m ? y : x
        { Z: { Op: Opcode.Vnot } z } => new(Rule.VbitselectNotMask, n.EmitVector(Opcode.Vbitselect, n.B, n.A, z.A)),
        _ => default,
    };
}
