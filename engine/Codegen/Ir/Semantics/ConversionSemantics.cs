using System;

namespace Kiln.Codegen.Ir.Semantics;

/// <summary>
/// Conversions between integers and floats. Every f32 is an f64, so operands arrive as f64. SPEC: Wasm core,
/// 4.3.4 (trunc, trunc_sat, convert).
/// </summary>
internal static class ConversionSemantics
{
    private const double TwoTo31 = 2147483648.0, TwoTo32 = 4294967296.0;
    private const double TwoTo63 = 9223372036854775808.0, TwoTo64 = 18446744073709551616.0;

    public static long ToIntTrapping(Opcode op, IrType type, double x, out TrapCode trap)
    {
        trap = default;
        if (double.IsNaN(x))
        {
            trap = TrapCode.InvalidConversionToInteger;
            return 0;
        }

        double truncated = Math.Truncate(x);
        (double low, double limit) = Range(op == Opcode.FcvtToSint, type);
        if (truncated < low || truncated >= limit)
        {
            trap = TrapCode.IntegerOverflow;
            return 0;
        }

        return InRange(op == Opcode.FcvtToSint, type, truncated);
    }

    public static long ToIntSaturating(Opcode op, IrType type, double x)
    {
        bool signed = op == Opcode.FcvtToSintSat;
        if (double.IsNaN(x)) return 0;
        double truncated = Math.Truncate(x);
        (double low, double limit) = Range(signed, type);
        if (truncated < low) return signed ? type == IrType.I32 ? int.MinValue : long.MinValue : 0;
        if (truncated >= limit) return signed ? type == IrType.I32 ? int.MaxValue : long.MaxValue : -1;
        return InRange(signed, type, truncated);
    }

    public static long FromInt(Opcode op, IrType type, IrType operandType, long x)
    {
        // One rounding only: never by way of f64 to f32. Narrow integers are exact as 64-bit ones.
        if (op == Opcode.FcvtFromSint)
        {
            return type == IrType.F32 ? BitConverter.SingleToUInt32Bits(x) : BitConverter.DoubleToInt64Bits(x);
        }

        ulong unsigned = operandType == IrType.I32 ? (uint)x : (ulong)x;
        return type == IrType.F32 ? BitConverter.SingleToUInt32Bits(unsigned) : BitConverter.DoubleToInt64Bits(unsigned);
    }

    // The least result, and the first that is too large.
    private static (double Low, double Limit) Range(bool signed, IrType type) => (signed, type == IrType.I32) switch
    {
        (true, true) => (-TwoTo31, TwoTo31),
        (true, false) => (-TwoTo63, TwoTo63),
        (false, true) => (0, TwoTo32),
        (false, false) => (0, TwoTo64),
    };

    private static long InRange(bool signed, IrType type, double x)
    {
        if (signed) return (long)x;
        return type == IrType.I32 ? (int)(uint)x : (long)(ulong)x;
    }
}
