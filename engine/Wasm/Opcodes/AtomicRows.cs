using System;
using Imm = Kiln.Wasm.Opcodes.ImmediateKind;

namespace Kiln.Wasm.Opcodes;

/// <summary>Rows of the opcode table: atomic accesses, wait, notify and fence.</summary>
internal static class AtomicRows
{
    /// <summary>The rows, in the order of <see cref="Opcode"/>.</summary>
    public static ReadOnlySpan<OpcodeRow> All => Rows;

    private static readonly OpcodeRow[] Rows =
    [
        // wait, notify, fence
        new(Opcode.MemoryAtomicNotify, "memory.atomic.notify", 0xFE, 0x00, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 4),
        new(Opcode.MemoryAtomicWait32, "memory.atomic.wait32", 0xFE, 0x01, Imm.MemArg, "[addr i32 i64] -> [i32]", Feature.Threads, accessBytes: 4),
        new(Opcode.MemoryAtomicWait64, "memory.atomic.wait64", 0xFE, 0x02, Imm.MemArg, "[addr i64 i64] -> [i32]", Feature.Threads, accessBytes: 8),
        new(Opcode.AtomicFence, "atomic.fence", 0xFE, 0x03, Imm.Fence, "[] -> []", Feature.Threads),

        // loads and stores
        new(Opcode.I32AtomicLoad, "i32.atomic.load", 0xFE, 0x10, Imm.MemArg, "[addr] -> [i32]", Feature.Threads, accessBytes: 4),
        new(Opcode.I64AtomicLoad, "i64.atomic.load", 0xFE, 0x11, Imm.MemArg, "[addr] -> [i64]", Feature.Threads, accessBytes: 8),
        new(Opcode.I32AtomicLoad8U, "i32.atomic.load8_u", 0xFE, 0x12, Imm.MemArg, "[addr] -> [i32]", Feature.Threads, accessBytes: 1),
        new(Opcode.I32AtomicLoad16U, "i32.atomic.load16_u", 0xFE, 0x13, Imm.MemArg, "[addr] -> [i32]", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicLoad8U, "i64.atomic.load8_u", 0xFE, 0x14, Imm.MemArg, "[addr] -> [i64]", Feature.Threads, accessBytes: 1),
        new(Opcode.I64AtomicLoad16U, "i64.atomic.load16_u", 0xFE, 0x15, Imm.MemArg, "[addr] -> [i64]", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicLoad32U, "i64.atomic.load32_u", 0xFE, 0x16, Imm.MemArg, "[addr] -> [i64]", Feature.Threads, accessBytes: 4),
        new(Opcode.I32AtomicStore, "i32.atomic.store", 0xFE, 0x17, Imm.MemArg, "[addr i32] -> []", Feature.Threads, accessBytes: 4),
        new(Opcode.I64AtomicStore, "i64.atomic.store", 0xFE, 0x18, Imm.MemArg, "[addr i64] -> []", Feature.Threads, accessBytes: 8),
        new(Opcode.I32AtomicStore8, "i32.atomic.store8", 0xFE, 0x19, Imm.MemArg, "[addr i32] -> []", Feature.Threads, accessBytes: 1),
        new(Opcode.I32AtomicStore16, "i32.atomic.store16", 0xFE, 0x1A, Imm.MemArg, "[addr i32] -> []", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicStore8, "i64.atomic.store8", 0xFE, 0x1B, Imm.MemArg, "[addr i64] -> []", Feature.Threads, accessBytes: 1),
        new(Opcode.I64AtomicStore16, "i64.atomic.store16", 0xFE, 0x1C, Imm.MemArg, "[addr i64] -> []", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicStore32, "i64.atomic.store32", 0xFE, 0x1D, Imm.MemArg, "[addr i64] -> []", Feature.Threads, accessBytes: 4),

        // read-modify-write: add
        new(Opcode.I32AtomicRmwAdd, "i32.atomic.rmw.add", 0xFE, 0x1E, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 4),
        new(Opcode.I64AtomicRmwAdd, "i64.atomic.rmw.add", 0xFE, 0x1F, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 8),
        new(Opcode.I32AtomicRmw8AddU, "i32.atomic.rmw8.add_u", 0xFE, 0x20, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 1),
        new(Opcode.I32AtomicRmw16AddU, "i32.atomic.rmw16.add_u", 0xFE, 0x21, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicRmw8AddU, "i64.atomic.rmw8.add_u", 0xFE, 0x22, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 1),
        new(Opcode.I64AtomicRmw16AddU, "i64.atomic.rmw16.add_u", 0xFE, 0x23, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicRmw32AddU, "i64.atomic.rmw32.add_u", 0xFE, 0x24, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 4),

        // read-modify-write: sub
        new(Opcode.I32AtomicRmwSub, "i32.atomic.rmw.sub", 0xFE, 0x25, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 4),
        new(Opcode.I64AtomicRmwSub, "i64.atomic.rmw.sub", 0xFE, 0x26, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 8),
        new(Opcode.I32AtomicRmw8SubU, "i32.atomic.rmw8.sub_u", 0xFE, 0x27, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 1),
        new(Opcode.I32AtomicRmw16SubU, "i32.atomic.rmw16.sub_u", 0xFE, 0x28, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicRmw8SubU, "i64.atomic.rmw8.sub_u", 0xFE, 0x29, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 1),
        new(Opcode.I64AtomicRmw16SubU, "i64.atomic.rmw16.sub_u", 0xFE, 0x2A, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicRmw32SubU, "i64.atomic.rmw32.sub_u", 0xFE, 0x2B, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 4),

        // read-modify-write: and
        new(Opcode.I32AtomicRmwAnd, "i32.atomic.rmw.and", 0xFE, 0x2C, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 4),
        new(Opcode.I64AtomicRmwAnd, "i64.atomic.rmw.and", 0xFE, 0x2D, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 8),
        new(Opcode.I32AtomicRmw8AndU, "i32.atomic.rmw8.and_u", 0xFE, 0x2E, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 1),
        new(Opcode.I32AtomicRmw16AndU, "i32.atomic.rmw16.and_u", 0xFE, 0x2F, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicRmw8AndU, "i64.atomic.rmw8.and_u", 0xFE, 0x30, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 1),
        new(Opcode.I64AtomicRmw16AndU, "i64.atomic.rmw16.and_u", 0xFE, 0x31, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicRmw32AndU, "i64.atomic.rmw32.and_u", 0xFE, 0x32, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 4),

        // read-modify-write: or
        new(Opcode.I32AtomicRmwOr, "i32.atomic.rmw.or", 0xFE, 0x33, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 4),
        new(Opcode.I64AtomicRmwOr, "i64.atomic.rmw.or", 0xFE, 0x34, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 8),
        new(Opcode.I32AtomicRmw8OrU, "i32.atomic.rmw8.or_u", 0xFE, 0x35, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 1),
        new(Opcode.I32AtomicRmw16OrU, "i32.atomic.rmw16.or_u", 0xFE, 0x36, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicRmw8OrU, "i64.atomic.rmw8.or_u", 0xFE, 0x37, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 1),
        new(Opcode.I64AtomicRmw16OrU, "i64.atomic.rmw16.or_u", 0xFE, 0x38, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicRmw32OrU, "i64.atomic.rmw32.or_u", 0xFE, 0x39, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 4),

        // read-modify-write: xor
        new(Opcode.I32AtomicRmwXor, "i32.atomic.rmw.xor", 0xFE, 0x3A, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 4),
        new(Opcode.I64AtomicRmwXor, "i64.atomic.rmw.xor", 0xFE, 0x3B, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 8),
        new(Opcode.I32AtomicRmw8XorU, "i32.atomic.rmw8.xor_u", 0xFE, 0x3C, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 1),
        new(Opcode.I32AtomicRmw16XorU, "i32.atomic.rmw16.xor_u", 0xFE, 0x3D, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicRmw8XorU, "i64.atomic.rmw8.xor_u", 0xFE, 0x3E, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 1),
        new(Opcode.I64AtomicRmw16XorU, "i64.atomic.rmw16.xor_u", 0xFE, 0x3F, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicRmw32XorU, "i64.atomic.rmw32.xor_u", 0xFE, 0x40, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 4),

        // read-modify-write: xchg
        new(Opcode.I32AtomicRmwXchg, "i32.atomic.rmw.xchg", 0xFE, 0x41, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 4),
        new(Opcode.I64AtomicRmwXchg, "i64.atomic.rmw.xchg", 0xFE, 0x42, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 8),
        new(Opcode.I32AtomicRmw8XchgU, "i32.atomic.rmw8.xchg_u", 0xFE, 0x43, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 1),
        new(Opcode.I32AtomicRmw16XchgU, "i32.atomic.rmw16.xchg_u", 0xFE, 0x44, Imm.MemArg, "[addr i32] -> [i32]", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicRmw8XchgU, "i64.atomic.rmw8.xchg_u", 0xFE, 0x45, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 1),
        new(Opcode.I64AtomicRmw16XchgU, "i64.atomic.rmw16.xchg_u", 0xFE, 0x46, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicRmw32XchgU, "i64.atomic.rmw32.xchg_u", 0xFE, 0x47, Imm.MemArg, "[addr i64] -> [i64]", Feature.Threads, accessBytes: 4),

        // read-modify-write: cmpxchg
        new(Opcode.I32AtomicRmwCmpxchg, "i32.atomic.rmw.cmpxchg", 0xFE, 0x48, Imm.MemArg, "[addr i32 i32] -> [i32]", Feature.Threads, accessBytes: 4),
        new(Opcode.I64AtomicRmwCmpxchg, "i64.atomic.rmw.cmpxchg", 0xFE, 0x49, Imm.MemArg, "[addr i64 i64] -> [i64]", Feature.Threads, accessBytes: 8),
        new(Opcode.I32AtomicRmw8CmpxchgU, "i32.atomic.rmw8.cmpxchg_u", 0xFE, 0x4A, Imm.MemArg, "[addr i32 i32] -> [i32]", Feature.Threads, accessBytes: 1),
        new(Opcode.I32AtomicRmw16CmpxchgU, "i32.atomic.rmw16.cmpxchg_u", 0xFE, 0x4B, Imm.MemArg, "[addr i32 i32] -> [i32]", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicRmw8CmpxchgU, "i64.atomic.rmw8.cmpxchg_u", 0xFE, 0x4C, Imm.MemArg, "[addr i64 i64] -> [i64]", Feature.Threads, accessBytes: 1),
        new(Opcode.I64AtomicRmw16CmpxchgU, "i64.atomic.rmw16.cmpxchg_u", 0xFE, 0x4D, Imm.MemArg, "[addr i64 i64] -> [i64]", Feature.Threads, accessBytes: 2),
        new(Opcode.I64AtomicRmw32CmpxchgU, "i64.atomic.rmw32.cmpxchg_u", 0xFE, 0x4E, Imm.MemArg, "[addr i64 i64] -> [i64]", Feature.Threads, accessBytes: 4),
    ];
}
