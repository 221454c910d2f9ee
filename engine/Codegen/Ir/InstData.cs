using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Ir;

/// <summary>
/// One instruction's opcode, type and operands: 24 bytes, no references. Which fields are in use follows
/// from the opcode's <see cref="InstFormat"/>; the rest is zero, so equal instructions have equal bytes.
/// </summary>
/// <remarks>
/// Value operands are A, B, C in order (at most three), or for calls and returns a list in the graph's value
/// pool (<see cref="List"/>). Branch targets are consecutive <see cref="BlockCall"/>s of the graph.
/// Offsets: 0 opcode, 1 type, 2 condition, trap code or atomic operation, 3 lane shape, 4 A, 8 B, 12 C, 16 Imm.
/// </remarks>
public struct InstData
{
    /// <summary>What the instruction does.</summary>
    public Opcode Op;

    /// <summary>The controlling type: the result's, or for comparisons and stores the operands'; none for control flow.</summary>
    public IrType Type;

    /// <summary>Condition code, trap code or atomic operation, by format.</summary>
    public byte Code;

    /// <summary>How a vector instruction sees its operands; none for all others and for bitwise ones.</summary>
    public LaneShape Lanes;

    /// <summary>First value operand, or start of the argument list.</summary>
    public Value A;

    /// <summary>Second value operand, or length of the argument list, or index of the first target, or an entity.</summary>
    public Value B;

    /// <summary>Third value operand, or number of targets, or an entity.</summary>
    public Value C;

    /// <summary>Integer or float bits; for memory accesses offset (low half) and flags (high half).</summary>
    public long Imm;

    /// <summary>The relation of an <c>icmp</c> or <c>spectre_guard</c>.</summary>
    public IntCC IntCC
    {
        readonly get => (IntCC)Code;
        set => Code = (byte)value;
    }

    /// <summary>The relation of an <c>fcmp</c>.</summary>
    public FloatCC FloatCC
    {
        readonly get => (FloatCC)Code;
        set => Code = (byte)value;
    }

    /// <summary>The operation of an <c>atomic_rmw</c>.</summary>
    public AtomicOp AtomicOp
    {
        readonly get => (AtomicOp)Code;
        set => Code = (byte)value;
    }

    /// <summary>The code of a <c>trap</c>, <c>trapz</c> or <c>trapnz</c>.</summary>
    public TrapCode TrapCode
    {
        readonly get => new(Code);
        set => Code = value.Number;
    }

    /// <summary>Signed displacement in bytes of a memory access or <c>stack_addr</c>.</summary>
    public int Offset
    {
        readonly get => (int)Imm;
        set => Imm = (Imm & ~0xFFFFFFFFL) | (uint)value;
    }

    /// <summary>Flags of a memory access.</summary>
    public MemFlags MemFlags
    {
        readonly get => new((uint)(Imm >> 32));
        set => Imm = (long)((ulong)value.Bits << 32 | (uint)Imm);
    }

    /// <summary>The slot of a <c>stack_addr</c>.</summary>
    public StackSlot StackSlot
    {
        readonly get => new(C.Id);
        set => C = new Value(value.Id);
    }

    /// <summary>The function of a <c>func_addr</c> or <c>call</c>.</summary>
    public FuncRef FuncRef
    {
        readonly get => new(C.Id);
        set => C = new Value(value.Id);
    }

    /// <summary>The signature of a <c>call_indirect</c>.</summary>
    public SigRef SigRef
    {
        readonly get => new(C.Id);
        set => C = new Value(value.Id);
    }

    /// <summary>The value of a <c>vconst</c>, or the mask of a <c>vshuffle</c>.</summary>
    public Constant Constant
    {
        readonly get => new(C.Id);
        set => C = new Value(value.Id);
    }

    /// <summary>The lane of a <c>vextract_lane</c> or <c>vinsert_lane</c>, from 0.</summary>
    public int LaneIndex
    {
        readonly get => (int)Imm;
        set => Imm = value;
    }

    /// <summary>Bytes that a load or store touches.</summary>
    public readonly int AccessByteCount => Op.AccessByteCount(Type, Lanes);

    /// <summary>Type of the one result; none if there is none or a signature says it.</summary>
    public readonly IrType ResultType => Op.ResultRule().Apply(Type, Lanes);

    /// <summary>The argument list of a call or return, in <see cref="DataFlowGraph.ArgPool"/>.</summary>
    public PooledList List
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly get => new((int)A.Id, (int)B.Id);
        set
        {
            A = new Value((uint)value.Start);
            B = new Value((uint)value.Count);
        }
    }

    /// <summary>Index of a branch's first target among the graph's block calls.</summary>
    public int FirstTarget
    {
        readonly get => (int)B.Id;
        set => B = new Value((uint)value);
    }

    /// <summary>Number of a branch's targets.</summary>
    public int TargetCount
    {
        readonly get => (int)C.Id;
        set => C = new Value((uint)value);
    }

    /// <summary>True if all fields are equal: the two compute the same, if they are pure.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool SameAs(in InstData other)
    {
        ReadOnlySpan<ulong> x = Words(this), y = Words(other);
        return x[0] == y[0] && x[1] == y[1] && x[2] == y[2];
    }

    /// <summary>A hash of all fields.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly uint Hash()
    {
        ReadOnlySpan<ulong> words = Words(this);
        ulong mixed = (words[0] * 0x9E3779B97F4A7C15) ^ BitOperations.RotateLeft(words[1] * 0xC2B2AE3D27D4EB4F, 31) ^ (words[2] * 0x165667B19E3779F9);
        mixed *= 0x9E3779B97F4A7C15;
        return (uint)(mixed >> 32);
    }

    private static ReadOnlySpan<ulong> Words(in InstData data) => MemoryMarshal.Cast<InstData, ulong>(MemoryMarshal.CreateReadOnlySpan(in data, 1));
}

/// <summary>A branch target with the arguments for the target's block parameters.</summary>
public struct BlockCall
{
    /// <summary>Where control goes.</summary>
    public Block Target;

    /// <summary>The arguments, one for each parameter; read them with <see cref="DataFlowGraph.Args(in BlockCall)"/>.</summary>
    public ValueList Args;
}
