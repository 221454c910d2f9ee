using System;
using System.Globalization;
using System.Numerics;

namespace Kiln;

/// <summary>Reads literals in the text format's spelling: signs, hexadecimal, underscores, hexadecimal floats, inf and nan, vectors by their lanes.</summary>
internal static class Literals
{
    /// <summary>Reads a literal as a kind of value; null is the literal of references.</summary>
    public static bool TryParse(string text, ValueKind kind, out Value value)
    {
        value = default;
        bool ok;
        switch (kind)
        {
            case ValueKind.I32:
                ok = TryParseInteger(text, 32, out ulong word);
                value = Value.FromInt32((int)(uint)word);
                return ok;

            case ValueKind.I64:
                ok = TryParseInteger(text, 64, out ulong wide);
                value = Value.FromInt64((long)wide);
                return ok;

            case ValueKind.F32:
                // Straight to single precision: by way of double it would be rounded twice.
                ok = TryParseFloat(text, out double exact, out float single);
                value = Value.FromSingle(single);
                return ok;

            case ValueKind.F64:
                ok = TryParseFloat(text, out exact, out single);
                value = Value.FromDouble(exact);
                return ok;

            case ValueKind.V128:
                ok = TryParseVector(text, out UInt128 vector);
                value = new Value(ValueKind.V128, (ulong)vector, (ulong)(vector >> 64));
                return ok;

            case ValueKind.FuncRef or ValueKind.ExternRef:
                value = Value.Default(kind);
                return text == "null";

            default:
                return false;
        }
    }

    // What stands behind v128.const: a shape and its lanes, lane 0 first.
    private static bool TryParseVector(string text, out UInt128 vector)
    {
        vector = 0;
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length == 0) return false;
        (int bits, bool isFloat) = words[0] switch
        {
            "i8x16" => (8, false),
            "i16x8" => (16, false),
            "i32x4" => (32, false),
            "i64x2" => (64, false),
            "f32x4" => (32, true),
            "f64x2" => (64, true),
            _ => (0, false), // no shape
        };
        if (bits == 0 || words.Length != 1 + (128 / bits)) return false;
        for (int i = 0; i < 128 / bits; i++)
        {
            ulong lane;
            if (isFloat)
            {
                if (!TryParseFloat(words[i + 1], out double exact, out float single)) return false;
                lane = bits == 32 ? BitConverter.SingleToUInt32Bits(single) : BitConverter.DoubleToUInt64Bits(exact);
            }
            else if (!TryParseInteger(words[i + 1], bits, out lane))
            {
                return false;
            }

            vector |= (UInt128)(lane & (ulong.MaxValue >> (64 - bits))) << (i * bits);
        }

        return true;
    }

    private static bool TryParseInteger(string text, int bits, out ulong value)
    {
        value = 0;
        ReadOnlySpan<char> rest = SplitSign(text, out bool negative);
        if (!TryRemoveUnderscores(rest, out string digits)) return false;
        bool hex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        NumberStyles style = hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        if (!ulong.TryParse(hex ? digits.AsSpan(2) : digits, style, CultureInfo.InvariantCulture, out ulong magnitude)) return false;
        ulong limit = negative ? 1UL << (bits - 1) : ulong.MaxValue >> (64 - bits);
        if (magnitude > limit) return false;
        value = negative ? unchecked(0 - magnitude) : magnitude;
        return true;
    }

    private static bool TryParseFloat(string text, out double value, out float single)
    {
        value = 0;
        single = 0;
        ReadOnlySpan<char> rest = SplitSign(text, out bool negative);
        switch (rest)
        {
            case "inf":
                value = double.PositiveInfinity;
                single = float.PositiveInfinity;
                break;

            case "nan":
                value = BitConverter.UInt64BitsToDouble(0x7ff8_0000_0000_0000);
                single = BitConverter.UInt32BitsToSingle(0x7fc0_0000);
                break;

            default:
                if (!TryRemoveUnderscores(rest, out string digits)) return false;
                if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
                {
                    if (!TryParseHexFloat(digits.AsSpan(2), out value)) return false;
                    single = (float)value;
                }
                else
                {
                    const NumberStyles Style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
                    if (!double.TryParse(digits, Style, CultureInfo.InvariantCulture, out value)) return false;
                    if (!float.TryParse(digits, Style, CultureInfo.InvariantCulture, out single)) return false;
                }

                break;
        }

        if (negative)
        {
            value = -value;
            single = -single;
        }

        return true;
    }

    private static bool TryParseHexFloat(ReadOnlySpan<char> text, out double value)
    {
        value = 0;
        int exponentAt = text.IndexOfAny('p', 'P');
        int exponent = 0;
        if (exponentAt >= 0)
        {
            if (!int.TryParse(text[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)) return false;
            text = text[..exponentAt];
        }

        int point = text.IndexOf('.');
        string digits = point < 0 ? text.ToString() : string.Concat(text[..point], text[(point + 1)..]);
        if (digits.Length == 0) return false;
        if (point >= 0) exponent -= 4 * (text.Length - point - 1);
        if (!BigInteger.TryParse("0" + digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out BigInteger mantissa)) return false;
        value = Math.ScaleB((double)mantissa, exponent);
        return true;
    }

    private static ReadOnlySpan<char> SplitSign(string text, out bool negative)
    {
        negative = text.StartsWith('-');
        return negative || text.StartsWith('+') ? text.AsSpan(1) : text;
    }

    private static bool TryRemoveUnderscores(ReadOnlySpan<char> text, out string digits)
    {
        digits = text.ToString();
        if (!text.Contains('_')) return text.Length != 0;
        if (text[0] == '_' || text[^1] == '_' || text.Contains("__", StringComparison.Ordinal)) return false;
        digits = digits.Replace("_", "", StringComparison.Ordinal);
        return true;
    }
}
