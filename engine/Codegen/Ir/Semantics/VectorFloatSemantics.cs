using System;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Codegen.Ir.Semantics;

/// <summary>Vector opcodes on float lanes, and conversions. Every NaN that arithmetic makes is the canonical one. SPEC: Wasm core, 4.3.3 and 4.4.3.</summary>
internal static class VectorFloatSemantics
{
    /// <summary>Lane by lane from the same lane of one to three operands.</summary>
    public static UInt128 Lanewise(in InstData data, UInt128 x, UInt128 y, UInt128 z)
    {
        IrType type = data.Lanes.ScalarType();
        int bits = data.Lanes.LaneBits(), count = data.Lanes.LaneCount();
        UInt128 result = 0;
        for (int i = 0; i < count; i++)
        {
            long lane = Lane(data.Op, type, Bits(x, bits, i), Bits(y, bits, i), Bits(z, bits, i));
            result |= LaneAccess.At(lane, bits, i);
        }

        return result;
    }

    // One lane from the bits of others.
    private static long Lane(Opcode op, IrType type, long x, long y, long z)
    {
        switch (op)
        {
            case Opcode.Vfadd: return FloatSemantics.Binary(Opcode.Fadd, type, x, y);
            case Opcode.Vfsub: return FloatSemantics.Binary(Opcode.Fsub, type, x, y);
            case Opcode.Vfmul: return FloatSemantics.Binary(Opcode.Fmul, type, x, y);
            case Opcode.Vfdiv: return FloatSemantics.Binary(Opcode.Fdiv, type, x, y);
            case Opcode.Vfmin: return FloatSemantics.Binary(Opcode.Fmin, type, x, y);
            case Opcode.Vfmax: return FloatSemantics.Binary(Opcode.Fmax, type, x, y);
            case Opcode.Vfpmin: return FloatSemantics.ToDouble(type, y) < FloatSemantics.ToDouble(type, x) ? y : x;
            case Opcode.Vfpmax: return FloatSemantics.ToDouble(type, x) < FloatSemantics.ToDouble(type, y) ? y : x;
            case Opcode.Vfabs: return FloatSemantics.Unary(Opcode.Fabs, type, x);
            case Opcode.Vfneg: return FloatSemantics.Unary(Opcode.Fneg, type, x);
            case Opcode.Vfsqrt: return FloatSemantics.Unary(Opcode.Fsqrt, type, x);
            case Opcode.Vfceil: return FloatSemantics.Unary(Opcode.Fceil, type, x);
            case Opcode.Vffloor: return FloatSemantics.Unary(Opcode.Ffloor, type, x);
            case Opcode.Vftrunc: return FloatSemantics.Unary(Opcode.Ftrunc, type, x);
            case Opcode.Vfnearest: return FloatSemantics.Unary(Opcode.Fnearest, type, x);
            case Opcode.Vffma: return Fused(type, x, y, z);
            case Opcode.Vffnma: return Fused(type, FloatSemantics.Unary(Opcode.Fneg, type, x), y, z);
            default: return EngineBug.Throw<long>($"{op} does not compute float lanes");
        }
    }

    private static long Fused(IrType type, long x, long y, long z)
    {
        if (type == IrType.F32)
        {
            return FloatSemantics.FromSingle(MathF.FusedMultiplyAdd(
                BitConverter.Int32BitsToSingle((int)x), BitConverter.Int32BitsToSingle((int)y), BitConverter.Int32BitsToSingle((int)z)));
        }

        return FloatSemantics.FromDouble(Math.FusedMultiplyAdd(
            BitConverter.Int64BitsToDouble(x), BitConverter.Int64BitsToDouble(y), BitConverter.Int64BitsToDouble(z)));
    }

    /// <summary>All ones in the lanes where the relation holds.</summary>
    public static UInt128 Compare(in InstData data, UInt128 x, UInt128 y)
    {
        int bits = data.Lanes.LaneBits(), count = data.Lanes.LaneCount();
        IrType type = data.Lanes.ScalarType();
        UInt128 result = 0;
        for (int i = 0; i < count; i++)
        {
            bool holds = data.FloatCC.Holds(FloatSemantics.ToDouble(type, Bits(x, bits, i)), FloatSemantics.ToDouble(type, Bits(y, bits, i)));
            if (holds) result |= LaneAccess.At(-1, bits, i);
        }

        return result;
    }

    /// <summary>Conversions between integer and float lanes and between float widths. Lanes of the result without a lane of the operand are 0.</summary>
    public static UInt128 Convert(in InstData data, UInt128 x)
    {
        bool wide = data.Op is Opcode.VfcvtLowToSintSat or Opcode.VfcvtLowToUintSat or Opcode.X86Cvttpd2dq or Opcode.VfdemoteZero;
        int bits = data.Lanes.LaneBits();
        int from = wide ? 64 : 32;
        int count = Math.Min(data.Lanes.LaneCount(), 128 / from);
        UInt128 result = 0;
        for (int i = 0; i < count; i++) result |= LaneAccess.At(ConvertLane(data, wide ? IrType.F64 : IrType.F32, Bits(x, from, i)), bits, i);
        return result;
    }

    private static long ConvertLane(in InstData data, IrType floatType, long x)
    {
        switch (data.Op)
        {
            case Opcode.VfcvtToSintSat:
            case Opcode.VfcvtLowToSintSat:
                return ConversionSemantics.ToIntSaturating(Opcode.FcvtToSintSat, IrType.I32, FloatSemantics.ToDouble(floatType, x));
            case Opcode.VfcvtToUintSat:
            case Opcode.VfcvtLowToUintSat:
                return ConversionSemantics.ToIntSaturating(Opcode.FcvtToUintSat, IrType.I32, FloatSemantics.ToDouble(floatType, x));
            case Opcode.X86Cvttps2dq:
            case Opcode.X86Cvttpd2dq:
                long lane = ConversionSemantics.ToIntTrapping(Opcode.FcvtToSint, IrType.I32, FloatSemantics.ToDouble(floatType, x), out TrapCode outOfRange);
                return outOfRange == default ? lane : int.MinValue;
            case Opcode.VfcvtFromSint:
                return ConversionSemantics.FromInt(Opcode.FcvtFromSint, data.Lanes.ScalarType(), IrType.I32, (int)x);
            case Opcode.VfcvtFromUint:
                return ConversionSemantics.FromInt(Opcode.FcvtFromUint, data.Lanes.ScalarType(), IrType.I32, x);
            case Opcode.VfpromoteLow:
                return FloatSemantics.Unary(Opcode.Fpromote, IrType.F64, x);
            case Opcode.VfdemoteZero:
                return FloatSemantics.Unary(Opcode.Fdemote, IrType.F32, x);
            default:
                return EngineBug.Throw<long>($"{data.Op} does not convert lanes");
        }
    }

    // A lane in the form that scalar semantics have for floats: zero-extended.
    private static long Bits(UInt128 vector, int bits, int index) => (long)LaneAccess.Unsigned(vector, bits, index);
}
