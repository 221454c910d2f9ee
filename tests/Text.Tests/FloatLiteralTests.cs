using System;
using System.Globalization;
using System.Numerics;
using System.Text;
using Xunit;

namespace Kiln.Text.Tests;

public sealed class FloatLiteralTests
{
    [Theory]
    [InlineData("0x1p-149", 0x0000_0001u)] // the smallest subnormal
    [InlineData("0x1p-150", 0x0000_0000u)] // half of it: tie to even
    [InlineData("0x1.000000000000000000000001p-150", 0x0000_0001u)] // just above the tie
    [InlineData("0x0.8p-149", 0x0000_0000u)]
    [InlineData("0x3p-150", 0x0000_0002u)] // tie between 1 and 2: to even
    [InlineData("0x1p-99999999999999999999", 0x0000_0000u)]
    [InlineData("-0x1p-99999999999999999999", 0x8000_0000u)]
    [InlineData("0x1.fffffep-127", 0x0080_0000u)] // rounds up to the smallest normal
    [InlineData("0x1.fffffcp-127", 0x007F_FFFFu)]
    [InlineData("0x1.fffffep+127", 0x7F7F_FFFFu)] // the largest
    [InlineData("0x1.fffffefffffffffp127", 0x7F7F_FFFFu)] // just below the tie with infinity
    [InlineData("0x1.000001p0", 0x3F80_0000u)] // tie to even, down
    [InlineData("0x1.000003p0", 0x3F80_0002u)] // tie to even, up
    [InlineData("0x1.0000010000000000000000000001p0", 0x3F80_0001u)]
    [InlineData("0x1_0.8_0p-4", 0x3F84_0000u)]
    [InlineData("0x00000000000000000000000000000000001p0", 0x3F80_0000u)]
    [InlineData("0x1000000000000000000000000000000", 0x7B80_0000u)]
    [InlineData("0x.", null)]
    [InlineData("0x1.p1", 0x4000_0000u)]
    [InlineData("1.", 0x3F80_0000u)]
    [InlineData("1e10", 0x501502F9u)]
    [InlineData("1.E-1", 0x3DCCCCCDu)]
    [InlineData("16777217", 0x4B80_0000u)]
    [InlineData("16777217.0000000000000000000000000000000000000000000000001", 0x4B80_0001u)]
    [InlineData("1_0.0_1", 0x4120_28F6u)]
    [InlineData("340282356779733661637539395458142568447", 0x7F7F_FFFFu)]
    [InlineData("-0", 0x8000_0000u)]
    [InlineData("+0x0p0", 0u)]
    [InlineData("inf", 0x7F80_0000u)]
    [InlineData("-inf", 0xFF80_0000u)]
    [InlineData("nan", 0x7FC0_0000u)]
    [InlineData("-nan", 0xFFC0_0000u)]
    [InlineData("nan:0x1", 0x7F80_0001u)]
    [InlineData("-nan:0x7f_ffff", 0xFFFF_FFFFu)]
    [InlineData("nan:0x0", null)]
    [InlineData("nan:0x800000", null)]
    [InlineData("nan:1", null)]
    [InlineData("0x1p128", null)]
    [InlineData("0x1.ffffffp127", null)] // ties to infinity
    [InlineData("1e39", null)]
    [InlineData("1e", null)]
    [InlineData("0x1p", null)]
    [InlineData("0x1e+1", null)]
    [InlineData("1_", null)]
    [InlineData("1__0", null)]
    [InlineData(".5", null)]
    [InlineData("0x", null)]
    [InlineData("1.0_", null)]
    [InlineData("1._0", null)]
    [InlineData("Inf", null)]
    public void F32_Literals_HaveTheBitsNearest(string literal, uint? bits)
    {
        if (bits is { } expected) Assert.Equal(expected, Bits32(literal));
        else Assert.Throws<TextException>(() => Bits32(literal));
    }

    [Theory]
    [InlineData("0x1p-1074", 1UL)]
    [InlineData("0x1p-1075", 0UL)]
    [InlineData("0x1.0000000000001p-1075", 1UL)]
    [InlineData("0x1.fffffffffffffp-1023", 0x0010_0000_0000_0000UL)]
    [InlineData("0x1.fffffffffffffp1023", 0x7FEF_FFFF_FFFF_FFFFUL)]
    [InlineData("0x1.00000000000008p0", 0x3FF0_0000_0000_0000UL)]
    [InlineData("0x1.00000000000018p0", 0x3FF0_0000_0000_0002UL)]
    [InlineData("0x1.000000000000080000000000000000000001p0", 0x3FF0_0000_0000_0001UL)]
    [InlineData("0x123456789abcdef.0p0", 0x4372_3456_789A_BCDFUL)]
    [InlineData("4.9406564584124654e-324", 1UL)]
    [InlineData("2.4703282292062327e-324", 0UL)]
    [InlineData("2.4703282292062328e-324", 1UL)]
    [InlineData("1.7976931348623157e308", 0x7FEF_FFFF_FFFF_FFFFUL)]
    [InlineData("nan:0x4000000000000", 0x7FF4_0000_0000_0000UL)]
    [InlineData("0x1p1024", null)]
    [InlineData("1.8e308", null)]
    [InlineData("nan:0x10000000000000", null)]
    public void F64_Literals_HaveTheBitsNearest(string literal, ulong? bits)
    {
        if (bits is { } expected) Assert.Equal(expected, Bits64(literal));
        else Assert.Throws<TextException>(() => Bits64(literal));
    }

    [Fact]
    public void HexLiterals_Random_RoundAsTheExactValueDoes()
    {
        var random = new Random(20261121);
        for (int i = 0; i < 4000; i++)
        {
            int digits = random.Next(1, 24);
            var text = new StringBuilder("0x");
            BigInteger significand = 0;
            int fraction = random.Next(0, digits);
            for (int d = 0; d < digits; d++)
            {
                int digit = random.Next(4) == 0 ? random.Next(16) : random.Next(2) * 8;
                if (d == digits - fraction) text.Append('.');
                text.Append(digit.ToString("x", CultureInfo.InvariantCulture));
                significand = significand * 16 + digit;
            }

            int exponent = random.Next(3) switch { 0 => random.Next(-160, -110), 1 => random.Next(-1100, -1000), _ => random.Next(-40, 40) };
            text.Append('p').Append(exponent);
            Assert.Equal(Nearest(significand, exponent - 4 * fraction, 24, -126), Bits32(text.ToString()));
            Assert.Equal(Nearest(significand, exponent - 4 * fraction, 53, -1022), Bits64(text.ToString()));
        }
    }

    [Fact]
    public void PrintedFloats_Random_ReadBackTheSame()
    {
        var random = new Random(7);
        for (int i = 0; i < 2000; i++)
        {
            ulong bits = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            double wide = BitConverter.UInt64BitsToDouble(bits);
            float narrow = BitConverter.UInt32BitsToSingle((uint)bits);
            if (double.IsFinite(wide)) Assert.Equal(bits, Bits64(wide.ToString("R", CultureInfo.InvariantCulture)));
            if (float.IsFinite(narrow)) Assert.Equal((uint)bits, Bits32(narrow.ToString("R", CultureInfo.InvariantCulture)));
        }
    }

    // The bits of the float nearest to significand * 2^exponent, by whole numbers alone; the value is in range.
    private static ulong Nearest(BigInteger significand, int exponent, int precision, int minExponent)
    {
        if (significand.IsZero) return 0;
        int top = (int)significand.GetBitLength() - 1 + exponent;
        int unit = Math.Max(top, minExponent) - (precision - 1); // the exponent of the last bit kept
        BigInteger kept = significand;
        if (unit > exponent)
        {
            BigInteger step = BigInteger.One << (unit - exponent);
            kept = BigInteger.DivRem(significand, step, out BigInteger rest);
            int side = (rest * 2).CompareTo(step);
            if (side > 0 || (side == 0 && !kept.IsEven)) kept += 1;
        }
        else
        {
            kept <<= exponent - unit;
        }

        return ((ulong)(unit + precision - 1 - minExponent) << (precision - 1)) + (ulong)kept;
    }

    private static uint Bits32(string literal) => BitConverter.ToUInt32(Constant($"(global f32 (f32.const {literal}))", 4));

    private static ulong Bits64(string literal) => BitConverter.ToUInt64(Constant($"(global f64 (f64.const {literal}))", 8));

    // The bytes before the end of the initial value of the only global.
    private static byte[] Constant(string module, int size)
    {
        byte[] section = ModuleBytes.Section(WatParser.ParseModule(module), 6)!;
        return section[^(size + 1)..^1];
    }
}
