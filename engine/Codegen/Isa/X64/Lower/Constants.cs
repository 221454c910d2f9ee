using System;
using Kiln.Codegen.Ir;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>iconst, f32const, f64const, vconst: by immediates where possible, else from the pool. All can be made again anywhere.</summary>
internal static class ConstantRules
{
    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        switch (data.Op)
        {
            case Opcode.Iconst:
                Integer(x, dst, data.Type == IrType.I32 ? (uint)data.Imm : data.Imm, rematerializable: true);
                break;
            case Opcode.F32const:
                Float(x, dst, (uint)data.Imm, IrType.F32, true);
                break;
            case Opcode.F64const:
                Float(x, dst, (ulong)data.Imm, IrType.F64, true);
                break;
            case Opcode.Vconst:
                Float(x, dst, x.Function.Constants[data.Constant], IrType.V128, true);
                break;
            default:
                Lowering.ThrowUnknown(data.Op);
                break;
        }
    }

    /// <summary>dst = value, all 64 bits.</summary>
    public static void Integer(Lowering x, VReg dst, long value, bool rematerializable = false)
    {
        X64Inst definition = value switch
        {
            // 32-bit moves clear the upper half.
            >= 0 and <= uint.MaxValue => new X64Inst { Op = X64Op.Mov32Oi, R = dst, Immediate = (int)value },
            >= int.MinValue and < 0 => new X64Inst { Op = X64Op.Mov64Mi32, R = dst, Immediate = (int)value },
            _ => new X64Inst { Op = X64Op.Mov64Oi, R = dst, Immediate = (int)value, Displacement = (int)(value >> 32) },
        };
        if (rematerializable) x.Code.SetRematerializable(dst, definition);
        // xor is shorter, but destroys flags, so it is only the first definition; here nobody waits for flags.
        x.Emit(value == 0 && rematerializable ? new X64Inst { Op = X64Op.ZeroInt, R = dst } : definition);
    }

    /// <summary>dst = the value with these bits.</summary>
    public static void Float(Lowering x, VReg dst, UInt128 bits, IrType type, bool rematerializable = false)
    {
        var definition = new X64Inst { Op = x.Vex(X64Op.ZeroFloat), R = dst };
        if (bits == UInt128.MaxValue && type == IrType.V128)
        {
            definition.Op = x.Vex(X64Op.Ones);
        }
        else if (bits != 0)
        {
            X64Op op = type == IrType.F32 ? X64Op.MovssLoad : type == IrType.F64 ? X64Op.MovsdLoad : X64Op.Movaps;
            definition = new X64Inst { Op = x.Vex(op), R = dst, Rm = x.PoolConstant(bits, type.ByteCount()) };
        }

        if (rematerializable) x.Code.SetRematerializable(dst, definition);
        x.Emit(definition);
    }

    /// <summary>A new register with a float constant.</summary>
    public static VReg FloatReg(Lowering x, UInt128 bits, IrType type)
    {
        VReg reg = x.NewReg(type);
        Float(x, reg, bits, type);
        return reg;
    }
}
