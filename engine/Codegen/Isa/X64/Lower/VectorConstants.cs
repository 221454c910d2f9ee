using System;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>128-bit constants that lowering makes: the same lane everywhere, zero, all ones.</summary>
internal static class VectorConstants
{
    /// <summary>Sixteen times the same byte.</summary>
    public static UInt128 Splat8(int value) => Splat64((byte)value * 0x0101010101010101ul);

    /// <summary>Eight times the same 16 bits.</summary>
    public static UInt128 Splat16(int value) => Splat64((ushort)value * 0x0001000100010001ul);

    /// <summary>Four times the same 32 bits.</summary>
    public static UInt128 Splat32(uint value) => Splat64(value * 0x0000000100000001ul);

    /// <summary>Twice the same 64 bits.</summary>
    public static UInt128 Splat64(ulong value) => new(value, value);

    /// <summary>Four times the same float.</summary>
    public static UInt128 Splat(float value) => Splat32(BitConverter.SingleToUInt32Bits(value));

    /// <summary>Twice the same float.</summary>
    public static UInt128 Splat(double value) => Splat64(BitConverter.DoubleToUInt64Bits(value));

    /// <summary>A constant with one byte per index.</summary>
    public static UInt128 FromBytes(ReadOnlySpan<byte> bytes)
    {
        UInt128 result = 0;
        for (int i = bytes.Length - 1; i >= 0; i--) result = result << 8 | bytes[i];
        return result;
    }

    /// <summary>The constant as a memory operand: in the pool, aligned, so that SSE forms may read it too.</summary>
    public static RmOperand Pool(Lowering x, UInt128 value) => x.PoolConstant(value, 16);

    /// <summary>A new register with zero.</summary>
    public static VReg Zero(Lowering x)
    {
        VReg zero = x.NewVector();
        x.Emit(new X64Inst { Op = x.Vex(X64Op.ZeroFloat), R = zero });
        return zero;
    }

    /// <summary>A new register with all ones.</summary>
    public static VReg Ones(Lowering x)
    {
        VReg ones = x.NewVector();
        x.Emit(new X64Inst { Op = x.Vex(X64Op.Ones), R = ones });
        return ones;
    }

    /// <summary>A new register with a constant.</summary>
    public static VReg Register(Lowering x, UInt128 value)
    {
        VReg register = x.NewVector();
        ConstantRules.Float(x, register, value, Ir.IrType.V128);
        return register;
    }
}
