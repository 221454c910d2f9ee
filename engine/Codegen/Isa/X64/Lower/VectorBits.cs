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
            case Opcode.Vor or Opcode.Vxor when TryRotation(x, data, dst) || TrySelection(x, data.A, data.B, dst) || TrySelection(x, data.B, data.A, dst): break;
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

    // (v << k) | (v >> (width - k)) for whole bytes is one shuffle.
    private static bool TryRotation(Lowering x, in InstData data, VReg dst)
    {
        if (!IsShift(x, data.A, out InstData left) || !IsShift(x, data.B, out InstData right)) return false;
        if (left.Op == Opcode.Vushr) (left, right) = (right, left);
        if (left.Op != Opcode.Vishl || right.Op != Opcode.Vushr || left.A != right.A || left.Lanes != right.Lanes) return false;
        int width = left.Lanes.LaneBits();
        if (!x.IsConst(left.B, out long by) || !x.IsConst(right.B, out long back)) return false;
        int count = (int)by & (width - 1);
        if (count == 0 || (count & 7) != 0 || count + ((int)back & (width - 1)) != width) return false;
        VectorShuffleRules.RotateBytes(x, dst, x.RegOf(left.A), width / 8, count / 8);
        return true;
    }

    private static bool IsShift(Lowering x, Value value, out InstData shift) =>
        IsPrivate(x, value, Opcode.Vishl, out shift) || IsPrivate(x, value, Opcode.Vushr, out shift);

    // One blend if every byte of the mask is all ones or all zeros, as comparisons give; else (a & c) | (b & ~c).
    private static void Select(Lowering x, in InstData data, VReg dst)
    {
        Value a = data.A, b = data.B, mask = data.C;
        if (TryConstantMask(x, mask, out UInt128 bits) && TrySelectByConstant(x, dst, a, b, bits)) return;
        if (IsByteMask(x, mask))
        {
            SelectByMask(x, dst, a, b, mask);
            return;
        }

        VReg c = x.RegOf(mask), chosen = x.NewVector(), rest = x.NewVector();
        RmOperand first = x.UseVector(a), second = x.UseVector(b);
        x.Vector(X64Op.Pand, chosen, c, first);
        x.Vector(X64Op.Pandn, rest, c, second);
        x.Vector(X64Op.Por, dst, chosen, rest);
    }

    private static void SelectByMask(Lowering x, VReg dst, Value a, Value b, Value mask)
    {
        VReg choice = ByteMask(x, mask, out bool complemented);
        if (complemented) (a, b) = (b, a);
        RmOperand yes = x.UseVector(a);
        x.Vector(X64Op.Pblendvb, dst, x.RegOf(b), yes, (int)choice.Id);
    }

    // a where the constant has ones: by an immediate for whole words of 16 bits, by a mask for whole bytes.
    private static bool TrySelectByConstant(Lowering x, VReg dst, Value a, Value b, UInt128 bits)
    {
        int words = 0;
        bool wholeWords = true;
        for (int i = 0; i < 16; i++)
        {
            byte one = (byte)(bits >> (8 * i));
            if (one is not (0 or 0xFF)) return false;
            wholeWords &= one == (byte)(bits >> (8 * (i & ~1)));
            if (one != 0) words |= 1 << (i >> 1);
        }

        RmOperand yes = x.UseVector(a);
        if (wholeWords) x.Vector(X64Op.Pblendw, dst, x.RegOf(b), yes, words);
        else x.Vector(X64Op.Pblendvb, dst, x.RegOf(b), yes, (int)Register(x, bits).Id);
        return true;
    }

    // (a & m) | (b & ~m) for masks of whole bytes: a comparison, or two complementary constants.
    private static bool TrySelection(Lowering x, Value kept, Value rest, VReg dst)
    {
        if (!IsPrivate(x, kept, Opcode.Vand, out InstData and)) return false;
        if (IsPrivate(x, rest, Opcode.Vandnot, out InstData andNot))
        {
            Value mask = andNot.B;
            if ((and.A != mask && and.B != mask) || !IsByteMask(x, mask)) return false;
            Value a = and.A == mask ? and.B : and.A;
            if (!TryConstantMask(x, mask, out UInt128 constant) || !TrySelectByConstant(x, dst, a, andNot.A, constant)) SelectByMask(x, dst, a, andNot.A, mask);
            return true;
        }

        return IsPrivate(x, rest, Opcode.Vand, out InstData other)
            && TryConstantMask(x, and.B, out UInt128 one) && TryConstantMask(x, other.B, out UInt128 two) && one == ~two
            && TrySelectByConstant(x, dst, and.A, other.A, one);
    }

    // True for a value of an opcode that nothing but the instruction being lowered needs.
    private static bool IsPrivate(Lowering x, Value value, Opcode op, out InstData data)
    {
        bool found = x.Is(value, op, out Inst inst) && x.UsesOf(value) == 1 && !x.IsDemanded(value);
        data = found ? x.Dfg.Insts[inst] : default;
        return found;
    }

    private static bool TryConstantMask(Lowering x, Value mask, out UInt128 bits)
    {
        bool constant = x.Is(mask, Opcode.Vconst, out Inst inst);
        bits = constant ? x.Function.Constants[x.Dfg.Insts[inst].Constant] : 0;
        return constant;
    }

    // A register with the mask, or with its complement where that is cheaper and nothing else needs the mask.
    private static VReg ByteMask(Lowering x, Value mask, out bool complemented)
    {
        complemented = false;
        while (x.Is(mask, Opcode.Vnot, out Inst not))
        {
            mask = x.Dfg.Insts[not].A;
            complemented = !complemented;
        }

        if (x.Is(mask, Opcode.Vicmp, out Inst inst) && x.UsesOf(mask) == 1 && !x.IsDemanded(mask)
            && VectorCompareRules.HasCheaperComplement(x, x.Dfg.Insts[inst], out InstData complement))
        {
            complemented = !complemented;
            VReg opposite = x.NewVector();
            VectorCompareRules.Lower(x, complement, opposite);
            return opposite;
        }

        return x.RegOf(mask);
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
        bool all = test.Op == Opcode.VallTrue;
        if (IsComparison(x, test.A, test.Lanes)) return TestMask(x, ByteMask(x, test.A, out bool complemented), all, complemented);
        VReg a = x.RegOf(test.A);
        if (!all)
        {
            x.VectorMr(X64Op.Ptest, a, a);
            return new FlagsCondition(Cc.Ne);
        }

        // No lane is zero.
        VReg zeros = x.NewVector();
        x.Vector(X64Op.Pcmpeqb + 2 * (test.Lanes - LaneShape.I8x16), zeros, Zero(x), a);
        return TestMask(x, zeros, all: true, complemented: true);
    }

    // A comparison with lanes at least as wide, so that no lane of the test is partly set.
    private static bool IsComparison(Lowering x, Value value, LaneShape lanes)
    {
        Inst inst = x.Dfg.DefInst(value);
        return inst.Id != 0 && x.Dfg.Op(inst) is Opcode.Vicmp or Opcode.Vfcmp && x.Dfg.Insts[inst].Lanes.LaneBits() >= lanes.LaneBits();
    }

    // Whether all or any bytes of a mask (or of its complement) are set: a bit a byte, compared with all or none. With
    // the jump that is one instruction less for the processor than ptest.
    private static FlagsCondition TestMask(Lowering x, VReg mask, bool all, bool complemented)
    {
        VReg bits = x.NewInt();
        x.VectorRm(X64Op.Pmovmskb, bits, mask);
        if (all == complemented) x.Mr(X64Op.Test32Mr, bits, bits);
        else x.MemImm(X64Op.Cmp32Mi32, bits, 0xFFFF);
        return new FlagsCondition(all ? Cc.E : Cc.Ne);
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
