using System;
using Imm = Kiln.Wasm.Opcodes.ImmediateKind;

namespace Kiln.Wasm.Opcodes;

/// <summary>Rows of the opcode table: vector loads, stores, constants and lane access.</summary>
internal static class SimdMemoryRows
{
    /// <summary>The rows, in the order of <see cref="Opcode"/>.</summary>
    public static ReadOnlySpan<OpcodeRow> All => Rows;

    private static readonly OpcodeRow[] Rows =
    [
        // loads and stores
        new(Opcode.V128Load, "v128.load", 0xFD, 0x00, Imm.MemArg, "[addr] -> [v128]", Feature.Simd, accessBytes: 16),
        new(Opcode.V128Load8x8S, "v128.load8x8_s", 0xFD, 0x01, Imm.MemArg, "[addr] -> [v128]", Feature.Simd, accessBytes: 8),
        new(Opcode.V128Load8x8U, "v128.load8x8_u", 0xFD, 0x02, Imm.MemArg, "[addr] -> [v128]", Feature.Simd, accessBytes: 8),
        new(Opcode.V128Load16x4S, "v128.load16x4_s", 0xFD, 0x03, Imm.MemArg, "[addr] -> [v128]", Feature.Simd, accessBytes: 8),
        new(Opcode.V128Load16x4U, "v128.load16x4_u", 0xFD, 0x04, Imm.MemArg, "[addr] -> [v128]", Feature.Simd, accessBytes: 8),
        new(Opcode.V128Load32x2S, "v128.load32x2_s", 0xFD, 0x05, Imm.MemArg, "[addr] -> [v128]", Feature.Simd, accessBytes: 8),
        new(Opcode.V128Load32x2U, "v128.load32x2_u", 0xFD, 0x06, Imm.MemArg, "[addr] -> [v128]", Feature.Simd, accessBytes: 8),
        new(Opcode.V128Load8Splat, "v128.load8_splat", 0xFD, 0x07, Imm.MemArg, "[addr] -> [v128]", Feature.Simd, accessBytes: 1),
        new(Opcode.V128Load16Splat, "v128.load16_splat", 0xFD, 0x08, Imm.MemArg, "[addr] -> [v128]", Feature.Simd, accessBytes: 2),
        new(Opcode.V128Load32Splat, "v128.load32_splat", 0xFD, 0x09, Imm.MemArg, "[addr] -> [v128]", Feature.Simd, accessBytes: 4),
        new(Opcode.V128Load64Splat, "v128.load64_splat", 0xFD, 0x0A, Imm.MemArg, "[addr] -> [v128]", Feature.Simd, accessBytes: 8),
        new(Opcode.V128Store, "v128.store", 0xFD, 0x0B, Imm.MemArg, "[addr v128] -> []", Feature.Simd, accessBytes: 16),
        new(Opcode.V128Load32Zero, "v128.load32_zero", 0xFD, 0x5C, Imm.MemArg, "[addr] -> [v128]", Feature.Simd, accessBytes: 4),
        new(Opcode.V128Load64Zero, "v128.load64_zero", 0xFD, 0x5D, Imm.MemArg, "[addr] -> [v128]", Feature.Simd, accessBytes: 8),

        // lanes in memory
        new(Opcode.V128Load8Lane, "v128.load8_lane", 0xFD, 0x54, Imm.MemArgLane, "[addr v128] -> [v128]", Feature.Simd, accessBytes: 1, laneCount: 16),
        new(Opcode.V128Load16Lane, "v128.load16_lane", 0xFD, 0x55, Imm.MemArgLane, "[addr v128] -> [v128]", Feature.Simd, accessBytes: 2, laneCount: 8),
        new(Opcode.V128Load32Lane, "v128.load32_lane", 0xFD, 0x56, Imm.MemArgLane, "[addr v128] -> [v128]", Feature.Simd, accessBytes: 4, laneCount: 4),
        new(Opcode.V128Load64Lane, "v128.load64_lane", 0xFD, 0x57, Imm.MemArgLane, "[addr v128] -> [v128]", Feature.Simd, accessBytes: 8, laneCount: 2),
        new(Opcode.V128Store8Lane, "v128.store8_lane", 0xFD, 0x58, Imm.MemArgLane, "[addr v128] -> []", Feature.Simd, accessBytes: 1, laneCount: 16),
        new(Opcode.V128Store16Lane, "v128.store16_lane", 0xFD, 0x59, Imm.MemArgLane, "[addr v128] -> []", Feature.Simd, accessBytes: 2, laneCount: 8),
        new(Opcode.V128Store32Lane, "v128.store32_lane", 0xFD, 0x5A, Imm.MemArgLane, "[addr v128] -> []", Feature.Simd, accessBytes: 4, laneCount: 4),
        new(Opcode.V128Store64Lane, "v128.store64_lane", 0xFD, 0x5B, Imm.MemArgLane, "[addr v128] -> []", Feature.Simd, accessBytes: 8, laneCount: 2),

        // constants, shuffles, splats
        new(Opcode.V128Const, "v128.const", 0xFD, 0x0C, Imm.V128, "[] -> [v128]", Feature.Simd),
        new(Opcode.I8x16Shuffle, "i8x16.shuffle", 0xFD, 0x0D, Imm.Shuffle, "[v128 v128] -> [v128]", Feature.Simd),
        new(Opcode.I8x16Swizzle, "i8x16.swizzle", 0xFD, 0x0E, Imm.None, "[v128 v128] -> [v128]", Feature.Simd),
        new(Opcode.I8x16Splat, "i8x16.splat", 0xFD, 0x0F, Imm.None, "[i32] -> [v128]", Feature.Simd),
        new(Opcode.I16x8Splat, "i16x8.splat", 0xFD, 0x10, Imm.None, "[i32] -> [v128]", Feature.Simd),
        new(Opcode.I32x4Splat, "i32x4.splat", 0xFD, 0x11, Imm.None, "[i32] -> [v128]", Feature.Simd),
        new(Opcode.I64x2Splat, "i64x2.splat", 0xFD, 0x12, Imm.None, "[i64] -> [v128]", Feature.Simd),
        new(Opcode.F32x4Splat, "f32x4.splat", 0xFD, 0x13, Imm.None, "[f32] -> [v128]", Feature.Simd),
        new(Opcode.F64x2Splat, "f64x2.splat", 0xFD, 0x14, Imm.None, "[f64] -> [v128]", Feature.Simd),

        // lanes
        new(Opcode.I8x16ExtractLaneS, "i8x16.extract_lane_s", 0xFD, 0x15, Imm.Lane, "[v128] -> [i32]", Feature.Simd, laneCount: 16),
        new(Opcode.I8x16ExtractLaneU, "i8x16.extract_lane_u", 0xFD, 0x16, Imm.Lane, "[v128] -> [i32]", Feature.Simd, laneCount: 16),
        new(Opcode.I8x16ReplaceLane, "i8x16.replace_lane", 0xFD, 0x17, Imm.Lane, "[v128 i32] -> [v128]", Feature.Simd, laneCount: 16),
        new(Opcode.I16x8ExtractLaneS, "i16x8.extract_lane_s", 0xFD, 0x18, Imm.Lane, "[v128] -> [i32]", Feature.Simd, laneCount: 8),
        new(Opcode.I16x8ExtractLaneU, "i16x8.extract_lane_u", 0xFD, 0x19, Imm.Lane, "[v128] -> [i32]", Feature.Simd, laneCount: 8),
        new(Opcode.I16x8ReplaceLane, "i16x8.replace_lane", 0xFD, 0x1A, Imm.Lane, "[v128 i32] -> [v128]", Feature.Simd, laneCount: 8),
        new(Opcode.I32x4ExtractLane, "i32x4.extract_lane", 0xFD, 0x1B, Imm.Lane, "[v128] -> [i32]", Feature.Simd, laneCount: 4),
        new(Opcode.I32x4ReplaceLane, "i32x4.replace_lane", 0xFD, 0x1C, Imm.Lane, "[v128 i32] -> [v128]", Feature.Simd, laneCount: 4),
        new(Opcode.I64x2ExtractLane, "i64x2.extract_lane", 0xFD, 0x1D, Imm.Lane, "[v128] -> [i64]", Feature.Simd, laneCount: 2),
        new(Opcode.I64x2ReplaceLane, "i64x2.replace_lane", 0xFD, 0x1E, Imm.Lane, "[v128 i64] -> [v128]", Feature.Simd, laneCount: 2),
        new(Opcode.F32x4ExtractLane, "f32x4.extract_lane", 0xFD, 0x1F, Imm.Lane, "[v128] -> [f32]", Feature.Simd, laneCount: 4),
        new(Opcode.F32x4ReplaceLane, "f32x4.replace_lane", 0xFD, 0x20, Imm.Lane, "[v128 f32] -> [v128]", Feature.Simd, laneCount: 4),
        new(Opcode.F64x2ExtractLane, "f64x2.extract_lane", 0xFD, 0x21, Imm.Lane, "[v128] -> [f64]", Feature.Simd, laneCount: 2),
        new(Opcode.F64x2ReplaceLane, "f64x2.replace_lane", 0xFD, 0x22, Imm.Lane, "[v128 f64] -> [v128]", Feature.Simd, laneCount: 2),
    ];
}
