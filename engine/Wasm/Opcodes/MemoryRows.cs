using System;
using Imm = Kiln.Wasm.Opcodes.ImmediateKind;

namespace Kiln.Wasm.Opcodes;

/// <summary>Rows of the opcode table: loads, stores and whole-memory instructions.</summary>
internal static class MemoryRows
{
    /// <summary>The rows, in the order of <see cref="Opcode"/>.</summary>
    public static ReadOnlySpan<OpcodeRow> All => Rows;

    private static readonly OpcodeRow[] Rows =
    [
        // loads
        new(Opcode.I32Load, "i32.load", 0x00, 0x28, Imm.MemArg, "[addr] -> [i32]", Feature.Mvp, accessBytes: 4),
        new(Opcode.I64Load, "i64.load", 0x00, 0x29, Imm.MemArg, "[addr] -> [i64]", Feature.Mvp, accessBytes: 8),
        new(Opcode.F32Load, "f32.load", 0x00, 0x2A, Imm.MemArg, "[addr] -> [f32]", Feature.Mvp, accessBytes: 4),
        new(Opcode.F64Load, "f64.load", 0x00, 0x2B, Imm.MemArg, "[addr] -> [f64]", Feature.Mvp, accessBytes: 8),
        new(Opcode.I32Load8S, "i32.load8_s", 0x00, 0x2C, Imm.MemArg, "[addr] -> [i32]", Feature.Mvp, accessBytes: 1),
        new(Opcode.I32Load8U, "i32.load8_u", 0x00, 0x2D, Imm.MemArg, "[addr] -> [i32]", Feature.Mvp, accessBytes: 1),
        new(Opcode.I32Load16S, "i32.load16_s", 0x00, 0x2E, Imm.MemArg, "[addr] -> [i32]", Feature.Mvp, accessBytes: 2),
        new(Opcode.I32Load16U, "i32.load16_u", 0x00, 0x2F, Imm.MemArg, "[addr] -> [i32]", Feature.Mvp, accessBytes: 2),
        new(Opcode.I64Load8S, "i64.load8_s", 0x00, 0x30, Imm.MemArg, "[addr] -> [i64]", Feature.Mvp, accessBytes: 1),
        new(Opcode.I64Load8U, "i64.load8_u", 0x00, 0x31, Imm.MemArg, "[addr] -> [i64]", Feature.Mvp, accessBytes: 1),
        new(Opcode.I64Load16S, "i64.load16_s", 0x00, 0x32, Imm.MemArg, "[addr] -> [i64]", Feature.Mvp, accessBytes: 2),
        new(Opcode.I64Load16U, "i64.load16_u", 0x00, 0x33, Imm.MemArg, "[addr] -> [i64]", Feature.Mvp, accessBytes: 2),
        new(Opcode.I64Load32S, "i64.load32_s", 0x00, 0x34, Imm.MemArg, "[addr] -> [i64]", Feature.Mvp, accessBytes: 4),
        new(Opcode.I64Load32U, "i64.load32_u", 0x00, 0x35, Imm.MemArg, "[addr] -> [i64]", Feature.Mvp, accessBytes: 4),

        // stores
        new(Opcode.I32Store, "i32.store", 0x00, 0x36, Imm.MemArg, "[addr i32] -> []", Feature.Mvp, accessBytes: 4),
        new(Opcode.I64Store, "i64.store", 0x00, 0x37, Imm.MemArg, "[addr i64] -> []", Feature.Mvp, accessBytes: 8),
        new(Opcode.F32Store, "f32.store", 0x00, 0x38, Imm.MemArg, "[addr f32] -> []", Feature.Mvp, accessBytes: 4),
        new(Opcode.F64Store, "f64.store", 0x00, 0x39, Imm.MemArg, "[addr f64] -> []", Feature.Mvp, accessBytes: 8),
        new(Opcode.I32Store8, "i32.store8", 0x00, 0x3A, Imm.MemArg, "[addr i32] -> []", Feature.Mvp, accessBytes: 1),
        new(Opcode.I32Store16, "i32.store16", 0x00, 0x3B, Imm.MemArg, "[addr i32] -> []", Feature.Mvp, accessBytes: 2),
        new(Opcode.I64Store8, "i64.store8", 0x00, 0x3C, Imm.MemArg, "[addr i64] -> []", Feature.Mvp, accessBytes: 1),
        new(Opcode.I64Store16, "i64.store16", 0x00, 0x3D, Imm.MemArg, "[addr i64] -> []", Feature.Mvp, accessBytes: 2),
        new(Opcode.I64Store32, "i64.store32", 0x00, 0x3E, Imm.MemArg, "[addr i64] -> []", Feature.Mvp, accessBytes: 4),

        // whole memories and data segments
        new(Opcode.MemorySize, "memory.size", 0x00, 0x3F, Imm.Memory, "[] -> [addr]", Feature.Mvp),
        new(Opcode.MemoryGrow, "memory.grow", 0x00, 0x40, Imm.Memory, "[addr] -> [addr]", Feature.Mvp),
        new(Opcode.MemoryInit, "memory.init", 0xFC, 0x08, Imm.DataMemory, "[addr i32 i32] -> []", Feature.BulkMemory),
        new(Opcode.DataDrop, "data.drop", 0xFC, 0x09, Imm.Data, "[] -> []", Feature.BulkMemory),
        new(Opcode.MemoryCopy, "memory.copy", 0xFC, 0x0A, Imm.MemoryMemory, OpcodeRow.Special, Feature.BulkMemory),
        new(Opcode.MemoryFill, "memory.fill", 0xFC, 0x0B, Imm.Memory, "[addr i32 addr] -> []", Feature.BulkMemory),
    ];
}
