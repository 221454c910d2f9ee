using System;
using Kiln.Codegen.Ir;
using Kiln.RegAlloc;
using static Kiln.Codegen.Isa.X64.Lower.VectorConstants;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>
/// vicmp, vfcmp. The processor compares integer lanes for equality and signed greater-than; the other orderings are made
/// of minimum or maximum and equality, which needs no complement.
/// </summary>
internal static class VectorCompareRules
{
    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        if (data.Op == Opcode.Vfcmp) Floats(x, data, dst);
        else Integers(x, data, dst);
    }

    private static void Integers(Lowering x, in InstData data, VReg dst)
    {
        int step = 2 * (data.Lanes - LaneShape.I8x16);
        bool quads = data.Lanes == LaneShape.I64x2;
        Value a = data.A, b = data.B;
        switch (data.IntCC)
        {
            case IntCC.Eq:
                VectorArithmeticRules.Binary(x, data, dst, X64Op.Pcmpeqb + step, commutative: true);
                break;
            case IntCC.Ne:
                VReg equal = x.NewVector();
                VectorArithmeticRules.Binary(x, data, equal, X64Op.Pcmpeqb + step, commutative: true);
                Not(x, dst, equal);
                break;
            case IntCC.Sgt: Greater(x, dst, a, b, step, quads); break;
            case IntCC.Slt: Greater(x, dst, b, a, step, quads); break;
            case IntCC.Sge when quads: NotGreater(x, dst, b, a); break;
            case IntCC.Sle when quads: NotGreater(x, dst, a, b); break;
            case IntCC.Sge: AtExtremum(x, dst, a, b, X64Op.Pmaxsb + step, step); break;
            case IntCC.Sle: AtExtremum(x, dst, a, b, X64Op.Pminsb + step, step); break;
            case IntCC.Uge: AtExtremum(x, dst, a, b, X64Op.Pmaxub + step, step); break;
            case IntCC.Ule: AtExtremum(x, dst, a, b, X64Op.Pminub + step, step); break;
            case IntCC.Ugt: Above(x, dst, a, b, data.Lanes, step); break;
            case IntCC.Ult: Below(x, dst, a, b, data.Lanes, step); break;
        }
    }

    /// <summary>
    /// True for a comparison whose complement is cheaper, because the comparison itself would be made of it; then
    /// <paramref name="complement"/> is the comparison with the opposite relation.
    /// </summary>
    public static bool HasCheaperComplement(Lowering x, in InstData compare, out InstData complement)
    {
        complement = compare;
        if (compare.Op != Opcode.Vicmp) return false;
        complement.IntCC = compare.IntCC.Inverse();
        bool quads = compare.Lanes == LaneShape.I64x2;
        return compare.IntCC switch
        {
            IntCC.Ne => true,
            IntCC.Ugt => !TryNeighbour(x, compare.B, compare.Lanes, 1, out _),
            IntCC.Ult => !TryNeighbour(x, compare.B, compare.Lanes, -1, out _),
            IntCC.Sge or IntCC.Sle => quads,
            IntCC.Eq or IntCC.Sgt or IntCC.Slt or IntCC.Uge or IntCC.Ule => false,
        };
    }

    private static void Not(Lowering x, VReg dst, VReg source) => x.Vector(X64Op.Pxor, dst, Ones(x), source);

    private static void Greater(Lowering x, VReg dst, Value a, Value b, int step, bool quads)
    {
        if (quads && !x.Features.Avx)
        {
            GreaterQuads(x, dst, x.RegOf(a), x.RegOf(b));
            return;
        }

        RmOperand right = x.UseVector(b);
        x.Vector(X64Op.Pcmpgtb + step, dst, x.RegOf(a), right);
    }

    private static void NotGreater(Lowering x, VReg dst, Value a, Value b)
    {
        VReg greater = x.NewVector();
        Greater(x, greater, a, b, 6, quads: true);
        Not(x, dst, greater);
    }

    // a > b if the high halves say so; where those are equal, the high half of b - a is all ones exactly if the low half of a
    // is above that of b.
    private static void GreaterQuads(Lowering x, VReg dst, VReg a, VReg b)
    {
        VReg greater = x.NewVector(), equal = x.NewVector(), difference = x.NewVector(), low = x.NewVector(), either = x.NewVector();
        x.Vector(X64Op.Pcmpgtd, greater, a, b);
        x.Vector(X64Op.Pcmpeqd, equal, a, b);
        x.Vector(X64Op.Psubq, difference, b, a);
        x.Vector(X64Op.Pand, low, difference, equal);
        x.Vector(X64Op.Por, either, low, greater);
        x.VectorRm(X64Op.Pshufd, dst, either, 0xF5);
    }

    // a >= b exactly if max(a, b) == a; a <= b exactly if min(a, b) == a.
    private static void AtExtremum(Lowering x, VReg dst, Value a, Value b, X64Op extremum, int step)
    {
        VReg left = x.RegOf(a), best = x.NewVector();
        RmOperand right = x.UseVector(b);
        x.Vector(extremum, best, left, right);
        x.Vector(X64Op.Pcmpeqb + step, dst, best, left);
    }

    // a > c is a >= c + 1 for a constant without a greatest lane; else a <= b, complemented.
    private static void Above(Lowering x, VReg dst, Value a, Value b, LaneShape lanes, int step)
    {
        if (TryNeighbour(x, b, lanes, 1, out UInt128 next))
        {
            AtExtremum(x, dst, x.RegOf(a), Pool(x, next), X64Op.Pmaxub + step, step);
            return;
        }

        VReg notAbove = x.NewVector();
        AtExtremum(x, notAbove, a, b, X64Op.Pminub + step, step);
        Not(x, dst, notAbove);
    }

    private static void Below(Lowering x, VReg dst, Value a, Value b, LaneShape lanes, int step)
    {
        if (TryNeighbour(x, b, lanes, -1, out UInt128 next))
        {
            AtExtremum(x, dst, x.RegOf(a), Pool(x, next), X64Op.Pminub + step, step);
            return;
        }

        VReg notBelow = x.NewVector();
        AtExtremum(x, notBelow, a, b, X64Op.Pmaxub + step, step);
        Not(x, dst, notBelow);
    }

    private static void AtExtremum(Lowering x, VReg dst, VReg a, RmOperand bound, X64Op extremum, int step)
    {
        VReg best = x.NewVector();
        x.Vector(extremum, best, a, bound);
        x.Vector(X64Op.Pcmpeqb + step, dst, best, a);
    }

    // A vconst plus or minus one in each lane, unless a lane would wrap.
    private static bool TryNeighbour(Lowering x, Value value, LaneShape lanes, int by, out UInt128 neighbour)
    {
        neighbour = 0;
        if (!x.Is(value, Opcode.Vconst, out Inst inst)) return false;
        UInt128 bits = x.Function.Constants[x.Dfg.Insts[inst].Constant];
        int width = lanes.LaneBits();
        ulong limit = by > 0 ? ulong.MaxValue >> (64 - width) : 0, mask = ulong.MaxValue >> (64 - width);
        for (int i = 0; i < lanes.LaneCount(); i++)
        {
            ulong lane = (ulong)(bits >> (width * i)) & mask;
            if (lane == limit) return false;
            neighbour |= (UInt128)(lane + (ulong)by & mask) << (width * i);
        }

        return true;
    }

    // Predicates of cmpps, as the manual numbers them. "Greater" ones exist with VEX alone; SSE exchanges the operands.
    private static void Floats(Lowering x, in InstData data, VReg dst)
    {
        const int Equal = 0, Less = 1, LessOrEqual = 2, NotEqual = 4, GreaterOrEqual = 13, Greater = 14;
        X64Op op = data.Lanes == LaneShape.F64x2 ? X64Op.Cmppd : X64Op.Cmpps;
        InstData ordered = data;
        int predicate = data.FloatCC switch
        {
            FloatCC.Eq => Equal,
            FloatCC.Ne => NotEqual,
            FloatCC.Lt => Less,
            FloatCC.Le => LessOrEqual,
            FloatCC.Gt => x.Features.Avx ? Greater : Less,
            FloatCC.Ge => x.Features.Avx ? GreaterOrEqual : LessOrEqual,
        };
        if (!x.Features.Avx && data.FloatCC is FloatCC.Gt or FloatCC.Ge) (ordered.A, ordered.B) = (ordered.B, ordered.A);
        VectorArithmeticRules.Binary(x, ordered, dst, op, commutative: data.FloatCC is FloatCC.Eq or FloatCC.Ne, predicate);
    }
}
