using System;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>
/// What is known of integer values wherever they exist: least and greatest value and the bits that may be one, all unsigned
/// in the type's width. Learnt once for each node from what is known of its operands, and of block parameters from their
/// arguments; never from branches or traps, so that it holds in speculation too (<see cref="Opcode.SpectreGuard"/> relies on that).
/// What branches say is in <see cref="Ranges.KnownRanges"/>.
/// </summary>
internal sealed class ValueFacts
{
    // Complements, so that what was never written says nothing.
    private struct Fact
    {
        public ulong NotMax;
        public ulong Zeros;
        public ulong Min;
    }

    private readonly SideMap<Value, Fact> _facts = new(512);
    private DataFlowGraph _dfg = null!;

    public void Begin(DataFlowGraph dfg)
    {
        _dfg = dfg;
        _facts.Clear(dfg.Values.IdLimit);
    }

    /// <summary>A number that the value does not exceed.</summary>
    public ulong Max(Value value) => Math.Min(~_facts.Get(value).NotMax, Ones(value));

    /// <summary>A number that the value is not less than.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Min(Value value) => _facts.Get(value).Min;

    /// <summary>All bits that the value may have.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Ones(Value value) => ~_facts.Get(value).Zeros & Mask(_dfg.TypeOf(value));

    /// <summary>Takes note of a value that was just made, or is about to be used.</summary>
    public void Learn(Value value, in InstData data)
    {
        (ulong max, ulong ones) = Of(data);
        _facts[value] = new Fact { NotMax = ~max, Zeros = ~ones, Min = Math.Min(MinOf(data), max) };
    }

    /// <summary>Takes note of what somebody else found out about a value.</summary>
    public void Learn(Value value, ulong min, ulong max, ulong ones) => _facts[value] = new Fact { NotMax = ~max, Zeros = ~ones, Min = min };

    // The least value; 0 where that is not known.
    private ulong MinOf(in InstData data)
    {
        ulong all = Mask(data.Type);
        switch (data.Op)
        {
            case Opcode.Iconst: return (ulong)data.Imm & all;
            case Opcode.Uextend: return Min(data.A);
            case Opcode.Bor: return Math.Max(Min(data.A), Min(data.B));
            case Opcode.Select: return Math.Min(Min(data.B), Min(data.C));

            case Opcode.Iadd:
            {
                UInt128 min = (UInt128)Min(data.A) + Min(data.B), max = (UInt128)Max(data.A) + Max(data.B);
                return max <= all ? (ulong)min : min > all ? (ulong)min & all : 0;
            }

            case Opcode.Isub: return Min(data.A) >= Max(data.B) ? Min(data.A) - Max(data.B) : 0;

            case Opcode.Ishl when TryCount(data, data.Type == IrType.I32 ? 32 : 64, out int count):
                return (UInt128)Max(data.A) << count <= all ? Min(data.A) << count : 0;

            case Opcode.Ushr when TryCount(data, data.Type == IrType.I32 ? 32 : 64, out int count): return Min(data.A) >> count;

            default: return 0; // of other operations nothing is known
        }
    }

    private static ulong Mask(IrType type) => type == IrType.I32 ? uint.MaxValue : ulong.MaxValue;

    /// <summary>The mask of all bits that a value up to <paramref name="max"/> may have.</summary>
    public static ulong BitsUpTo(ulong max) => max == 0 ? 0 : ulong.MaxValue >> BitOperations.LeadingZeroCount(max);

    private static (ulong Max, ulong Ones) UpTo(ulong max) => (max, BitsUpTo(max));

    private (ulong Max, ulong Ones) Of(in InstData data)
    {
        ulong all = Mask(data.Type);
        int bits = data.Type == IrType.I32 ? 32 : 64;
        switch (data.Op)
        {
            case Opcode.Iconst: return ((ulong)data.Imm & all, (ulong)data.Imm & all);
            case Opcode.Uload8: return UpTo(byte.MaxValue);
            case Opcode.Uload16: return UpTo(ushort.MaxValue);
            case Opcode.Uload32: return UpTo(uint.MaxValue);
            case Opcode.Icmp or Opcode.Fcmp or Opcode.VallTrue or Opcode.VanyTrue: return UpTo(1);
            case Opcode.Clz or Opcode.Ctz or Opcode.Popcnt: return UpTo((ulong)bits);
            case Opcode.Bswap: return (all, bits == 32 ? BinaryPrimitives.ReverseEndianness((uint)Ones(data.A)) : BinaryPrimitives.ReverseEndianness(Ones(data.A)));
            case Opcode.Vbitmask: return UpTo((1UL << data.Lanes.LaneCount()) - 1);
            case Opcode.VextractLane when data.Lanes.LaneBits() < 32: return UpTo((1UL << data.Lanes.LaneBits()) - 1);
            case Opcode.Uextend: return (Max(data.A), Ones(data.A));
            case Opcode.Ireduce: return (Math.Min(Max(data.A), uint.MaxValue), Ones(data.A) & uint.MaxValue);
            case Opcode.Sextend: return Extended(data.A, int.MaxValue, all);
            case Opcode.Sextend8: return Extended(data.A, (ulong)sbyte.MaxValue, all);
            case Opcode.Sextend16: return Extended(data.A, (ulong)short.MaxValue, all);
            case Opcode.Sextend32: return Extended(data.A, int.MaxValue, all);
            case Opcode.Band: return (Math.Min(Max(data.A), Max(data.B)), Ones(data.A) & Ones(data.B));
            case Opcode.Bor or Opcode.Bxor: return (BitsUpTo(Max(data.A) | Max(data.B)), Ones(data.A) | Ones(data.B));
            case Opcode.Iadd when (UInt128)Min(data.A) + Min(data.B) > all: // always wraps round
                return Fitting(unchecked(Max(data.A) + Max(data.B)) & all, Math.Min(LowZeros(data.A), LowZeros(data.B)), all);
            case Opcode.Iadd: return Fitting((UInt128)Max(data.A) + Max(data.B), Math.Min(LowZeros(data.A), LowZeros(data.B)), all);
            case Opcode.Isub when Min(data.A) >= Max(data.B): return Fitting(Max(data.A) - Min(data.B), Math.Min(LowZeros(data.A), LowZeros(data.B)), all);
            case Opcode.Isub: return (all, all & HighFrom(Math.Min(LowZeros(data.A), LowZeros(data.B))));
            case Opcode.Imul: return Fitting((UInt128)Max(data.A) * Max(data.B), Math.Min(LowZeros(data.A) + LowZeros(data.B), 64), all);
            case Opcode.Umulhi: return UpTo((ulong)(((UInt128)Max(data.A) * Max(data.B)) >> 64));
            case Opcode.Ishl when TryCount(data, bits, out int count): return Fitting((UInt128)Max(data.A) << count, 0, all) with { Ones = (Ones(data.A) << count) & all };
            case Opcode.Ushr when TryCount(data, bits, out int count): return (Max(data.A) >> count, Ones(data.A) >> count);
            case Opcode.Sshr when TryCount(data, bits, out int count) && Max(data.A) <= all >> 1: return (Max(data.A) >> count, Ones(data.A) >> count);
            case Opcode.Ushr: return UpTo(Max(data.A));
            case Opcode.Udiv: return UpTo(Max(data.A) / Math.Max(TryConstant(data.B, out ulong divisor) ? divisor : 1, 1));
            case Opcode.Urem: return UpTo(Math.Min(Max(data.A), Math.Max(Max(data.B), 1) - 1));
            case Opcode.SpectreGuard: return (Max(data.C), Ones(data.C));
            case Opcode.Select: return (Math.Max(Max(data.B), Max(data.C)), Ones(data.B) | Ones(data.C));
            default: return (all, all); // anything
        }
    }

    private (ulong Max, ulong Ones) Extended(Value value, ulong greatest, ulong all) => Max(value) <= greatest ? (Max(value), Ones(value)) : (all, all);

    // A sum that fits has not wrapped round; one that does not may be anything but has its low zeros.
    private static (ulong Max, ulong Ones) Fitting(UInt128 max, int lowZeros, ulong all)
    {
        ulong low = HighFrom(lowZeros);
        return max <= all ? ((ulong)max, BitsUpTo((ulong)max) & low) : (all, all & low);
    }

    /// <summary>How many low bits of the value are certainly 0.</summary>
    public int LowZeros(Value value) => BitOperations.TrailingZeroCount(Ones(value));

    private static ulong HighFrom(int bit) => bit >= 64 ? 0 : ulong.MaxValue << bit;

    private bool TryCount(in InstData shift, int bits, out int count)
    {
        bool known = TryConstant(shift.B, out ulong constant);
        count = (int)constant & (bits - 1);
        return known;
    }

    private bool TryConstant(Value value, out ulong constant)
    {
        Inst def = _dfg.DefInst(value);
        bool known = !def.IsNone() && _dfg.Op(def) == Opcode.Iconst;
        constant = known ? (ulong)_dfg.Insts[def].Imm & Mask(_dfg.Insts[def].Type) : 0;
        return known;
    }
}
