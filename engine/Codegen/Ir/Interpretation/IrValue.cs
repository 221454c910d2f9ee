using System;
using Kiln.Codegen.Ir.Text;

namespace Kiln.Codegen.Ir.Interpretation;

/// <summary>A value at run time: its type and its bits, zero-extended to 128.</summary>
public readonly record struct IrValue(IrType Type, UInt128 Bits)
{
    /// <summary>A value from the 64-bit form that <see cref="InstData.Imm"/> has.</summary>
    public static IrValue FromImm(IrType type, long imm) =>
        new(type, type is IrType.I32 or IrType.F32 ? (uint)imm : (ulong)imm);

    /// <summary>An i32.</summary>
    public static IrValue I32(int value) => FromImm(IrType.I32, value);

    /// <summary>An i64.</summary>
    public static IrValue I64(long value) => FromImm(IrType.I64, value);

    /// <summary>An f32.</summary>
    public static IrValue F32(float value) => FromImm(IrType.F32, BitConverter.SingleToInt32Bits(value));

    /// <summary>An f64.</summary>
    public static IrValue F64(double value) => FromImm(IrType.F64, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A scalar in the 64-bit form that <see cref="InstData.Imm"/> has.</summary>
    public long Imm => Type == IrType.I32 ? (int)(uint)Bits : (long)(ulong)Bits;

    /// <summary>True for a float that is not a number.</summary>
    public bool IsNaN => Type switch
    {
        IrType.F32 => float.IsNaN(BitConverter.UInt32BitsToSingle((uint)Bits)),
        IrType.F64 => double.IsNaN(BitConverter.UInt64BitsToDouble((ulong)Bits)),
        IrType.None or IrType.I32 or IrType.I64 or IrType.V128 or IrType.Ref => false,
    };

    /// <inheritdoc/>
    public override string ToString() => Type == IrType.V128
        ? $"0x{Bits:x32}"
        : ConstantText.Print(new InstData { Type = Type, Imm = Imm });
}
