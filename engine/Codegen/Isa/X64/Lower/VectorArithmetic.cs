using Kiln.Codegen.Ir;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>Integer lanes: sums, products, minimum, maximum, average, absolute value, population count.</summary>
/// <remarks>Rows of one operation stand in the order of lane widths, two rows (SSE, VEX) a width.</remarks>
internal static class VectorArithmeticRules
{
    // Distance of the row for a shape from that for i8x16.
    private static int Step(LaneShape lanes) => 2 * (lanes - LaneShape.I8x16);

    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        int step = Step(data.Lanes);
        switch (data.Op)
        {
            case Opcode.Viadd: Binary(x, data, dst, X64Op.Paddb + step, commutative: true); break;
            case Opcode.Visub: Binary(x, data, dst, X64Op.Psubb + step, commutative: false); break;
            case Opcode.Vimul: Multiply(x, data, dst); break;
            case Opcode.Vineg: x.Vector(X64Op.Psubb + step, dst, VectorConstants.Zero(x), x.UseVector(data.A)); break;
            case Opcode.Viabs: Absolute(x, data, dst); break;
            case Opcode.VsaddSat: Binary(x, data, dst, X64Op.Paddsb + step, commutative: true); break;
            case Opcode.VuaddSat: Binary(x, data, dst, X64Op.Paddusb + step, commutative: true); break;
            case Opcode.VssubSat: Binary(x, data, dst, X64Op.Psubsb + step, commutative: false); break;
            case Opcode.VusubSat: Binary(x, data, dst, X64Op.Psubusb + step, commutative: false); break;
            case Opcode.Vsmin: Binary(x, data, dst, X64Op.Pminsb + step, commutative: true); break;
            case Opcode.Vumin: Binary(x, data, dst, X64Op.Pminub + step, commutative: true); break;
            case Opcode.Vsmax: Binary(x, data, dst, X64Op.Pmaxsb + step, commutative: true); break;
            case Opcode.Vumax: Binary(x, data, dst, X64Op.Pmaxub + step, commutative: true); break;
            case Opcode.Vuavgr: Binary(x, data, dst, X64Op.Pavgb + step, commutative: true); break;
            case Opcode.Vq15mulrSat: MultiplyQ15(x, data, dst); break;
            case Opcode.X86Pmulhrsw: Binary(x, data, dst, X64Op.Pmulhrsw, commutative: true); break;
            case Opcode.X86Pmaddubsw: Binary(x, data, dst, X64Op.Pmaddubsw, commutative: false); break;
            case Opcode.Vsdot: Binary(x, data, dst, X64Op.Pmaddwd, commutative: true); break;
            case Opcode.Vpopcnt: PopulationCount(x, data, dst); break;
        }
    }

    /// <summary>
    /// dst = A op B by one instruction. Of a commutative one, a load or constant goes to the memory operand; else, for the
    /// two-operand form, a value that nobody needs afterwards to the operand that is overwritten.
    /// </summary>
    public static void Binary(Lowering x, in InstData data, VReg dst, X64Op op, bool commutative, int immediate = 0)
    {
        Value a = data.A, b = data.B;
        if (commutative && ShouldSwap(x, a, b)) (a, b) = (b, a);
        RmOperand right = x.UseVector(b);
        x.Vector(op, dst, x.RegOf(a), right, immediate);
    }

    private static bool ShouldSwap(Lowering x, Value a, Value b)
    {
        if (x.IsVectorMemory(b)) return false;
        if (x.IsVectorMemory(a)) return true;
        return !x.Features.Avx && x.UsesOf(a) > 1 && x.UsesOf(b) == 1;
    }

    private static void Multiply(Lowering x, in InstData data, VReg dst)
    {
        switch (data.Lanes)
        {
            case LaneShape.I16x8: Binary(x, data, dst, X64Op.Pmullw, commutative: true); break;
            case LaneShape.I32x4: Binary(x, data, dst, X64Op.Pmulld, commutative: true); break;
            default: Multiply64(x, x.RegOf(data.A), x.RegOf(data.B), dst); break; // i64x2
        }
    }

    // low(a)*low(b) + ((high(a)*low(b) + low(a)*high(b)) << 32)
    private static void Multiply64(Lowering x, VReg a, VReg b, VReg dst)
    {
        VReg highA = x.NewVector(), highB = x.NewVector(), crossA = x.NewVector(), crossB = x.NewVector();
        VReg cross = x.NewVector(), shifted = x.NewVector(), low = x.NewVector();
        x.VectorMi(X64Op.PsrlqMi, highA, a, 32);
        x.Vector(X64Op.Pmuludq, crossA, highA, b);
        x.VectorMi(X64Op.PsrlqMi, highB, b, 32);
        x.Vector(X64Op.Pmuludq, crossB, highB, a);
        x.Vector(X64Op.Paddq, cross, crossA, crossB);
        x.VectorMi(X64Op.PsllqMi, shifted, cross, 32);
        x.Vector(X64Op.Pmuludq, low, a, b);
        x.Vector(X64Op.Paddq, dst, low, shifted);
    }

    private static void Absolute(Lowering x, in InstData data, VReg dst)
    {
        if (data.Lanes != LaneShape.I64x2)
        {
            x.VectorRm(X64Op.Pabsb + Step(data.Lanes), dst, x.UseVector(data.A));
            return;
        }

        VReg a = x.RegOf(data.A);
        if (x.Features.Avx)
        {
            // Where the sign bit of a is set, take 0 - a.
            VReg negated = x.NewVector();
            x.Vector(X64Op.Psubq, negated, VectorConstants.Zero(x), a);
            x.Vector(X64Op.Blendvpd, dst, a, negated, (int)a.Id);
            return;
        }

        // (a ^ s) - s, where s is all ones in negative lanes.
        VReg high = x.NewVector(), sign = x.NewVector(), flipped = x.NewVector();
        x.VectorRm(X64Op.Pshufd, high, a, 0xF5);
        x.VectorMi(X64Op.PsradMi, sign, high, 31);
        x.Vector(X64Op.Pxor, flipped, a, sign);
        x.Vector(X64Op.Psubq, dst, flipped, sign);
    }

    // pmulhrsw gives 0x8000 for 0x8000 * 0x8000 and for nothing else; there all bits are flipped.
    private static void MultiplyQ15(Lowering x, in InstData data, VReg dst)
    {
        VReg product = x.NewVector(), overflow = x.NewVector();
        Binary(x, data, product, X64Op.Pmulhrsw, commutative: true);
        x.Vector(X64Op.Pcmpeqw, overflow, product, VectorConstants.Pool(x, VectorConstants.Splat16(0x8000)));
        x.Vector(X64Op.Pxor, dst, product, overflow);
    }

    // The counts of both halves of each byte, by table (W. Mula, "SSSE3: fast popcount").
    private static void PopulationCount(Lowering x, in InstData data, VReg dst)
    {
        VReg a = x.RegOf(data.A);
        VReg counts = VectorConstants.Register(x, VectorConstants.FromBytes([0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4]));
        VReg nibble = VectorConstants.Register(x, VectorConstants.Splat8(0x0F));
        VReg low = x.NewVector(), shifted = x.NewVector(), high = x.NewVector(), lowCount = x.NewVector(), highCount = x.NewVector();
        x.Vector(X64Op.Pand, low, a, nibble);
        x.VectorMi(X64Op.PsrlwMi, shifted, a, 4);
        x.Vector(X64Op.Pand, high, shifted, nibble);
        x.Vector(X64Op.Pshufb, lowCount, counts, low);
        x.Vector(X64Op.Pshufb, highCount, counts, high);
        x.Vector(X64Op.Paddb, dst, lowCount, highCount);
    }
}
