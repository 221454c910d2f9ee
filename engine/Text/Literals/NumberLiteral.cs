using System;
using Kiln.Text.Lexing;

namespace Kiln.Text.Literals;

/// <summary>The shape of number literals (spec sections 6.3.1 and 6.3.2); their values are in <see cref="IntegerLiteral"/> and <see cref="FloatLiteral"/>.</summary>
internal static class NumberLiteral
{
    /// <summary>What a run of identifier characters is as a number: Nat, Int, Float, or Reserved if it is none.</summary>
    public static TokenKind Classify(ReadOnlySpan<byte> text)
    {
        bool signed = text.Length > 0 && text[0] is (byte)'+' or (byte)'-';
        ReadOnlySpan<byte> rest = signed ? text[1..] : text;
        if (rest.IsEmpty) return TokenKind.Reserved;
        if (rest[0] is < (byte)'0' or > (byte)'9')
        {
            return rest.SequenceEqual("inf"u8) || rest.SequenceEqual("nan"u8) || IsNanWithPayload(rest) ? TokenKind.Float : TokenKind.Reserved;
        }

        bool hex = IsHex(rest);
        if (hex) rest = rest[2..];
        int at = ScanDigits(rest, 0, hex);
        if (at == 0) return TokenKind.Reserved;
        if (at == rest.Length) return signed ? TokenKind.Int : TokenKind.Nat;

        if (rest[at] == '.')
        {
            at++;
            if (at < rest.Length && StringLiteral.HexDigit(rest[at]) is >= 0 and int first && (hex || first < 10))
            {
                int end = ScanDigits(rest, at, hex);
                if (end == 0) return TokenKind.Reserved;
                at = end;
            }

            if (at == rest.Length) return TokenKind.Float;
        }

        byte exponent = (byte)(rest[at] | 0x20);
        if (exponent != (hex ? (byte)'p' : (byte)'e')) return TokenKind.Reserved;
        at++;
        if (at < rest.Length && rest[at] is (byte)'+' or (byte)'-') at++;
        return at < rest.Length && ScanDigits(rest, at, hex: false) == rest.Length ? TokenKind.Float : TokenKind.Reserved;
    }

    /// <summary>Whether the literal, after its sign, is hexadecimal.</summary>
    public static bool IsHex(ReadOnlySpan<byte> unsigned) => unsigned.Length > 2 && unsigned[0] == '0' && unsigned[1] == 'x';

    private static bool IsNanWithPayload(ReadOnlySpan<byte> text) =>
        text.StartsWith("nan:0x"u8) && text.Length > 6 && ScanDigits(text, 6, hex: true) == text.Length;

    // Digits with single underscores between them: the offset after them, or 0 if they are malformed or none.
    private static int ScanDigits(ReadOnlySpan<byte> text, int at, bool hex)
    {
        bool afterDigit = false;
        for (; at < text.Length; at++)
        {
            byte c = text[at];
            if (c == '_')
            {
                if (!afterDigit) return 0;
                afterDigit = false;
                continue;
            }

            int digit = StringLiteral.HexDigit(c);
            if (digit < 0 || (!hex && digit > 9)) break;
            afterDigit = true;
        }

        return afterDigit ? at : 0;
    }
}
