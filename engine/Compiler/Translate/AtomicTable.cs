// Which IR instruction each atomic access of Wasm becomes, one row each.

using System;
using Kiln.Codegen.Ir;
using A = Kiln.Codegen.Ir.AtomicOp;
using Ir = Kiln.Codegen.Ir.Opcode;
using Op = Kiln.Wasm.Opcodes.Opcode;
using T = Kiln.Codegen.Ir.IrType;

namespace Kiln.Compiler.Translate;

/// <summary>One atomic access. <paramref name="Bytes"/> is 0 if the instruction is none; <paramref name="Operation"/> is for read-modify-writes.</summary>
internal readonly record struct AtomicRow(Op Wasm, Ir Ir, T Type, byte Bytes, AtomicOp Operation = default);

/// <summary>Atomic accesses, each one IR instruction behind its address.</summary>
internal static class AtomicTable
{
    private static readonly AtomicRow[] Table =
    [
        new(Op.I32AtomicLoad,           Ir.AtomicLoad,     T.I32, 4),
        new(Op.I64AtomicLoad,           Ir.AtomicLoad,     T.I64, 8),
        new(Op.I32AtomicLoad8U,         Ir.AtomicUload8,   T.I32, 1),
        new(Op.I32AtomicLoad16U,        Ir.AtomicUload16,  T.I32, 2),
        new(Op.I64AtomicLoad8U,         Ir.AtomicUload8,   T.I64, 1),
        new(Op.I64AtomicLoad16U,        Ir.AtomicUload16,  T.I64, 2),
        new(Op.I64AtomicLoad32U,        Ir.AtomicUload32,  T.I64, 4),
        new(Op.I32AtomicStore,          Ir.AtomicStore,    T.I32, 4),
        new(Op.I64AtomicStore,          Ir.AtomicStore,    T.I64, 8),
        new(Op.I32AtomicStore8,         Ir.AtomicIstore8,  T.I32, 1),
        new(Op.I32AtomicStore16,        Ir.AtomicIstore16, T.I32, 2),
        new(Op.I64AtomicStore8,         Ir.AtomicIstore8,  T.I64, 1),
        new(Op.I64AtomicStore16,        Ir.AtomicIstore16, T.I64, 2),
        new(Op.I64AtomicStore32,        Ir.AtomicIstore32, T.I64, 4),
        new(Op.I32AtomicRmwAdd,         Ir.AtomicRmw,      T.I32, 4, A.Add),
        new(Op.I64AtomicRmwAdd,         Ir.AtomicRmw,      T.I64, 8, A.Add),
        new(Op.I32AtomicRmw8AddU,       Ir.AtomicRmw8,     T.I32, 1, A.Add),
        new(Op.I32AtomicRmw16AddU,      Ir.AtomicRmw16,    T.I32, 2, A.Add),
        new(Op.I64AtomicRmw8AddU,       Ir.AtomicRmw8,     T.I64, 1, A.Add),
        new(Op.I64AtomicRmw16AddU,      Ir.AtomicRmw16,    T.I64, 2, A.Add),
        new(Op.I64AtomicRmw32AddU,      Ir.AtomicRmw32,    T.I64, 4, A.Add),
        new(Op.I32AtomicRmwSub,         Ir.AtomicRmw,      T.I32, 4, A.Sub),
        new(Op.I64AtomicRmwSub,         Ir.AtomicRmw,      T.I64, 8, A.Sub),
        new(Op.I32AtomicRmw8SubU,       Ir.AtomicRmw8,     T.I32, 1, A.Sub),
        new(Op.I32AtomicRmw16SubU,      Ir.AtomicRmw16,    T.I32, 2, A.Sub),
        new(Op.I64AtomicRmw8SubU,       Ir.AtomicRmw8,     T.I64, 1, A.Sub),
        new(Op.I64AtomicRmw16SubU,      Ir.AtomicRmw16,    T.I64, 2, A.Sub),
        new(Op.I64AtomicRmw32SubU,      Ir.AtomicRmw32,    T.I64, 4, A.Sub),
        new(Op.I32AtomicRmwAnd,         Ir.AtomicRmw,      T.I32, 4, A.And),
        new(Op.I64AtomicRmwAnd,         Ir.AtomicRmw,      T.I64, 8, A.And),
        new(Op.I32AtomicRmw8AndU,       Ir.AtomicRmw8,     T.I32, 1, A.And),
        new(Op.I32AtomicRmw16AndU,      Ir.AtomicRmw16,    T.I32, 2, A.And),
        new(Op.I64AtomicRmw8AndU,       Ir.AtomicRmw8,     T.I64, 1, A.And),
        new(Op.I64AtomicRmw16AndU,      Ir.AtomicRmw16,    T.I64, 2, A.And),
        new(Op.I64AtomicRmw32AndU,      Ir.AtomicRmw32,    T.I64, 4, A.And),
        new(Op.I32AtomicRmwOr,          Ir.AtomicRmw,      T.I32, 4, A.Or),
        new(Op.I64AtomicRmwOr,          Ir.AtomicRmw,      T.I64, 8, A.Or),
        new(Op.I32AtomicRmw8OrU,        Ir.AtomicRmw8,     T.I32, 1, A.Or),
        new(Op.I32AtomicRmw16OrU,       Ir.AtomicRmw16,    T.I32, 2, A.Or),
        new(Op.I64AtomicRmw8OrU,        Ir.AtomicRmw8,     T.I64, 1, A.Or),
        new(Op.I64AtomicRmw16OrU,       Ir.AtomicRmw16,    T.I64, 2, A.Or),
        new(Op.I64AtomicRmw32OrU,       Ir.AtomicRmw32,    T.I64, 4, A.Or),
        new(Op.I32AtomicRmwXor,         Ir.AtomicRmw,      T.I32, 4, A.Xor),
        new(Op.I64AtomicRmwXor,         Ir.AtomicRmw,      T.I64, 8, A.Xor),
        new(Op.I32AtomicRmw8XorU,       Ir.AtomicRmw8,     T.I32, 1, A.Xor),
        new(Op.I32AtomicRmw16XorU,      Ir.AtomicRmw16,    T.I32, 2, A.Xor),
        new(Op.I64AtomicRmw8XorU,       Ir.AtomicRmw8,     T.I64, 1, A.Xor),
        new(Op.I64AtomicRmw16XorU,      Ir.AtomicRmw16,    T.I64, 2, A.Xor),
        new(Op.I64AtomicRmw32XorU,      Ir.AtomicRmw32,    T.I64, 4, A.Xor),
        new(Op.I32AtomicRmwXchg,        Ir.AtomicRmw,      T.I32, 4, A.Xchg),
        new(Op.I64AtomicRmwXchg,        Ir.AtomicRmw,      T.I64, 8, A.Xchg),
        new(Op.I32AtomicRmw8XchgU,      Ir.AtomicRmw8,     T.I32, 1, A.Xchg),
        new(Op.I32AtomicRmw16XchgU,     Ir.AtomicRmw16,    T.I32, 2, A.Xchg),
        new(Op.I64AtomicRmw8XchgU,      Ir.AtomicRmw8,     T.I64, 1, A.Xchg),
        new(Op.I64AtomicRmw16XchgU,     Ir.AtomicRmw16,    T.I64, 2, A.Xchg),
        new(Op.I64AtomicRmw32XchgU,     Ir.AtomicRmw32,    T.I64, 4, A.Xchg),
        new(Op.I32AtomicRmwCmpxchg,     Ir.AtomicCas,      T.I32, 4),
        new(Op.I64AtomicRmwCmpxchg,     Ir.AtomicCas,      T.I64, 8),
        new(Op.I32AtomicRmw8CmpxchgU,   Ir.AtomicCas8,     T.I32, 1),
        new(Op.I32AtomicRmw16CmpxchgU,  Ir.AtomicCas16,    T.I32, 2),
        new(Op.I64AtomicRmw8CmpxchgU,   Ir.AtomicCas8,     T.I64, 1),
        new(Op.I64AtomicRmw16CmpxchgU,  Ir.AtomicCas16,    T.I64, 2),
        new(Op.I64AtomicRmw32CmpxchgU,  Ir.AtomicCas32,    T.I64, 4),
    ];

    private static readonly AtomicRow[] ByOpcode = Index();

    /// <summary>All rows.</summary>
    public static ReadOnlySpan<AtomicRow> Rows => Table;

    /// <summary>The row of an instruction; its byte count is 0 if it has none.</summary>
    public static ref readonly AtomicRow Row(Op opcode) => ref ByOpcode[(int)opcode];

    private static AtomicRow[] Index()
    {
        AtomicRow[] index = new AtomicRow[Wasm.Opcodes.OpcodeTable.Rows.Length];
        foreach (AtomicRow row in Table) index[(int)row.Wasm] = row;
        return index;
    }
}
