using System;
using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Tests.X64;

/// <summary>Operands that tend to find mistakes, as 64-bit patterns (i32 zero-extended).</summary>
internal static class EdgeValues
{
    private static readonly long[] I32 =
    [
        0, 1, 2, 3, 5, 7, 8, 31, 32, 33, 63, 64, 100, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000,
        0x12345678, 0x7FFFFFFE, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xAAAAAAAA, 0xFFFFFF80, 0xFFFFFFFE, 0xFFFFFFFF,
    ];

    private static readonly long[] I64 =
    [
        0, 1, 2, 3, 7, 10, 31, 32, 63, 64, 65, 127, 128, 255, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000,
        0x123456789ABCDEF0, long.MaxValue - 1, long.MaxValue, long.MinValue, long.MinValue + 1, -1, -2, -128, -129,
        int.MinValue, unchecked((long)0xAAAAAAAAAAAAAAAA), unchecked((long)0xFFFFFFFF00000000),
    ];

    private static readonly double[] Floats =
    [
        0.0, -0.0, 0.25, 0.5, -0.5, 0.75, 1.0, -1.0, 1.5, 2.5, -1.5, -2.5, 0.999999, -0.999999, 3.7, -3.7, 100.1, 255, 256, -128, -129,
        2147483646.5, 2147483647.0, 2147483647.5, 2147483648.0, -2147483648.0, -2147483648.5, -2147483648.9, -2147483649.0,
        4294967294.5, 4294967295.0, 4294967295.5, 4294967296.0, 9007199254740993.0, 9223372036854774784.0, 9223372036854775808.0,
        -9223372036854775808.0, -9223372036854777856.0, 18446744073709549568.0, 18446744073709551616.0, 1e30, -1e30, 4.5e15, 4.5e15 + 0.5,
        double.Epsilon, float.Epsilon, double.MaxValue, double.MinValue, float.MaxValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN,
        4503599627370495.5, 8388607.5, -8388608.5,
    ];

    public static long[] Of(IrType type) => type switch
    {
        IrType.I32 => I32,
        IrType.I64 => I64,
        IrType.F32 => [.. Array.ConvertAll(Floats, static x => (long)BitConverter.SingleToUInt32Bits((float)x)), 0x7FA00000, 0xFFA00001, 0xFFC00000],
        IrType.F64 => [.. Array.ConvertAll(Floats, static x => BitConverter.DoubleToInt64Bits(x)), 0x7FF4000000000000, unchecked((long)0xFFF8000000000000)],
        IrType.Ref => [0, 1, 77, uint.MaxValue],
        IrType.V128 or IrType.None => [],
    };
}
