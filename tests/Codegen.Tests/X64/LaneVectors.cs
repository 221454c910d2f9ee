using System;
using System.Collections.Generic;
using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Tests.X64;

/// <summary>Vectors made of edge values of lanes, and what counts as the same result.</summary>
internal static class LaneVectors
{
    private static readonly ulong[] Bytes = [0, 1, 2, 3, 7, 8, 15, 16, 0x3F, 0x40, 0x70, 0x7E, 0x7F, 0x80, 0x81, 0x8F, 0x90, 0xAA, 0xC0, 0xF0, 0xFE, 0xFF];

    private static readonly ulong[] Words = [0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x1234, 0x4000, 0x7FFE, 0x7FFF, 0x8000, 0x8001, 0xAAAA, 0xFF7F, 0xFF80, 0xFFFE, 0xFFFF];

    /// <summary>Vectors for operands of an opcode: all integer widths, or the float type in question with integers.</summary>
    public static List<UInt128> Of(Opcode op, LaneShape lanes)
    {
        var vectors = new List<UInt128>();
        bool doubles = lanes == LaneShape.F64x2 || op is Opcode.VfcvtLowToSintSat or Opcode.VfcvtLowToUintSat or Opcode.X86Cvttpd2dq or Opcode.VfdemoteZero;
        bool singles = lanes == LaneShape.F32x4 || op is Opcode.VfpromoteLow or Opcode.VfcvtToSintSat or Opcode.VfcvtToUintSat or Opcode.X86Cvttps2dq;
        if (singles) Add(vectors, 32, Array.ConvertAll(EdgeValues.Of(IrType.F32), static x => (ulong)x));
        if (doubles) Add(vectors, 64, Array.ConvertAll(EdgeValues.Of(IrType.F64), static x => (ulong)x));
        if (!singles && !doubles)
        {
            Add(vectors, 8, Bytes);
            Add(vectors, 16, Words);
            Add(vectors, 64, Array.ConvertAll(EdgeValues.Of(IrType.I64), static x => (ulong)x));
        }

        Add(vectors, 32, Array.ConvertAll(EdgeValues.Of(IrType.I32), static x => (ulong)x));
        return vectors;
    }

    // The values in lanes one after the other, twice, beginning anew at another place.
    private static void Add(List<UInt128> vectors, int bits, ulong[] values)
    {
        int lanes = 128 / bits, next = 0;
        for (int i = 0; i < 2 * (values.Length / lanes + 1); i++)
        {
            UInt128 vector = 0;
            for (int lane = 0; lane < lanes; lane++) vector |= (UInt128)values[next++ % values.Length] << (bits * lane);
            vectors.Add(vector);
        }
    }

    /// <summary>True if a result is as expected. Where arithmetic gives a NaN, any quiet one will do.</summary>
    public static bool Same(in InstData data, IrType type, UInt128 actual, UInt128 expected)
    {
        if (type is IrType.I32 or IrType.F32) return (uint)actual == (uint)expected;
        if (type is IrType.I64 or IrType.F64) return (ulong)actual == (ulong)expected;
        if (actual == expected) return true;
        bool arithmetic = data.Op is >= Opcode.Vfadd and <= Opcode.Vfmax or >= Opcode.Vfsqrt and <= Opcode.Vffnma or Opcode.VfpromoteLow or Opcode.VfdemoteZero;
        if (!arithmetic) return false;
        int bits = data.Lanes.LaneBits();
        for (int shift = 0; shift < 128; shift += bits)
        {
            ulong a = (ulong)(actual >> shift), e = (ulong)(expected >> shift);
            if (bits == 32 ? (uint)a == (uint)e : a == e) continue;
            bool quiet = bits == 32 ? (a & 0x7FC00000) == 0x7FC00000 : (a & 0x7FF8000000000000) == 0x7FF8000000000000;
            bool nan = bits == 32 ? float.IsNaN(BitConverter.UInt32BitsToSingle((uint)e)) : double.IsNaN(BitConverter.UInt64BitsToDouble(e));
            if (!quiet || !nan) return false;
        }

        return true;
    }
}
