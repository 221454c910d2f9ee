using System;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Codegen.Ir.Semantics;

/// <summary>Floating-point opcodes on the 64-bit form of <see cref="ScalarSemantics"/>. SPEC: Wasm core, 4.3.3.</summary>
internal static class FloatSemantics
{
    public const uint CanonicalNaN32 = 0x7FC00000;
    public const ulong CanonicalNaN64 = 0x7FF8000000000000;

    private const long SignBit32 = 0x80000000;

    public static double ToDouble(IrType type, long bits) =>
        type == IrType.F32 ? BitConverter.Int32BitsToSingle((int)bits) : BitConverter.Int64BitsToDouble(bits);

    public static long FromSingle(float value) => float.IsNaN(value) ? CanonicalNaN32 : BitConverter.SingleToUInt32Bits(value);

    public static long FromDouble(double value) => double.IsNaN(value) ? (long)CanonicalNaN64 : BitConverter.DoubleToInt64Bits(value);

    public static long Binary(Opcode op, IrType type, long x, long y)
    {
        if (op == Opcode.Fcopysign)
        {
            long sign = type == IrType.F32 ? SignBit32 : long.MinValue;
            return (x & ~sign) | (y & sign);
        }

        if (type == IrType.F32) return FromSingle(Single(op, BitConverter.Int32BitsToSingle((int)x), BitConverter.Int32BitsToSingle((int)y)));
        return FromDouble(Double(op, BitConverter.Int64BitsToDouble(x), BitConverter.Int64BitsToDouble(y)));
    }

    public static long Unary(Opcode op, IrType type, long x)
    {
        switch (op)
        {
            // These change the sign bit only, of NaNs too.
            case Opcode.Fabs: return x & (type == IrType.F32 ? ~SignBit32 : long.MaxValue);
            case Opcode.Fneg: return x ^ (type == IrType.F32 ? SignBit32 : long.MinValue);
            case Opcode.Fpromote: return FromDouble(BitConverter.Int32BitsToSingle((int)x));
            case Opcode.Fdemote: return FromSingle((float)BitConverter.Int64BitsToDouble(x));
            case Opcode.Fsqrt:
                return type == IrType.F32
                    ? FromSingle(MathF.Sqrt(BitConverter.Int32BitsToSingle((int)x)))
                    : FromDouble(Math.Sqrt(BitConverter.Int64BitsToDouble(x)));
            case Opcode.Fceil:
            case Opcode.Ffloor:
            case Opcode.Ftrunc:
            case Opcode.Fnearest:
                // Rounding an f32 as f64 is exact.
                double rounded = Round(op, ToDouble(type, x));
                return type == IrType.F32 ? FromSingle((float)rounded) : FromDouble(rounded);
            default:
                return EngineBug.Throw<long>($"{op} is not a unary float opcode");
        }
    }

    private static double Round(Opcode op, double x)
    {
        double rounded = op switch
        {
            Opcode.Fceil => Math.Ceiling(x),
            Opcode.Ffloor => Math.Floor(x),
            Opcode.Ftrunc => Math.Truncate(x),
            _ => Math.Round(x, MidpointRounding.ToEven), // fnearest, the only other
        };
        return rounded == 0 ? Math.CopySign(0.0, x) : rounded;
    }

    private static float Single(Opcode op, float x, float y)
    {
        switch (op)
        {
            case Opcode.Fadd: return x + y;
            case Opcode.Fsub: return x - y;
            case Opcode.Fmul: return x * y;
            case Opcode.Fdiv: return x / y;
            case Opcode.Fmin: return MathF.Min(x, y); // IEEE 754-2019 minimum: NaN if either is, -0 < +0
            case Opcode.Fmax: return MathF.Max(x, y);
            default: return EngineBug.Throw<float>($"{op} is not a binary float opcode");
        }
    }

    private static double Double(Opcode op, double x, double y)
    {
        switch (op)
        {
            case Opcode.Fadd: return x + y;
            case Opcode.Fsub: return x - y;
            case Opcode.Fmul: return x * y;
            case Opcode.Fdiv: return x / y;
            case Opcode.Fmin: return Math.Min(x, y);
            case Opcode.Fmax: return Math.Max(x, y);
            default: return EngineBug.Throw<double>($"{op} is not a binary float opcode");
        }
    }
}
