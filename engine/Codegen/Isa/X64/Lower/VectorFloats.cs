using System;
using Kiln.Codegen.Ir;
using Kiln.RegAlloc;
using static Kiln.Codegen.Isa.X64.Lower.VectorConstants;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>Float lanes: arithmetic, minimum and maximum, sign, rounding, fused multiply-add.</summary>
internal static class VectorFloatRules
{
    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        // Rows of one operation stand in the order ss, sd, ps, pd; of those on vectors alone, ps, pd.
        int pd = data.Lanes == LaneShape.F64x2 ? 2 : 0;
        int packed = 4 + pd;
        switch (data.Op)
        {
            case Opcode.Vfadd: VectorArithmeticRules.Binary(x, data, dst, X64Op.Addss + packed, commutative: true); break;
            case Opcode.Vfsub: VectorArithmeticRules.Binary(x, data, dst, X64Op.Subss + packed, commutative: false); break;
            case Opcode.Vfmul: VectorArithmeticRules.Binary(x, data, dst, X64Op.Mulss + packed, commutative: true); break;
            case Opcode.Vfdiv: VectorArithmeticRules.Binary(x, data, dst, X64Op.Divss + packed, commutative: false); break;
            case Opcode.Vfmin: Extremum(x, data, dst, X64Op.Minss + packed, X64Op.Orps + pd); break;
            case Opcode.Vfmax: Extremum(x, data, dst, X64Op.Maxss + packed, X64Op.Andps + pd); break;
            case Opcode.Vfpmin: SecondWins(x, data, dst, X64Op.Minss + packed); break;
            case Opcode.Vfpmax: SecondWins(x, data, dst, X64Op.Maxss + packed); break;
            case Opcode.Vfabs: x.Vector(X64Op.Andps + pd, dst, x.RegOf(data.A), Pool(x, ~SignBits(data.Lanes))); break;
            case Opcode.Vfneg: x.Vector(X64Op.Xorps + pd, dst, x.RegOf(data.A), Pool(x, SignBits(data.Lanes))); break;
            case Opcode.Vfsqrt: x.VectorRm(X64Op.Sqrtps + pd, dst, x.UseVector(data.A)); break;
            case Opcode.Vfnearest: x.VectorRm(X64Op.Roundps + pd, dst, x.UseVector(data.A), 8); break;
            case Opcode.Vffloor: x.VectorRm(X64Op.Roundps + pd, dst, x.UseVector(data.A), 9); break;
            case Opcode.Vfceil: x.VectorRm(X64Op.Roundps + pd, dst, x.UseVector(data.A), 10); break;
            case Opcode.Vftrunc: x.VectorRm(X64Op.Roundps + pd, dst, x.UseVector(data.A), 11); break;
            case Opcode.Vffma: Fused(x, data, dst, X64Op.Vfmadd213ps, X64Op.Vfmadd231ps); break;
            case Opcode.Vffnma: Fused(x, data, dst, X64Op.Vfnmadd213ps, X64Op.Vfnmadd231ps); break;
        }
    }

    private static UInt128 SignBits(LaneShape lanes) => lanes == LaneShape.F64x2 ? Splat64(1ul << 63) : Splat32(1u << 31);

    // minps gives its second operand for a NaN and for zeros. In both orders, joined, the sign of zero is right: or for the
    // minimum, and for the maximum. Lanes with a NaN become the canonical one.
    private static void Extremum(Lowering x, in InstData data, VReg dst, X64Op extremum, X64Op join)
    {
        const int Unordered = 3;
        bool wide = data.Lanes == LaneShape.F64x2;
        VReg a = x.RegOf(data.A), b = x.RegOf(data.B);
        VReg one = x.NewVector(), other = x.NewVector(), ordered = x.NewVector(), unordered = x.NewVector();
        x.Vector(extremum, one, a, b);
        x.Vector(extremum, other, b, a);
        x.Vector(join, ordered, one, other);
        x.Vector(wide ? X64Op.Cmppd : X64Op.Cmpps, unordered, a, b, Unordered);
        RmOperand canonical = Pool(x, wide ? Splat64(0x7FF8000000000000) : Splat32(0x7FC00000));
        x.Vector(wide ? X64Op.Blendvpd : X64Op.Blendvps, dst, ordered, canonical, (int)unordered.Id);
    }

    // op B, A: the processor gives its second operand, A, wherever the first is not strictly better.
    private static void SecondWins(Lowering x, in InstData data, VReg dst, X64Op op)
    {
        RmOperand kept = x.UseVector(data.A);
        x.Vector(op, dst, x.RegOf(data.B), kept);
    }

    // The overwritten register is the addend, or a factor if that is needed no longer or the addend is in memory.
    private static void Fused(Lowering x, in InstData data, VReg dst, X64Op byFactor, X64Op byAddend)
    {
        int pd = data.Lanes == LaneShape.F64x2 ? 1 : 0;
        Value a = data.A, b = data.B, c = data.C;
        if (x.IsVectorMemory(a) && !x.IsVectorMemory(b)) (a, b) = (b, a);
        if (!x.IsVectorMemory(b) && (x.IsVectorMemory(c) || (x.UsesOf(c) > 1 && x.UsesOf(a) == 1)))
        {
            RmOperand addend = x.UseVector(c);
            x.Emit(new X64Inst { Op = byFactor + pd, R = dst, V = x.RegOf(b), Rm = addend, Immediate = (int)x.RegOf(a).Id });
            return;
        }

        RmOperand factor = x.UseVector(b);
        x.Emit(new X64Inst { Op = byAddend + pd, R = dst, V = x.RegOf(a), Rm = factor, Immediate = (int)x.RegOf(c).Id });
    }
}
