using System;
using System.Numerics;
using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>Bounds of integer values that follow from how they are computed, a few instructions deep.</summary>
internal static class KnownRange
{
    /// <summary>A value that the node's value, unsigned in its type's width, does not exceed.</summary>
    public static ulong MaxUnsigned(in Node n, int depth)
    {
        ulong all = n.Op is Opcode.Icmp or Opcode.Fcmp ? 1 : n.Type == IrType.I32 ? uint.MaxValue : ulong.MaxValue;
        if (depth == 0) return all;
        switch (n.Op)
        {
            case Opcode.Iconst: return (ulong)n.Imm & all;
            case Opcode.Uload8: return byte.MaxValue;
            case Opcode.Uload16: return ushort.MaxValue;
            case Opcode.Uload32: return uint.MaxValue;
            case Opcode.Clz or Opcode.Ctz or Opcode.Popcnt: return (ulong)n.Bits;
            case Opcode.VanyTrue or Opcode.VallTrue: return 1;
            case Opcode.Vbitmask: return Ones(1UL << (n.Lanes.LaneCount() - 1));
            case Opcode.VextractLane when n.Lanes.LaneBits() < 32: return Ones(1UL << (n.Lanes.LaneBits() - 1));
            case Opcode.Uextend: return Math.Min(uint.MaxValue, MaxOfI32(n.X, depth - 1));
            case Opcode.Band: return Math.Min(MaxUnsigned(n.X, depth - 1), MaxUnsigned(n.Y, depth - 1)) & all;
            case Opcode.Bor or Opcode.Bxor: return Ones(MaxUnsigned(n.X, depth - 1) | MaxUnsigned(n.Y, depth - 1)) & all;
            case Opcode.Iadd: return NoMoreThan(all, (UInt128)MaxUnsigned(n.X, depth - 1) + MaxUnsigned(n.Y, depth - 1));
            case Opcode.Imul: return NoMoreThan(all, (UInt128)MaxUnsigned(n.X, depth - 1) * MaxUnsigned(n.Y, depth - 1));
            case Opcode.Ishl when n.Y.IsConst: return NoMoreThan(all, (UInt128)MaxUnsigned(n.X, depth - 1) << (int)(n.Y.Imm & (n.Bits - 1)));
            case Opcode.Ushr when n.Y.IsConst: return (MaxUnsigned(n.X, depth - 1) & all) >> (int)(n.Y.Imm & (n.Bits - 1));
            case Opcode.Udiv when n.Y.IsConst && n.Y.Imm > 0: return (MaxUnsigned(n.X, depth - 1) & all) / (ulong)n.Y.Imm;
            case Opcode.Urem when n.Y.IsConst && n.Y.Imm > 0: return (ulong)n.Y.Imm - 1;
            case Opcode.Select: return Math.Max(MaxUnsigned(n.Y, depth - 1), MaxUnsigned(n.Z, depth - 1)) & all;
            default: return all; // anything
        }
    }

    /// <summary>The mask of all bits that a value up to <paramref name="max"/> may have.</summary>
    public static ulong Ones(ulong max) => max == 0 ? 0 : ulong.MaxValue >> BitOperations.LeadingZeroCount(max);

    // A sum that fits has not wrapped round; one that does not may be anything.
    private static ulong NoMoreThan(ulong all, UInt128 max) => max <= all ? (ulong)max : all;

    // An opaque node has no type of its own.
    private static ulong MaxOfI32(in Node n, int depth) => Math.Min(uint.MaxValue, MaxUnsigned(n, depth));
}
