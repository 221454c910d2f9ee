using System;
using System.Diagnostics.CodeAnalysis;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Operators;

/// <summary>
/// One decoded instruction. <see cref="ImmediateKind"/> tells which of the fields an opcode uses; the others
/// hold values of earlier instructions. Lists live in the reader's <see cref="OperatorBuffers"/> and are
/// overwritten by the next instruction that has one.
/// </summary>
[SuppressMessage("Design", "CA1051", Justification = "Written by the reader for each instruction, read by one walk: a record of plain fields.")]
public struct Operator
{
    /// <summary>The instruction.</summary>
    public Opcode Opcode;

    /// <summary>Where it starts.</summary>
    public WasmOffset Offset;

    /// <summary>The first index, in binary order: label, function, local, global, type, tag, table, memory, segment.</summary>
    public uint Index1;

    /// <summary>The second index, in binary order; the lane of lane instructions.</summary>
    public uint Index2;

    /// <summary>Low 64 bits of a constant or of the shuffle lanes; the offset of a memory access.</summary>
    public ulong Low;

    /// <summary>High 64 bits of a vector constant or of the shuffle lanes.</summary>
    public ulong High;

    /// <summary>The type of a block.</summary>
    public BlockType BlockType;

    /// <summary>The reference types of a cast: <c>br_on_cast</c> from source to target.</summary>
    public ValType CastSource;

    /// <summary>The target of <c>br_on_cast</c>, <c>ref.test</c> and <c>ref.cast</c>.</summary>
    public ValType CastTarget;

    /// <summary>The heap type of <c>ref.null</c>, <c>ref.test</c> and <c>ref.cast</c>.</summary>
    public HeapType HeapType;

    internal byte AlignLog2;
    internal OperatorBuffers Buffers;

    /// <summary>The value of <c>i32.const</c>.</summary>
    public readonly int I32 => unchecked((int)Low);

    /// <summary>The value of <c>i64.const</c>.</summary>
    public readonly long I64 => unchecked((long)Low);

    /// <summary>The bits of <c>f32.const</c>.</summary>
    public readonly uint F32Bits => unchecked((uint)Low);

    /// <summary>The bits of <c>f64.const</c>.</summary>
    public readonly ulong F64Bits => Low;

    /// <summary>The immediate of a memory access.</summary>
    public readonly MemArg MemArg => new(AlignLog2, Index1, Low);

    /// <summary>The lane of a lane instruction.</summary>
    public readonly byte Lane => unchecked((byte)Index2);

    /// <summary>Lane <paramref name="position"/> (0 to 15) of <c>i8x16.shuffle</c>: 0 to 31.</summary>
    public readonly byte ShuffleLane(int position) => unchecked((byte)((position < 8 ? Low : High) >> (position & 7) * 8));

    /// <summary>The labels of <c>br_table</c> without the default, which is <see cref="Index1"/>.</summary>
    public readonly ReadOnlySpan<uint> Targets => Buffers.Targets.Span;

    /// <summary>The types of <c>select t</c>.</summary>
    public readonly ReadOnlySpan<ValType> SelectTypes => Buffers.SelectTypes.Span;

    /// <summary>The clauses of <c>try_table</c>.</summary>
    public readonly ReadOnlySpan<CatchClause> Catches => Buffers.Catches.Span;

    /// <summary>The handlers of <c>resume</c> and its kin.</summary>
    public readonly ReadOnlySpan<ResumeHandler> Handlers => Buffers.Handlers.Span;
}
