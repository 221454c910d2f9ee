using System;
using Kiln.Codegen.Ir;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>
/// udiv, sdiv, urem, srem. Divisors are checked by compares before the division, so that the processor never raises
/// a divide error; constant divisors need no check. The optimiser has made multiplications of most of those.
/// </summary>
internal static class DivisionRules
{
    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        bool signed = data.Op is Opcode.Sdiv or Opcode.Srem;
        bool remainder = data.Op is Opcode.Urem or Opcode.Srem;
        if (x.IsConst(data.B, out long divisor) && divisor != 0)
        {
            if (data.Type == IrType.I32 && !signed) divisor = (uint)divisor;
            ByConstant(x, data, dst, divisor, signed, remainder);
            return;
        }

        VReg b = x.Use(data.B, data.Type);
        int wide = data.Type == IrType.I64 ? 1 : 0;
        x.Mr(X64Op.Test32Mr + wide, b, b);
        ControlRules.TrapIf(x, new FlagsCondition(Cc.E), TrapCode.IntegerDivideByZero);
        if (!signed) Divide(x, data, dst, b, signed, remainder);
        else if (remainder) SignedRemainder(x, data, dst, b);
        else CheckedSignedQuotient(x, data, dst, b);
    }

    private static void Divide(Lowering x, in InstData data, VReg dst, VReg divisor, bool signed, bool remainder) =>
        Divide(x, data.Type, dst, x.Use(data.A, data.Type), divisor, signed, remainder);

    private static void Divide(Lowering x, IrType type, VReg dst, VReg dividend, VReg divisor, bool signed, bool remainder)
    {
        int wide = type == IrType.I64 ? 1 : 0;
        VReg high = x.NewInt(), other = x.NewInt();
        x.Emit(signed ? new X64Inst { Op = X64Op.Cdq + wide, R = high, V = dividend } : new X64Inst { Op = X64Op.ZeroInt, R = high });
        x.Emit(new X64Inst
        {
            Op = (signed ? X64Op.Idiv32M : X64Op.Div32M) + wide,
            R = remainder ? other : dst,
            X = remainder ? dst : other,
            V = dividend,
            M = divisor,
            Displacement = (int)high.Id,
        });
    }

    // The least integer divided by -1 overflows: dividend == MIN exactly if dividend - 1 overflows.
    private static void CheckedSignedQuotient(Lowering x, in InstData data, VReg dst, VReg divisor)
    {
        // Trap if divisor == -1 and dividend == MIN: (divisor + 1) | (dividend - MIN) == 0, on the type's width.
        int wide = data.Type == IrType.I64 ? 1 : 0;
        VReg dividend = x.Use(data.A, data.Type), least = x.NewInt(), above = x.NewInt(), next = x.NewInt(), both = x.NewInt();
        ConstantRules.Integer(x, least, data.Type == IrType.I32 ? 0x80000000L : long.MinValue);
        x.Rvm(X64Op.Xor32Rm + wide, above, least, dividend);
        x.Rm(X64Op.Lea32 + wide, next, new RmOperand { Kind = RmKind.BaseIndex, Base = divisor, Displacement = 1 });
        x.Rvm(X64Op.Or32Rm + wide, both, next, above);
        ControlRules.TrapIf(x, new FlagsCondition(Cc.E), TrapCode.IntegerOverflow);
        Divide(x, data.Type, dst, dividend, divisor, signed: true, remainder: false);
    }

    // A remainder by -1 is that by 1: 0. So the divisor -1 is replaced by 1, and the division cannot overflow.
    private static void SignedRemainder(Lowering x, in InstData data, VReg dst, VReg divisor)
    {
        int wide = data.Type == IrType.I64 ? 1 : 0;
        VReg one = x.NewInt(), safe = x.NewInt();
        ConstantRules.Integer(x, one, 1);
        x.MemImm(X64Op.Cmp32Mi8 + wide, divisor, -1);
        x.Rvm(X64Op.Cmov32Rm + wide, safe, divisor, one, cc: Cc.E);
        Divide(x, data, dst, safe, signed: true, remainder: true);
    }

    // Constant divisors.

    private static void ByConstant(Lowering x, in InstData data, VReg dst, long divisor, bool signed, bool remainder)
    {
        IrType type = data.Type;
        VReg dividend = x.Use(data.A, type);
        if (divisor == -1 && signed)
        {
            ByMinusOne(x, type, dst, dividend, remainder);
            return;
        }

        VReg constant = x.NewInt();
        ConstantRules.Integer(x, constant, type == IrType.I32 ? (uint)divisor : divisor);
        Divide(x, type, dst, dividend, constant, signed, remainder);
    }

    private static void ByMinusOne(Lowering x, IrType type, VReg dst, VReg dividend, bool remainder)
    {
        if (remainder)
        {
            ConstantRules.Integer(x, dst, 0);
            return;
        }

        // neg overflows exactly where the division does.
        x.Emit(new X64Inst { Op = X64Op.Neg32M + (type == IrType.I64 ? 1 : 0), R = dst, V = dividend });
        ControlRules.TrapIf(x, new FlagsCondition(Cc.O), TrapCode.IntegerOverflow);
    }
}
