using System;

namespace Kiln.Codegen.Ir.Semantics;

/// <summary>Lanes of 128 bits as numbers. Lane 0 is the lowest bits.</summary>
internal static class LaneAccess
{
    /// <summary>Lane <paramref name="index"/> of so many bits, zero-extended.</summary>
    public static ulong Unsigned(UInt128 vector, int bits, int index)
    {
        ulong half = index * bits < 64 ? (ulong)vector : (ulong)(vector >> 64);
        return (half >> (index * bits & 63)) & Mask(bits);
    }

    /// <summary>Lane <paramref name="index"/> of so many bits, sign-extended.</summary>
    public static long Signed(UInt128 vector, int bits, int index) => SignExtend(Unsigned(vector, bits, index), bits);

    /// <summary>A vector whose lane <paramref name="index"/> is the low bits of the value and whose other bits are zero.</summary>
    public static UInt128 At(long value, int bits, int index) => (UInt128)((ulong)value & Mask(bits)) << (index * bits);

    /// <summary>A vector whose lanes are all the low bits of the value.</summary>
    public static UInt128 Splat(ulong value, int bits)
    {
        value &= Mask(bits);
        for (int width = bits; width < 64; width *= 2) value |= value << width;
        return new UInt128(value, value);
    }

    /// <summary>The low bits set.</summary>
    public static ulong Mask(int bits) => ulong.MaxValue >> (64 - bits);

    /// <summary>The low bits as a signed number.</summary>
    public static long SignExtend(ulong value, int bits) => (long)(value << (64 - bits)) >> (64 - bits);

    /// <summary>The number, or the nearest that signed lanes of so many bits (at most 32) can hold.</summary>
    public static long ClampSigned(long value, int bits)
    {
        long greatest = (long)Mask(bits - 1);
        return Math.Clamp(value, -greatest - 1, greatest);
    }

    /// <summary>The number, or the nearest that unsigned lanes of so many bits (at most 32) can hold.</summary>
    public static long ClampUnsigned(long value, int bits) => Math.Clamp(value, 0, (long)Mask(bits));
}
