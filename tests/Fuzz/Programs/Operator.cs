using System.Collections.Generic;
using System.Linq;
using static Kiln.Fuzz.Programs.Kind;

namespace Kiln.Fuzz.Programs;

/// <summary>An instruction that makes a value of others.</summary>
/// <param name="Name">Its name in the text format; <c>%L</c> stands for a random lane, <c>%S</c> for a shuffle mask.</param>
/// <param name="Result">What it makes.</param>
/// <param name="Operands">What it takes.</param>
/// <param name="Lanes">Number of lanes that <c>%L</c> chooses from.</param>
internal sealed record Operator(string Name, Kind Result, Kind[] Operands, int Lanes = 0)
{
    /// <summary>True for divisions and conversions that trap.</summary>
    public bool MayTrap => Name.Contains(".div_") || Name.Contains(".rem_") || Name.Contains(".trunc_f");

    /// <summary>True if its result shows bits of a float operand, which therefore has to be made canonical.</summary>
    public bool ShowsBits => Name.Contains("reinterpret") || Name.EndsWith("copysign");
}

/// <summary>The instructions that programs are made of, by what they make.</summary>
internal static class Operators
{
    private static readonly Operator[] s_all = [.. Scalars(), .. Vectors()];
    private static readonly Operator[][] s_scalar = Group(s_all.Where(op => !IsVector(op)));
    private static readonly Operator[][] s_any = Group(s_all);
    private static readonly Operator[][] s_relaxed = Group([.. s_all, .. Relaxed()]);

    /// <summary>Those that make a kind; vectors, and relaxed ones among them, only if asked for.</summary>
    public static Operator[] Making(Kind kind, bool vectors, bool relaxed) => (!vectors ? s_scalar : relaxed ? s_relaxed : s_any)[(int)kind];

    private static Operator[][] Group(IEnumerable<Operator> operators) =>
        [.. Enumerable.Range(0, (int)F64x2 + 1).Select(kind => operators.Where(op => op.Result == (Kind)kind).ToArray())];

    private static bool IsVector(Operator op) => op.Result >= V128 || op.Operands.Any(kind => kind >= V128);

    private static IEnumerable<Operator> Scalars()
    {
        foreach ((Kind kind, string t) in new[] { (I32, "i32"), (I64, "i64") })
        {
            foreach (string op in Words("add sub mul and or xor shl shr_s shr_u rotl rotr div_s div_u rem_s rem_u")) yield return new($"{t}.{op}", kind, [kind, kind]);
            foreach (string op in Words("clz ctz popcnt extend8_s extend16_s")) yield return new($"{t}.{op}", kind, [kind]);
            foreach (string op in Words("eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u")) yield return new($"{t}.{op}", I32, [kind, kind]);
            yield return new($"{t}.eqz", I32, [kind]);
            foreach ((Kind f, string ft) in new[] { (F32, "f32"), (F64, "f64") })
            {
                foreach (string sign in Words("s u"))
                {
                    yield return new($"{t}.trunc_sat_{ft}_{sign}", kind, [f]);
                    yield return new($"{t}.trunc_{ft}_{sign}", kind, [f]);
                    yield return new($"{ft}.convert_{t}_{sign}", f, [kind]);
                }
            }
        }

        yield return new("i64.extend32_s", I64, [I64]);
        yield return new("i64.extend_i32_s", I64, [I32]);
        yield return new("i64.extend_i32_u", I64, [I32]);
        yield return new("i32.wrap_i64", I32, [I64]);
        yield return new("i32.reinterpret_f32", I32, [F32]);
        yield return new("i64.reinterpret_f64", I64, [F64]);
        yield return new("f32.reinterpret_i32", F32, [I32]);
        yield return new("f64.reinterpret_i64", F64, [I64]);
        yield return new("f32.demote_f64", F32, [F64]);
        yield return new("f64.promote_f32", F64, [F32]);
        foreach ((Kind kind, string t) in new[] { (F32, "f32"), (F64, "f64") })
        {
            foreach (string op in Words("add sub mul div min max copysign")) yield return new($"{t}.{op}", kind, [kind, kind]);
            foreach (string op in Words("abs neg sqrt ceil floor trunc nearest")) yield return new($"{t}.{op}", kind, [kind]);
            foreach (string op in Words("eq ne lt gt le ge")) yield return new($"{t}.{op}", I32, [kind, kind]);
        }
    }

    private static IEnumerable<Operator> Vectors()
    {
        foreach ((string t, int lanes, Kind lane) in new[] { ("i8x16", 16, I32), ("i16x8", 8, I32), ("i32x4", 4, I32), ("i64x2", 2, I64) })
        {
            foreach (string op in Words("add sub eq ne lt_s gt_s le_s ge_s")) yield return new($"{t}.{op}", V128, [V128, V128]);
            foreach (string op in Words("abs neg")) yield return new($"{t}.{op}", V128, [V128]);
            foreach (string op in Words("shl shr_s shr_u")) yield return new($"{t}.{op}", V128, [V128, I32]);
            foreach (string op in Words("all_true bitmask")) yield return new($"{t}.{op}", I32, [V128]);
            yield return new($"{t}.splat", V128, [lane]);
            yield return new($"{t}.replace_lane %L", V128, [V128, lane], lanes);
            foreach (string extract in lanes >= 8 ? Words("extract_lane_s extract_lane_u") : ["extract_lane"]) yield return new($"{t}.{extract} %L", lane, [V128], lanes);
            if (lanes > 2)
            {
                foreach (string op in Words("min_s min_u max_s max_u lt_u gt_u le_u ge_u")) yield return new($"{t}.{op}", V128, [V128, V128]);
            }

            if (lanes < 16) yield return new($"{t}.mul", V128, [V128, V128]);
            if (lanes >= 8)
            {
                foreach (string op in Words("add_sat_s add_sat_u sub_sat_s sub_sat_u avgr_u")) yield return new($"{t}.{op}", V128, [V128, V128]);
            }
        }

        foreach (string op in Words("v128.and v128.or v128.xor v128.andnot i8x16.swizzle i16x8.q15mulr_sat_s i32x4.dot_i16x8_s i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u"))
        {
            yield return new(op, V128, [V128, V128]);
        }

        foreach ((string wide, string narrow) in new[] { ("i16x8", "i8x16"), ("i32x4", "i16x8"), ("i64x2", "i32x4") })
        {
            foreach (string half in Words("low high"))
            {
                foreach (string sign in Words("s u"))
                {
                    yield return new($"{wide}.extend_{half}_{narrow}_{sign}", V128, [V128]);
                    yield return new($"{wide}.extmul_{half}_{narrow}_{sign}", V128, [V128, V128]);
                }
            }
        }

        foreach (string op in Words("i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u i32x4.extadd_pairwise_i16x8_s i32x4.extadd_pairwise_i16x8_u i8x16.popcnt v128.not"))
        {
            yield return new(op, V128, [V128]);
        }

        yield return new("v128.any_true", I32, [V128]);
        yield return new("v128.bitselect", V128, [V128, V128, V128]);
        yield return new("i8x16.shuffle %S", V128, [V128, V128]);
        foreach ((Kind kind, string t, int lanes, Kind lane) in new[] { (F32x4, "f32x4", 4, F32), (F64x2, "f64x2", 2, F64) })
        {
            foreach (string op in Words("add sub mul div min max pmin pmax")) yield return new($"{t}.{op}", kind, [kind, kind]);
            foreach (string op in Words("abs neg sqrt ceil floor trunc nearest")) yield return new($"{t}.{op}", kind, [kind]);
            foreach (string op in Words("eq ne lt gt le ge")) yield return new($"{t}.{op}", V128, [kind, kind]);
            yield return new($"{t}.splat", kind, [lane]);
            yield return new($"{t}.replace_lane %L", kind, [kind, lane], lanes);
            yield return new($"{t}.extract_lane %L", lane, [kind], lanes);
        }

        yield return new("f32x4.convert_i32x4_s", F32x4, [V128]);
        yield return new("f32x4.convert_i32x4_u", F32x4, [V128]);
        yield return new("f64x2.convert_low_i32x4_s", F64x2, [V128]);
        yield return new("f64x2.convert_low_i32x4_u", F64x2, [V128]);
        yield return new("f32x4.demote_f64x2_zero", F32x4, [F64x2]);
        yield return new("f64x2.promote_low_f32x4", F64x2, [F32x4]);
        yield return new("i32x4.trunc_sat_f32x4_s", V128, [F32x4]);
        yield return new("i32x4.trunc_sat_f32x4_u", V128, [F32x4]);
        yield return new("i32x4.trunc_sat_f64x2_s_zero", V128, [F64x2]);
        yield return new("i32x4.trunc_sat_f64x2_u_zero", V128, [F64x2]);
    }

    // What they give may depend on the machine, not on the optimiser.
    private static IEnumerable<Operator> Relaxed()
    {
        yield return new("i8x16.relaxed_swizzle", V128, [V128, V128]);
        yield return new("i16x8.relaxed_q15mulr_s", V128, [V128, V128]);
        yield return new("i16x8.relaxed_dot_i8x16_i7x16_s", V128, [V128, V128]);
        yield return new("i32x4.relaxed_dot_i8x16_i7x16_add_s", V128, [V128, V128, V128]);
        foreach (string lanes in Words("i8x16 i16x8 i32x4 i64x2")) yield return new($"{lanes}.relaxed_laneselect", V128, [V128, V128, V128]);
        foreach (string sign in Words("s u"))
        {
            yield return new($"i32x4.relaxed_trunc_f32x4_{sign}", V128, [F32x4]);
            yield return new($"i32x4.relaxed_trunc_f64x2_{sign}_zero", V128, [F64x2]);
        }

        foreach ((Kind kind, string t) in new[] { (F32x4, "f32x4"), (F64x2, "f64x2") })
        {
            foreach (string op in Words("madd nmadd")) yield return new($"{t}.relaxed_{op}", kind, [kind, kind, kind]);
            foreach (string op in Words("min max")) yield return new($"{t}.relaxed_{op}", kind, [kind, kind]);
        }
    }

    private static string[] Words(string text) => text.Split(' ');
}
