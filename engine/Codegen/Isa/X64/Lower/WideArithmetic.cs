using Kiln.Codegen.Ir;
using Kiln.Foundation.Entities;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>
/// Arithmetic across two words: carries from the low word's addition into the high word's (add, adc), borrows (sub, sbb), and
/// both halves of a product by one multiplication. In the IR each half is an instruction of its own; here the low half is
/// done together with the high one, if it stands shortly before it and nothing in between needs it.
/// </summary>
internal static class WideArithmeticRules
{
    private static int Wide(IrType type) => type == IrType.I64 ? 1 : 0;

    /// <summary>
    /// dst = a + truth, where truth is an unsigned comparison: x + (y &lt; z) is cmp y, z; adc x, 0, and x + (y >= z) is
    /// cmp y, z; sbb x, -1. A sum or difference of y and z sets the flags itself, and x + w + (y &lt; z) is adc x, w.
    /// </summary>
    public static bool TryAddCarry(Lowering x, IrType type, VReg dst, Value a, Value truth)
    {
        if (!TryNarrowTruth(x, type, ref truth) || !TryCarry(x, truth, out bool inverted)) return false;
        if (!inverted && IsOnlyHere(x, a, Opcode.Iadd, out InstData sum)) Apply(x, X64Op.Adc32Rm, type, dst, sum.A, sum.B);
        else if (inverted) ArithmeticRules.Immediate(x, X64Op.Sbb32Rm, type, dst, x.Use(a, type), -1);
        else ArithmeticRules.Immediate(x, X64Op.Adc32Rm, type, dst, x.Use(a, type), 0);
        return true;
    }

    /// <summary>dst = a - truth, likewise: x - w - (y &lt; z) is cmp y, z; sbb x, w.</summary>
    public static bool TrySubtractBorrow(Lowering x, IrType type, VReg dst, Value a, Value truth)
    {
        if (!TryNarrowTruth(x, type, ref truth) || !TryCarry(x, truth, out bool inverted)) return false;
        if (inverted) ArithmeticRules.Immediate(x, X64Op.Adc32Rm, type, dst, x.Use(a, type), -1);
        else if (IsOnlyHere(x, a, Opcode.Isub, out InstData difference)) Apply(x, X64Op.Sbb32Rm, type, dst, difference.A, difference.B);
        else if (IsOnlyHere(x, a, Opcode.Iadd, out InstData sum) && x.IsImm32(sum.B, out int imm) && imm != int.MinValue)
            ArithmeticRules.Immediate(x, X64Op.Sbb32Rm, type, dst, x.Use(sum.A, type), -imm); // x - c is x + -c in the IR
        else ArithmeticRules.Immediate(x, X64Op.Sbb32Rm, type, dst, x.Use(a, type), 0);
        return true;
    }

    // An i64 is added the extension of a truth value.
    private static bool TryNarrowTruth(Lowering x, IrType type, ref Value truth)
    {
        if (type == IrType.I32) return true;
        if (!x.Is(truth, Opcode.Uextend, out Inst extension) || x.UsesOf(truth) != 1 || x.IsDemanded(truth)) return false;
        truth = x.Dfg.Insts[extension].A;
        return true;
    }

    private static bool IsOnlyHere(Lowering x, Value value, Opcode op, out InstData data)
    {
        bool only = x.Is(value, op, out Inst inst) && x.UsesOf(value) == 1 && !x.IsDemanded(value);
        data = only ? x.Dfg.Insts[inst] : default;
        return only;
    }

    private static void Apply(Lowering x, X64Op family, IrType type, VReg dst, Value a, Value b)
    {
        if (x.IsImm32(b, out int imm)) ArithmeticRules.Immediate(x, family, type, dst, x.Use(a, type), imm);
        else x.Rvm(family + Wide(type), dst, x.Use(a, type), x.UseRm(b, type));
    }

    // Emits what leaves in the carry flag whether truth, the result of an icmp used nowhere else, is 1 (or 0, if inverted).
    private static bool TryCarry(Lowering x, Value truth, out bool inverted)
    {
        inverted = false;
        if (!x.Is(truth, Opcode.Icmp, out Inst inst) || x.UsesOf(truth) != 1 || x.IsDemanded(truth)) return false;
        InstData icmp = x.Dfg.Insts[inst];
        IrType type = icmp.Type;
        Value a = icmp.A, b = icmp.B;
        IntCC cc = icmp.IntCC;
        if (cc is IntCC.Eq or IntCC.Ne && x.IsConst(b, out long zero) && zero == 0)
        {
            // x == 0 is x < 1, unsigned
            inverted = cc == IntCC.Ne;
            if (!CompareRules.TryNarrowMemory(x, a, 1)) x.MemImm(X64Op.Cmp32Mi8 + Wide(type), x.UseRm(a, type), 1);
            return true;
        }

        if (TrySum(x, icmp, inst, out FlagsCondition carry))
        {
            inverted = carry.First == Cc.Ae;
            return true;
        }

        bool isLess = cc is IntCC.Ult or IntCC.Uge;
        if (isLess ? x.IsConst(a, out _) : cc is not (IntCC.Ugt or IntCC.Ule) || x.IsConst(a, out _) || x.IsConst(b, out _)) return false;
        inverted = cc is IntCC.Uge or IntCC.Ule;
        if (!isLess) (a, b) = (b, a); // x > y is y < x
        if (x.TryFindDelayable(Opcode.Isub, a, b, inst, out Inst difference))
        {
            x.MarkLowered(difference);
            x.Rvm(X64Op.Sub32Rm + Wide(type), x.RegOf(x.Dfg.FirstResult(difference)), x.Use(a, type), x.Use(b, type));
        }
        else if (isLess)
        {
            CompareRules.Integers(x, icmp, inst); // cmp, or test for 0, which clears the carry as cmp with 0 does
        }
        else
        {
            x.Mr(X64Op.Cmp32Rm + Wide(type), x.Use(b, type), x.Use(a, type));
        }

        return true;
    }

    /// <summary>
    /// Emits the sum of which a comparison asks whether it wrapped round (x + y &lt; x): the carry flag of add answers.
    /// </summary>
    /// <param name="x">The lowering.</param>
    /// <param name="icmp">The comparison.</param>
    /// <param name="own">Its instruction; it is not lowered anywhere else.</param>
    /// <param name="condition">What the flags then say.</param>
    public static bool TrySum(Lowering x, in InstData icmp, Inst own, out FlagsCondition condition)
    {
        IntCC cc = icmp.IntCC;
        Value sum = icmp.A, part = icmp.B;
        if (cc is IntCC.Ugt or IntCC.Ule) (sum, part, cc) = (part, sum, cc.Swapped());
        condition = new FlagsCondition(cc == IntCC.Ult ? Cc.B : Cc.Ae);
        if (cc is not (IntCC.Ult or IntCC.Uge) || !x.Is(sum, Opcode.Iadd, out Inst add)) return false;
        InstData data = x.Dfg.Insts[add];
        Value other = data.A == part ? data.B : data.A;
        if ((data.A != part && data.B != part) || !x.CanDelay(add, own)) return false;
        x.MarkLowered(add);
        IrType type = icmp.Type;
        VReg dst = x.RegOf(sum);
        if (x.IsConst(part, out _)) (part, other) = (other, part);
        if (x.IsImm32(other, out int imm)) ArithmeticRules.Immediate(x, X64Op.Add32Rm, type, dst, x.Use(part, type), imm);
        else if (x.TrySink(other, type, out RmOperand memory)) x.Rvm(X64Op.Add32Rm + Wide(type), dst, x.Use(part, type), memory);
        else if (x.EndsHere(other) && x.UsesOf(part) > 2) x.Rvm(X64Op.Add32Rm + Wide(type), dst, x.Use(other, type), x.Use(part, type));
        else x.Rvm(X64Op.Add32Rm + Wide(type), dst, x.Use(part, type), x.Use(other, type));
        return true;
    }

    /// <summary>dst = high half of a product, and its low half at the same time where that is needed too.</summary>
    public static void Product(Lowering x, in InstData data, VReg dst)
    {
        bool isSigned = data.Op == Opcode.Smulhi;
        bool both = x.TryFindDelayable(Opcode.Imul, data.A, data.B, default, out Inst imul);
        VReg low = both ? x.RegOf(x.Dfg.FirstResult(imul)) : x.NewInt();
        if (both) x.MarkLowered(imul);
        if (!both || isSigned || !x.Features.Bmi2)
        {
            x.Emit(new X64Inst { Op = isSigned ? X64Op.ImulWide64M : X64Op.Mul64M, R = low, X = dst, V = x.RegOf(data.A), M = x.RegOf(data.B) });
            return;
        }

        // mulx wants one factor in rdx, writes to any two registers and leaves the flags alone. Each factor has two uses here.
        Value a = data.A, b = data.B;
        if (a != b && x.CanSink(a, Opcode.Load, out _, uses: 2)) (a, b) = (b, a);
        if (a == b || !x.TrySink(b, IrType.I64, out RmOperand factor, uses: 2)) factor = x.RegOf(b);
        x.Emit(new X64Inst { Op = X64Op.Mulx64Rvm, R = dst, V = low, Rm = factor, Immediate = (int)x.RegOf(a).Id });
    }
}
