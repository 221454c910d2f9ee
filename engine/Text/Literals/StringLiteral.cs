using System;
using Kiln.Foundation.Buffers;

namespace Kiln.Text.Literals;

/// <summary>String literals (spec section 6.3.3): a quoted run of characters and escapes that stands for bytes, which need not be UTF-8.</summary>
internal static class StringLiteral
{
    /// <summary>Why a string is not well formed.</summary>
    public enum Status : byte
    {
        /// <summary>It is well formed.</summary>
        Ok,

        /// <summary>No closing quote before the end of the line or source.</summary>
        Unclosed,

        /// <summary>A control character.</summary>
        IllegalCharacter,

        /// <summary>A backslash that begins no escape, or a scalar value out of range.</summary>
        IllegalEscape,
    }

    /// <summary>
    /// Finds the end of the string that begins with the quote at <paramref name="start"/>: the offset after the
    /// closing quote, or the offset of the fault.
    /// </summary>
    public static Status Scan(ReadOnlySpan<byte> source, int start, out int end)
    {
        int at = start + 1;
        while (at < source.Length)
        {
            byte c = source[at];
            if (c == '"')
            {
                end = at + 1;
                return Status.Ok;
            }

            if (c == '\\')
            {
                int length = EscapeLength(source[at..]);
                if (length == 0)
                {
                    end = at;
                    return Status.IllegalEscape;
                }

                at += length;
            }
            else if (c < 0x20 || c == 0x7F)
            {
                end = at;
                return c is (byte)'\n' or (byte)'\r' ? Status.Unclosed : Status.IllegalCharacter;
            }
            else
            {
                at++;
            }
        }

        end = start;
        return Status.Unclosed;
    }

    /// <summary>Appends what a well-formed literal, given with its quotes, stands for.</summary>
    public static void Decode(ReadOnlySpan<byte> literal, ByteWriter to)
    {
        ReadOnlySpan<byte> rest = literal[1..^1];
        while (true)
        {
            int plain = rest.IndexOf((byte)'\\');
            if (plain < 0)
            {
                to.WriteBytes(rest);
                return;
            }

            to.WriteBytes(rest[..plain]);
            rest = rest[plain..];
            int length = EscapeLength(rest);
            DecodeEscape(rest[..length], to);
            rest = rest[length..];
        }
    }

    private static void DecodeEscape(ReadOnlySpan<byte> escape, ByteWriter to)
    {
        switch (escape[1])
        {
            case (byte)'t': to.WriteByte((byte)'\t'); break;
            case (byte)'n': to.WriteByte((byte)'\n'); break;
            case (byte)'r': to.WriteByte((byte)'\r'); break;
            case (byte)'"' or (byte)'\'' or (byte)'\\': to.WriteByte(escape[1]); break;
            case (byte)'u':
                uint scalar = 0;
                foreach (byte c in escape[3..^1])
                {
                    if (c != '_') scalar = (scalar << 4) | (uint)HexDigit(c);
                }

                Span<byte> utf8 = stackalloc byte[4];
                new System.Text.Rune(scalar).TryEncodeToUtf8(utf8, out int written);
                to.WriteBytes(utf8[..written]);
                break;
            default: to.WriteByte((byte)((HexDigit(escape[1]) << 4) | HexDigit(escape[2]))); break;
        }
    }

    // The bytes of the escape at the start of the text, or 0 if it is none.
    private static int EscapeLength(ReadOnlySpan<byte> text)
    {
        if (text.Length < 2) return 0;
        byte c = text[1];
        if (c is (byte)'t' or (byte)'n' or (byte)'r' or (byte)'"' or (byte)'\'' or (byte)'\\') return 2;
        if (c != 'u') return HexDigit(c) >= 0 && text.Length > 2 && HexDigit(text[2]) >= 0 ? 3 : 0;
        if (text.Length < 5 || text[2] != '{') return 0;
        uint scalar = 0;
        bool afterDigit = false;
        for (int i = 3; i < text.Length; i++)
        {
            if (text[i] == '}') return afterDigit && scalar is < 0xD800 or >= 0xE000 and < 0x110000 ? i + 1 : 0;
            if (text[i] == '_')
            {
                if (!afterDigit) return 0;
                afterDigit = false;
                continue;
            }

            int digit = HexDigit(text[i]);
            if (digit < 0 || scalar >= 0x110000) return 0;
            scalar = (scalar << 4) | (uint)digit;
            afterDigit = true;
        }

        return 0;
    }

    /// <summary>The value of a hexadecimal digit, or -1.</summary>
    public static int HexDigit(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        _ => -1,
    };
}
