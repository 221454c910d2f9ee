// Which IR instruction each load and store of Wasm becomes, one row each.

using System;
using Kiln.Codegen.Ir;
using Ir = Kiln.Codegen.Ir.Opcode;
using L = Kiln.Codegen.Ir.LaneShape;
using Op = Kiln.Wasm.Opcodes.Opcode;
using T = Kiln.Codegen.Ir.IrType;

namespace Kiln.Compiler.Translate;

/// <summary>One load or store. <paramref name="Bytes"/> is 0 if the instruction is neither; <paramref name="Lanes"/> is for loads that make lanes.</summary>
internal readonly record struct MemoryRow(Op Wasm, Ir Ir, T Type, byte Bytes, bool IsStore, L Lanes = L.None);

/// <summary>Loads and stores, each one IR instruction behind its address.</summary>
internal static class MemoryTable
{
    private static readonly MemoryRow[] Table =
    [
        new(Op.I32Load,    Ir.Load,     T.I32, 4, false),
        new(Op.I64Load,    Ir.Load,     T.I64, 8, false),
        new(Op.F32Load,    Ir.Load,     T.F32, 4, false),
        new(Op.F64Load,    Ir.Load,     T.F64, 8, false),
        new(Op.I32Load8S,  Ir.Sload8,   T.I32, 1, false),
        new(Op.I32Load8U,  Ir.Uload8,   T.I32, 1, false),
        new(Op.I32Load16S, Ir.Sload16,  T.I32, 2, false),
        new(Op.I32Load16U, Ir.Uload16,  T.I32, 2, false),
        new(Op.I64Load8S,  Ir.Sload8,   T.I64, 1, false),
        new(Op.I64Load8U,  Ir.Uload8,   T.I64, 1, false),
        new(Op.I64Load16S, Ir.Sload16,  T.I64, 2, false),
        new(Op.I64Load16U, Ir.Uload16,  T.I64, 2, false),
        new(Op.I64Load32S, Ir.Sload32,  T.I64, 4, false),
        new(Op.I64Load32U, Ir.Uload32,  T.I64, 4, false),
        new(Op.I32Store,   Ir.Store,    T.I32, 4, true),
        new(Op.I64Store,   Ir.Store,    T.I64, 8, true),
        new(Op.F32Store,   Ir.Store,    T.F32, 4, true),
        new(Op.F64Store,   Ir.Store,    T.F64, 8, true),
        new(Op.I32Store8,  Ir.Istore8,  T.I32, 1, true),
        new(Op.I32Store16, Ir.Istore16, T.I32, 2, true),
        new(Op.I64Store8,  Ir.Istore8,  T.I64, 1, true),
        new(Op.I64Store16, Ir.Istore16, T.I64, 2, true),
        new(Op.I64Store32, Ir.Istore32, T.I64, 4, true),

        new(Op.V128Load,        Ir.Load,         T.V128, 16, false),
        new(Op.V128Load8x8S,    Ir.VloadSextend, T.V128, 8,  false, L.I16x8),
        new(Op.V128Load8x8U,    Ir.VloadUextend, T.V128, 8,  false, L.I16x8),
        new(Op.V128Load16x4S,   Ir.VloadSextend, T.V128, 8,  false, L.I32x4),
        new(Op.V128Load16x4U,   Ir.VloadUextend, T.V128, 8,  false, L.I32x4),
        new(Op.V128Load32x2S,   Ir.VloadSextend, T.V128, 8,  false, L.I64x2),
        new(Op.V128Load32x2U,   Ir.VloadUextend, T.V128, 8,  false, L.I64x2),
        new(Op.V128Load8Splat,  Ir.VloadSplat,   T.V128, 1,  false, L.I8x16),
        new(Op.V128Load16Splat, Ir.VloadSplat,   T.V128, 2,  false, L.I16x8),
        new(Op.V128Load32Splat, Ir.VloadSplat,   T.V128, 4,  false, L.I32x4),
        new(Op.V128Load64Splat, Ir.VloadSplat,   T.V128, 8,  false, L.I64x2),
        new(Op.V128Load32Zero,  Ir.VloadZero,    T.V128, 4,  false, L.I32x4),
        new(Op.V128Load64Zero,  Ir.VloadZero,    T.V128, 8,  false, L.I64x2),
        new(Op.V128Store,       Ir.Store,        T.V128, 16, true),
    ];

    private static readonly MemoryRow[] ByOpcode = Index();

    /// <summary>All rows.</summary>
    public static ReadOnlySpan<MemoryRow> Rows => Table;

    /// <summary>The row of an instruction; its byte count is 0 if it has none.</summary>
    public static ref readonly MemoryRow Row(Op opcode) => ref ByOpcode[(int)opcode];

    private static MemoryRow[] Index()
    {
        MemoryRow[] index = new MemoryRow[Wasm.Opcodes.OpcodeTable.Rows.Length];
        foreach (MemoryRow row in Table) index[(int)row.Wasm] = row;
        return index;
    }
}
