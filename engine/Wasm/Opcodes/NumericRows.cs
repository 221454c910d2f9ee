using System;
using Imm = Kiln.Wasm.Opcodes.ImmediateKind;

namespace Kiln.Wasm.Opcodes;

/// <summary>Rows of the opcode table: scalar constants, comparisons, arithmetic and conversions.</summary>
internal static class NumericRows
{
    /// <summary>The rows, in the order of <see cref="Opcode"/>.</summary>
    public static ReadOnlySpan<OpcodeRow> All => Rows;

    private static readonly OpcodeRow[] Rows =
    [
        // constants
        new(Opcode.I32Const, "i32.const", 0x00, 0x41, Imm.I32, "[] -> [i32]", Feature.Mvp),
        new(Opcode.I64Const, "i64.const", 0x00, 0x42, Imm.I64, "[] -> [i64]", Feature.Mvp),
        new(Opcode.F32Const, "f32.const", 0x00, 0x43, Imm.F32, "[] -> [f32]", Feature.Mvp),
        new(Opcode.F64Const, "f64.const", 0x00, 0x44, Imm.F64, "[] -> [f64]", Feature.Mvp),

        // i32 comparisons
        new(Opcode.I32Eqz, "i32.eqz", 0x00, 0x45, Imm.None, "[i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32Eq, "i32.eq", 0x00, 0x46, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32Ne, "i32.ne", 0x00, 0x47, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32LtS, "i32.lt_s", 0x00, 0x48, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32LtU, "i32.lt_u", 0x00, 0x49, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32GtS, "i32.gt_s", 0x00, 0x4A, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32GtU, "i32.gt_u", 0x00, 0x4B, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32LeS, "i32.le_s", 0x00, 0x4C, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32LeU, "i32.le_u", 0x00, 0x4D, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32GeS, "i32.ge_s", 0x00, 0x4E, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32GeU, "i32.ge_u", 0x00, 0x4F, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),

        // i64 comparisons
        new(Opcode.I64Eqz, "i64.eqz", 0x00, 0x50, Imm.None, "[i64] -> [i32]", Feature.Mvp),
        new(Opcode.I64Eq, "i64.eq", 0x00, 0x51, Imm.None, "[i64 i64] -> [i32]", Feature.Mvp),
        new(Opcode.I64Ne, "i64.ne", 0x00, 0x52, Imm.None, "[i64 i64] -> [i32]", Feature.Mvp),
        new(Opcode.I64LtS, "i64.lt_s", 0x00, 0x53, Imm.None, "[i64 i64] -> [i32]", Feature.Mvp),
        new(Opcode.I64LtU, "i64.lt_u", 0x00, 0x54, Imm.None, "[i64 i64] -> [i32]", Feature.Mvp),
        new(Opcode.I64GtS, "i64.gt_s", 0x00, 0x55, Imm.None, "[i64 i64] -> [i32]", Feature.Mvp),
        new(Opcode.I64GtU, "i64.gt_u", 0x00, 0x56, Imm.None, "[i64 i64] -> [i32]", Feature.Mvp),
        new(Opcode.I64LeS, "i64.le_s", 0x00, 0x57, Imm.None, "[i64 i64] -> [i32]", Feature.Mvp),
        new(Opcode.I64LeU, "i64.le_u", 0x00, 0x58, Imm.None, "[i64 i64] -> [i32]", Feature.Mvp),
        new(Opcode.I64GeS, "i64.ge_s", 0x00, 0x59, Imm.None, "[i64 i64] -> [i32]", Feature.Mvp),
        new(Opcode.I64GeU, "i64.ge_u", 0x00, 0x5A, Imm.None, "[i64 i64] -> [i32]", Feature.Mvp),

        // f32 comparisons
        new(Opcode.F32Eq, "f32.eq", 0x00, 0x5B, Imm.None, "[f32 f32] -> [i32]", Feature.Mvp),
        new(Opcode.F32Ne, "f32.ne", 0x00, 0x5C, Imm.None, "[f32 f32] -> [i32]", Feature.Mvp),
        new(Opcode.F32Lt, "f32.lt", 0x00, 0x5D, Imm.None, "[f32 f32] -> [i32]", Feature.Mvp),
        new(Opcode.F32Gt, "f32.gt", 0x00, 0x5E, Imm.None, "[f32 f32] -> [i32]", Feature.Mvp),
        new(Opcode.F32Le, "f32.le", 0x00, 0x5F, Imm.None, "[f32 f32] -> [i32]", Feature.Mvp),
        new(Opcode.F32Ge, "f32.ge", 0x00, 0x60, Imm.None, "[f32 f32] -> [i32]", Feature.Mvp),

        // f64 comparisons
        new(Opcode.F64Eq, "f64.eq", 0x00, 0x61, Imm.None, "[f64 f64] -> [i32]", Feature.Mvp),
        new(Opcode.F64Ne, "f64.ne", 0x00, 0x62, Imm.None, "[f64 f64] -> [i32]", Feature.Mvp),
        new(Opcode.F64Lt, "f64.lt", 0x00, 0x63, Imm.None, "[f64 f64] -> [i32]", Feature.Mvp),
        new(Opcode.F64Gt, "f64.gt", 0x00, 0x64, Imm.None, "[f64 f64] -> [i32]", Feature.Mvp),
        new(Opcode.F64Le, "f64.le", 0x00, 0x65, Imm.None, "[f64 f64] -> [i32]", Feature.Mvp),
        new(Opcode.F64Ge, "f64.ge", 0x00, 0x66, Imm.None, "[f64 f64] -> [i32]", Feature.Mvp),

        // i32 arithmetic
        new(Opcode.I32Clz, "i32.clz", 0x00, 0x67, Imm.None, "[i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32Ctz, "i32.ctz", 0x00, 0x68, Imm.None, "[i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32Popcnt, "i32.popcnt", 0x00, 0x69, Imm.None, "[i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32Add, "i32.add", 0x00, 0x6A, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32Sub, "i32.sub", 0x00, 0x6B, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32Mul, "i32.mul", 0x00, 0x6C, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32DivS, "i32.div_s", 0x00, 0x6D, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32DivU, "i32.div_u", 0x00, 0x6E, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32RemS, "i32.rem_s", 0x00, 0x6F, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32RemU, "i32.rem_u", 0x00, 0x70, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32And, "i32.and", 0x00, 0x71, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32Or, "i32.or", 0x00, 0x72, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32Xor, "i32.xor", 0x00, 0x73, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32Shl, "i32.shl", 0x00, 0x74, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32ShrS, "i32.shr_s", 0x00, 0x75, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32ShrU, "i32.shr_u", 0x00, 0x76, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32Rotl, "i32.rotl", 0x00, 0x77, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),
        new(Opcode.I32Rotr, "i32.rotr", 0x00, 0x78, Imm.None, "[i32 i32] -> [i32]", Feature.Mvp),

        // i64 arithmetic
        new(Opcode.I64Clz, "i64.clz", 0x00, 0x79, Imm.None, "[i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64Ctz, "i64.ctz", 0x00, 0x7A, Imm.None, "[i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64Popcnt, "i64.popcnt", 0x00, 0x7B, Imm.None, "[i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64Add, "i64.add", 0x00, 0x7C, Imm.None, "[i64 i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64Sub, "i64.sub", 0x00, 0x7D, Imm.None, "[i64 i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64Mul, "i64.mul", 0x00, 0x7E, Imm.None, "[i64 i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64DivS, "i64.div_s", 0x00, 0x7F, Imm.None, "[i64 i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64DivU, "i64.div_u", 0x00, 0x80, Imm.None, "[i64 i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64RemS, "i64.rem_s", 0x00, 0x81, Imm.None, "[i64 i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64RemU, "i64.rem_u", 0x00, 0x82, Imm.None, "[i64 i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64And, "i64.and", 0x00, 0x83, Imm.None, "[i64 i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64Or, "i64.or", 0x00, 0x84, Imm.None, "[i64 i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64Xor, "i64.xor", 0x00, 0x85, Imm.None, "[i64 i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64Shl, "i64.shl", 0x00, 0x86, Imm.None, "[i64 i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64ShrS, "i64.shr_s", 0x00, 0x87, Imm.None, "[i64 i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64ShrU, "i64.shr_u", 0x00, 0x88, Imm.None, "[i64 i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64Rotl, "i64.rotl", 0x00, 0x89, Imm.None, "[i64 i64] -> [i64]", Feature.Mvp),
        new(Opcode.I64Rotr, "i64.rotr", 0x00, 0x8A, Imm.None, "[i64 i64] -> [i64]", Feature.Mvp),

        // f32 arithmetic
        new(Opcode.F32Abs, "f32.abs", 0x00, 0x8B, Imm.None, "[f32] -> [f32]", Feature.Mvp),
        new(Opcode.F32Neg, "f32.neg", 0x00, 0x8C, Imm.None, "[f32] -> [f32]", Feature.Mvp),
        new(Opcode.F32Ceil, "f32.ceil", 0x00, 0x8D, Imm.None, "[f32] -> [f32]", Feature.Mvp),
        new(Opcode.F32Floor, "f32.floor", 0x00, 0x8E, Imm.None, "[f32] -> [f32]", Feature.Mvp),
        new(Opcode.F32Trunc, "f32.trunc", 0x00, 0x8F, Imm.None, "[f32] -> [f32]", Feature.Mvp),
        new(Opcode.F32Nearest, "f32.nearest", 0x00, 0x90, Imm.None, "[f32] -> [f32]", Feature.Mvp),
        new(Opcode.F32Sqrt, "f32.sqrt", 0x00, 0x91, Imm.None, "[f32] -> [f32]", Feature.Mvp),
        new(Opcode.F32Add, "f32.add", 0x00, 0x92, Imm.None, "[f32 f32] -> [f32]", Feature.Mvp),
        new(Opcode.F32Sub, "f32.sub", 0x00, 0x93, Imm.None, "[f32 f32] -> [f32]", Feature.Mvp),
        new(Opcode.F32Mul, "f32.mul", 0x00, 0x94, Imm.None, "[f32 f32] -> [f32]", Feature.Mvp),
        new(Opcode.F32Div, "f32.div", 0x00, 0x95, Imm.None, "[f32 f32] -> [f32]", Feature.Mvp),
        new(Opcode.F32Min, "f32.min", 0x00, 0x96, Imm.None, "[f32 f32] -> [f32]", Feature.Mvp),
        new(Opcode.F32Max, "f32.max", 0x00, 0x97, Imm.None, "[f32 f32] -> [f32]", Feature.Mvp),
        new(Opcode.F32Copysign, "f32.copysign", 0x00, 0x98, Imm.None, "[f32 f32] -> [f32]", Feature.Mvp),

        // f64 arithmetic
        new(Opcode.F64Abs, "f64.abs", 0x00, 0x99, Imm.None, "[f64] -> [f64]", Feature.Mvp),
        new(Opcode.F64Neg, "f64.neg", 0x00, 0x9A, Imm.None, "[f64] -> [f64]", Feature.Mvp),
        new(Opcode.F64Ceil, "f64.ceil", 0x00, 0x9B, Imm.None, "[f64] -> [f64]", Feature.Mvp),
        new(Opcode.F64Floor, "f64.floor", 0x00, 0x9C, Imm.None, "[f64] -> [f64]", Feature.Mvp),
        new(Opcode.F64Trunc, "f64.trunc", 0x00, 0x9D, Imm.None, "[f64] -> [f64]", Feature.Mvp),
        new(Opcode.F64Nearest, "f64.nearest", 0x00, 0x9E, Imm.None, "[f64] -> [f64]", Feature.Mvp),
        new(Opcode.F64Sqrt, "f64.sqrt", 0x00, 0x9F, Imm.None, "[f64] -> [f64]", Feature.Mvp),
        new(Opcode.F64Add, "f64.add", 0x00, 0xA0, Imm.None, "[f64 f64] -> [f64]", Feature.Mvp),
        new(Opcode.F64Sub, "f64.sub", 0x00, 0xA1, Imm.None, "[f64 f64] -> [f64]", Feature.Mvp),
        new(Opcode.F64Mul, "f64.mul", 0x00, 0xA2, Imm.None, "[f64 f64] -> [f64]", Feature.Mvp),
        new(Opcode.F64Div, "f64.div", 0x00, 0xA3, Imm.None, "[f64 f64] -> [f64]", Feature.Mvp),
        new(Opcode.F64Min, "f64.min", 0x00, 0xA4, Imm.None, "[f64 f64] -> [f64]", Feature.Mvp),
        new(Opcode.F64Max, "f64.max", 0x00, 0xA5, Imm.None, "[f64 f64] -> [f64]", Feature.Mvp),
        new(Opcode.F64Copysign, "f64.copysign", 0x00, 0xA6, Imm.None, "[f64 f64] -> [f64]", Feature.Mvp),

        // conversions
        new(Opcode.I32WrapI64, "i32.wrap_i64", 0x00, 0xA7, Imm.None, "[i64] -> [i32]", Feature.Mvp),
        new(Opcode.I32TruncF32S, "i32.trunc_f32_s", 0x00, 0xA8, Imm.None, "[f32] -> [i32]", Feature.Mvp),
        new(Opcode.I32TruncF32U, "i32.trunc_f32_u", 0x00, 0xA9, Imm.None, "[f32] -> [i32]", Feature.Mvp),
        new(Opcode.I32TruncF64S, "i32.trunc_f64_s", 0x00, 0xAA, Imm.None, "[f64] -> [i32]", Feature.Mvp),
        new(Opcode.I32TruncF64U, "i32.trunc_f64_u", 0x00, 0xAB, Imm.None, "[f64] -> [i32]", Feature.Mvp),
        new(Opcode.I64ExtendI32S, "i64.extend_i32_s", 0x00, 0xAC, Imm.None, "[i32] -> [i64]", Feature.Mvp),
        new(Opcode.I64ExtendI32U, "i64.extend_i32_u", 0x00, 0xAD, Imm.None, "[i32] -> [i64]", Feature.Mvp),
        new(Opcode.I64TruncF32S, "i64.trunc_f32_s", 0x00, 0xAE, Imm.None, "[f32] -> [i64]", Feature.Mvp),
        new(Opcode.I64TruncF32U, "i64.trunc_f32_u", 0x00, 0xAF, Imm.None, "[f32] -> [i64]", Feature.Mvp),
        new(Opcode.I64TruncF64S, "i64.trunc_f64_s", 0x00, 0xB0, Imm.None, "[f64] -> [i64]", Feature.Mvp),
        new(Opcode.I64TruncF64U, "i64.trunc_f64_u", 0x00, 0xB1, Imm.None, "[f64] -> [i64]", Feature.Mvp),
        new(Opcode.F32ConvertI32S, "f32.convert_i32_s", 0x00, 0xB2, Imm.None, "[i32] -> [f32]", Feature.Mvp),
        new(Opcode.F32ConvertI32U, "f32.convert_i32_u", 0x00, 0xB3, Imm.None, "[i32] -> [f32]", Feature.Mvp),
        new(Opcode.F32ConvertI64S, "f32.convert_i64_s", 0x00, 0xB4, Imm.None, "[i64] -> [f32]", Feature.Mvp),
        new(Opcode.F32ConvertI64U, "f32.convert_i64_u", 0x00, 0xB5, Imm.None, "[i64] -> [f32]", Feature.Mvp),
        new(Opcode.F32DemoteF64, "f32.demote_f64", 0x00, 0xB6, Imm.None, "[f64] -> [f32]", Feature.Mvp),
        new(Opcode.F64ConvertI32S, "f64.convert_i32_s", 0x00, 0xB7, Imm.None, "[i32] -> [f64]", Feature.Mvp),
        new(Opcode.F64ConvertI32U, "f64.convert_i32_u", 0x00, 0xB8, Imm.None, "[i32] -> [f64]", Feature.Mvp),
        new(Opcode.F64ConvertI64S, "f64.convert_i64_s", 0x00, 0xB9, Imm.None, "[i64] -> [f64]", Feature.Mvp),
        new(Opcode.F64ConvertI64U, "f64.convert_i64_u", 0x00, 0xBA, Imm.None, "[i64] -> [f64]", Feature.Mvp),
        new(Opcode.F64PromoteF32, "f64.promote_f32", 0x00, 0xBB, Imm.None, "[f32] -> [f64]", Feature.Mvp),
        new(Opcode.I32ReinterpretF32, "i32.reinterpret_f32", 0x00, 0xBC, Imm.None, "[f32] -> [i32]", Feature.Mvp),
        new(Opcode.I64ReinterpretF64, "i64.reinterpret_f64", 0x00, 0xBD, Imm.None, "[f64] -> [i64]", Feature.Mvp),
        new(Opcode.F32ReinterpretI32, "f32.reinterpret_i32", 0x00, 0xBE, Imm.None, "[i32] -> [f32]", Feature.Mvp),
        new(Opcode.F64ReinterpretI64, "f64.reinterpret_i64", 0x00, 0xBF, Imm.None, "[i64] -> [f64]", Feature.Mvp),

        // sign extension
        new(Opcode.I32Extend8S, "i32.extend8_s", 0x00, 0xC0, Imm.None, "[i32] -> [i32]", Feature.SignExtension),
        new(Opcode.I32Extend16S, "i32.extend16_s", 0x00, 0xC1, Imm.None, "[i32] -> [i32]", Feature.SignExtension),
        new(Opcode.I64Extend8S, "i64.extend8_s", 0x00, 0xC2, Imm.None, "[i64] -> [i64]", Feature.SignExtension),
        new(Opcode.I64Extend16S, "i64.extend16_s", 0x00, 0xC3, Imm.None, "[i64] -> [i64]", Feature.SignExtension),
        new(Opcode.I64Extend32S, "i64.extend32_s", 0x00, 0xC4, Imm.None, "[i64] -> [i64]", Feature.SignExtension),

        // saturating conversions
        new(Opcode.I32TruncSatF32S, "i32.trunc_sat_f32_s", 0xFC, 0x00, Imm.None, "[f32] -> [i32]", Feature.SaturatingConversions),
        new(Opcode.I32TruncSatF32U, "i32.trunc_sat_f32_u", 0xFC, 0x01, Imm.None, "[f32] -> [i32]", Feature.SaturatingConversions),
        new(Opcode.I32TruncSatF64S, "i32.trunc_sat_f64_s", 0xFC, 0x02, Imm.None, "[f64] -> [i32]", Feature.SaturatingConversions),
        new(Opcode.I32TruncSatF64U, "i32.trunc_sat_f64_u", 0xFC, 0x03, Imm.None, "[f64] -> [i32]", Feature.SaturatingConversions),
        new(Opcode.I64TruncSatF32S, "i64.trunc_sat_f32_s", 0xFC, 0x04, Imm.None, "[f32] -> [i64]", Feature.SaturatingConversions),
        new(Opcode.I64TruncSatF32U, "i64.trunc_sat_f32_u", 0xFC, 0x05, Imm.None, "[f32] -> [i64]", Feature.SaturatingConversions),
        new(Opcode.I64TruncSatF64S, "i64.trunc_sat_f64_s", 0xFC, 0x06, Imm.None, "[f64] -> [i64]", Feature.SaturatingConversions),
        new(Opcode.I64TruncSatF64U, "i64.trunc_sat_f64_u", 0xFC, 0x07, Imm.None, "[f64] -> [i64]", Feature.SaturatingConversions),

        // wide arithmetic
        new(Opcode.I64Add128, "i64.add128", 0xFC, 0x13, Imm.None, "[i64 i64 i64 i64] -> [i64 i64]", Feature.WideArithmetic),
        new(Opcode.I64Sub128, "i64.sub128", 0xFC, 0x14, Imm.None, "[i64 i64 i64 i64] -> [i64 i64]", Feature.WideArithmetic),
        new(Opcode.I64MulWideS, "i64.mul_wide_s", 0xFC, 0x15, Imm.None, "[i64 i64] -> [i64 i64]", Feature.WideArithmetic),
        new(Opcode.I64MulWideU, "i64.mul_wide_u", 0xFC, 0x16, Imm.None, "[i64 i64] -> [i64 i64]", Feature.WideArithmetic),
    ];
}
