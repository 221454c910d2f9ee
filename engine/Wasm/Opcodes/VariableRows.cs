using System;
using Imm = Kiln.Wasm.Opcodes.ImmediateKind;

namespace Kiln.Wasm.Opcodes;

/// <summary>Rows of the opcode table: locals, globals and tables.</summary>
internal static class VariableRows
{
    /// <summary>The rows, in the order of <see cref="Opcode"/>.</summary>
    public static ReadOnlySpan<OpcodeRow> All => Rows;

    private static readonly OpcodeRow[] Rows =
    [
        // locals and globals
        new(Opcode.LocalGet, "local.get", 0x00, 0x20, Imm.Local, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.LocalSet, "local.set", 0x00, 0x21, Imm.Local, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.LocalTee, "local.tee", 0x00, 0x22, Imm.Local, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.GlobalGet, "global.get", 0x00, 0x23, Imm.Global, OpcodeRow.Special, Feature.Mvp),
        new(Opcode.GlobalSet, "global.set", 0x00, 0x24, Imm.Global, OpcodeRow.Special, Feature.Mvp),

        // tables
        new(Opcode.TableGet, "table.get", 0x00, 0x25, Imm.Table, OpcodeRow.Special, Feature.ReferenceTypes),
        new(Opcode.TableSet, "table.set", 0x00, 0x26, Imm.Table, OpcodeRow.Special, Feature.ReferenceTypes),
        new(Opcode.TableInit, "table.init", 0xFC, 0x0C, Imm.ElementTable, "[addr i32 i32] -> []", Feature.BulkMemory),
        new(Opcode.ElemDrop, "elem.drop", 0xFC, 0x0D, Imm.Element, "[] -> []", Feature.BulkMemory),
        new(Opcode.TableCopy, "table.copy", 0xFC, 0x0E, Imm.TableTable, OpcodeRow.Special, Feature.BulkMemory),
        new(Opcode.TableGrow, "table.grow", 0xFC, 0x0F, Imm.Table, OpcodeRow.Special, Feature.ReferenceTypes),
        new(Opcode.TableSize, "table.size", 0xFC, 0x10, Imm.Table, "[] -> [addr]", Feature.ReferenceTypes),
        new(Opcode.TableFill, "table.fill", 0xFC, 0x11, Imm.Table, OpcodeRow.Special, Feature.ReferenceTypes),
    ];
}
