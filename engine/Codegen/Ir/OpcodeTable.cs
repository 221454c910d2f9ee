using System;
using System.Runtime.CompilerServices;
using E = Kiln.Codegen.Ir.Effects;
using F = Kiln.Codegen.Ir.InstFormat;
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
public sealed record OpcodeRow(
    Opcode Op, string Mnemonic, InstFormat Format, IrTypeSet Types,
    TypeRule Result, TypeRule A, TypeRule B, TypeRule C, Effects Effects, string Doc);

/// <summary>The opcode table: one row for each <see cref="Opcode"/>, in its order.</summary>
public static class OpcodeTable
{
    /// <summary>The row of each opcode, indexed by it.</summary>
    public static ReadOnlySpan<OpcodeRow> Rows => _rows;

    private static readonly OpcodeRow[] _rows =
    [
        // Constants.
        new(Opcode.Iconst,        "iconst",           F.Immediate,    T.Int,    R.Ctrl, R.None,     R.None,   R.None, E.None,    "the immediate, sign-extended from the type's width in InstData.Imm"),
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

        // Integer widths.
        new(Opcode.Sextend8,      "sextend8",         F.Unary,        T.Int,    R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "low 8 bits, sign-extended"),
        new(Opcode.Sextend16,     "sextend16",        F.Unary,        T.Int,    R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "low 16 bits, sign-extended"),
        new(Opcode.Sextend32,     "sextend32",        F.Unary,        T.I64,    R.Ctrl, R.Ctrl,     R.None,   R.None, E.None,    "low 32 bits, sign-extended"),
        new(Opcode.Uextend,       "uextend",          F.Unary,        T.I64,    R.Ctrl, R.I32,      R.None,   R.None, E.None,    "i32 to i64, zero-extended"),
        new(Opcode.Sextend,       "sextend",          F.Unary,        T.I64,    R.Ctrl, R.I32,      R.None,   R.None, E.None,    "i32 to i64, sign-extended"),
        new(Opcode.Ireduce,       "ireduce",          F.Unary,        T.I32,    R.Ctrl, R.I64,      R.None,   R.None, E.None,    "low 32 bits of an i64"),

        // Comparison and selection.
        new(Opcode.Icmp,          "icmp",             F.IntCompare,   T.Int,    R.I32,  R.Ctrl,     R.Ctrl,   R.None, E.None,    "1 if the relation holds, else 0"),
        new(Opcode.Fcmp,          "fcmp",             F.FloatCompare, T.Float,  R.I32,  R.Ctrl,     R.Ctrl,   R.None, E.None,    "1 if the relation holds, else 0; with a NaN only ne holds"),
        new(Opcode.Select,        "select",           F.Ternary,      T.Any,    R.Ctrl, R.I32,      R.Ctrl,   R.Ctrl, E.None,    "b if a is not 0, else c"),

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

        // Memory, little-endian. The address is a + offset, computed without wrapping beyond 64 bits mattering.
        new(Opcode.Load,          "load",             F.Load,         T.Any,    R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "the type's width"),
        new(Opcode.Uload8,        "uload8",           F.Load,         T.Int,    R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "1 byte, zero-extended"),
        new(Opcode.Sload8,        "sload8",           F.Load,         T.Int,    R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "1 byte, sign-extended"),
        new(Opcode.Uload16,       "uload16",          F.Load,         T.Int,    R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "2 bytes, zero-extended"),
        new(Opcode.Sload16,       "sload16",          F.Load,         T.Int,    R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "2 bytes, sign-extended"),
        new(Opcode.Uload32,       "uload32",          F.Load,         T.I64,    R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "4 bytes, zero-extended"),
        new(Opcode.Sload32,       "sload32",          F.Load,         T.I64,    R.Ctrl, R.I64,      R.None,   R.None, E.Load | E.CanTrap,  "4 bytes, sign-extended"),
        new(Opcode.Store,         "store",            F.Store,        T.Any,    R.None, R.I64,      R.Ctrl,   R.None, E.Store | E.CanTrap, "all of b"),
        new(Opcode.Istore8,       "istore8",          F.Store,        T.Int,    R.None, R.I64,      R.Ctrl,   R.None, E.Store | E.CanTrap, "low byte of b"),
        new(Opcode.Istore16,      "istore16",         F.Store,        T.Int,    R.None, R.I64,      R.Ctrl,   R.None, E.Store | E.CanTrap, "low 2 bytes of b"),
        new(Opcode.Istore32,      "istore32",         F.Store,        T.I64,    R.None, R.I64,      R.Ctrl,   R.None, E.Store | E.CanTrap, "low 4 bytes of b"),
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

    /// <summary>True for call and call_indirect.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsCall(this Opcode op) => (_effects[(int)op] & Ir.Effects.Call) != 0;

    /// <summary>True for iconst, f32const, f64const and vconst.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsConstant(this Opcode op) => op <= Opcode.Vconst;

    /// <summary>True for instructions whose operands A and B may change places.</summary>
    public static bool IsCommutative(this Opcode op) => op is
        Opcode.Iadd or Opcode.Imul or Opcode.Band or Opcode.Bor or Opcode.Bxor or Opcode.Fadd or Opcode.Fmul;

    /// <summary>Bytes that a load or store of the opcode touches, given its controlling type.</summary>
    public static int AccessByteCount(this Opcode op, IrType type) => op switch
    {
        Opcode.Uload8 or Opcode.Sload8 or Opcode.Istore8 => 1,
        Opcode.Uload16 or Opcode.Sload16 or Opcode.Istore16 => 2,
        Opcode.Uload32 or Opcode.Sload32 or Opcode.Istore32 => 4,
        _ => type.ByteCount(), // load, store
    };

    /// <summary>The type that a rule names for an instruction of a controlling type; none for the rules that allow several.</summary>
    public static IrType Apply(this TypeRule rule, IrType controlling) => rule switch
    {
        R.None or R.AnyInt or R.AnyFloat => IrType.None,
        R.Ctrl => controlling,
        R.I32 => IrType.I32,
        R.I64 => IrType.I64,
        R.F32 => IrType.F32,
        R.F64 => IrType.F64,
        R.Partner => controlling.BitcastPartner(),
    };
}
