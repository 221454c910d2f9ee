using System;
using System.Globalization;

namespace Kiln.Codegen.Ir.Text;

/// <summary>
/// Spelling of constants: small integers in decimal, others in hexadecimal of the type's width; floats in the
/// shortest decimal that reads back to the same bits, <c>inf</c>, <c>-inf</c>, and NaNs as <c>nan:0x…</c>, all bits.
/// </summary>
public static class ConstantText
{
    /// <summary>The text of an immediate.</summary>
    public static string Print(in InstData data) => data.Type switch
    {
        IrType.I32 => data.Imm is >= -65536 and <= 65536 ? Decimal(data.Imm) : $"0x{(uint)data.Imm:x8}",
        IrType.I64 or IrType.Ref => data.Imm is >= -65536 and <= 65536 ? Decimal(data.Imm) : $"0x{data.Imm:x16}",
        IrType.F32 => PrintF32(BitConverter.Int32BitsToSingle((int)data.Imm)),
        IrType.F64 => PrintF64(BitConverter.Int64BitsToDouble(data.Imm)),
        IrType.V128 or IrType.None => "?",
    };

    /// <summary>The immediate that a text stands for, in the form that <see cref="InstData.Imm"/> has for the type.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, IrType type, out long imm)
    {
        imm = 0;
        switch (type)
        {
            case IrType.I32:
                if (!TryParseInt(text, out imm) || imm is < int.MinValue or > uint.MaxValue) return false;
                imm = (int)imm;
                return true;
            case IrType.I64:
            case IrType.Ref:
                return TryParseInt(text, out imm);
            case IrType.F32:
                if (text.StartsWith("nan:"))
                {
                    return TryParseInt(text[4..], out imm) && float.IsNaN(BitConverter.Int32BitsToSingle((int)imm));
                }

                if (TryParseInfinity(text, out double f32Infinity)) imm = (uint)BitConverter.SingleToInt32Bits((float)f32Infinity);
                else if (float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float f32)) imm = BitConverter.SingleToUInt32Bits(f32);
                else return false;
                return true;
            case IrType.F64:
                if (text.StartsWith("nan:"))
                {
                    return TryParseInt(text[4..], out imm) && double.IsNaN(BitConverter.Int64BitsToDouble(imm));
                }

                if (TryParseInfinity(text, out double f64Infinity)) imm = BitConverter.DoubleToInt64Bits(f64Infinity);
                else if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double f64)) imm = BitConverter.DoubleToInt64Bits(f64);
                else return false;
                return true;
            case IrType.V128:
            case IrType.None:
            default:
                return false;
        }
    }

    /// <summary>An integer in decimal or hexadecimal; hexadecimal covers all 64 bits.</summary>
    public static bool TryParseInt(ReadOnlySpan<char> text, out long value)
    {
        if (text.StartsWith("0x")) return long.TryParse(text[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out value);
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    private static bool TryParseInfinity(ReadOnlySpan<char> text, out double value)
    {
        value = text.StartsWith("-") ? double.NegativeInfinity : double.PositiveInfinity;
        return text is "inf" or "-inf" or "+inf";
    }

    private static string Decimal(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string PrintF32(float value)
    {
        if (float.IsNaN(value)) return $"nan:0x{BitConverter.SingleToUInt32Bits(value):x8}";
        if (float.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        return WithPoint(value.ToString("R", CultureInfo.InvariantCulture));
    }

    private static string PrintF64(double value)
    {
        if (double.IsNaN(value)) return $"nan:0x{BitConverter.DoubleToUInt64Bits(value):x16}";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        return WithPoint(value.ToString("R", CultureInfo.InvariantCulture));
    }

    private static string WithPoint(string text) => text.AsSpan().IndexOfAny('.', 'E') < 0 ? text + ".0" : text;
}
