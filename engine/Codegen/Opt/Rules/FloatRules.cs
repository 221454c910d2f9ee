using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>
/// Rules for floats: only those that are exact for every operand, signed zeros and NaNs among them. So no
/// x + 0, no x * 1 (they quiet a signalling NaN), no reassociation.
/// </summary>
internal static class FloatRules
{
    public static Rewrite Fneg(in Node n) => n switch
    {
        // -(-x) ⇒ x
        { X: { Op: Opcode.Fneg } x } => new(Rule.FnegTwice, x.A),
        _ => default,
    };

    public static Rewrite Fabs(in Node n) => n switch
    {
        // |(|x|)| ⇒ |x|
        { X.Op: Opcode.Fabs } => new(Rule.FabsTwice, n.A),

        // |-x| ⇒ |x|, |copysign(x, y)| ⇒ |x|
        { X: { Op: Opcode.Fneg or Opcode.Fcopysign } x } => new(Rule.FabsOfSignChange, n.Emit(Opcode.Fabs, x.A)),
        _ => default,
    };

    public static Rewrite Fcopysign(in Node n) => n switch
    {
        // copysign(x, x) ⇒ x
        _ when n.A == n.B => new(Rule.FcopysignSame, n.A),

        // copysign(x, |y|) ⇒ |x|
        { Y.Op: Opcode.Fabs } => new(Rule.FcopysignFromAbs, n.Emit(Opcode.Fabs, n.A)),

        // copysign(-x, y), copysign(|x|, y), copysign(copysign(x, z), y) ⇒ copysign(x, y)
        { X: { Op: Opcode.Fneg or Opcode.Fabs or Opcode.Fcopysign } x } => new(Rule.FcopysignOfSignChange, n.Emit(Opcode.Fcopysign, x.A, n.B)),
        _ => default,
    };

    // A sum or difference of a NaN may be any quiet NaN, so these need not keep its sign.
    public static Rewrite Fadd(in Node n) => n switch
    {
        // x + -y ⇒ x - y
        { Y: { Op: Opcode.Fneg } y } => new(Rule.FaddNegated, n.Emit(Opcode.Fsub, n.A, y.A)),
        { X: { Op: Opcode.Fneg } x } => new(Rule.FaddNegatedFirst, n.Emit(Opcode.Fsub, n.B, x.A)),
        _ => default,
    };

    public static Rewrite Fsub(in Node n) => n switch
    {
        // x - -y ⇒ x + y
        { Y: { Op: Opcode.Fneg } y } => new(Rule.FsubNegated, n.Emit(Opcode.Fadd, n.A, y.A)),
        _ => default,
    };

    // From an integer: the narrower conversion, and the signed one, are one instruction.

    public static Rewrite FcvtFromSint(in Node n) => n switch
    {
        { X: { Op: Opcode.Sextend } x } => new(Rule.FcvtFromSintOfSextend, n.Emit(Opcode.FcvtFromSint, x.A)),
        _ => default,
    };

    public static Rewrite FcvtFromUint(in Node n) => n switch
    {
        { X: { Op: Opcode.Uextend } x } => new(Rule.FcvtFromUintOfUextend, n.Emit(Opcode.FcvtFromUint, x.A)),
        { X: { ValueType: IrType.I64 } x } when x.MaxUnsigned() <= long.MaxValue => new(Rule.FcvtFromUintNotNegative64, n.Emit(Opcode.FcvtFromSint, n.A)),
        { X: { ValueType: IrType.I32 } x } when x.MaxUnsigned() <= int.MaxValue => new(Rule.FcvtFromUintNotNegative32, n.Emit(Opcode.FcvtFromSint, n.A)),
        _ => default,
    };

    public static Rewrite Fmul(in Node n) => n switch
    {
        // -x * -y ⇒ x * y
        { X: { Op: Opcode.Fneg } x, Y: { Op: Opcode.Fneg } y } => new(Rule.FmulBothNegated, n.Emit(Opcode.Fmul, x.A, y.A)),

        // x * 2 ⇒ x + x, which is exact in the same cases
        { Y: { Op: Opcode.F64const, Imm: 0x4000000000000000 } } => new(Rule.FmulTwo64, n.Emit(Opcode.Fadd, n.A, n.A)),
        { Y: { Op: Opcode.F32const, Imm: 0x40000000 } } => new(Rule.FmulTwo32, n.Emit(Opcode.Fadd, n.A, n.A)),
        _ => default,
    };

    public static Rewrite Fdiv(in Node n) => n switch
    {
        // -x / -y ⇒ x / y
        { X: { Op: Opcode.Fneg } x, Y: { Op: Opcode.Fneg } y } => new(Rule.FdivBothNegated, n.Emit(Opcode.Fdiv, x.A, y.A)),

        // x / 2ᵏ ⇒ x * 2⁻ᵏ, where both are normal numbers: scaling rounds the same
        { Y: { Op: Opcode.F64const } c } when ReciprocalOfPow2(c.Imm, 52, 0x7FF, out long r) => new(Rule.FdivPow2Of64, n.Emit(Opcode.Fmul, n.A, n.ConstFloat(r))),
        { Y: { Op: Opcode.F32const } c } when ReciprocalOfPow2(c.Imm, 23, 0xFF, out long r) => new(Rule.FdivPow2Of32, n.Emit(Opcode.Fmul, n.A, n.ConstFloat(r))),
        _ => default,
    };

    public static Rewrite Bitcast(in Node n) => n switch
    {
        // bitcast(bitcast(x)) ⇒ x
        { X: { Op: Opcode.Bitcast } x } => new(Rule.BitcastBack, x.A),
        _ => default,
    };

    // Bits of 1/c for c = ±2ᵏ.
    private static bool ReciprocalOfPow2(long bits, int mantissaBits, int exponentMask, out long reciprocal)
    {
        long mantissa = bits & ((1L << mantissaBits) - 1);
        int exponent = (int)(bits >>> mantissaBits) & exponentMask;
        int inverse = exponentMask - 1 - exponent;
        reciprocal = (bits & ~((long)exponentMask << mantissaBits)) | (long)inverse << mantissaBits;
        return mantissa == 0 && exponent is not 0 && inverse > 0 && exponent != exponentMask;
    }
}
