using Kiln.Codegen.Ir;
using Kiln.Foundation.Diagnostics;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>ishl, ushr, sshr, rotl, rotr. The hardware masks counts as the IR does.</summary>
internal static class ShiftRules
{
    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        IrType type = data.Type;
        int wide = type == IrType.I64 ? 1 : 0;
        if (x.IsConst(data.B, out long constant))
        {
            ByConstant(x, data, dst, (int)constant & (type.Bits() - 1));
            return;
        }

        // The count's upper bits do not matter, nor does its own width.
        VReg count = CountOf(x, data.B, type);
        (X64Op byCl, X64Op bmi2) = data.Op switch
        {
            Opcode.Ishl => (X64Op.Shl32Mc, X64Op.Shlx32Rmv),
            Opcode.Ushr => (X64Op.Shr32Mc, X64Op.Shrx32Rmv),
            Opcode.Sshr => (X64Op.Sar32Mc, X64Op.Sarx32Rmv),
            Opcode.Rotl => (X64Op.Rol32Mc, X64Op.Nop),
            Opcode.Rotr => (X64Op.Ror32Mc, X64Op.Nop),
            _ => EngineBug.Throw<(X64Op, X64Op)>($"no x64 lowering of {data.Op.Row().Mnemonic}"),
        };
        if (x.Features.Bmi2 && bmi2 != X64Op.Nop) x.Rvm(bmi2 + wide, dst, count, x.UseRm(data.A, type));
        else x.Emit(new X64Inst { Op = byCl + wide, R = dst, V = x.Use(data.A, type), X = count });
    }

    private static VReg CountOf(Lowering x, Value count, IrType type)
    {
        // y & (width - 1) => y
        if (x.Is(count, Opcode.Band, out Inst inst))
        {
            InstData and = x.Dfg.Insts[inst];
            if (x.IsConst(and.B, out long mask) && (mask & (type.Bits() - 1)) == type.Bits() - 1) return x.Use(and.A, type);
        }

        return x.Use(count, type);
    }

    private static void ByConstant(Lowering x, in InstData data, VReg dst, int count)
    {
        IrType type = data.Type;
        int wide = type == IrType.I64 ? 1 : 0;
        bool left = data.Op == Opcode.Rotl;
        // rorx leaves its source alone.
        if (data.Op is Opcode.Rotl or Opcode.Rotr && x.Features.Bmi2 && x.UsesOf(data.A) != 1)
        {
            x.Rm(X64Op.Rorx32Rmi + wide, dst, x.Use(data.A, type), left ? -count & (type.Bits() - 1) : count);
            return;
        }

        X64Op op = data.Op switch
        {
            Opcode.Ishl => X64Op.Shl32Mi8,
            Opcode.Ushr => X64Op.Shr32Mi8,
            Opcode.Sshr => X64Op.Sar32Mi8,
            Opcode.Rotl => X64Op.Rol32Mi8,
            _ => X64Op.Ror32Mi8,
        };
        // x << 1..3 where x lives on => lea [x*2^k] has a long displacement; x << 1 => lea [x + x].
        if (data.Op == Opcode.Ishl && count == 1 && x.UsesOf(data.A) != 1)
        {
            VReg reg = x.Use(data.A, type);
            x.Rm(X64Op.Lea32 + wide, dst, new RmOperand { Kind = RmKind.BaseIndex, Base = reg, Index = reg });
            return;
        }

        x.Mi(op + wide, dst, x.Use(data.A, type), count);
    }
}
