using System;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Codegen.Ir;

/// <summary>Instruction data of constants, in the one form that each constant has.</summary>
public static class ConstantData
{
    /// <summary>An integer constant; for i32 only the low 32 bits count.</summary>
    public static InstData Int(IrType type, long value) =>
        new() { Op = Opcode.Iconst, Type = type, Imm = type == IrType.I32 ? (int)value : value };

    /// <summary>A float constant by its bits.</summary>
    public static InstData F32Bits(uint bits) => new() { Op = Opcode.F32const, Type = IrType.F32, Imm = bits };

    /// <summary>A float constant by its bits.</summary>
    public static InstData F64Bits(ulong bits) => new() { Op = Opcode.F64const, Type = IrType.F64, Imm = (long)bits };

    /// <summary>A 128-bit constant, which the function then holds.</summary>
    public static InstData V128(IrFunction func, UInt128 value) =>
        new() { Op = Opcode.Vconst, Type = IrType.V128, Constant = func.Constants.Add(value) };

    /// <summary>All bits zero.</summary>
    public static InstData Zero(IrFunction func, IrType type) => type switch
    {
        IrType.I32 or IrType.I64 or IrType.Ref => Int(type, 0),
        IrType.F32 => F32Bits(0),
        IrType.F64 => F64Bits(0),
        IrType.V128 => V128(func, UInt128.Zero),
        IrType.None => EngineBug.Throw<InstData>("a constant needs a type"),
    };
}
