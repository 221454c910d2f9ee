using System;
using Kiln.Codegen.Ir;
using Kiln.RegAlloc;
using static Kiln.Codegen.Isa.X64.Lower.VectorConstants;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>Bitwise operations on vectors, and tests of vectors: vany_true, vall_true, vbitmask.</summary>
internal static class VectorBitRules
{
    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        switch (data.Op)
        {
            case Opcode.Vand: VectorArithmeticRules.Binary(x, data, dst, X64Op.Pand, commutative: true); break;
            case Opcode.Vandnot: AndNot(x, data, dst); break;
            case Opcode.Vor: VectorArithmeticRules.Binary(x, data, dst, X64Op.Por, commutative: true); break;
            case Opcode.Vxor: VectorArithmeticRules.Binary(x, data, dst, X64Op.Pxor, commutative: true); break;
            case Opcode.Vnot: Not(x, data, dst); break;
            case Opcode.Vbitselect: Select(x, data, dst); break;
            case Opcode.VanyTrue or Opcode.VallTrue: CompareRules.SetBool(x, dst, Test(x, data)); break;
            case Opcode.Vbitmask: Mask(x, data, dst); break;
        }
    }

    private static void Not(Lowering x, in InstData data, VReg dst)
    {
        VReg a = x.RegOf(data.A);
        x.Vector(X64Op.Pxor, dst, Ones(x), a);
    }

    // pandn complements its first operand.
    private static void AndNot(Lowering x, in InstData data, VReg dst)
    {
        RmOperand kept = x.UseVector(data.A);
        x.Vector(X64Op.Pandn, dst, x.RegOf(data.B), kept);
    }

    // One blend if every byte of the mask is all ones or all zeros, as comparisons give; else (a & c) | (b & ~c).
    private static void Select(Lowering x, in InstData data, VReg dst)
    {
        Value a = data.A, b = data.B, mask = data.C;
        if (TryConstantMask(x, mask, out UInt128 bits))
        {
            // Words of 16 bits as immediate.
            int words = 0;
            bool whole = true;
            for (int i = 0; i < 8; i++)
            {
                ushort word = (ushort)(bits >> (16 * i));
                if (word == 0xFFFF) words |= 1 << i;
                else if (word != 0) whole = false;
            }

            if (whole)
            {
                RmOperand yes = x.UseVector(a);
                x.Vector(X64Op.Pblendw, dst, x.RegOf(b), yes, words);
                return;
            }
        }

        if (IsByteMask(x, mask))
        {
            // not m ? a : b => m ? b : a
            if (x.Is(mask, Opcode.Vnot, out Inst not))
            {
                mask = x.Dfg.Insts[not].A;
                (a, b) = (b, a);
            }

            RmOperand yes = x.UseVector(a);
            x.Vector(X64Op.Pblendvb, dst, x.RegOf(b), yes, (int)x.RegOf(mask).Id);
            return;
        }

        VReg c = x.RegOf(mask), chosen = x.NewVector(), rest = x.NewVector();
        RmOperand first = x.UseVector(a), second = x.UseVector(b);
        x.Vector(X64Op.Pand, chosen, c, first);
        x.Vector(X64Op.Pandn, rest, c, second);
        x.Vector(X64Op.Por, dst, chosen, rest);
    }

    private static bool TryConstantMask(Lowering x, Value mask, out UInt128 bits)
    {
        bool constant = x.Is(mask, Opcode.Vconst, out Inst inst);
        bits = constant ? x.Function.Constants[x.Dfg.Insts[inst].Constant] : 0;
        return constant;
    }

    private static bool IsByteMask(Lowering x, Value mask)
    {
        if (TryConstantMask(x, mask, out UInt128 bits))
        {
            for (; bits != 0; bits >>= 8)
            {
                if ((byte)bits is not (0 or 0xFF)) return false;
            }

            return true;
        }

        Inst inst = x.Dfg.DefInst(mask);
        if (inst.Id == 0) return false;
        return x.Dfg.Op(inst) switch
        {
            Opcode.Vicmp or Opcode.Vfcmp => true,
            Opcode.Vnot => IsByteMask(x, x.Dfg.Insts[inst].A),
            _ => false, // others may, but it is not known
        };
    }

    /// <summary>Emits what sets the flags for a vany_true or vall_true.</summary>
    public static FlagsCondition Test(Lowering x, in InstData test)
    {
        VReg a = x.RegOf(test.A);
        if (test.Op == Opcode.VanyTrue)
        {
            x.VectorMr(X64Op.Ptest, a, a);
            return new FlagsCondition(Cc.Ne);
        }

        // All bits of a comparison's lanes are set: ptest's carry says that a has every bit of the other.
        Inst inst = x.Dfg.DefInst(test.A);
        if (inst.Id != 0 && x.Dfg.Op(inst) is Opcode.Vicmp or Opcode.Vfcmp && x.Dfg.Insts[inst].Lanes.LaneBits() == test.Lanes.LaneBits())
        {
            x.VectorMr(X64Op.Ptest, Ones(x), a);
            return new FlagsCondition(Cc.B);
        }

        VReg zeros = x.NewVector();
        x.Vector(X64Op.Pcmpeqb + 2 * (test.Lanes - LaneShape.I8x16), zeros, Zero(x), a);
        x.VectorMr(X64Op.Ptest, zeros, zeros);
        return new FlagsCondition(Cc.E);
    }

    private static void Mask(Lowering x, in InstData data, VReg dst)
    {
        VReg a = x.RegOf(data.A);
        switch (data.Lanes)
        {
            case LaneShape.I8x16:
                x.VectorRm(X64Op.Pmovmskb, dst, a);
                break;
            case LaneShape.I16x8:
                VReg packed = x.NewVector();
                x.Vector(X64Op.Packsswb, packed, a, Zero(x));
                x.VectorRm(X64Op.Pmovmskb, dst, packed);
                break;
            case LaneShape.I32x4:
                x.VectorRm(X64Op.Movmskps, dst, a);
                break;
            default: // i64x2
                x.VectorRm(X64Op.Movmskpd, dst, a);
                break;
        }
    }
}
