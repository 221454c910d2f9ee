// Relaxed SIMD instructions. The spec lets an implementation choose one of a few results for each, once and for all
// (SPEC: Wasm core, 4.3, R parameters). Chosen is what the target does fastest, or, with Tunables.RelaxedSimdDeterministic,
// the result of the spec's deterministic profile:
//
//     instruction         fast                                          deterministic
//     relaxed_swizzle     x86_pshufb (index mod 16, 0 if bit 7)         swizzle
//     relaxed_trunc_s     x86_cvttps2dq, _pd2dq (0x80000000 if none)    trunc_sat
//     relaxed_trunc_u     trunc_sat                                     trunc_sat
//     relaxed_(n)madd     one rounding if the target has FMA, or two    two roundings
//     relaxed_laneselect  bitselect                                     bitselect
//     relaxed_min, _max   pmin, pmax                                    min, max
//     relaxed_q15mulr     x86_pmulhrsw (wraps)                          q15mulr_sat
//     relaxed_dot         x86_pmaddubsw (second operand unsigned)       both signed, sum saturated

using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;

namespace Kiln.Compiler.Translate;

/// <summary>The relaxed vector instructions whose results differ between machines.</summary>
internal static class RelaxedTranslation
{
    /// <summary><c>i8x16.relaxed_swizzle</c>.</summary>
    public static void Swizzle(Translation t) => Binary(t, Opcode.X86Pshufb, Opcode.Vswizzle, LaneShape.None);

    /// <summary><c>i32x4.relaxed_trunc_f32x4_s</c>.</summary>
    public static void Truncate(Translation t) =>
        t.Push(t.Builder.Vector(IsDeterministic(t) ? Opcode.VfcvtToSintSat : Opcode.X86Cvttps2dq, LaneShape.I32x4, t.Pop()));

    /// <summary><c>i32x4.relaxed_trunc_f64x2_s_zero</c>.</summary>
    public static void TruncateLow(Translation t) =>
        t.Push(t.Builder.Vector(IsDeterministic(t) ? Opcode.VfcvtLowToSintSat : Opcode.X86Cvttpd2dq, LaneShape.I32x4, t.Pop()));

    /// <summary><c>relaxed_madd</c>, or <c>relaxed_nmadd</c>, which negates the product.</summary>
    public static void MultiplyAdd(Translation t, LaneShape lanes, bool negate)
    {
        FunctionBuilder b = t.Builder;
        Value z = t.Pop();
        Value y = t.Pop();
        Value x = t.Pop();
        Value result;
        if (t.Environment.HasFma && !IsDeterministic(t))
        {
            result = b.Vector(negate ? Opcode.Vffnma : Opcode.Vffma, lanes, x, y, z);
        }
        else
        {
            // z - x * y is -(x * y) + z with the same roundings.
            Value product = b.Vector(Opcode.Vfmul, lanes, x, y);
            result = negate ? b.Vector(Opcode.Vfsub, lanes, z, product) : b.Vector(Opcode.Vfadd, lanes, product, z);
        }

        t.Push(VectorTranslation.Canonicalize(t, lanes, result));
    }

    /// <summary><c>relaxed_min</c>.</summary>
    public static void Minimum(Translation t, LaneShape lanes) => Choose(t, Opcode.Vfpmin, Opcode.Vfmin, lanes);

    /// <summary><c>relaxed_max</c>.</summary>
    public static void Maximum(Translation t, LaneShape lanes) => Choose(t, Opcode.Vfpmax, Opcode.Vfmax, lanes);

    /// <summary><c>i16x8.relaxed_q15mulr_s</c>.</summary>
    public static void MultiplyQ15(Translation t) => Binary(t, Opcode.X86Pmulhrsw, Opcode.Vq15mulrSat, LaneShape.I16x8);

    /// <summary><c>i16x8.relaxed_dot_i8x16_i7x16_s</c>.</summary>
    public static void Dot(Translation t)
    {
        Value y = t.Pop();
        t.Push(Dot(t, t.Pop(), y));
    }

    /// <summary><c>i32x4.relaxed_dot_i8x16_i7x16_add_s</c>: sums of neighbours of the products' sums, and the third operand.</summary>
    public static void DotAdd(Translation t)
    {
        FunctionBuilder b = t.Builder;
        Value z = t.Pop();
        Value y = t.Pop();
        Value dot = Dot(t, t.Pop(), y);

        t.Push(b.Vector(Opcode.Viadd, LaneShape.I32x4, b.Vector(Opcode.VsextaddPairwise, LaneShape.I32x4, dot), z));
    }

    private static Value Dot(Translation t, Value x, Value y)
    {
        FunctionBuilder b = t.Builder;

        // The machine's first operand is the unsigned one.
        if (!IsDeterministic(t)) return b.Vector(Opcode.X86Pmaddubsw, LaneShape.I16x8, y, x);
        Value even = b.Vector(Opcode.Vimul, LaneShape.I16x8, Even(x), Even(y));
        Value odd = b.Vector(Opcode.Vimul, LaneShape.I16x8, Odd(x), Odd(y));
        return b.Vector(Opcode.VsaddSat, LaneShape.I16x8, even, odd);

        Value Even(Value v) => b.Vector(Opcode.Vsshr, LaneShape.I16x8, b.Vector(Opcode.Vishl, LaneShape.I16x8, v, b.I32Const(8)), b.I32Const(8));
        Value Odd(Value v) => b.Vector(Opcode.Vsshr, LaneShape.I16x8, v, b.I32Const(8));
    }

    private static void Choose(Translation t, Opcode fast, Opcode deterministic, LaneShape lanes)
    {
        Binary(t, fast, deterministic, lanes);
        t.Push(VectorTranslation.Canonicalize(t, lanes, t.Pop()));
    }

    private static void Binary(Translation t, Opcode fast, Opcode deterministic, LaneShape lanes)
    {
        Value y = t.Pop();
        t.Push(t.Builder.Vector(IsDeterministic(t) ? deterministic : fast, lanes, t.Pop(), y));
    }

    private static bool IsDeterministic(Translation t) => t.Environment.Tunables.RelaxedSimdDeterministic;
}
