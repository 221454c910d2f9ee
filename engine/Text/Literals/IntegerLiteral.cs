using System;

namespace Kiln.Text.Literals;

/// <summary>The value of integer literals, which <see cref="NumberLiteral"/> has found well formed.</summary>
internal static class IntegerLiteral
{
    /// <summary>
    /// The value of a literal as an integer of <paramref name="bits"/> (1 to 64) bits, in two's complement and
    /// zero-extended; false if it is out of range. With a minus it may go to -2^(bits-1), otherwise to 2^bits - 1.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, int bits, out ulong value)
    {
        bool negative = text[0] == '-';
        value = 0;
        if (text[0] is (byte)'-' or (byte)'+') text = text[1..];
        if (!TryParseMagnitude(text, out ulong magnitude)) return false;
        ulong mask = bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
        if (negative ? magnitude > 1UL << (bits - 1) : magnitude > mask) return false;
        value = (negative ? 0 - magnitude : magnitude) & mask;
        return true;
    }

    /// <summary>The value of an unsigned literal; false if it is above 2^64 - 1.</summary>
    public static bool TryParseMagnitude(ReadOnlySpan<byte> text, out ulong magnitude)
    {
        magnitude = 0;
        if (NumberLiteral.IsHex(text))
        {
            foreach (byte c in text[2..])
            {
                if (c == '_') continue;
                if (magnitude >> 60 != 0) return false;
                magnitude = (magnitude << 4) | (uint)StringLiteral.HexDigit(c);
            }

            return true;
        }

        foreach (byte c in text)
        {
            if (c == '_') continue;
            uint digit = (uint)(c - '0');
            if (magnitude > (ulong.MaxValue - digit) / 10) return false;
            magnitude = magnitude * 10 + digit;
        }

        return true;
    }
}
