using System;
using System.Globalization;

namespace Kiln.Cli.Commands;

/// <summary>Sizes and times as people write and read them.</summary>
internal static class Quantities
{
    private static readonly (string Suffix, long Factor)[] s_sizes =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("K", 1L << 10), ("M", 1L << 20), ("G", 1L << 30), ("B", 1),
    ];

    private static readonly (string Suffix, double Seconds)[] s_times = [("ms", 1e-3), ("us", 1e-6), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>Reads "65536", "64KiB", "64M"; throws <see cref="FormatException"/>.</summary>
    public static long ParseSize(string text)
    {
        foreach ((string suffix, long factor) in s_sizes)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) return checked(Number(text[..^suffix.Length], text) * factor);
        }

        return Number(text, text);
    }

    /// <summary>Reads "1.5s", "200ms", "2m", or seconds; throws <see cref="FormatException"/>.</summary>
    public static TimeSpan ParseTime(string text)
    {
        foreach ((string suffix, double seconds) in s_times)
        {
            if (text.EndsWith(suffix, StringComparison.Ordinal)) return Seconds(text[..^suffix.Length], text) * seconds;
        }

        return Seconds(text, text);
    }

    /// <summary>"12 B", "64 KiB", "1.5 MiB".</summary>
    public static string Size(ulong bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        double value = bytes;
        int unit = 0;
        for (; value >= 1024 && unit < units.Length - 1; unit++) value /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {units[unit]}");
    }

    /// <summary>"12 us", "3.4 ms", "2.1 s".</summary>
    public static string Time(TimeSpan time)
    {
        if (time.TotalMilliseconds < 1) return string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0} us");
        return time.TotalSeconds < 1
            ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##} s");
    }

    private static long Number(string digits, string whole) =>
        long.TryParse(digits.Trim(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new FormatException($"'{whole}' is not a size such as 65536, 64KiB or 1GiB");

    private static TimeSpan Seconds(string digits, string whole) =>
        double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) && number < 1e9
            ? TimeSpan.FromSeconds(number)
            : throw new FormatException($"'{whole}' is not a time such as 200ms, 1.5s or 2m");
}
