using System;
using System.Globalization;
using System.Numerics;

namespace Kiln.Text.Literals;

/// <summary>
/// The value of float literals, rounded to nearest, ties to even, in one step from the exact value of the text
/// (spec section 6.3.2). Decimal literals go through the runtime's parser, which rounds correctly for any number
/// of digits; hexadecimal ones are rounded here: 64 bits of the significand are kept, and whether anything
/// beyond them is set.
/// </summary>
internal static class FloatLiteral
{
    /// <summary>The bits of a literal as a 32-bit float; false if it rounds to infinity or its payload is out of range.</summary>
    public static bool TryParse32(ReadOnlySpan<byte> text, out uint bits)
    {
        bool inRange = TryParse(text, new Format(SignificandBits: 24, MaxExponent: 127), out ulong wide);
        bits = (uint)wide;
        return inRange;
    }

    /// <summary>The bits of a literal as a 64-bit float; false if it rounds to infinity or its payload is out of range.</summary>
    public static bool TryParse64(ReadOnlySpan<byte> text, out ulong bits) => TryParse(text, new Format(SignificandBits: 53, MaxExponent: 1023), out bits);

    private static bool TryParse(ReadOnlySpan<byte> text, Format format, out ulong bits)
    {
        bool negative = text[0] == '-';
        if (text[0] is (byte)'-' or (byte)'+') text = text[1..];
        bool inRange = TryParseMagnitude(text, format, out bits);
        if (negative) bits |= format.SignBit;
        return inRange;
    }

    private static bool TryParseMagnitude(ReadOnlySpan<byte> text, Format format, out ulong bits)
    {
        bits = format.Infinity;
        if (text[0] == 'i') return true;
        if (text[0] == 'n')
        {
            ulong payload = format.QuietBit;
            bool inRange = text.Length == 3 || (IntegerLiteral.TryParseMagnitude(text[4..], out payload) && payload != 0 && payload < format.HiddenBit);
            bits |= payload;
            return inRange;
        }

        bits = NumberLiteral.IsHex(text) ? RoundHex(text[2..], format) : RoundDecimal(text, format);
        return bits != format.Infinity;
    }

    private static ulong RoundDecimal(ReadOnlySpan<byte> text, Format format)
    {
        const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        Span<byte> digits = text.Length <= 256 ? stackalloc byte[text.Length] : new byte[text.Length];
        int length = 0;
        foreach (byte c in text)
        {
            if (c != '_') digits[length++] = c;
        }

        digits = digits[..length];
        return format.SignificandBits == 24
            ? BitConverter.SingleToUInt32Bits(float.Parse(digits, Style, CultureInfo.InvariantCulture))
            : BitConverter.DoubleToUInt64Bits(double.Parse(digits, Style, CultureInfo.InvariantCulture));
    }

    private static ulong RoundHex(ReadOnlySpan<byte> text, Format format)
    {
        // The value is (significand + something below one if inexact) * 2^exponent.
        const long ExponentLimit = 1L << 40;
        ulong significand = 0;
        bool inexact = false;
        long exponent = 0;
        bool afterPoint = false;
        int at = 0;
        for (; at < text.Length; at++)
        {
            byte c = text[at];
            if (c == '_') continue;
            if (c == '.')
            {
                afterPoint = true;
                continue;
            }

            int digit = StringLiteral.HexDigit(c);
            if (digit < 0) break;
            if (significand >> 60 == 0)
            {
                significand = (significand << 4) | (uint)digit;
                if (afterPoint) exponent -= 4;
            }
            else
            {
                inexact |= digit != 0;
                if (!afterPoint) exponent += 4;
            }
        }

        if (significand == 0) return 0;
        if (at < text.Length)
        {
            bool negative = text[++at] == '-';
            if (text[at] is (byte)'-' or (byte)'+') at++;
            long written = 0;
            for (; at < text.Length; at++)
            {
                if (text[at] != '_') written = Math.Min(written * 10 + (text[at] - '0'), ExponentLimit);
            }

            exponent += negative ? -written : written;
        }

        return Round(significand, inexact, exponent, format);
    }

    private static ulong Round(ulong significand, bool inexact, long exponent, Format format)
    {
        // Normalise: the top bit of the significand stands for 2^top.
        int zeros = BitOperations.LeadingZeroCount(significand);
        significand <<= zeros;
        long top = exponent - zeros + 63;
        if (top > format.MaxExponent) return format.Infinity;

        // A subnormal keeps fewer bits: one less for each power of two below the smallest normal.
        long minExponent = 1 - format.MaxExponent;
        long kept = top >= minExponent ? format.SignificandBits : format.SignificandBits - (minExponent - top);
        if (kept < 0) return 0;
        int dropped = 64 - (int)kept; // 11 to 64
        ulong rounded = dropped == 64 ? 0 : significand >> dropped;
        ulong half = 1UL << (dropped - 1);
        ulong rest = dropped == 64 ? significand : significand & ((half << 1) - 1);
        if (rest > half || (rest == half && (inexact || (rounded & 1) != 0))) rounded++;

        // Adding the biased exponent lets the carry of rounding flow into it: subnormal to normal, normal to infinity.
        return top >= minExponent ? ((ulong)(top - minExponent) << (format.SignificandBits - 1)) + rounded : rounded;
    }

    /// <summary>An IEEE 754 binary format, with its hidden bit counted among the significand's.</summary>
    private readonly record struct Format(int SignificandBits, int MaxExponent)
    {
        public ulong HiddenBit => 1UL << (SignificandBits - 1);

        public ulong QuietBit => 1UL << (SignificandBits - 2);

        public ulong Infinity => (ulong)(2 * MaxExponent + 1) << (SignificandBits - 1);

        public ulong SignBit => SignificandBits == 24 ? 1UL << 31 : 1UL << 63;
    }
}
