using System;
using System.Globalization;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Text;

namespace Kiln.Codegen.Tests.FileTests;

/// <summary>Vectors in run directives: all bits as <c>0x…</c>, one lane for all as <c>i16x8 5</c>, or every lane as <c>i32x4 1 2 -3 4</c>, lane 0 first.</summary>
internal static class VectorText
{
    /// <summary>The vector that a text stands for.</summary>
    public static bool TryParse(string text, out UInt128 vector)
    {
        vector = 0;
        if (text.StartsWith("0x", StringComparison.Ordinal)) return UInt128.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out vector);
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (LaneShape lanes = LaneShape.I8x16; lanes <= LaneShape.F64x2; lanes++)
        {
            if (words[0] != lanes.Mnemonic()) continue;
            int bits = lanes.LaneBits(), count = lanes.LaneCount();
            if (words.Length != 2 && words.Length != 1 + count) return false;
            for (int i = 0; i < count; i++)
            {
                if (!ConstantText.TryParse(words[words.Length == 2 ? 1 : 1 + i], lanes.ScalarType(), out long lane)) return false;
                vector |= (UInt128)((ulong)lane & (ulong.MaxValue >> (64 - bits))) << (i * bits);
            }

            return true;
        }

        return false;
    }
}
