// Which IR instruction each numeric Wasm instruction becomes, one row each.

using System;
using Kiln.Codegen.Ir;
using Ir = Kiln.Codegen.Ir.Opcode;
using Op = Kiln.Wasm.Opcodes.Opcode;
using T = Kiln.Codegen.Ir.IrType;

namespace Kiln.Compiler.Translate;

/// <summary>How a numeric instruction becomes IR.</summary>
internal enum NumericShape : byte
{
    /// <summary>Not in the table.</summary>
    None,

    /// <summary>One operand, one result.</summary>
    Unary,

    /// <summary>Two operands and a result of one type.</summary>
    Binary,

    /// <summary>Integer comparison.</summary>
    IntCompare,

    /// <summary>Floating-point comparison.</summary>
    FloatCompare,

    /// <summary>Comparison with zero.</summary>
    EqualZero,
}

/// <summary>One numeric instruction that is one IR instruction. <paramref name="Condition"/> is the IntCC or FloatCC of a comparison.</summary>
internal readonly record struct NumericRow(Op Wasm, NumericShape Shape, Ir Ir, T Result, byte Condition, bool MakesNan);

/// <summary>The numeric instructions that are one IR instruction each; the others are in <see cref="NumericTranslation"/>.</summary>
internal static class NumericTable
{
    private static readonly NumericRow[] Table =
    [
        // i32 comparisons
        new(Op.I32Eqz, NumericShape.EqualZero, Ir.Icmp, T.I32, (byte)IntCC.Eq, false),
        Compare(Op.I32Eq, IntCC.Eq), Compare(Op.I32Ne, IntCC.Ne),
        Compare(Op.I32LtS, IntCC.Slt), Compare(Op.I32LtU, IntCC.Ult), Compare(Op.I32GtS, IntCC.Sgt), Compare(Op.I32GtU, IntCC.Ugt),
        Compare(Op.I32LeS, IntCC.Sle), Compare(Op.I32LeU, IntCC.Ule), Compare(Op.I32GeS, IntCC.Sge), Compare(Op.I32GeU, IntCC.Uge),

        // i64 comparisons
        new(Op.I64Eqz, NumericShape.EqualZero, Ir.Icmp, T.I32, (byte)IntCC.Eq, false),
        Compare(Op.I64Eq, IntCC.Eq), Compare(Op.I64Ne, IntCC.Ne),
        Compare(Op.I64LtS, IntCC.Slt), Compare(Op.I64LtU, IntCC.Ult), Compare(Op.I64GtS, IntCC.Sgt), Compare(Op.I64GtU, IntCC.Ugt),
        Compare(Op.I64LeS, IntCC.Sle), Compare(Op.I64LeU, IntCC.Ule), Compare(Op.I64GeS, IntCC.Sge), Compare(Op.I64GeU, IntCC.Uge),

        // f32 and f64 comparisons
        Compare(Op.F32Eq, FloatCC.Eq), Compare(Op.F32Ne, FloatCC.Ne), Compare(Op.F32Lt, FloatCC.Lt),
        Compare(Op.F32Gt, FloatCC.Gt), Compare(Op.F32Le, FloatCC.Le), Compare(Op.F32Ge, FloatCC.Ge),
        Compare(Op.F64Eq, FloatCC.Eq), Compare(Op.F64Ne, FloatCC.Ne), Compare(Op.F64Lt, FloatCC.Lt),
        Compare(Op.F64Gt, FloatCC.Gt), Compare(Op.F64Le, FloatCC.Le), Compare(Op.F64Ge, FloatCC.Ge),

        // i32 arithmetic
        Unary(Op.I32Clz, Ir.Clz, T.I32), Unary(Op.I32Ctz, Ir.Ctz, T.I32), Unary(Op.I32Popcnt, Ir.Popcnt, T.I32),
        Binary(Op.I32Add, Ir.Iadd, T.I32), Binary(Op.I32Sub, Ir.Isub, T.I32), Binary(Op.I32Mul, Ir.Imul, T.I32),
        Binary(Op.I32DivS, Ir.Sdiv, T.I32), Binary(Op.I32DivU, Ir.Udiv, T.I32), Binary(Op.I32RemS, Ir.Srem, T.I32), Binary(Op.I32RemU, Ir.Urem, T.I32),
        Binary(Op.I32And, Ir.Band, T.I32), Binary(Op.I32Or, Ir.Bor, T.I32), Binary(Op.I32Xor, Ir.Bxor, T.I32),
        Binary(Op.I32Shl, Ir.Ishl, T.I32), Binary(Op.I32ShrS, Ir.Sshr, T.I32), Binary(Op.I32ShrU, Ir.Ushr, T.I32),
        Binary(Op.I32Rotl, Ir.Rotl, T.I32), Binary(Op.I32Rotr, Ir.Rotr, T.I32),

        // i64 arithmetic
        Unary(Op.I64Clz, Ir.Clz, T.I64), Unary(Op.I64Ctz, Ir.Ctz, T.I64), Unary(Op.I64Popcnt, Ir.Popcnt, T.I64),
        Binary(Op.I64Add, Ir.Iadd, T.I64), Binary(Op.I64Sub, Ir.Isub, T.I64), Binary(Op.I64Mul, Ir.Imul, T.I64),
        Binary(Op.I64DivS, Ir.Sdiv, T.I64), Binary(Op.I64DivU, Ir.Udiv, T.I64), Binary(Op.I64RemS, Ir.Srem, T.I64), Binary(Op.I64RemU, Ir.Urem, T.I64),
        Binary(Op.I64And, Ir.Band, T.I64), Binary(Op.I64Or, Ir.Bor, T.I64), Binary(Op.I64Xor, Ir.Bxor, T.I64),
        Binary(Op.I64Shl, Ir.Ishl, T.I64), Binary(Op.I64ShrS, Ir.Sshr, T.I64), Binary(Op.I64ShrU, Ir.Ushr, T.I64),
        Binary(Op.I64Rotl, Ir.Rotl, T.I64), Binary(Op.I64Rotr, Ir.Rotr, T.I64),

        // f32 arithmetic
        Unary(Op.F32Abs, Ir.Fabs, T.F32), Unary(Op.F32Neg, Ir.Fneg, T.F32), Binary(Op.F32Copysign, Ir.Fcopysign, T.F32),
        Rounding(Op.F32Ceil, Ir.Fceil, T.F32), Rounding(Op.F32Floor, Ir.Ffloor, T.F32), Rounding(Op.F32Trunc, Ir.Ftrunc, T.F32),
        Rounding(Op.F32Nearest, Ir.Fnearest, T.F32), Rounding(Op.F32Sqrt, Ir.Fsqrt, T.F32),
        Float(Op.F32Add, Ir.Fadd, T.F32), Float(Op.F32Sub, Ir.Fsub, T.F32), Float(Op.F32Mul, Ir.Fmul, T.F32), Float(Op.F32Div, Ir.Fdiv, T.F32),
        Float(Op.F32Min, Ir.Fmin, T.F32), Float(Op.F32Max, Ir.Fmax, T.F32),

        // f64 arithmetic
        Unary(Op.F64Abs, Ir.Fabs, T.F64), Unary(Op.F64Neg, Ir.Fneg, T.F64), Binary(Op.F64Copysign, Ir.Fcopysign, T.F64),
        Rounding(Op.F64Ceil, Ir.Fceil, T.F64), Rounding(Op.F64Floor, Ir.Ffloor, T.F64), Rounding(Op.F64Trunc, Ir.Ftrunc, T.F64),
        Rounding(Op.F64Nearest, Ir.Fnearest, T.F64), Rounding(Op.F64Sqrt, Ir.Fsqrt, T.F64),
        Float(Op.F64Add, Ir.Fadd, T.F64), Float(Op.F64Sub, Ir.Fsub, T.F64), Float(Op.F64Mul, Ir.Fmul, T.F64), Float(Op.F64Div, Ir.Fdiv, T.F64),
        Float(Op.F64Min, Ir.Fmin, T.F64), Float(Op.F64Max, Ir.Fmax, T.F64),

        // integer widths
        Unary(Op.I32WrapI64, Ir.Ireduce, T.I32), Unary(Op.I64ExtendI32S, Ir.Sextend, T.I64), Unary(Op.I64ExtendI32U, Ir.Uextend, T.I64),
        Unary(Op.I32Extend8S, Ir.Sextend8, T.I32), Unary(Op.I32Extend16S, Ir.Sextend16, T.I32),
        Unary(Op.I64Extend8S, Ir.Sextend8, T.I64), Unary(Op.I64Extend16S, Ir.Sextend16, T.I64), Unary(Op.I64Extend32S, Ir.Sextend32, T.I64),

        // floats to integers
        Unary(Op.I32TruncF32S, Ir.FcvtToSint, T.I32), Unary(Op.I32TruncF32U, Ir.FcvtToUint, T.I32),
        Unary(Op.I32TruncF64S, Ir.FcvtToSint, T.I32), Unary(Op.I32TruncF64U, Ir.FcvtToUint, T.I32),
        Unary(Op.I64TruncF32S, Ir.FcvtToSint, T.I64), Unary(Op.I64TruncF32U, Ir.FcvtToUint, T.I64),
        Unary(Op.I64TruncF64S, Ir.FcvtToSint, T.I64), Unary(Op.I64TruncF64U, Ir.FcvtToUint, T.I64),
        Unary(Op.I32TruncSatF32S, Ir.FcvtToSintSat, T.I32), Unary(Op.I32TruncSatF32U, Ir.FcvtToUintSat, T.I32),
        Unary(Op.I32TruncSatF64S, Ir.FcvtToSintSat, T.I32), Unary(Op.I32TruncSatF64U, Ir.FcvtToUintSat, T.I32),
        Unary(Op.I64TruncSatF32S, Ir.FcvtToSintSat, T.I64), Unary(Op.I64TruncSatF32U, Ir.FcvtToUintSat, T.I64),
        Unary(Op.I64TruncSatF64S, Ir.FcvtToSintSat, T.I64), Unary(Op.I64TruncSatF64U, Ir.FcvtToUintSat, T.I64),

        // integers to floats, float widths
        Unary(Op.F32ConvertI32S, Ir.FcvtFromSint, T.F32), Unary(Op.F32ConvertI32U, Ir.FcvtFromUint, T.F32),
        Unary(Op.F32ConvertI64S, Ir.FcvtFromSint, T.F32), Unary(Op.F32ConvertI64U, Ir.FcvtFromUint, T.F32),
        Unary(Op.F64ConvertI32S, Ir.FcvtFromSint, T.F64), Unary(Op.F64ConvertI32U, Ir.FcvtFromUint, T.F64),
        Unary(Op.F64ConvertI64S, Ir.FcvtFromSint, T.F64), Unary(Op.F64ConvertI64U, Ir.FcvtFromUint, T.F64),
        Rounding(Op.F32DemoteF64, Ir.Fdemote, T.F32), Rounding(Op.F64PromoteF32, Ir.Fpromote, T.F64),

        // reinterpretations
        Unary(Op.I32ReinterpretF32, Ir.Bitcast, T.I32), Unary(Op.I64ReinterpretF64, Ir.Bitcast, T.I64),
        Unary(Op.F32ReinterpretI32, Ir.Bitcast, T.F32), Unary(Op.F64ReinterpretI64, Ir.Bitcast, T.F64),
    ];

    private static readonly NumericRow[] ByOpcode = Index();

    /// <summary>All rows.</summary>
    public static ReadOnlySpan<NumericRow> Rows => Table;

    /// <summary>The row of an instruction; its shape is <see cref="NumericShape.None"/> if it has none.</summary>
    public static ref readonly NumericRow Row(Op opcode) => ref ByOpcode[(int)opcode];

    private static NumericRow Unary(Op wasm, Ir ir, T result) => new(wasm, NumericShape.Unary, ir, result, 0, false);

    private static NumericRow Rounding(Op wasm, Ir ir, T result) => new(wasm, NumericShape.Unary, ir, result, 0, true);

    private static NumericRow Binary(Op wasm, Ir ir, T result) => new(wasm, NumericShape.Binary, ir, result, 0, false);

    private static NumericRow Float(Op wasm, Ir ir, T result) => new(wasm, NumericShape.Binary, ir, result, 0, true);

    private static NumericRow Compare(Op wasm, IntCC condition) => new(wasm, NumericShape.IntCompare, Ir.Icmp, T.I32, (byte)condition, false);

    private static NumericRow Compare(Op wasm, FloatCC condition) => new(wasm, NumericShape.FloatCompare, Ir.Fcmp, T.I32, (byte)condition, false);

    private static NumericRow[] Index()
    {
        NumericRow[] index = new NumericRow[Wasm.Opcodes.OpcodeTable.Rows.Length];
        foreach (NumericRow row in Table) index[(int)row.Wasm] = row;
        return index;
    }
}
