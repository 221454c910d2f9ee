using System;
using System.Collections.Generic;

namespace Kiln.Fuzz.Running;

/// <summary>
/// What can be seen of a program's run: for each call its result or "trap", at the end the globals and a hash of memory, each
/// as text. Two engines agree when these are equal.
/// </summary>
/// <param name="Lines">The parts, in order.</param>
internal sealed record Observation(IReadOnlyList<string> Lines)
{
    /// <summary>Arguments of the calls that every exported function gets.</summary>
    public static (int I32, long I64)[] Calls { get; } =
        [(0, 0), (1, -1), (-1, 1), (7, 0x123456789ABCDEF), (int.MinValue, long.MaxValue), (1000, long.MinValue), (0x55555555, 255)];

    /// <summary>The first part in which two runs differ, or null.</summary>
    public static string? Difference(Observation a, Observation b, bool compareTrapCodes)
    {
        for (int i = 0; i < Math.Min(a.Lines.Count, b.Lines.Count); i++)
        {
            string x = a.Lines[i], y = b.Lines[i];
            if (!compareTrapCodes) (x, y) = (WithoutCode(x), WithoutCode(y));
            if (x != y) return $"{x} against {y}";
        }

        return a.Lines.Count == b.Lines.Count ? null : "different numbers of results";
    }

    /// <summary>A float's bits, or "nan": which NaN is the engine's choice.</summary>
    public static string Text(float value) => float.IsNaN(value) ? "nan" : BitConverter.SingleToUInt32Bits(value).ToString("x8");

    /// <inheritdoc cref="Text(float)"/>
    public static string Text(double value) => double.IsNaN(value) ? "nan" : BitConverter.DoubleToUInt64Bits(value).ToString("x16");

    /// <summary>FNV-1a over 32-bit words, the same in driver.mjs.</summary>
    public static uint Hash(ReadOnlySpan<byte> bytes)
    {
        uint hash = 0x811C9DC5;
        foreach (uint word in System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(bytes)) hash = (hash ^ word) * 0x01000193;
        return hash;
    }

    private static string WithoutCode(string line) => line.Contains(" trap", StringComparison.Ordinal) ? line[..(line.IndexOf(" trap", StringComparison.Ordinal) + 5)] : line;
}
