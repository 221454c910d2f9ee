// Which IR instruction each vector Wasm instruction becomes, one row each.

using System;
using Kiln.Codegen.Ir;
using Ir = Kiln.Codegen.Ir.Opcode;
using L = Kiln.Codegen.Ir.LaneShape;
using Op = Kiln.Wasm.Opcodes.Opcode;

namespace Kiln.Compiler.Translate;

/// <summary>How a vector instruction becomes IR.</summary>
internal enum VectorShape : byte
{
    /// <summary>Not in the table.</summary>
    None,

    /// <summary>One operand.</summary>
    Unary,

    /// <summary>Two operands.</summary>
    Binary,

    /// <summary>Three operands.</summary>
    Ternary,

    /// <summary>Integer comparison.</summary>
    IntCompare,

    /// <summary>Floating-point comparison.</summary>
    FloatCompare,

    /// <summary>One operand and a lane.</summary>
    Extract,

    /// <summary>A vector, a scalar and a lane.</summary>
    Insert,
}

/// <summary>One vector instruction that is one IR instruction. <paramref name="Condition"/> is the IntCC or FloatCC of a comparison.</summary>
internal readonly record struct VectorRow(Op Wasm, VectorShape Shape, Ir Ir, L Lanes, byte Condition, bool MakesNan);

/// <summary>
/// The vector instructions that are one IR instruction each. Loads and stores are in <see cref="MemoryTable"/>, the
/// others, most relaxed ones among them, in <see cref="VectorTranslation"/>.
/// </summary>
internal static class VectorTable
{
    private static readonly VectorRow[] Table =
    [
        // i8x16 comparisons
        Compare(Op.I8x16Eq, IntCC.Eq, L.I8x16), Compare(Op.I8x16Ne, IntCC.Ne, L.I8x16), Compare(Op.I8x16LtS, IntCC.Slt, L.I8x16),
        Compare(Op.I8x16LtU, IntCC.Ult, L.I8x16), Compare(Op.I8x16GtS, IntCC.Sgt, L.I8x16), Compare(Op.I8x16GtU, IntCC.Ugt, L.I8x16),
        Compare(Op.I8x16LeS, IntCC.Sle, L.I8x16), Compare(Op.I8x16LeU, IntCC.Ule, L.I8x16), Compare(Op.I8x16GeS, IntCC.Sge, L.I8x16),
        Compare(Op.I8x16GeU, IntCC.Uge, L.I8x16),

        // i16x8 comparisons
        Compare(Op.I16x8Eq, IntCC.Eq, L.I16x8), Compare(Op.I16x8Ne, IntCC.Ne, L.I16x8), Compare(Op.I16x8LtS, IntCC.Slt, L.I16x8),
        Compare(Op.I16x8LtU, IntCC.Ult, L.I16x8), Compare(Op.I16x8GtS, IntCC.Sgt, L.I16x8), Compare(Op.I16x8GtU, IntCC.Ugt, L.I16x8),
        Compare(Op.I16x8LeS, IntCC.Sle, L.I16x8), Compare(Op.I16x8LeU, IntCC.Ule, L.I16x8), Compare(Op.I16x8GeS, IntCC.Sge, L.I16x8),
        Compare(Op.I16x8GeU, IntCC.Uge, L.I16x8),

        // i32x4 comparisons
        Compare(Op.I32x4Eq, IntCC.Eq, L.I32x4), Compare(Op.I32x4Ne, IntCC.Ne, L.I32x4), Compare(Op.I32x4LtS, IntCC.Slt, L.I32x4),
        Compare(Op.I32x4LtU, IntCC.Ult, L.I32x4), Compare(Op.I32x4GtS, IntCC.Sgt, L.I32x4), Compare(Op.I32x4GtU, IntCC.Ugt, L.I32x4),
        Compare(Op.I32x4LeS, IntCC.Sle, L.I32x4), Compare(Op.I32x4LeU, IntCC.Ule, L.I32x4), Compare(Op.I32x4GeS, IntCC.Sge, L.I32x4),
        Compare(Op.I32x4GeU, IntCC.Uge, L.I32x4),

        // i64x2 comparisons
        Compare(Op.I64x2Eq, IntCC.Eq, L.I64x2), Compare(Op.I64x2Ne, IntCC.Ne, L.I64x2), Compare(Op.I64x2LtS, IntCC.Slt, L.I64x2),
        Compare(Op.I64x2GtS, IntCC.Sgt, L.I64x2), Compare(Op.I64x2LeS, IntCC.Sle, L.I64x2), Compare(Op.I64x2GeS, IntCC.Sge, L.I64x2),

        // f32x4 comparisons
        Compare(Op.F32x4Eq, FloatCC.Eq, L.F32x4), Compare(Op.F32x4Ne, FloatCC.Ne, L.F32x4), Compare(Op.F32x4Lt, FloatCC.Lt, L.F32x4),
        Compare(Op.F32x4Gt, FloatCC.Gt, L.F32x4), Compare(Op.F32x4Le, FloatCC.Le, L.F32x4), Compare(Op.F32x4Ge, FloatCC.Ge, L.F32x4),

        // f64x2 comparisons
        Compare(Op.F64x2Eq, FloatCC.Eq, L.F64x2), Compare(Op.F64x2Ne, FloatCC.Ne, L.F64x2), Compare(Op.F64x2Lt, FloatCC.Lt, L.F64x2),
        Compare(Op.F64x2Gt, FloatCC.Gt, L.F64x2), Compare(Op.F64x2Le, FloatCC.Le, L.F64x2), Compare(Op.F64x2Ge, FloatCC.Ge, L.F64x2),

        // logic and tests
        Unary(Op.V128Not, Ir.Vnot, L.None), Binary(Op.V128And, Ir.Vand, L.None), Binary(Op.V128Andnot, Ir.Vandnot, L.None),
        Binary(Op.V128Or, Ir.Vor, L.None), Binary(Op.V128Xor, Ir.Vxor, L.None), Ternary(Op.V128Bitselect, Ir.Vbitselect, L.None),
        Unary(Op.V128AnyTrue, Ir.VanyTrue, L.None), Unary(Op.I8x16AllTrue, Ir.VallTrue, L.I8x16), Unary(Op.I16x8AllTrue, Ir.VallTrue, L.I16x8),
        Unary(Op.I32x4AllTrue, Ir.VallTrue, L.I32x4), Unary(Op.I64x2AllTrue, Ir.VallTrue, L.I64x2), Unary(Op.I8x16Bitmask, Ir.Vbitmask, L.I8x16),
        Unary(Op.I16x8Bitmask, Ir.Vbitmask, L.I16x8), Unary(Op.I32x4Bitmask, Ir.Vbitmask, L.I32x4), Unary(Op.I64x2Bitmask, Ir.Vbitmask, L.I64x2),

        // lanes as values, places of lanes
        Unary(Op.I8x16Splat, Ir.Vsplat, L.I8x16), Unary(Op.I16x8Splat, Ir.Vsplat, L.I16x8), Unary(Op.I32x4Splat, Ir.Vsplat, L.I32x4),
        Unary(Op.I64x2Splat, Ir.Vsplat, L.I64x2), Unary(Op.F32x4Splat, Ir.Vsplat, L.F32x4), Unary(Op.F64x2Splat, Ir.Vsplat, L.F64x2),
        Extract(Op.I8x16ExtractLaneS, Ir.VsextractLane, L.I8x16), Extract(Op.I8x16ExtractLaneU, Ir.VextractLane, L.I8x16),
        Extract(Op.I16x8ExtractLaneS, Ir.VsextractLane, L.I16x8), Extract(Op.I16x8ExtractLaneU, Ir.VextractLane, L.I16x8),
        Extract(Op.I32x4ExtractLane, Ir.VextractLane, L.I32x4), Extract(Op.I64x2ExtractLane, Ir.VextractLane, L.I64x2),
        Extract(Op.F32x4ExtractLane, Ir.VextractLane, L.F32x4), Extract(Op.F64x2ExtractLane, Ir.VextractLane, L.F64x2),
        Insert(Op.I8x16ReplaceLane, L.I8x16), Insert(Op.I16x8ReplaceLane, L.I16x8), Insert(Op.I32x4ReplaceLane, L.I32x4),
        Insert(Op.I64x2ReplaceLane, L.I64x2), Insert(Op.F32x4ReplaceLane, L.F32x4), Insert(Op.F64x2ReplaceLane, L.F64x2),
        Binary(Op.I8x16Swizzle, Ir.Vswizzle, L.None),

        // i8x16 arithmetic
        Unary(Op.I8x16Abs, Ir.Viabs, L.I8x16), Unary(Op.I8x16Neg, Ir.Vineg, L.I8x16), Unary(Op.I8x16Popcnt, Ir.Vpopcnt, L.I8x16),
        Binary(Op.I8x16Shl, Ir.Vishl, L.I8x16), Binary(Op.I8x16ShrS, Ir.Vsshr, L.I8x16), Binary(Op.I8x16ShrU, Ir.Vushr, L.I8x16),
        Binary(Op.I8x16Add, Ir.Viadd, L.I8x16), Binary(Op.I8x16Sub, Ir.Visub, L.I8x16), Binary(Op.I8x16AddSatS, Ir.VsaddSat, L.I8x16),
        Binary(Op.I8x16AddSatU, Ir.VuaddSat, L.I8x16), Binary(Op.I8x16SubSatS, Ir.VssubSat, L.I8x16), Binary(Op.I8x16SubSatU, Ir.VusubSat, L.I8x16),
        Binary(Op.I8x16AvgrU, Ir.Vuavgr, L.I8x16), Binary(Op.I8x16MinS, Ir.Vsmin, L.I8x16), Binary(Op.I8x16MinU, Ir.Vumin, L.I8x16),
        Binary(Op.I8x16MaxS, Ir.Vsmax, L.I8x16), Binary(Op.I8x16MaxU, Ir.Vumax, L.I8x16),

        // i16x8 arithmetic
        Unary(Op.I16x8Abs, Ir.Viabs, L.I16x8), Unary(Op.I16x8Neg, Ir.Vineg, L.I16x8), Binary(Op.I16x8Shl, Ir.Vishl, L.I16x8),
        Binary(Op.I16x8ShrS, Ir.Vsshr, L.I16x8), Binary(Op.I16x8ShrU, Ir.Vushr, L.I16x8), Binary(Op.I16x8Add, Ir.Viadd, L.I16x8),
        Binary(Op.I16x8Sub, Ir.Visub, L.I16x8), Binary(Op.I16x8Mul, Ir.Vimul, L.I16x8), Binary(Op.I16x8AddSatS, Ir.VsaddSat, L.I16x8),
        Binary(Op.I16x8AddSatU, Ir.VuaddSat, L.I16x8), Binary(Op.I16x8SubSatS, Ir.VssubSat, L.I16x8), Binary(Op.I16x8SubSatU, Ir.VusubSat, L.I16x8),
        Binary(Op.I16x8AvgrU, Ir.Vuavgr, L.I16x8), Binary(Op.I16x8MinS, Ir.Vsmin, L.I16x8), Binary(Op.I16x8MinU, Ir.Vumin, L.I16x8),
        Binary(Op.I16x8MaxS, Ir.Vsmax, L.I16x8), Binary(Op.I16x8MaxU, Ir.Vumax, L.I16x8), Binary(Op.I16x8Q15mulrSatS, Ir.Vq15mulrSat, L.I16x8),

        // i32x4 arithmetic
        Unary(Op.I32x4Abs, Ir.Viabs, L.I32x4), Unary(Op.I32x4Neg, Ir.Vineg, L.I32x4), Binary(Op.I32x4Shl, Ir.Vishl, L.I32x4),
        Binary(Op.I32x4ShrS, Ir.Vsshr, L.I32x4), Binary(Op.I32x4ShrU, Ir.Vushr, L.I32x4), Binary(Op.I32x4Add, Ir.Viadd, L.I32x4),
        Binary(Op.I32x4Sub, Ir.Visub, L.I32x4), Binary(Op.I32x4Mul, Ir.Vimul, L.I32x4), Binary(Op.I32x4MinS, Ir.Vsmin, L.I32x4),
        Binary(Op.I32x4MinU, Ir.Vumin, L.I32x4), Binary(Op.I32x4MaxS, Ir.Vsmax, L.I32x4), Binary(Op.I32x4MaxU, Ir.Vumax, L.I32x4),
        Binary(Op.I32x4DotI16x8S, Ir.Vsdot, L.I32x4),

        // i64x2 arithmetic
        Unary(Op.I64x2Abs, Ir.Viabs, L.I64x2), Unary(Op.I64x2Neg, Ir.Vineg, L.I64x2), Binary(Op.I64x2Shl, Ir.Vishl, L.I64x2),
        Binary(Op.I64x2ShrS, Ir.Vsshr, L.I64x2), Binary(Op.I64x2ShrU, Ir.Vushr, L.I64x2), Binary(Op.I64x2Add, Ir.Viadd, L.I64x2),
        Binary(Op.I64x2Sub, Ir.Visub, L.I64x2), Binary(Op.I64x2Mul, Ir.Vimul, L.I64x2),

        // integer lanes of another width
        Binary(Op.I8x16NarrowI16x8S, Ir.Vsnarrow, L.I8x16), Binary(Op.I8x16NarrowI16x8U, Ir.Vunarrow, L.I8x16),
        Binary(Op.I16x8NarrowI32x4S, Ir.Vsnarrow, L.I16x8), Binary(Op.I16x8NarrowI32x4U, Ir.Vunarrow, L.I16x8),
        Unary(Op.I16x8ExtendLowI8x16S, Ir.VsextendLow, L.I16x8), Unary(Op.I16x8ExtendLowI8x16U, Ir.VuextendLow, L.I16x8),
        Unary(Op.I16x8ExtendHighI8x16S, Ir.VsextendHigh, L.I16x8), Unary(Op.I16x8ExtendHighI8x16U, Ir.VuextendHigh, L.I16x8),
        Unary(Op.I32x4ExtendLowI16x8S, Ir.VsextendLow, L.I32x4), Unary(Op.I32x4ExtendLowI16x8U, Ir.VuextendLow, L.I32x4),
        Unary(Op.I32x4ExtendHighI16x8S, Ir.VsextendHigh, L.I32x4), Unary(Op.I32x4ExtendHighI16x8U, Ir.VuextendHigh, L.I32x4),
        Unary(Op.I64x2ExtendLowI32x4S, Ir.VsextendLow, L.I64x2), Unary(Op.I64x2ExtendLowI32x4U, Ir.VuextendLow, L.I64x2),
        Unary(Op.I64x2ExtendHighI32x4S, Ir.VsextendHigh, L.I64x2), Unary(Op.I64x2ExtendHighI32x4U, Ir.VuextendHigh, L.I64x2),
        Binary(Op.I16x8ExtmulLowI8x16S, Ir.VsextmulLow, L.I16x8), Binary(Op.I16x8ExtmulLowI8x16U, Ir.VuextmulLow, L.I16x8),
        Binary(Op.I16x8ExtmulHighI8x16S, Ir.VsextmulHigh, L.I16x8), Binary(Op.I16x8ExtmulHighI8x16U, Ir.VuextmulHigh, L.I16x8),
        Binary(Op.I32x4ExtmulLowI16x8S, Ir.VsextmulLow, L.I32x4), Binary(Op.I32x4ExtmulLowI16x8U, Ir.VuextmulLow, L.I32x4),
        Binary(Op.I32x4ExtmulHighI16x8S, Ir.VsextmulHigh, L.I32x4), Binary(Op.I32x4ExtmulHighI16x8U, Ir.VuextmulHigh, L.I32x4),
        Binary(Op.I64x2ExtmulLowI32x4S, Ir.VsextmulLow, L.I64x2), Binary(Op.I64x2ExtmulLowI32x4U, Ir.VuextmulLow, L.I64x2),
        Binary(Op.I64x2ExtmulHighI32x4S, Ir.VsextmulHigh, L.I64x2), Binary(Op.I64x2ExtmulHighI32x4U, Ir.VuextmulHigh, L.I64x2),
        Unary(Op.I16x8ExtaddPairwiseI8x16S, Ir.VsextaddPairwise, L.I16x8), Unary(Op.I16x8ExtaddPairwiseI8x16U, Ir.VuextaddPairwise, L.I16x8),
        Unary(Op.I32x4ExtaddPairwiseI16x8S, Ir.VsextaddPairwise, L.I32x4), Unary(Op.I32x4ExtaddPairwiseI16x8U, Ir.VuextaddPairwise, L.I32x4),

        // f32x4 arithmetic
        Unary(Op.F32x4Abs, Ir.Vfabs, L.F32x4), Unary(Op.F32x4Neg, Ir.Vfneg, L.F32x4), FloatUnary(Op.F32x4Sqrt, Ir.Vfsqrt, L.F32x4),
        FloatUnary(Op.F32x4Ceil, Ir.Vfceil, L.F32x4), FloatUnary(Op.F32x4Floor, Ir.Vffloor, L.F32x4), FloatUnary(Op.F32x4Trunc, Ir.Vftrunc, L.F32x4),
        FloatUnary(Op.F32x4Nearest, Ir.Vfnearest, L.F32x4), FloatBinary(Op.F32x4Add, Ir.Vfadd, L.F32x4), FloatBinary(Op.F32x4Sub, Ir.Vfsub, L.F32x4),
        FloatBinary(Op.F32x4Mul, Ir.Vfmul, L.F32x4), FloatBinary(Op.F32x4Div, Ir.Vfdiv, L.F32x4), FloatBinary(Op.F32x4Min, Ir.Vfmin, L.F32x4),
        FloatBinary(Op.F32x4Max, Ir.Vfmax, L.F32x4), Binary(Op.F32x4Pmin, Ir.Vfpmin, L.F32x4), Binary(Op.F32x4Pmax, Ir.Vfpmax, L.F32x4),

        // f64x2 arithmetic
        Unary(Op.F64x2Abs, Ir.Vfabs, L.F64x2), Unary(Op.F64x2Neg, Ir.Vfneg, L.F64x2), FloatUnary(Op.F64x2Sqrt, Ir.Vfsqrt, L.F64x2),
        FloatUnary(Op.F64x2Ceil, Ir.Vfceil, L.F64x2), FloatUnary(Op.F64x2Floor, Ir.Vffloor, L.F64x2), FloatUnary(Op.F64x2Trunc, Ir.Vftrunc, L.F64x2),
        FloatUnary(Op.F64x2Nearest, Ir.Vfnearest, L.F64x2), FloatBinary(Op.F64x2Add, Ir.Vfadd, L.F64x2), FloatBinary(Op.F64x2Sub, Ir.Vfsub, L.F64x2),
        FloatBinary(Op.F64x2Mul, Ir.Vfmul, L.F64x2), FloatBinary(Op.F64x2Div, Ir.Vfdiv, L.F64x2), FloatBinary(Op.F64x2Min, Ir.Vfmin, L.F64x2),
        FloatBinary(Op.F64x2Max, Ir.Vfmax, L.F64x2), Binary(Op.F64x2Pmin, Ir.Vfpmin, L.F64x2), Binary(Op.F64x2Pmax, Ir.Vfpmax, L.F64x2),

        // conversions
        Unary(Op.I32x4TruncSatF32x4S, Ir.VfcvtToSintSat, L.I32x4), Unary(Op.I32x4TruncSatF32x4U, Ir.VfcvtToUintSat, L.I32x4),
        Unary(Op.I32x4TruncSatF64x2SZero, Ir.VfcvtLowToSintSat, L.I32x4), Unary(Op.I32x4TruncSatF64x2UZero, Ir.VfcvtLowToUintSat, L.I32x4),
        Unary(Op.F32x4ConvertI32x4S, Ir.VfcvtFromSint, L.F32x4), Unary(Op.F32x4ConvertI32x4U, Ir.VfcvtFromUint, L.F32x4),
        Unary(Op.F64x2ConvertLowI32x4S, Ir.VfcvtFromSint, L.F64x2), Unary(Op.F64x2ConvertLowI32x4U, Ir.VfcvtFromUint, L.F64x2),
        FloatUnary(Op.F32x4DemoteF64x2Zero, Ir.VfdemoteZero, L.F32x4), FloatUnary(Op.F64x2PromoteLowF32x4, Ir.VfpromoteLow, L.F64x2),

        // relaxed instructions that mean the strict ones here
        Ternary(Op.I8x16RelaxedLaneselect, Ir.Vbitselect, L.None), Ternary(Op.I16x8RelaxedLaneselect, Ir.Vbitselect, L.None),
        Ternary(Op.I32x4RelaxedLaneselect, Ir.Vbitselect, L.None), Ternary(Op.I64x2RelaxedLaneselect, Ir.Vbitselect, L.None),
        Unary(Op.I32x4RelaxedTruncF32x4U, Ir.VfcvtToUintSat, L.I32x4), Unary(Op.I32x4RelaxedTruncF64x2UZero, Ir.VfcvtLowToUintSat, L.I32x4),
    ];

    private static readonly VectorRow[] ByOpcode = Index();

    /// <summary>All rows.</summary>
    public static ReadOnlySpan<VectorRow> Rows => Table;

    /// <summary>The row of an instruction; its shape is <see cref="VectorShape.None"/> if it has none.</summary>
    public static ref readonly VectorRow Row(Op opcode) => ref ByOpcode[(int)opcode];

    private static VectorRow Unary(Op wasm, Ir ir, L lanes) => new(wasm, VectorShape.Unary, ir, lanes, 0, false);

    private static VectorRow FloatUnary(Op wasm, Ir ir, L lanes) => new(wasm, VectorShape.Unary, ir, lanes, 0, true);

    private static VectorRow Binary(Op wasm, Ir ir, L lanes) => new(wasm, VectorShape.Binary, ir, lanes, 0, false);

    private static VectorRow FloatBinary(Op wasm, Ir ir, L lanes) => new(wasm, VectorShape.Binary, ir, lanes, 0, true);

    private static VectorRow Ternary(Op wasm, Ir ir, L lanes) => new(wasm, VectorShape.Ternary, ir, lanes, 0, false);

    private static VectorRow Compare(Op wasm, IntCC condition, L lanes) => new(wasm, VectorShape.IntCompare, Ir.Vicmp, lanes, (byte)condition, false);

    private static VectorRow Compare(Op wasm, FloatCC condition, L lanes) => new(wasm, VectorShape.FloatCompare, Ir.Vfcmp, lanes, (byte)condition, false);

    private static VectorRow Extract(Op wasm, Ir ir, L lanes) => new(wasm, VectorShape.Extract, ir, lanes, 0, false);

    private static VectorRow Insert(Op wasm, L lanes) => new(wasm, VectorShape.Insert, Ir.VinsertLane, lanes, 0, false);

    private static VectorRow[] Index()
    {
        VectorRow[] index = new VectorRow[Wasm.Opcodes.OpcodeTable.Rows.Length];
        foreach (VectorRow row in Table) index[(int)row.Wasm] = row;
        return index;
    }
}
