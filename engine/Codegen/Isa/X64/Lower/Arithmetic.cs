using Kiln.Codegen.Ir;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>iadd, isub, imul, band, bor, bxor: immediates, memory operands, lea, BMI1.</summary>
internal static class ArithmeticRules
{
    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        switch (data.Op)
        {
            case Opcode.Iadd: Add(x, data, dst); break;
            case Opcode.Isub: Sub(x, data, dst); break;
            case Opcode.Imul: Mul(x, data, dst); break;
            case Opcode.Umulhi: WideArithmeticRules.Product(x, data, dst); break;
            case Opcode.Smulhi: WideArithmeticRules.Product(x, data, dst); break;
            case Opcode.Band: And(x, data, dst); break;
            case Opcode.Bor: Commutative(x, X64Op.Or32Rm, data, dst); break;
            case Opcode.Bxor: Xor(x, data, dst); break;
            default: Lowering.ThrowUnknown(data.Op); break;
        }
    }

    private static int Wide(IrType type) => type == IrType.I64 ? 1 : 0;

    private static void Add(Lowering x, in InstData data, VReg dst)
    {
        Value a = data.A, b = data.B;
        if (x.IsConst(a, out _)) (a, b) = (b, a);
        if (x.IsImm32(b, out int imm))
        {
            AddImmediate(x, data.Type, dst, a, imm);
            return;
        }

        if (WideArithmeticRules.TryAddCarry(x, data.Type, dst, a, b) || WideArithmeticRules.TryAddCarry(x, data.Type, dst, b, a)) return;

        // x + (y << k) => lea [x + y*2^k]
        if (TryScaled(x, a, b, data.Type, out RmOperand address) || TryScaled(x, b, a, data.Type, out address))
        {
            x.Rm(X64Op.Lea32 + Wide(data.Type), dst, address);
            return;
        }

        // x + load
        if (x.TrySink(b, data.Type, out RmOperand memory))
        {
            x.Rvm(X64Op.Add32Rm + Wide(data.Type), dst, x.Use(a, data.Type), memory);
            return;
        }

        if (x.TrySink(a, data.Type, out memory))
        {
            x.Rvm(X64Op.Add32Rm + Wide(data.Type), dst, x.Use(b, data.Type), memory);
            return;
        }

        // x + y: add overwrites one of them; lea saves the move if both live on.
        if (x.EndsHere(b) && !x.EndsHere(a)) (a, b) = (b, a);
        if (x.EndsHere(a)) x.Rvm(X64Op.Add32Rm + Wide(data.Type), dst, x.Use(a, data.Type), x.Use(b, data.Type));
        else x.Rm(X64Op.Lea32 + Wide(data.Type), dst, new RmOperand { Kind = RmKind.BaseIndex, Base = x.Use(a, data.Type), Index = x.Use(b, data.Type) });
    }

    private static void AddImmediate(Lowering x, IrType type, VReg dst, Value a, int imm)
    {
        // (x << k) + c => lea [x*2^k + c] costs a long displacement; only the plain sum is folded.
        // x + c where x lives on => lea [x + c]
        if (x.EndsHere(a)) Immediate(x, X64Op.Add32Rm, type, dst, x.Use(a, type), imm);
        else x.Rm(X64Op.Lea32 + Wide(type), dst, new RmOperand { Kind = RmKind.BaseIndex, Base = x.Use(a, type), Displacement = imm });
    }

    // y is z << k with k from 1 to 3, of the same type, and needed nowhere else.
    private static bool TryScaled(Lowering x, Value a, Value y, IrType type, out RmOperand address)
    {
        address = default;
        if (!x.Is(y, Opcode.Ishl, out Inst inst) || x.UsesOf(y) != 1) return false;
        InstData shift = x.Dfg.Insts[inst];
        if (!x.IsConst(shift.B, out long count)) return false;
        count &= type.Bits() - 1;
        if (count is < 1 or > 3) return false;
        address = new RmOperand { Kind = RmKind.BaseIndex, Base = x.Use(a, type), Index = x.Use(shift.A, type), Shift = (byte)count };
        return true;
    }

    private static void Sub(Lowering x, in InstData data, VReg dst)
    {
        IrType type = data.Type;
        // 0 - x => neg x
        if (x.IsConst(data.A, out long zero) && zero == 0)
        {
            x.Emit(new X64Inst { Op = X64Op.Neg32M + Wide(type), R = dst, V = x.Use(data.B, type) });
            return;
        }

        // x - c => x + (-c)
        if (x.IsImm32(data.B, out int imm) && imm != int.MinValue)
        {
            AddImmediate(x, type, dst, data.A, -imm);
            return;
        }

        if (WideArithmeticRules.TrySubtractBorrow(x, type, dst, data.A, data.B)) return;
        x.Rvm(X64Op.Sub32Rm + Wide(type), dst, x.Use(data.A, type), x.UseRm(data.B, type));
    }

    private static void Mul(Lowering x, in InstData data, VReg dst)
    {
        IrType type = data.Type;
        Value a = data.A, b = data.B;
        if (x.IsConst(a, out _)) (a, b) = (b, a);
        if (x.IsImm32(b, out int imm))
        {
            // x * 3, 5, 9 => lea [x + x*2, 4, 8]
            if (imm is 3 or 5 or 9)
            {
                VReg reg = x.Use(a, type);
                x.Rm(X64Op.Lea32 + Wide(type), dst, new RmOperand { Kind = RmKind.BaseIndex, Base = reg, Index = reg, Shift = (byte)(imm == 3 ? 1 : imm == 5 ? 2 : 3) });
                return;
            }

            // x * 2^k => x << k
            if (imm > 0 && (imm & (imm - 1)) == 0)
            {
                x.Mi(X64Op.Shl32Mi8 + Wide(type), dst, x.Use(a, type), System.Numerics.BitOperations.TrailingZeroCount(imm));
                return;
            }

            x.Rm((imm == (sbyte)imm ? X64Op.Imul32Rmi8 : X64Op.Imul32Rmi32) + Wide(type), dst, x.UseRm(a, type), imm);
            return;
        }

        Commutative(x, X64Op.Imul32Rm, data, dst);
    }

    private static void And(Lowering x, in InstData data, VReg dst)
    {
        IrType type = data.Type;
        Value a = data.A, b = data.B;
        if (x.IsConst(a, out _)) (a, b) = (b, a);
        if (x.IsConst(b, out long mask))
        {
            // x & 0xff, 0xffff, 0xffffffff => zero extension
            if (mask is 0xFF or 0xFFFF)
            {
                x.Rm(mask == 0xFF ? X64Op.Movzx32Rm8 : X64Op.Movzx32Rm16, dst, x.Use(a, type));
                return;
            }

            if (type == IrType.I64 && mask == uint.MaxValue)
            {
                x.Rm(X64Op.Mov32Rm, dst, x.RegOf(a));
                return;
            }

            // A 64-bit mask with zero upper half: the 32-bit instruction clears it.
            if (type == IrType.I64 && mask is >= 0 and <= uint.MaxValue)
            {
                Immediate(x, X64Op.And32Rm, IrType.I32, dst, x.RegOf(a), (int)mask);
                return;
            }
        }

        // x & ~y => andn
        if (x.Features.Bmi1 && (TryAndNot(x, data.A, data.B, type, dst) || TryAndNot(x, data.B, data.A, type, dst))) return;
        // x & (x - 1) => blsr; x & -x => blsi
        if (x.Features.Bmi1 && (TryLowestBit(x, data.A, data.B, type, dst) || TryLowestBit(x, data.B, data.A, type, dst))) return;
        Commutative(x, X64Op.And32Rm, data, dst);
    }

    private static bool TryAndNot(Lowering x, Value a, Value y, IrType type, VReg dst)
    {
        if (!x.Is(y, Opcode.Bxor, out Inst inst) || x.UsesOf(y) != 1) return false;
        InstData not = x.Dfg.Insts[inst];
        if (!x.IsConst(not.B, out long ones) || ones != -1) return false;
        x.Rvm(X64Op.Andn32Rvm + Wide(type), dst, x.Use(not.A, type), x.UseRm(a, type));
        return true;
    }

    private static bool TryLowestBit(Lowering x, Value a, Value y, IrType type, VReg dst)
    {
        Inst inst = x.Dfg.DefInst(y);
        if (inst.Id == 0 || x.UsesOf(y) != 1) return false;
        InstData other = x.Dfg.Insts[inst];
        bool minusOne = (other.Op == Opcode.Iadd && other.A == a && x.IsConst(other.B, out long c) && c == -1)
            || (other.Op == Opcode.Isub && other.A == a && x.IsConst(other.B, out c) && c == 1);
        bool negated = other.Op == Opcode.Isub && other.B == a && x.IsConst(other.A, out c) && c == 0;
        if (!minusOne && !negated) return false;
        x.Rm((minusOne ? X64Op.Blsr32Vm : X64Op.Blsi32Vm) + Wide(type), dst, x.Use(a, type));
        return true;
    }

    private static void Xor(Lowering x, in InstData data, VReg dst)
    {
        // x ^ -1 => not x
        if (x.IsConst(data.B, out long ones) && ones == -1)
        {
            x.Emit(new X64Inst { Op = X64Op.Not32M + Wide(data.Type), R = dst, V = x.Use(data.A, data.Type) });
            return;
        }

        Commutative(x, X64Op.Xor32Rm, data, dst);
    }

    // One operand is overwritten, the other may be an immediate or memory.
    private static void Commutative(Lowering x, X64Op op, in InstData data, VReg dst)
    {
        IrType type = data.Type;
        Value a = data.A, b = data.B;
        if (x.IsConst(a, out _)) (a, b) = (b, a);
        if (op != X64Op.Imul32Rm && x.IsImm32(b, out int imm))
        {
            Immediate(x, op, type, dst, x.Use(a, type), imm);
            return;
        }

        if (x.TrySink(b, type, out RmOperand memory))
        {
            x.Rvm(op + Wide(type), dst, x.Use(a, type), memory);
            return;
        }

        if (x.TrySink(a, type, out memory))
        {
            x.Rvm(op + Wide(type), dst, x.Use(b, type), memory);
            return;
        }

        // Overwrite the one that is not needed any more.
        if (x.EndsHere(b) && !x.EndsHere(a)) (a, b) = (b, a);
        x.Rvm(op + Wide(type), dst, x.Use(a, type), x.Use(b, type));
    }

    /// <summary>dst = source op immediate, for the families add, or, and, sub, xor given by their 32-bit Rm form.</summary>
    public static void Immediate(Lowering x, X64Op family, IrType type, VReg dst, VReg source, int imm) =>
        x.Mi(family + (imm == (sbyte)imm ? 2 : 4) + Wide(type), dst, source, imm);
}
