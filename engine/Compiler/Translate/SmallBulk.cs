// memory.copy and memory.fill of few bytes, as many as a constant says, without a call.
//
// Only for memories whose accesses have no check (MemoryTranslation): 32-bit, with guard, pages of 64 KiB, not shared. There an access
// that ends outside faults.
//
//   - Everything is read before anything is written, so areas may overlap, and a source that ends outside traps with nothing written.
//   - So does a target: its last byte is read first. If that is inside, all others are, for an area lies above its 32-bit index. (To begin with
//     the last store would save this, but a processor may write a part of a vector before it faults on the rest.)
//
// Pieces are the largest that fit; the last one begins early enough to be whole, and writes some bytes twice with the same values.
//
// Left to the builtin: no bytes (of which the addresses must be looked at all the same), more than a few pieces, all other memories.

using System;
using System.Numerics;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Foundation.Entities;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;

namespace Kiln.Compiler.Translate;

/// <summary>Short bulk instructions, by loads and stores.</summary>
internal static class SmallBulk
{
    private const int MostCopied = 64;
    private const int MostFilled = 128;
    private const int LargestPiece = 16;

    /// <summary>If <paramref name="length"/> is a constant for which <c>memory.copy</c> is done here, that constant; else 0.</summary>
    public static int CopiedBytes(Translation t, Value length, uint to, uint from) => IsUnchecked(t, to) && IsUnchecked(t, from) ? Constant(t, length, MostCopied) : 0;

    /// <summary>If <paramref name="length"/> is a constant for which <c>memory.fill</c> is done here, that constant; else 0.</summary>
    public static int FilledBytes(Translation t, Value length, uint memory) => IsUnchecked(t, memory) ? Constant(t, length, MostFilled) : 0;

    /// <summary>Copies; the indices are in 64 bits.</summary>
    public static void Copy(Translation t, uint to, uint from, Value target, Value source, int length)
    {
        FunctionBuilder b = t.Builder;
        (Value readAt, int readOffset) = MemoryTranslation.Address(t, new MemArg(0, from, 0), length, source);
        (Value writeAt, int writeOffset) = MemoryTranslation.Address(t, new MemArg(0, to, 0), length, target);
        MemFlags read = MemoryTranslation.AccessFlags(t, from), write = MemoryTranslation.AccessFlags(t, to);
        Span<Value> pieces = stackalloc Value[MostCopied / LargestPiece];
        int piece = PieceBytes(length), count = (length + piece - 1) / piece;
        for (int i = 0; i < count; i++) pieces[i] = Load(b, piece, read, readAt, readOffset + Start(i, piece, length));
        b.Load(Opcode.Uload8, IrType.I32, write, writeAt, writeOffset + length - 1);
        for (int i = 0; i < count; i++) Store(b, piece, write, pieces[i], writeAt, writeOffset + Start(i, piece, length));
    }

    /// <summary>Fills with the low byte of <paramref name="value"/>; the index is in 64 bits.</summary>
    public static void Fill(Translation t, uint memory, Value target, Value value, int length)
    {
        FunctionBuilder b = t.Builder;
        (Value writeAt, int writeOffset) = MemoryTranslation.Address(t, new MemArg(0, memory, 0), length, target);
        MemFlags flags = MemoryTranslation.AccessFlags(t, memory);
        int piece = PieceBytes(length);
        Value repeated = Repeat(b, value, piece);
        b.Load(Opcode.Uload8, IrType.I32, flags, writeAt, writeOffset + length - 1);
        for (int i = 0; i * piece < length; i++) Store(b, piece, flags, repeated, writeAt, writeOffset + Start(i, piece, length));
    }

    private static bool IsUnchecked(Translation t, uint memory)
    {
        MemoryType type = MemoryTranslation.TypeOf(t, memory);
        return !type.Is64 && !type.IsShared && type.PageSizeLog2 == MemoryType.DefaultPageSizeLog2 && t.Environment.Tunables.MemoryGuard >= MostFilled;
    }

    private static int Constant(Translation t, Value length, int most)
    {
        DataFlowGraph dfg = t.Builder.Func.Dfg;
        Inst inst = dfg.DefInst(length);
        if (inst.IsNone() || dfg.Op(inst) != Opcode.Iconst) return 0;
        long constant = dfg.Insts[inst].Imm;
        return constant >= 0 && constant <= most ? (int)constant : 0;
    }

    private static int PieceBytes(int length) => Math.Min(LargestPiece, 1 << BitOperations.Log2((uint)length));

    private static int Start(int index, int piece, int length) => Math.Min(index * piece, length - piece);

    private static Value Load(FunctionBuilder b, int bytes, MemFlags flags, Value address, int offset) => bytes switch
    {
        1 => b.Load(Opcode.Uload8, IrType.I32, flags, address, offset),
        2 => b.Load(Opcode.Uload16, IrType.I32, flags, address, offset),
        4 => b.Load(IrType.I32, flags, address, offset),
        8 => b.Load(IrType.I64, flags, address, offset),
        _ => b.Load(IrType.V128, flags, address, offset),
    };

    private static void Store(FunctionBuilder b, int bytes, MemFlags flags, Value value, Value address, int offset)
    {
        if (bytes == 1) b.Istore8(flags, value, address, offset);
        else if (bytes == 2) b.Istore16(flags, value, address, offset);
        else b.Store(flags, value, address, offset);
    }

    // The low byte of an i32 in every byte of a piece.
    private static Value Repeat(FunctionBuilder b, Value value, int bytes)
    {
        if (bytes == 1) return value;
        if (bytes == LargestPiece) return b.Vector(Opcode.Vsplat, LaneShape.I8x16, value);
        Value low = b.Band(value, b.I32Const(0xFF));
        return bytes == 8 ? b.Imul(b.Uextend(low), b.I64Const(0x0101010101010101)) : b.Imul(low, b.I32Const(0x01010101));
    }
}
