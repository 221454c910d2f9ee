using Kiln.Codegen.Ir;
using Kiln.RegAlloc;
using static Kiln.Codegen.Isa.X64.Lower.VectorConstants;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>
/// vishl, vushr, vsshr. The processor shifts lanes of 16, 32 and 64 bits, gives 0 (or all signs) for counts beyond the lane,
/// and has no arithmetic shift of 64 bits and none of bytes.
/// </summary>
internal static class VectorShiftRules
{
    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        VReg a = x.RegOf(data.A);
        int bits = data.Lanes.LaneBits();
        if (x.IsConst(data.B, out long constant))
        {
            int count = (int)constant & (bits - 1);
            if (count == 0) x.VectorRm(X64Op.Movaps, dst, a);
            else if (bits == 8) BytesByConstant(x, data.Op, dst, a, count);
            else if (bits == 64 && data.Op == Opcode.Vsshr) SignedQuadsByConstant(x, dst, a, count);
            else x.VectorMi(ByConstant(data.Op) + Step(bits), dst, a, count);
            return;
        }

        if (bits == 8) Bytes(x, data, dst, a);
        else if (bits == 64 && data.Op == Opcode.Vsshr) SignedQuads(x, dst, a, Count(x, data.B, 63, 0));
        else x.Vector(ByRegister(data.Op) + Step(bits), dst, a, Count(x, data.B, bits - 1, 0));
    }

    // Rows stand in the order w, d, q.
    private static int Step(int bits) => bits == 16 ? 0 : bits == 32 ? 2 : 4;

    private static X64Op ByConstant(Opcode op) => op == Opcode.Vishl ? X64Op.PsllwMi : op == Opcode.Vushr ? X64Op.PsrlwMi : X64Op.PsrawMi;

    private static X64Op ByRegister(Opcode op) => op == Opcode.Vishl ? X64Op.Psllw : op == Opcode.Vushr ? X64Op.Psrlw : X64Op.Psraw;

    // (count & mask) + added in the low bits of a vector register.
    private static VReg Count(Lowering x, Value count, int mask, int added)
    {
        VReg scalar = x.LowOf(count);
        bool masked = x.Is(count, Opcode.Band, out Inst and) && x.IsConst(x.Dfg.Insts[and].B, out long bound) && (ulong)bound <= (ulong)mask;
        if (!masked)
        {
            VReg bounded = x.NewInt();
            x.Mi(X64Op.And32Mi8, bounded, scalar, mask);
            scalar = bounded;
        }

        if (added != 0)
        {
            VReg sum = x.NewInt();
            x.Mi(X64Op.Add32Mi8, sum, scalar, added);
            scalar = sum;
        }

        VReg vector = x.NewVector();
        x.VectorRm(X64Op.MovdRm, vector, scalar);
        return vector;
    }

    // Bytes are shifted as 16-bit lanes, and what crossed into the neighbour is cleared.
    private static void BytesByConstant(Lowering x, Opcode op, VReg dst, VReg a, int count)
    {
        if (op == Opcode.Vishl)
        {
            if (count == 1)
            {
                x.Vector(X64Op.Paddb, dst, a, a);
                return;
            }

            VReg left = x.NewVector();
            x.VectorMi(X64Op.PsllwMi, left, a, count);
            x.Vector(X64Op.Pand, dst, left, Pool(x, Splat8(0xFF << count)));
            return;
        }

        if (op == Opcode.Vsshr && count == 7)
        {
            x.Vector(X64Op.Pcmpgtb, dst, Zero(x), a);
            return;
        }

        VReg right = x.NewVector();
        x.VectorMi(X64Op.PsrlwMi, right, a, count);
        if (op == Opcode.Vushr)
        {
            x.Vector(X64Op.Pand, dst, right, Pool(x, Splat8(0xFF >> count)));
            return;
        }

        // Sign extension of v from its bit s: (v ^ s) - s.
        VReg logical = x.NewVector(), flipped = x.NewVector(), sign = Register(x, Splat8(0x80 >> count));
        x.Vector(X64Op.Pand, logical, right, Pool(x, Splat8(0xFF >> count)));
        x.Vector(X64Op.Pxor, flipped, logical, sign);
        x.Vector(X64Op.Psubb, dst, flipped, sign);
    }

    private static void Bytes(Lowering x, in InstData data, VReg dst, VReg a)
    {
        if (data.Op == Opcode.Vsshr)
        {
            // Each byte as the upper half of a 16-bit lane, shifted by 8 more, packed again; nothing saturates.
            VReg by = Count(x, data.B, 7, 8);
            VReg low = x.NewVector(), high = x.NewVector(), lowShifted = x.NewVector(), highShifted = x.NewVector();
            x.Vector(X64Op.Punpcklbw, low, a, a);
            x.Vector(X64Op.Punpckhbw, high, a, a);
            x.Vector(X64Op.Psraw, lowShifted, low, by);
            x.Vector(X64Op.Psraw, highShifted, high, by);
            x.Vector(X64Op.Packsswb, dst, lowShifted, highShifted);
            return;
        }

        // The mask is 0xFFFF shifted likewise: its low byte (left) or high byte (right) is that of every lane.
        VReg count = Count(x, data.B, 7, 0);
        VReg mask = x.NewVector(), bytes = x.NewVector(), shifted = x.NewVector();
        X64Op op = ByRegister(data.Op);
        x.Vector(op, mask, Ones(x), count);
        if (data.Op == Opcode.Vishl) x.Vector(X64Op.Pshufb, bytes, mask, Zero(x));
        else x.Vector(X64Op.Pshufb, bytes, mask, Pool(x, Splat8(1)));
        x.Vector(op, shifted, a, count);
        x.Vector(X64Op.Pand, dst, shifted, bytes);
    }

    private static void SignedQuadsByConstant(Lowering x, VReg dst, VReg a, int count)
    {
        VReg shifted = x.NewVector(), signs = x.NewVector(), low = x.NewVector();
        if (count < 32)
        {
            // The low halves of a logical shift, the high halves of an arithmetic one.
            x.VectorMi(X64Op.PsrlqMi, low, a, count);
            x.VectorMi(X64Op.PsradMi, signs, a, count);
            x.Vector(X64Op.Pblendw, dst, low, signs, 0xCC);
        }
        else if (count == 32)
        {
            x.VectorRm(X64Op.Pshufd, low, a, 0xF5);
            x.VectorMi(X64Op.PsradMi, signs, a, 31);
            x.Vector(X64Op.Pblendw, dst, low, signs, 0xCC);
        }
        else if (count == 63)
        {
            x.VectorMi(X64Op.PsradMi, signs, a, 31);
            x.VectorRm(X64Op.Pshufd, dst, signs, 0xF5);
        }
        else
        {
            x.VectorMi(X64Op.PsradMi, shifted, a, count - 32);
            x.VectorRm(X64Op.Pshufd, low, shifted, 0xF5);
            x.VectorMi(X64Op.PsradMi, signs, a, 31);
            x.Vector(X64Op.Pblendw, dst, low, signs, 0xCC);
        }
    }

    // Sign extension of v from its bit s, as the sign bit is after the shift: (v ^ s) - s.
    private static void SignedQuads(Lowering x, VReg dst, VReg a, VReg count)
    {
        VReg logical = x.NewVector(), sign = x.NewVector(), flipped = x.NewVector();
        x.Vector(X64Op.Psrlq, sign, Register(x, Splat64(1ul << 63)), count);
        x.Vector(X64Op.Psrlq, logical, a, count);
        x.Vector(X64Op.Pxor, flipped, logical, sign);
        x.Vector(X64Op.Psubq, dst, flipped, sign);
    }
}
