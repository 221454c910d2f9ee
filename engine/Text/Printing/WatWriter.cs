using System;
using System.Globalization;
using System.Text;

namespace Kiln.Text.Printing;

/// <summary>Text under construction: lines with indentation, and the literals of the format.</summary>
internal sealed class WatWriter
{
    // Deeper lines are not indented further: otherwise the text of n nested blocks would take n * n characters.
    private const int MaxIndentation = 40;

    private readonly StringBuilder _text = new();

    /// <summary>Current nesting, in levels of two spaces.</summary>
    public int Indentation { get; set; }

    /// <summary>Number of characters so far.</summary>
    public int Length => _text.Length;

    /// <summary>Begins a line.</summary>
    public WatWriter Line()
    {
        if (_text.Length > 0) _text.Append('\n');
        _text.Append(' ', 2 * Math.Clamp(Indentation, 0, MaxIndentation));
        return this;
    }

    /// <summary>Appends text.</summary>
    public WatWriter Add(string text)
    {
        _text.Append(text);
        return this;
    }

    /// <summary>Appends a character.</summary>
    public WatWriter Add(char character)
    {
        _text.Append(character);
        return this;
    }

    /// <summary>Appends a number.</summary>
    public WatWriter Add(ulong number)
    {
        _text.Append(number);
        return this;
    }

    /// <summary>Appends a space and a number.</summary>
    public WatWriter AddOperand(ulong number) => Add(' ').Add(number);

    /// <summary>Appends a space and a signed number.</summary>
    public WatWriter AddSignedOperand(long number)
    {
        _text.Append(' ').Append(number);
        return this;
    }

    /// <summary>Appends a space and a word.</summary>
    public WatWriter AddOperand(string word) => Add(' ').Add(word);

    /// <summary>Appends a number in eight hexadecimal digits.</summary>
    public WatWriter AddHex(uint number) => Add("0x").Add(number.ToString("x8", CultureInfo.InvariantCulture));

    /// <summary>Appends a name as a string literal.</summary>
    public WatWriter AddString(string name)
    {
        _text.Append('"');
        foreach (char c in name)
        {
            if (c is '"' or '\\') _text.Append('\\').Append(c);
            else if (c is < ' ' or '\x7F') AddEscaped((byte)c);
            else _text.Append(c);
        }

        return Add('"');
    }

    /// <summary>Appends bytes as a string literal.</summary>
    public WatWriter AddString(ReadOnlySpan<byte> bytes)
    {
        _text.Append('"');
        foreach (byte b in bytes)
        {
            if (b is (byte)'"' or (byte)'\\') _text.Append('\\').Append((char)b);
            else if (b is < (byte)' ' or >= 0x7F) AddEscaped(b);
            else _text.Append((char)b);
        }

        return Add('"');
    }

    /// <summary>Appends the shortest literal that stands for exactly these bits of a 32-bit float.</summary>
    public WatWriter AddFloat32(uint bits)
    {
        float value = BitConverter.UInt32BitsToSingle(bits);
        return float.IsFinite(value) ? Add(value.ToString("R", CultureInfo.InvariantCulture)) : AddNonFinite(bits >> 31 != 0, bits & 0x7F_FFFF, 0x40_0000);
    }

    /// <summary>Appends the shortest literal that stands for exactly these bits of a 64-bit float.</summary>
    public WatWriter AddFloat64(ulong bits)
    {
        double value = BitConverter.UInt64BitsToDouble(bits);
        return double.IsFinite(value)
            ? Add(value.ToString("R", CultureInfo.InvariantCulture))
            : AddNonFinite(bits >> 63 != 0, bits & 0xF_FFFF_FFFF_FFFF, 0x8_0000_0000_0000);
    }

    /// <summary>All of the text.</summary>
    public override string ToString() => _text.ToString();

    private WatWriter AddNonFinite(bool isNegative, ulong payload, ulong quietBit)
    {
        if (isNegative) _text.Append('-');
        if (payload == 0) return Add("inf");
        return payload == quietBit ? Add("nan") : Add("nan:0x").Add(payload.ToString("x", CultureInfo.InvariantCulture));
    }

    private void AddEscaped(byte b) => _text.Append('\\').Append(b.ToString("x2", CultureInfo.InvariantCulture));
}
