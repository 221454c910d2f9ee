// Lowering of comparisons and selections, and of the conditions of branches and traps.

using Kiln.Codegen.Ir;
using Kiln.Foundation.Entities;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>How two flags conditions make up one.</summary>
internal enum Junction : byte
{
    /// <summary>There is only the first.</summary>
    One,

    /// <summary>Either suffices.</summary>
    Either,

    /// <summary>Both must hold.</summary>
    Both,
}

/// <summary>What the flags must say: one condition, or two (float equality must look at parity as well).</summary>
internal readonly record struct FlagsCondition(Cc First, Cc Second, Junction Junction)
{
    /// <summary>A single condition.</summary>
    public FlagsCondition(Cc cc) : this(cc, cc, Junction.One)
    {
    }

    /// <summary>Holds exactly when this one does not.</summary>
    public FlagsCondition Inverse => new(First ^ (Cc)1, Second ^ (Cc)1, Junction switch
    {
        Junction.One => Junction.One,
        Junction.Either => Junction.Both,
        Junction.Both => Junction.Either,
    });

    /// <summary>Both condition codes in one byte, as <see cref="X64Inst.Condition"/> has them.</summary>
    public byte Packed => (byte)((int)First | (int)Second << 4);
}

/// <summary>icmp, fcmp, select, spectre_guard, and conditions of branches and traps: flags are made next to where they are read.</summary>
internal static class CompareRules
{
    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        switch (data.Op)
        {
            case Opcode.Icmp: SetBool(x, dst, Integers(x, data, x.Current)); break;
            case Opcode.Fcmp: SetBool(x, dst, Floats(x, data, true)); break;
            case Opcode.Select: Select(x, data, dst); break;
            case Opcode.SpectreGuard: Guard(x, data, dst); break;
            default: Lowering.ThrowUnknown(data.Op); break;
        }
    }

    /// <summary>Emits what sets the flags such that the result says whether <paramref name="value"/> is not zero.</summary>
    public static FlagsCondition NonZero(Lowering x, Value value)
    {
        bool inverted = false;
        bool once = true; // of what was looked through, too: who else needs that lowers its operands a second time
        while (true)
        {
            Inst inst = x.Dfg.DefInst(value);
            if (inst.Id == 0) break;
            InstData data = x.Dfg.Insts[inst];
            once &= x.UsesOf(value) == 1 && !x.IsDemanded(value);
            // (y == 0) != 0 => y == 0, where y is itself a truth value or a 32-bit integer
            if (data.Op == Opcode.Icmp && data.Type == IrType.I32 && data.IntCC is IntCC.Eq or IntCC.Ne && x.IsConst(data.B, out long zero) && zero == 0
                && IsTruth(x, data.A))
            {
                inverted ^= data.IntCC == IntCC.Eq;
                value = data.A;
                continue;
            }

            if (data.Op == Opcode.Icmp) return Invert(Integers(x, data, once ? inst : default), inverted);
            if (data.Op == Opcode.Fcmp) return Invert(Floats(x, data, once), inverted);
            if (data.Op is Opcode.VanyTrue or Opcode.VallTrue && once) return Invert(VectorBitRules.Test(x, data), inverted);
            if (data.Op == Opcode.Band) return Invert(Test(x, data, once), inverted);
            break;
        }

        if (!TryMemoryWithImmediate(x, value, IrType.I32, 0))
        {
            VReg reg = x.LowOf(value);
            x.Mr(X64Op.Test32Mr, reg, reg);
        }

        return Invert(new FlagsCondition(Cc.Ne), inverted);
    }

    private static bool IsTruth(Lowering x, Value value)
    {
        Inst inst = x.Dfg.DefInst(value);
        return inst.Id != 0 && x.Dfg.Op(inst) is Opcode.Icmp or Opcode.Fcmp or Opcode.VanyTrue or Opcode.VallTrue;
    }

    private static FlagsCondition Invert(FlagsCondition condition, bool invert) => invert ? condition.Inverse : condition;

    // cmp [m], imm for a load whose value is needed nowhere else. Of a zero-extended byte or word only unsigned relations hold
    // in the narrow comparison.
    private static bool TryMemoryWithImmediate(Lowering x, Value value, IrType type, int imm)
    {
        if (x.TrySink(value, type, out RmOperand memory))
        {
            x.MemImm((imm == (sbyte)imm ? X64Op.Cmp32Mi8 : X64Op.Cmp32Mi32) + (type == IrType.I32 ? 0 : 1), memory, imm);
            return true;
        }

        return TryNarrowMemory(x, value, imm);
    }

    /// <summary>
    /// Compares a byte in memory with an immediate from 0 to 255, or a word with one from 0 to 127, if that is all the value is
    /// needed for: a longer immediate would change the length of the instruction by its prefix, which is slow to decode.
    /// </summary>
    public static bool TryNarrowMemory(Lowering x, Value value, int imm)
    {
        if (imm is < 0 or > byte.MaxValue) return false;
        X64Op op = X64Op.Cmp8Mi8;
        if (!x.CanSink(value, Opcode.Uload8, out Inst load))
        {
            op = X64Op.Cmp16Mi8;
            if (imm > sbyte.MaxValue || !x.CanSink(value, Opcode.Uload16, out load)) return false;
        }

        x.MemImm(op, x.Sink(load), (sbyte)imm);
        return true;
    }

    // cmp r8, [m] or cmp r16, [m] for a zero-extended load that nothing else needs, where the other value is as narrow.
    private static bool TryNarrowPair(Lowering x, X64Op family, Value value, Value loaded)
    {
        int bytes = 1;
        if (!x.CanSink(loaded, Opcode.Uload8, out Inst load))
        {
            bytes = 2;
            if (!x.CanSink(loaded, Opcode.Uload16, out load)) return false;
        }

        if (!FitsIn(x, value, bytes)) return false;
        x.Mr(family + (bytes - 1), x.Sink(load), MemoryRules.Narrow(x, value, bytes));
        return true;
    }

    private static bool FitsIn(Lowering x, Value value, int bytes)
    {
        while (x.Is(value, Opcode.Uextend, out Inst extension)) value = x.Dfg.Insts[extension].A;
        if (x.Is(value, Opcode.Uload8, out _) || (bytes == 2 && x.Is(value, Opcode.Uload16, out _))) return true;
        return x.Is(value, Opcode.Band, out Inst and) && x.IsConst(x.Dfg.Insts[and].B, out long mask) && mask >= 0 && mask < 1L << (bytes * 8);
    }

    // test x, y for x & y != 0.
    private static FlagsCondition Test(Lowering x, in InstData and, bool once)
    {
        IrType type = and.Type;
        int wide = type == IrType.I32 ? 0 : 1;
        if (x.IsConst(and.B, out long mask))
        {
            if (mask is >= 0 and <= byte.MaxValue && once && x.CanSink(and.A, Opcode.Uload8, out Inst load)) x.MemImm(X64Op.Test8Mi8, x.Sink(load), (sbyte)mask);
            // A mask without upper bits: the narrow test is shorter.
            else if (mask is >= 0 and <= 0x7F) x.MemImm(X64Op.Test8Mi8, x.Use(and.A, type), (int)mask);
            else if (mask is >= 0 and <= int.MaxValue) x.MemImm(X64Op.Test32Mi32, x.Use(and.A, type), (int)mask);
            else if (mask == (int)mask || type == IrType.I32) x.MemImm(X64Op.Test32Mi32 + wide, x.Use(and.A, type), (int)mask);
            else x.Mr(X64Op.Test64Mr, x.RegOf(and.B), x.RegOf(and.A));
        }
        else if (once && x.TrySink(and.B, type, out RmOperand memory))
        {
            x.Mr(X64Op.Test32Mr + wide, memory, x.Use(and.A, type));
        }
        else
        {
            x.Mr(X64Op.Test32Mr + wide, x.Use(and.B, type), x.Use(and.A, type));
        }

        return new FlagsCondition(Cc.Ne);
    }

    /// <summary>Emits the comparison of an icmp or of a guard.</summary>
    /// <param name="x">The lowering.</param>
    /// <param name="icmp">The comparison.</param>
    /// <param name="own">The comparison's instruction if it is emitted only once, so that loads may be sunk into it; else none.</param>
    public static FlagsCondition Integers(Lowering x, in InstData icmp, Inst own)
    {
        bool once = !own.IsNone();
        if (once && WideArithmeticRules.TrySum(x, icmp, own, out FlagsCondition carry)) return carry;

        IrType type = icmp.Type;
        int wide = type == IrType.I32 ? 0 : 1;
        Value a = icmp.A, b = icmp.B;
        IntCC cc = icmp.IntCC;
        if (x.IsConst(a, out _))
        {
            (a, b) = (b, a);
            cc = cc.Swapped();
        }

        if (x.IsImm32(b, out int imm))
        {
            if (imm == 0 && TryZero(x, a, type, cc, once, out FlagsCondition condition)) return condition;
            if (once && !cc.IsSigned() && TryNarrowMemory(x, a, imm)) return new FlagsCondition(CodeOf(cc));

            x.MemImm((imm == (sbyte)imm ? X64Op.Cmp32Mi8 : X64Op.Cmp32Mi32) + wide, x.UseRm(a, type, once), imm);
            return new FlagsCondition(CodeOf(cc));
        }

        // cmp x, [m] or cmp [m], x
        if (once && x.TrySink(b, type, out RmOperand memory)) x.Mr(X64Op.Cmp32Rm + wide, memory, x.Use(a, type));
        else if (once && x.TrySink(a, type, out memory)) x.Mr(X64Op.Cmp32Mr + wide, memory, x.Use(b, type));
        else if (once && !cc.IsSigned() && (TryNarrowPair(x, X64Op.Cmp8Rm, a, b) || TryNarrowPair(x, X64Op.Cmp8Mr, b, a))) return new FlagsCondition(CodeOf(cc));
        else x.Mr(X64Op.Cmp32Rm + wide, x.Use(b, type), x.Use(a, type));
        return new FlagsCondition(CodeOf(cc));
    }

    // Comparison with zero: test sets the same flags as cmp x, 0.
    private static bool TryZero(Lowering x, Value a, IrType type, IntCC cc, bool once, out FlagsCondition condition)
    {
        condition = new FlagsCondition(CodeOf(cc));
        // x & y == 0, != 0, and also signed: test is cmp (x & y), 0.
        if (x.Is(a, Opcode.Band, out Inst and) && x.UsesOf(a) == 1 && !x.IsDemanded(a) && cc is IntCC.Eq or IntCC.Ne)
        {
            Test(x, x.Dfg.Insts[and], once);
            return true;
        }

        // A load may rather be compared in place.
        if (once && (x.CanSink(a, Opcode.Load, out _) || x.CanSink(a, Opcode.Uload8, out _) || x.CanSink(a, Opcode.Uload16, out _))) return false;
        VReg reg = x.Use(a, type);
        x.Mr(X64Op.Test32Mr + (type == IrType.I32 ? 0 : 1), reg, reg);
        return true;
    }

    /// <summary>The condition code of a relation after cmp.</summary>
    public static Cc CodeOf(IntCC cc) => cc switch
    {
        IntCC.Eq => Cc.E,
        IntCC.Ne => Cc.Ne,
        IntCC.Slt => Cc.L,
        IntCC.Sge => Cc.Ge,
        IntCC.Sgt => Cc.G,
        IntCC.Sle => Cc.Le,
        IntCC.Ult => Cc.B,
        IntCC.Uge => Cc.Ae,
        IntCC.Ugt => Cc.A,
        IntCC.Ule => Cc.Be,
    };

    /// <summary>
    /// Emits the comparison of an fcmp. ucomis sets ZF, PF and CF for unordered operands, CF for less, ZF for equal: so
    /// "above" conditions are false for NaN, and less-than is asked with operands exchanged.
    /// </summary>
    public static FlagsCondition Floats(Lowering x, in InstData fcmp, bool once)
    {
        IrType type = fcmp.Type;
        Value a = fcmp.A, b = fcmp.B;
        FloatCC cc = fcmp.FloatCC;
        if (cc is FloatCC.Lt or FloatCC.Le)
        {
            (a, b) = (b, a);
            cc = cc.Swapped();
        }
        else if (cc is FloatCC.Eq or FloatCC.Ne && once && x.CanSink(a, Opcode.Load, out _))
        {
            (a, b) = (b, a);
        }

        x.VectorMr(type == IrType.F64 ? X64Op.Ucomisd : X64Op.Ucomiss, x.UseRm(b, type, once), x.RegOf(a));
        return cc switch
        {
            FloatCC.Eq => new FlagsCondition(Cc.E, Cc.Np, Junction.Both),
            FloatCC.Ne => new FlagsCondition(Cc.Ne, Cc.P, Junction.Either),
            FloatCC.Gt or FloatCC.Lt => new FlagsCondition(Cc.A),
            FloatCC.Ge or FloatCC.Le => new FlagsCondition(Cc.Ae),
        };
    }

    /// <summary>dst = 1 if the flags say so, else 0.</summary>
    public static void SetBool(Lowering x, VReg dst, FlagsCondition condition)
    {
        VReg bit = Setcc(x, condition.First);
        if (condition.Junction != Junction.One)
        {
            VReg second = Setcc(x, condition.Second), joined = x.NewInt();
            x.Rvm(condition.Junction == Junction.Both ? X64Op.And32Rm : X64Op.Or32Rm, joined, bit, second);
            bit = joined;
        }

        x.Rm(X64Op.Movzx32Rm8, dst, bit);
    }

    private static VReg Setcc(Lowering x, Cc cc)
    {
        VReg bit = x.NewInt();
        x.Emit(new X64Inst { Op = X64Op.Setcc, R = bit, Condition = (byte)cc });
        return bit;
    }

    private static void Select(Lowering x, in InstData data, VReg dst)
    {
        VReg yes = x.Use(data.B, data.Type), no = x.Use(data.C, data.Type);
        FlagsCondition condition = NonZero(x, data.A);
        Choose(x, data.Type, dst, condition, yes, no);
    }

    // A zero of its own, which the conditional move overwrites.
    private static void Guard(Lowering x, in InstData data, VReg dst)
    {
        VReg address = x.RegOf(data.C), zero = x.NewInt();
        ConstantRules.Integer(x, zero, 0);
        FlagsCondition condition = Integers(x, data, x.Current);
        Choose(x, IrType.I64, dst, condition, address, zero);
    }

    /// <summary>dst = condition ? yes : no; the flags are already set and stay.</summary>
    public static void Choose(Lowering x, IrType type, VReg dst, FlagsCondition condition, VReg yes, VReg no)
    {
        if (condition.Junction == Junction.Both)
        {
            condition = condition.Inverse;
            (yes, no) = (no, yes);
        }

        X64Op op = type switch
        {
            IrType.I32 => X64Op.Cmov32Rm,
            IrType.I64 or IrType.Ref => X64Op.Cmov64Rm,
            IrType.F32 or IrType.F64 or IrType.V128 or IrType.None => x.Vex(X64Op.SelectFloat),
        };
        if (condition.Junction == Junction.Either)
        {
            VReg first = x.NewReg(type);
            x.Rvm(op, first, no, yes, cc: condition.First);
            x.Rvm(op, dst, first, yes, cc: condition.Second);
            return;
        }

        x.Rvm(op, dst, no, yes, cc: condition.First);
    }
}
