using System;
using System.ComponentModel;
using System.Globalization;

namespace Kiln.Service.Hosting;

/// <summary>A number of bytes, written in options as "65536", "64KiB", "512MiB" or "8GiB".</summary>
[TypeConverter(typeof(ByteSizeConverter))]
internal readonly record struct ByteSize(long Bytes)
{
    private static readonly (string Suffix, long Factor)[] s_units =
    [
        ("KiB", 1L << 10),
        ("MiB", 1L << 20),
        ("GiB", 1L << 30),
        ("TiB", 1L << 40),
        ("B", 1),
    ];

    /// <summary>Reads a size; throws <see cref="FormatException"/>.</summary>
    public static ByteSize Parse(string text)
    {
        ReadOnlySpan<char> number = text.AsSpan().Trim();
        long factor = 1;
        foreach ((string suffix, long unit) in s_units)
        {
            if (!number.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) continue;
            number = number[..^suffix.Length].TrimEnd();
            factor = unit;
            break;
        }

        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long count) || count > long.MaxValue / factor)
        {
            throw new FormatException($"'{text}' is not a size such as 65536, 64KiB or 8GiB");
        }

        return new ByteSize(count * factor);
    }

    /// <summary>The largest unit that divides the size.</summary>
    public override string ToString()
    {
        for (int i = 3; i >= 0; i--)
        {
            (string suffix, long unit) = s_units[i];
            if (Bytes != 0 && Bytes % unit == 0) return string.Create(CultureInfo.InvariantCulture, $"{Bytes / unit}{suffix}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{Bytes}");
    }
}

/// <summary>Lets configuration be bound to <see cref="ByteSize"/>.</summary>
internal sealed class ByteSizeConverter : TypeConverter
{
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string);

    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) =>
        ByteSize.Parse((string)value);
}
