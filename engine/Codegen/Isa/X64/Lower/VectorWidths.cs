using Kiln.Codegen.Ir;
using Kiln.RegAlloc;
using static Kiln.Codegen.Isa.X64.Lower.VectorConstants;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>Lanes of another width: extension, products and sums of twice the width, narrowing.</summary>
internal static class VectorWidthRules
{
    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        int narrow = data.Lanes == LaneShape.I8x16 ? 0 : 2;
        switch (data.Op)
        {
            case Opcode.VsextendLow: ExtendLow(x, data.Lanes, dst, UseHalf(x, data.A), signed: true); break;
            case Opcode.VuextendLow: ExtendLow(x, data.Lanes, dst, UseHalf(x, data.A), signed: false); break;
            case Opcode.VsextendHigh: ExtendHigh(x, data.Lanes, dst, x.RegOf(data.A), signed: true); break;
            case Opcode.VuextendHigh: ExtendHigh(x, data.Lanes, dst, x.RegOf(data.A), signed: false); break;
            case Opcode.VsextmulLow: Multiply(x, data, dst, signed: true, high: false); break;
            case Opcode.VsextmulHigh: Multiply(x, data, dst, signed: true, high: true); break;
            case Opcode.VuextmulLow: Multiply(x, data, dst, signed: false, high: false); break;
            case Opcode.VuextmulHigh: Multiply(x, data, dst, signed: false, high: true); break;
            case Opcode.VsextaddPairwise: AddPairsSigned(x, data, dst); break;
            case Opcode.VuextaddPairwise: AddPairsUnsigned(x, data, dst); break;
            case Opcode.Vsnarrow: VectorArithmeticRules.Binary(x, data, dst, X64Op.Packsswb + narrow, commutative: false); break;
            case Opcode.Vunarrow: VectorArithmeticRules.Binary(x, data, dst, X64Op.Packuswb + narrow, commutative: false); break;
        }
    }

    // Only the low 8 bytes are read, so a load of 8 bytes may be read in place, at any alignment.
    private static RmOperand UseHalf(Lowering x, Value value)
    {
        if (x.CanSink(value, Opcode.VloadZero, out Inst load) && x.Dfg.Insts[load].Lanes == LaneShape.I64x2) return x.Sink(load);
        return x.RegOf(value);
    }

    /// <summary>dst = the low 8 bytes of the source as lanes of the shape.</summary>
    public static void ExtendLow(Lowering x, LaneShape to, VReg dst, RmOperand source, bool signed)
    {
        X64Op op = to switch
        {
            LaneShape.I16x8 => signed ? X64Op.Pmovsxbw : X64Op.Pmovzxbw,
            LaneShape.I32x4 => signed ? X64Op.Pmovsxwd : X64Op.Pmovzxwd,
            _ => signed ? X64Op.Pmovsxdq : X64Op.Pmovzxdq,
        };
        x.VectorRm(op, dst, source);
    }

    private static void ExtendHigh(Lowering x, LaneShape to, VReg dst, VReg a, bool signed)
    {
        VReg pairs = x.NewVector();
        if (!signed)
        {
            X64Op unpack = to == LaneShape.I16x8 ? X64Op.Punpckhbw : to == LaneShape.I32x4 ? X64Op.Punpckhwd : X64Op.Punpckhdq;
            x.Vector(unpack, dst, a, Zero(x));
        }
        else if (to == LaneShape.I64x2 || !x.Features.Avx)
        {
            x.VectorRm(X64Op.Pshufd, pairs, a, 0xEE);
            ExtendLow(x, to, dst, pairs, signed: true);
        }
        else
        {
            // Each lane as the upper half of a wide one, shifted down: one shuffle instead of two.
            x.Vector(to == LaneShape.I16x8 ? X64Op.Punpckhbw : X64Op.Punpckhwd, pairs, a, a);
            x.VectorMi(to == LaneShape.I16x8 ? X64Op.PsrawMi : X64Op.PsradMi, dst, pairs, to == LaneShape.I16x8 ? 8 : 16);
        }
    }

    private static void Multiply(Lowering x, in InstData data, VReg dst, bool signed, bool high)
    {
        VReg a = x.RegOf(data.A), b = x.RegOf(data.B);
        VReg left = x.NewVector(), right = x.NewVector();
        switch (data.Lanes)
        {
            case LaneShape.I16x8:
                Extend(x, left, a, signed, high);
                if (a == b) right = left;
                else Extend(x, right, b, signed, high);
                x.Vector(X64Op.Pmullw, dst, left, right);
                break;
            case LaneShape.I32x4:
                // Low and high halves of all products, interleaved.
                x.Vector(X64Op.Pmullw, left, a, b);
                x.Vector(signed ? X64Op.Pmulhw : X64Op.Pmulhuw, right, a, b);
                x.Vector(high ? X64Op.Punpckhwd : X64Op.Punpcklwd, dst, left, right);
                break;
            default: // i64x2: even lanes are multiplied
                int even = high ? 0xFA : 0x50;
                x.VectorRm(X64Op.Pshufd, left, a, even);
                if (a == b) right = left;
                else x.VectorRm(X64Op.Pshufd, right, b, even);
                x.Vector(signed ? X64Op.Pmuldq : X64Op.Pmuludq, dst, left, right);
                break;
        }
    }

    private static void Extend(Lowering x, VReg dst, VReg a, bool signed, bool high)
    {
        if (high) ExtendHigh(x, LaneShape.I16x8, dst, a, signed);
        else ExtendLow(x, LaneShape.I16x8, dst, a, signed);
    }

    // Products with one: pmaddubsw multiplies unsigned by signed bytes.
    private static void AddPairsSigned(Lowering x, in InstData data, VReg dst)
    {
        if (data.Lanes == LaneShape.I16x8) x.Vector(X64Op.Pmaddubsw, dst, Register(x, Splat8(1)), x.UseVector(data.A));
        else x.Vector(X64Op.Pmaddwd, dst, x.RegOf(data.A), Pool(x, Splat16(1)));
    }

    private static void AddPairsUnsigned(Lowering x, in InstData data, VReg dst)
    {
        VReg a = x.RegOf(data.A);
        if (data.Lanes == LaneShape.I16x8)
        {
            x.Vector(X64Op.Pmaddubsw, dst, a, Pool(x, Splat8(1)));
            return;
        }

        VReg odd = x.NewVector(), even = x.NewVector();
        x.VectorMi(X64Op.PsrldMi, odd, a, 16);
        x.Vector(X64Op.Pand, even, a, Pool(x, Splat32(0xFFFF)));
        x.Vector(X64Op.Paddd, dst, odd, even);
    }
}
