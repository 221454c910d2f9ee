using System;
using System.Runtime.CompilerServices;
using E = Kiln.Codegen.Ir.Effects;
using F = Kiln.Codegen.Ir.InstFormat;
using L = Kiln.Codegen.Ir.LaneSet;
using R = Kiln.Codegen.Ir.TypeRule;
using T = Kiln.Codegen.Ir.IrTypeSet;

namespace Kiln.Codegen.Ir;

/// <summary>One opcode's row: everything that is data about it.</summary>
/// <param name="Op">The opcode.</param>
/// <param name="Mnemonic">Its spelling in the textual form.</param>
/// <param name="Format">Shape of its instructions.</param>
/// <param name="Types">Controlling types it exists for; empty if it has none.</param>
/// <param name="Result">Type of its one result; none for instructions without, and for calls.</param>
/// <param name="A">Type of the first fixed operand.</param>
/// <param name="B">Type of the second.</param>
/// <param name="C">Type of the third.</param>
/// <param name="Effects">What it does besides.</param>
/// <param name="Doc">What it means.</param>
/// <param name="Lanes">Lane shapes it exists for; empty if it has none. An opcode with lanes has v128 as controlling type, and is written with its shape in place of it.</param>
public sealed record OpcodeRow(
    Opcode Op, string Mnemonic, InstFormat Format, IrTypeSet Types,
    TypeRule Result, TypeRule A, TypeRule B, TypeRule C, Effects Effects, string Doc, LaneSet Lanes = LaneSet.None);

/// <summary>The opcode table: one row for each <see cref="Opcode"/>, in its order.</summary>
public static class OpcodeTable
{
    /// <summary>The row of each opcode, indexed by it.</summary>
    public static ReadOnlySpan<OpcodeRow> Rows => _rows;

    private const E Atomic = E.Store | E.Barrier | E.CanTrap;

    private static readonly OpcodeRow[] _rows =
    [
        // Constants.
        new(Opcode.Iconst,        "iconst",           F.Immediate,    T.General, R.Ctrl, R.None,     R.None,   R.None, E.None,    "the immediate, sign-extended from the type's width in InstData.Imm; null is the only constant ref"),
        new(Opcode.F32const,      "f32const",         F.Immediate,    T.F32,    R.Ctrl, R.None,     R.None,   R.None, E.None,    "the float whose bits are the immediate's low 32"),
        new(Opcode.F64const,      "f64const",         F.Immediate,    T.F64,    R.Ctrl, R.None,     R.None,   R.None, E.None,    "the float whose bits are the immediate"),
        new(Opcode.Vconst,        "vconst",           F.Constant,     T.V128,   R.Ctrl, R.None,     R.None,   R.None, E.None,    "a 128-bit constant of the function"),

        // Integer arithmetic and bits.
        new(Opcode.Iadd,          "iadd",             F.Binary,       T.Int,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "a + b, wrapping"),
        new(Opcode.Isub,          "isub",             F.Binary,       T.Int,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "a - b, wrapping"),
        new(Opcode.Imul,          "imul",             F.Binary,       T.Int,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "a * b, wrapping"),
        new(Opcode.Udiv,          "udiv",             F.Binary,       T.Int,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.CanTrap, "a / b unsigned; trap 7 if b = 0"),
        new(Opcode.Sdiv,          "sdiv",             F.Binary,       T.Int,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.CanTrap, "a / b signed, truncating; trap 7 if b = 0, trap 6 if MIN / -1"),
        new(Opcode.Urem,          "urem",             F.Binary,       T.Int,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.CanTrap, "a mod b unsigned; trap 7 if b = 0"),
        new(Opcode.Srem,          "srem",             F.Binary,       T.Int,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.CanTrap, "a mod b, sign of a; MIN mod -1 = 0; trap 7 if b = 0"),
        new(Opcode.Umulhi,        "umulhi",           F.Binary,       T.I64,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "high half of the unsigned 128-bit product a * b"),
        new(Opcode.Smulhi,        "smulhi",           F.Binary,       T.I64,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "high half of the signed 128-bit product a * b"),
        new(Opcode.Band,          "band",             F.Binary,       T.Int,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "bitwise and"),
        new(Opcode.Bor,           "bor",              F.Binary,       T.Int,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "bitwise or"),
        new(Opcode.Bxor,          "bxor",             F.Binary,       T.Int,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "bitwise exclusive or"),
        new(Opcode.Ishl,          "ishl",             F.Binary,       T.Int,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "a shifted left by b mod width"),
        new(Opcode.Ushr,          "ushr",             F.Binary,       T.Int,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "a shifted right by b mod width, zeros in"),
        new(Opcode.Sshr,          "sshr",             F.Binary,       T.Int,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "a shifted right by b mod width, sign in"),
        new(Opcode.Rotl,          "rotl",             F.Binary,       T.Int,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "a rotated left by b mod width"),
        new(Opcode.Rotr,          "rotr",             F.Binary,       T.Int,    R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "a rotated right by b mod width"),
        new(Opcode.Clz,           "clz",              F.Unary,        T.Int,    R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "number of leading zero bits; the width for 0"),
        new(Opcode.Ctz,           "ctz",              F.Unary,        T.Int,    R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "number of trailing zero bits; the width for 0"),
        new(Opcode.Popcnt,        "popcnt",           F.Unary,        T.Int,    R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "number of one bits"),
        new(Opcode.Bswap,         "bswap",            F.Unary,        T.Int,    R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "the bytes in opposite order"),

        // Integer widths.
        new(Opcode.Sextend8,      "sextend8",         F.Unary,        T.Int,    R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "low 8 bits, sign-extended"),
        new(Opcode.Sextend16,     "sextend16",        F.Unary,        T.Int,    R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "low 16 bits, sign-extended"),
        new(Opcode.Sextend32,     "sextend32",        F.Unary,        T.I64,    R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "low 32 bits, sign-extended"),
        new(Opcode.Uextend,       "uextend",          F.Unary,        T.I64,    R.Ctrl, R.I32,      R.None,   R.None, E.None,    "i32 to i64, zero-extended"),
        new(Opcode.Sextend,       "sextend",          F.Unary,        T.I64,    R.Ctrl, R.I32,      R.None,   R.None, E.None,    "i32 to i64, sign-extended"),
        new(Opcode.Ireduce,       "ireduce",          F.Unary,        T.I32,    R.Ctrl, R.I64,      R.None,   R.None, E.None,    "low 32 bits of an i64"),

        // Comparison and selection.
        new(Opcode.Icmp,          "icmp",             F.IntCompare,   T.General, R.I32, R.Ctrl,     R.Ctrl,   R.None, E.None,    "1 if the relation holds, else 0; of references only eq and ne"),
        new(Opcode.Fcmp,          "fcmp",             F.FloatCompare, T.Float,  R.I32,  R.Ctrl,     R.Ctrl,   R.None, E.None,    "1 if the relation holds, else 0; with a NaN only ne holds"),
        new(Opcode.Select,        "select",           F.Ternary,      T.Any,    R.Ctrl, R.I32,      R.Ctrl,   R.Ctrl, E.None,    "b if a is not 0, else c"),
        new(Opcode.SpectreGuard,  "spectre_guard",    F.Guard,        T.Int,    R.I64,  R.Ctrl,     R.Ctrl,   R.I64,  E.None,    "c if the relation of a and b holds, else 0, in speculation as well: what branches say of a and b does not count"),

        // Floating point. NaN results are any quiet NaN that Wasm allows.
        new(Opcode.Fadd,          "fadd",             F.Binary,       T.Float,  R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "a + b"),
        new(Opcode.Fsub,          "fsub",             F.Binary,       T.Float,  R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "a - b"),
        new(Opcode.Fmul,          "fmul",             F.Binary,       T.Float,  R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "a * b"),
        new(Opcode.Fdiv,          "fdiv",             F.Binary,       T.Float,  R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "a / b"),
        new(Opcode.Fmin,          "fmin",             F.Binary,       T.Float,  R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "lesser; NaN if either is NaN; -0 < +0"),
        new(Opcode.Fmax,          "fmax",             F.Binary,       T.Float,  R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "greater; NaN if either is NaN; -0 < +0"),
        new(Opcode.Fcopysign,     "fcopysign",        F.Binary,       T.Float,  R.Ctrl, R.Ctrl,     R.Ctrl,   R.None, E.None,    "a with the sign bit of b"),
        new(Opcode.Fabs,          "fabs",             F.Unary,        T.Float,  R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "sign bit cleared"),
        new(Opcode.Fneg,          "fneg",             F.Unary,        T.Float,  R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "sign bit flipped"),
        new(Opcode.Fsqrt,         "fsqrt",            F.Unary,        T.Float,  R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "square root"),
        new(Opcode.Fceil,         "fceil",            F.Unary,        T.Float,  R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "rounded towards +infinity"),
        new(Opcode.Ffloor,        "ffloor",           F.Unary,        T.Float,  R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "rounded towards -infinity"),
        new(Opcode.Ftrunc,        "ftrunc",           F.Unary,        T.Float,  R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "rounded towards zero"),
        new(Opcode.Fnearest,      "fnearest",         F.Unary,        T.Float,  R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "rounded to nearest, ties to even"),
        new(Opcode.Fpromote,      "fpromote",         F.Unary,        T.F64,    R.Ctrl, R.F32,      R.None,   R.None, E.None,    "f32 to f64"),
        new(Opcode.Fdemote,       "fdemote",          F.Unary,        T.F32,    R.Ctrl, R.F64,      R.None,   R.None, E.None,    "f64 to f32"),

        // Conversions between the classes.
        new(Opcode.FcvtToSint,    "fcvt_to_sint",     F.Unary,        T.Int,    R.Ctrl, R.AnyFloat, R.None,   R.None, E.CanTrap, "truncated to signed; trap 8 for NaN, trap 6 out of range"),
        new(Opcode.FcvtToUint,    "fcvt_to_uint",     F.Unary,        T.Int,    R.Ctrl, R.AnyFloat, R.None,   R.None, E.CanTrap, "truncated to unsigned; trap 8 for NaN, trap 6 out of range"),
        new(Opcode.FcvtToSintSat, "fcvt_to_sint_sat", F.Unary,        T.Int,    R.Ctrl, R.AnyFloat, R.None,   R.None, E.None,    "truncated to signed; 0 for NaN, clamped to the range"),
        new(Opcode.FcvtToUintSat, "fcvt_to_uint_sat", F.Unary,        T.Int,    R.Ctrl, R.AnyFloat, R.None,   R.None, E.None,    "truncated to unsigned; 0 for NaN, clamped to the range"),
        new(Opcode.FcvtFromSint,  "fcvt_from_sint",   F.Unary,        T.Float,  R.Ctrl, R.AnyInt,   R.None,   R.None, E.None,    "signed integer to the nearest float"),
        new(Opcode.FcvtFromUint,  "fcvt_from_uint",   F.Unary,        T.Float,  R.Ctrl, R.AnyInt,   R.None,   R.None, E.None,    "unsigned integer to the nearest float"),
        new(Opcode.Bitcast,       "bitcast",          F.Unary,        T.Scalar, R.Ctrl, R.Partner,  R.None,   R.None, E.None,    "the same bits as the type of the other class"),

        // Vectors: integer lanes. Lane by lane; the shape is that of the result. Lane 0 is the lowest bits.
        new(Opcode.Viadd,             "viadd",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "a + b, wrapping", L.Int),
        new(Opcode.Visub,             "visub",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "a - b, wrapping", L.Int),
        new(Opcode.Vimul,             "vimul",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "a * b, wrapping", L.Wide),
        new(Opcode.Vineg,             "vineg",               F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "0 - a, wrapping", L.Int),
        new(Opcode.Viabs,             "viabs",               F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "|a| signed; the least value stays", L.Int),
        new(Opcode.VsaddSat,          "vsadd_sat",           F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "a + b signed, clamped to the range", L.Narrow),
        new(Opcode.VuaddSat,          "vuadd_sat",           F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "a + b unsigned, clamped to the range", L.Narrow),
        new(Opcode.VssubSat,          "vssub_sat",           F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "a - b signed, clamped to the range", L.Narrow),
        new(Opcode.VusubSat,          "vusub_sat",           F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "a - b unsigned, 0 if below", L.Narrow),
        new(Opcode.Vsmin,             "vsmin",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "signed lesser", L.Narrow | L.I32x4),
        new(Opcode.Vumin,             "vumin",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "unsigned lesser", L.Narrow | L.I32x4),
        new(Opcode.Vsmax,             "vsmax",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "signed greater", L.Narrow | L.I32x4),
        new(Opcode.Vumax,             "vumax",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "unsigned greater", L.Narrow | L.I32x4),
        new(Opcode.Vuavgr,            "vuavgr",              F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "(a + b + 1) >> 1 unsigned, no bit lost", L.Narrow),
        new(Opcode.Vq15mulrSat,       "vq15mulr_sat",        F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "(a * b + 0x4000) >> 15 signed, clamped: 0x8000 * 0x8000 gives 0x7fff", L.I16x8),
        new(Opcode.Vsdot,             "vsdot",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "i16x8 operands: signed a[2i] * b[2i] + a[2i+1] * b[2i+1], wrapping", L.I32x4),
        new(Opcode.Vpopcnt,           "vpopcnt",             F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "number of one bits", L.I8x16),
        new(Opcode.Vishl,             "vishl",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.I32,  R.None, E.None,   "each lane of a shifted left by b (one i32 for all) mod lane width", L.Int),
        new(Opcode.Vushr,             "vushr",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.I32,  R.None, E.None,   "each lane of a shifted right by b (one i32 for all) mod lane width, zeros in", L.Int),
        new(Opcode.Vsshr,             "vsshr",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.I32,  R.None, E.None,   "each lane of a shifted right by b (one i32 for all) mod lane width, sign in", L.Int),

        // Vectors: integer lanes of another width. The shape is that of the result; operands have lanes of half the width,
        // for vsnarrow and vunarrow of twice the width.
        new(Opcode.VsextendLow,       "vsextend_low",        F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "the low half of the operand's lanes, sign-extended", L.Wide),
        new(Opcode.VsextendHigh,      "vsextend_high",       F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "the high half of the operand's lanes, sign-extended", L.Wide),
        new(Opcode.VuextendLow,       "vuextend_low",        F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "the low half of the operand's lanes, zero-extended", L.Wide),
        new(Opcode.VuextendHigh,      "vuextend_high",       F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "the high half of the operand's lanes, zero-extended", L.Wide),
        new(Opcode.VsextmulLow,       "vsextmul_low",        F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "full signed products of the low halves of the operands' lanes", L.Wide),
        new(Opcode.VsextmulHigh,      "vsextmul_high",       F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "full signed products of the high halves of the operands' lanes", L.Wide),
        new(Opcode.VuextmulLow,       "vuextmul_low",        F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "full unsigned products of the low halves of the operands' lanes", L.Wide),
        new(Opcode.VuextmulHigh,      "vuextmul_high",       F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "full unsigned products of the high halves of the operands' lanes", L.Wide),
        new(Opcode.VsextaddPairwise,  "vsextadd_pairwise",   F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "lane i is a[2i] + a[2i+1], signed, no bit lost", L.I16x8 | L.I32x4),
        new(Opcode.VuextaddPairwise,  "vuextadd_pairwise",   F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "lane i is a[2i] + a[2i+1], unsigned, no bit lost", L.I16x8 | L.I32x4),
        new(Opcode.Vsnarrow,          "vsnarrow",            F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "signed lanes of a, then of b, clamped to the signed range of the result's lanes", L.Narrow),
        new(Opcode.Vunarrow,          "vunarrow",            F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "signed lanes of a, then of b, clamped to the unsigned range of the result's lanes", L.Narrow),

        // Vectors: bits, tests and comparison.
        new(Opcode.Vand,              "vand",                F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "bitwise and"),
        new(Opcode.Vandnot,           "vandnot",             F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "a and not b"),
        new(Opcode.Vor,               "vor",                 F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "bitwise or"),
        new(Opcode.Vxor,              "vxor",                F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "bitwise exclusive or"),
        new(Opcode.Vnot,              "vnot",                F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "bitwise not"),
        new(Opcode.Vbitselect,        "vbitselect",          F.Ternary,      T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.Ctrl, E.None,   "each bit from a where c has a one, from b where c has a zero: (a and c) or (b and not c)"),
        new(Opcode.VanyTrue,          "vany_true",           F.Unary,        T.V128,   R.I32,  R.Ctrl, R.None, R.None, E.None,   "1 if any bit is set, else 0"),
        new(Opcode.VallTrue,          "vall_true",           F.Unary,        T.V128,   R.I32,  R.Ctrl, R.None, R.None, E.None,   "1 if no lane is 0, else 0", L.Int),
        new(Opcode.Vbitmask,          "vbitmask",            F.Unary,        T.V128,   R.I32,  R.Ctrl, R.None, R.None, E.None,   "bit i is the highest bit of lane i", L.Int),
        new(Opcode.Vicmp,             "vicmp",               F.IntCompare,   T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "all ones in the lanes where the relation holds, else zeros; i64x2 has no unsigned orderings", L.Int),
        new(Opcode.Vfcmp,             "vfcmp",               F.FloatCompare, T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "all ones in the lanes where the relation holds, else zeros; with a NaN only ne holds", L.Float),

        // Vectors: lanes as values, places of lanes. A lane is loaded from memory as vinsert_lane of a load of its width, and
        // stored as a store of its width of a vextract_lane: lowering folds both into one instruction.
        new(Opcode.Vsplat,            "vsplat",              F.Unary,        T.V128,   R.Ctrl, R.Lane, R.None, R.None, E.None,   "every lane is a, of narrow lanes its low bits", L.Any),
        new(Opcode.VextractLane,      "vextract_lane",       F.ExtractLane,  T.V128,   R.Lane, R.Ctrl, R.None, R.None, E.None,   "lane LaneIndex of a, narrow ones zero-extended to i32; float lanes bit for bit", L.Any),
        new(Opcode.VsextractLane,     "vsextract_lane",      F.ExtractLane,  T.V128,   R.Lane, R.Ctrl, R.None, R.None, E.None,   "lane LaneIndex of a, sign-extended to i32", L.Narrow),
        new(Opcode.VinsertLane,       "vinsert_lane",        F.InsertLane,   T.V128,   R.Ctrl, R.Ctrl, R.Lane, R.None, E.None,   "a with lane LaneIndex replaced by b, of narrow lanes its low bits", L.Any),
        new(Opcode.Vshuffle,          "vshuffle",            F.Shuffle,      T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "byte i is byte m[i] of the 32 bytes a, b (a first); m is the constant, each of its bytes 0 to 31"),
        new(Opcode.Vswizzle,          "vswizzle",            F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "byte i is byte b[i] of a, 0 if b[i] > 15 (unsigned)"),

        // Vectors: float lanes, each as the scalar opcode of that name. NaN results are any quiet NaN that Wasm allows.
        new(Opcode.Vfadd,             "vfadd",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "a + b", L.Float),
        new(Opcode.Vfsub,             "vfsub",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "a - b", L.Float),
        new(Opcode.Vfmul,             "vfmul",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "a * b", L.Float),
        new(Opcode.Vfdiv,             "vfdiv",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "a / b", L.Float),
        new(Opcode.Vfmin,             "vfmin",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "lesser; NaN if either is NaN; -0 < +0", L.Float),
        new(Opcode.Vfmax,             "vfmax",               F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "greater; NaN if either is NaN; -0 < +0", L.Float),
        new(Opcode.Vfpmin,            "vfpmin",              F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "b if b < a, else a: a if either is NaN or they are equal; bit for bit (minps b, a)", L.Float),
        new(Opcode.Vfpmax,            "vfpmax",              F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "b if a < b, else a: a if either is NaN or they are equal; bit for bit (maxps b, a)", L.Float),
        new(Opcode.Vfabs,             "vfabs",               F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "sign bit cleared", L.Float),
        new(Opcode.Vfneg,             "vfneg",               F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "sign bit flipped", L.Float),
        new(Opcode.Vfsqrt,            "vfsqrt",              F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "square root", L.Float),
        new(Opcode.Vfceil,            "vfceil",              F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "rounded towards +infinity", L.Float),
        new(Opcode.Vffloor,           "vffloor",             F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "rounded towards -infinity", L.Float),
        new(Opcode.Vftrunc,           "vftrunc",             F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "rounded towards zero", L.Float),
        new(Opcode.Vfnearest,         "vfnearest",           F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "rounded to nearest, ties to even", L.Float),
        new(Opcode.Vffma,             "vffma",               F.Ternary,      T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.Ctrl, E.None,   "a * b + c with one rounding; only made where the target has FMA", L.Float),
        new(Opcode.Vffnma,            "vffnma",              F.Ternary,      T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.Ctrl, E.None,   "-(a * b) + c with one rounding; only made where the target has FMA", L.Float),

        // Vectors: conversions.
        new(Opcode.VfcvtToSintSat,    "vfcvt_to_sint_sat",   F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "f32x4 lanes truncated to signed; 0 for NaN, clamped to the range", L.I32x4),
        new(Opcode.VfcvtToUintSat,    "vfcvt_to_uint_sat",   F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "f32x4 lanes truncated to unsigned; 0 for NaN, clamped to the range", L.I32x4),
        new(Opcode.VfcvtLowToSintSat, "vfcvt_low_to_sint_sat", F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "f64x2 lanes truncated to signed in lanes 0 and 1, 0 for NaN, clamped; lanes 2 and 3 are 0", L.I32x4),
        new(Opcode.VfcvtLowToUintSat, "vfcvt_low_to_uint_sat", F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "f64x2 lanes truncated to unsigned in lanes 0 and 1, 0 for NaN, clamped; lanes 2 and 3 are 0", L.I32x4),
        new(Opcode.VfcvtFromSint,     "vfcvt_from_sint",     F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "signed i32x4 lanes to the nearest float; f64x2 takes lanes 0 and 1", L.Float),
        new(Opcode.VfcvtFromUint,     "vfcvt_from_uint",     F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "unsigned i32x4 lanes to the nearest float; f64x2 takes lanes 0 and 1", L.Float),
        new(Opcode.VfpromoteLow,      "vfpromote_low",       F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "f32 lanes 0 and 1 to f64", L.F64x2),
        new(Opcode.VfdemoteZero,      "vfdemote_zero",       F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "f64x2 lanes to f32 in lanes 0 and 1; lanes 2 and 3 are 0", L.F32x4),

        // Vectors: exactly what the x64 instructions of these names do (SSE4.1 has them all). For relaxed SIMD.
        new(Opcode.X86Pshufb,         "x86_pshufb",          F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "byte i is 0 if b[i] has bit 7, else byte b[i] mod 16 of a"),
        new(Opcode.X86Pmulhrsw,       "x86_pmulhrsw",        F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "(a * b + 0x4000) >> 15 signed, wrapping: 0x8000 * 0x8000 gives 0x8000", L.I16x8),
        new(Opcode.X86Pmaddubsw,      "x86_pmaddubsw",       F.Binary,       T.V128,   R.Ctrl, R.Ctrl, R.Ctrl, R.None, E.None,   "i8x16 operands: a[2i] * b[2i] + a[2i+1] * b[2i+1], a unsigned, b signed, the sum clamped to signed 16 bits", L.I16x8),
        new(Opcode.X86Cvttps2dq,      "x86_cvttps2dq",       F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "f32x4 lanes truncated to signed; 0x80000000 for NaN and out of range", L.I32x4),
        new(Opcode.X86Cvttpd2dq,      "x86_cvttpd2dq",       F.Unary,        T.V128,   R.Ctrl, R.Ctrl, R.None, R.None, E.None,   "f64x2 lanes truncated to signed in lanes 0 and 1, 0x80000000 for NaN and out of range; lanes 2 and 3 are 0", L.I32x4),

        // Memory, little-endian. The address is a + offset, computed without wrapping beyond 64 bits mattering.
        new(Opcode.Load,          "load",             F.Load,         T.Any,    R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "the type's width"),
        new(Opcode.Uload8,        "uload8",           F.Load,         T.Int,    R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "1 byte, zero-extended"),
        new(Opcode.Sload8,        "sload8",           F.Load,         T.Int,    R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "1 byte, sign-extended"),
        new(Opcode.Uload16,       "uload16",          F.Load,         T.Int,    R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "2 bytes, zero-extended"),
        new(Opcode.Sload16,       "sload16",          F.Load,         T.Int,    R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "2 bytes, sign-extended"),
        new(Opcode.Uload32,       "uload32",          F.Load,         T.I64,    R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "4 bytes, zero-extended"),
        new(Opcode.Sload32,       "sload32",          F.Load,         T.I64,    R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "4 bytes, sign-extended"),
        new(Opcode.VloadSplat,    "vload_splat",    F.Load,         T.V128,   R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "one lane, copied to all", L.Int),
        new(Opcode.VloadZero,      "vload_zero",     F.Load,         T.V128,   R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "lane 0; the others are 0", L.I32x4 | L.I64x2),
        new(Opcode.VloadSextend,   "vload_sextend",  F.Load,         T.V128,   R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "8 bytes as lanes of half the width, sign-extended", L.Wide),
        new(Opcode.VloadUextend,   "vload_uextend",  F.Load,         T.V128,   R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "8 bytes as lanes of half the width, zero-extended", L.Wide),
        new(Opcode.Store,         "store",            F.Store,        T.Any,    R.None, R.I64,      R.Ctrl,   R.None, E.Store | E.CanTrap, "all of b"),
        new(Opcode.Istore8,       "istore8",          F.Store,        T.Int,    R.None, R.I64,      R.Ctrl,   R.None, E.Store | E.CanTrap, "low byte of b"),
        new(Opcode.Istore16,      "istore16",         F.Store,        T.Int,    R.None, R.I64,      R.Ctrl,   R.None, E.Store | E.CanTrap, "low 2 bytes of b"),
        new(Opcode.Istore32,      "istore32",         F.Store,        T.I64,    R.None, R.I64,      R.Ctrl,   R.None, E.Store | E.CanTrap, "low 4 bytes of b"),

        // Memory that threads share. The address must be a multiple of the width, which is for the code before to check.
        new(Opcode.AtomicLoad,        "atomic_load",       F.Load,         T.Int,    R.Ctrl,  R.I64,       R.None,    R.None, Atomic, "all of the type"),
        new(Opcode.AtomicUload8,      "atomic_uload8",     F.Load,         T.Int,    R.Ctrl,  R.I64,       R.None,    R.None, Atomic, "1 byte, zero-extended"),
        new(Opcode.AtomicUload16,     "atomic_uload16",    F.Load,         T.Int,    R.Ctrl,  R.I64,       R.None,    R.None, Atomic, "2 bytes, zero-extended"),
        new(Opcode.AtomicUload32,     "atomic_uload32",    F.Load,         T.I64,    R.Ctrl,  R.I64,       R.None,    R.None, Atomic, "4 bytes, zero-extended"),
        new(Opcode.AtomicStore,       "atomic_store",      F.Store,        T.Int,    R.None,  R.I64,       R.Ctrl,    R.None, Atomic, "all of b"),
        new(Opcode.AtomicIstore8,     "atomic_istore8",    F.Store,        T.Int,    R.None,  R.I64,       R.Ctrl,    R.None, Atomic, "low byte of b"),
        new(Opcode.AtomicIstore16,    "atomic_istore16",   F.Store,        T.Int,    R.None,  R.I64,       R.Ctrl,    R.None, Atomic, "low 2 bytes of b"),
        new(Opcode.AtomicIstore32,    "atomic_istore32",   F.Store,        T.I64,    R.None,  R.I64,       R.Ctrl,    R.None, Atomic, "low 4 bytes of b"),
        new(Opcode.AtomicRmw,         "atomic_rmw",        F.AtomicRmw,    T.Int,    R.Ctrl,  R.I64,       R.Ctrl,    R.None, Atomic, "what was there, which becomes the operation of it and b"),
        new(Opcode.AtomicRmw8,        "atomic_rmw8",       F.AtomicRmw,    T.Int,    R.Ctrl,  R.I64,       R.Ctrl,    R.None, Atomic, "1 byte, zero-extended, likewise"),
        new(Opcode.AtomicRmw16,       "atomic_rmw16",      F.AtomicRmw,    T.Int,    R.Ctrl,  R.I64,       R.Ctrl,    R.None, Atomic, "2 bytes, zero-extended, likewise"),
        new(Opcode.AtomicRmw32,       "atomic_rmw32",      F.AtomicRmw,    T.I64,    R.Ctrl,  R.I64,       R.Ctrl,    R.None, Atomic, "4 bytes, zero-extended, likewise"),
        new(Opcode.AtomicCas,         "atomic_cas",        F.AtomicCas,    T.Int,    R.Ctrl,  R.I64,       R.Ctrl,    R.Ctrl, Atomic, "what was there, which becomes c if it is b"),
        new(Opcode.AtomicCas8,        "atomic_cas8",       F.AtomicCas,    T.Int,    R.Ctrl,  R.I64,       R.Ctrl,    R.Ctrl, Atomic, "1 byte, zero-extended, likewise; the upper bits of b do not matter"),
        new(Opcode.AtomicCas16,       "atomic_cas16",      F.AtomicCas,    T.Int,    R.Ctrl,  R.I64,       R.Ctrl,    R.Ctrl, Atomic, "2 bytes, zero-extended, likewise; the upper bits of b do not matter"),
        new(Opcode.AtomicCas32,       "atomic_cas32",      F.AtomicCas,    T.I64,    R.Ctrl,  R.I64,       R.Ctrl,    R.Ctrl, Atomic, "4 bytes, zero-extended, likewise; the upper bits of b do not matter"),
        new(Opcode.Fence,             "fence",             F.Fence,       T.None,   R.None,  R.None,     R.None,   R.None, E.Store | E.Barrier, "orders all accesses before it and all after it"),

        // Addresses.
        new(Opcode.StackAddr,     "stack_addr",       F.StackAddr,    T.I64,    R.Ctrl, R.None,     R.None,   R.None, E.None,    "address of a stack slot + offset"),
        new(Opcode.FuncAddr,      "func_addr",        F.FuncAddr,     T.I64,    R.Ctrl, R.None,     R.None,   R.None, E.None,    "address of a function's code"),

        // Calls. Results are the signature's.
        new(Opcode.Call,          "call",             F.Call,         T.None,   R.None, R.None,     R.None,   R.None, E.Call | E.CanTrap, "calls a function with the argument list"),
        new(Opcode.CallIndirect,  "call_indirect",    F.CallIndirect, T.None,   R.None, R.None,     R.None,   R.None, E.Call | E.CanTrap, "calls the code at the first list item (i64) with the rest"),

        // Control flow.
        new(Opcode.Jump,          "jump",             F.Jump,         T.None,   R.None, R.None,     R.None,   R.None, E.Terminator | E.Branch,  "to the target"),
        new(Opcode.Brif,          "brif",             F.Brif,         T.None,   R.None, R.I32,      R.None,   R.None, E.Terminator | E.Branch,  "to the first target if a is not 0, else to the second"),
        new(Opcode.BrTable,       "br_table",         F.BrTable,      T.None,   R.None, R.I32,      R.None,   R.None, E.Terminator | E.Branch,  "to target number a (unsigned), or to the last (default) if there is none"),
        new(Opcode.Return,        "return",           F.Return,       T.None,   R.None, R.None,     R.None,   R.None, E.Terminator,             "from the function with the list as results"),
        new(Opcode.ReturnCall,    "return_call",      F.Call,         T.None,   R.None, R.None,     R.None,   R.None, E.Call | E.Terminator | E.CanTrap, "leaves the function for another one with the same results, which returns to the caller"),
        new(Opcode.ReturnCallIndirect, "return_call_indirect", F.CallIndirect, T.None, R.None, R.None, R.None, R.None, E.Call | E.Terminator | E.CanTrap, "likewise, for the code at the first list item"),
        new(Opcode.Trap,          "trap",             F.Trap,         T.None,   R.None, R.None,     R.None,   R.None, E.Terminator | E.CanTrap, "stops with the code"),
        new(Opcode.Trapz,         "trapz",            F.CondTrap,     T.None,   R.None, R.I32,      R.None,   R.None, E.CanTrap, "stops with the code if a is 0"),
        new(Opcode.Trapnz,        "trapnz",           F.CondTrap,     T.None,   R.None, R.I32,      R.None,   R.None, E.CanTrap, "stops with the code if a is not 0"),
    ];

    // The columns that hot paths read, as bytes in one cache line or two.
    private static readonly InstFormat[] _formats = Array.ConvertAll(_rows, row => row.Format);
    private static readonly Effects[] _effects = Array.ConvertAll(_rows, row => row.Effects);
    private static readonly byte[] _operandCounts = Array.ConvertAll(
        _rows, row => (byte)(row.C != R.None ? 3 : row.B != R.None ? 2 : row.A != R.None ? 1 : 0));
    private static readonly TypeRule[] _results = Array.ConvertAll(_rows, row => row.Result);

    /// <summary>The opcode's row.</summary>
    public static OpcodeRow Row(this Opcode op) => _rows[(int)op];

    /// <summary>The shape of the opcode's instructions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static InstFormat Format(this Opcode op) => _formats[(int)op];

    /// <summary>What the opcode does besides computing; for memory accesses the flags of the instruction say more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Effects Effects(this Opcode op) => _effects[(int)op];

    /// <summary>Number of fixed value operands (A, B, C); 0 for instructions with a list.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int FixedOperandCount(this Opcode op) => _operandCounts[(int)op];

    /// <summary>Type rule of the one result, or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TypeRule ResultRule(this Opcode op) => _results[(int)op];

    /// <summary>True for instructions that end a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsTerminator(this Opcode op) => (_effects[(int)op] & Ir.Effects.Terminator) != 0;

    /// <summary>True for jump, brif and br_table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsBranch(this Opcode op) => (_effects[(int)op] & Ir.Effects.Branch) != 0;

    /// <summary>True for calls and tail calls.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsCall(this Opcode op) => (_effects[(int)op] & Ir.Effects.Call) != 0;

    /// <summary>True for atomic accesses; not for <c>fence</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAtomic(this Opcode op) => op is >= Opcode.AtomicLoad and <= Opcode.AtomicCas32;

    /// <summary>True for iconst, f32const, f64const and vconst.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsConstant(this Opcode op) => op <= Opcode.Vconst;

    /// <summary>True for instructions whose operands A and B may change places.</summary>
    public static bool IsCommutative(this Opcode op) => op is
        Opcode.Iadd or Opcode.Imul or Opcode.Umulhi or Opcode.Smulhi or Opcode.Band or Opcode.Bor or Opcode.Bxor or Opcode.Fadd or Opcode.Fmul
        or Opcode.Viadd or Opcode.Vimul or Opcode.VsaddSat or Opcode.VuaddSat
        or Opcode.Vsmin or Opcode.Vumin or Opcode.Vsmax or Opcode.Vumax or Opcode.Vuavgr or Opcode.Vq15mulrSat or Opcode.Vsdot
        or Opcode.VsextmulLow or Opcode.VsextmulHigh or Opcode.VuextmulLow or Opcode.VuextmulHigh
        or Opcode.Vand or Opcode.Vor or Opcode.Vxor or Opcode.Vfadd or Opcode.Vfmul or Opcode.X86Pmulhrsw;

    /// <summary>Bytes that a memory access of the opcode touches, given its controlling type and shape.</summary>
    public static int AccessByteCount(this Opcode op, IrType type, LaneShape lanes) => op switch
    {
        Opcode.VloadSplat or Opcode.VloadZero => lanes.LaneBits() / 8,
        Opcode.VloadSextend or Opcode.VloadUextend => 8,
        Opcode.Uload8 or Opcode.Sload8 or Opcode.Istore8 or Opcode.AtomicUload8 or Opcode.AtomicIstore8 or Opcode.AtomicRmw8 or Opcode.AtomicCas8 => 1,
        Opcode.Uload16 or Opcode.Sload16 or Opcode.Istore16 or Opcode.AtomicUload16 or Opcode.AtomicIstore16 or Opcode.AtomicRmw16 or Opcode.AtomicCas16 => 2,
        Opcode.Uload32 or Opcode.Sload32 or Opcode.Istore32 or Opcode.AtomicUload32 or Opcode.AtomicIstore32 or Opcode.AtomicRmw32 or Opcode.AtomicCas32 => 4,
        _ => type.ByteCount(), // whole values
    };

    /// <summary>The type that a rule names for an instruction of a controlling type and shape; none for the rules that allow several.</summary>
    public static IrType Apply(this TypeRule rule, IrType controlling, LaneShape lanes) => rule switch
    {
        R.None or R.AnyInt or R.AnyFloat => IrType.None,
        R.Ctrl => controlling,
        R.I32 => IrType.I32,
        R.I64 => IrType.I64,
        R.F32 => IrType.F32,
        R.F64 => IrType.F64,
        R.Partner => controlling.BitcastPartner(),
        R.Lane => lanes.ScalarType(),
    };
}
