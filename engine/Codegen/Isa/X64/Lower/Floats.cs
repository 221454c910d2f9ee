using System;
using Kiln.Codegen.Ir;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>
/// Float arithmetic: three-operand AVX forms where the target has them, else two-operand SSE. Instructions that leave
/// the upper part of their destination alone get it from their own source, so that they wait for nothing else.
/// </summary>
internal static class FloatRules
{
    private static readonly UInt128 SignOfF32 = 0x80000000u;
    private static readonly UInt128 SignOfF64 = 0x8000000000000000ul;

    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        IrType type = data.Type;
        int sd = type == IrType.F64 ? 1 : 0;
        switch (data.Op)
        {
            case Opcode.Fadd: Binary(x, data, dst, X64Op.Addss, commutative: true); break;
            case Opcode.Fsub: Binary(x, data, dst, X64Op.Subss, commutative: false); break;
            case Opcode.Fmul: Binary(x, data, dst, X64Op.Mulss, commutative: true); break;
            case Opcode.Fdiv: Binary(x, data, dst, X64Op.Divss, commutative: false); break;
            case Opcode.Fmin: x.Vector(X64Op.FloatMinSs + 2 * sd, dst, x.RegOf(data.A), x.RegOf(data.B)); break;
            case Opcode.Fmax: x.Vector(X64Op.FloatMaxSs + 2 * sd, dst, x.RegOf(data.A), x.RegOf(data.B)); break;
            case Opcode.Fcopysign: CopySign(x, data, dst); break;
            case Opcode.Fabs: x.Vector(X64Op.Andps, dst, x.RegOf(data.A), Mask(x, type, inverted: true)); break;
            case Opcode.Fneg: x.Vector(X64Op.Xorps, dst, x.RegOf(data.A), Mask(x, type, inverted: false)); break;
            case Opcode.Fsqrt: FromSelf(x, X64Op.Sqrtss + 2 * sd, dst, x.RegOf(data.A)); break;
            case Opcode.Fnearest: Round(x, data, dst, 8); break;
            case Opcode.Ffloor: Round(x, data, dst, 9); break;
            case Opcode.Fceil: Round(x, data, dst, 10); break;
            case Opcode.Ftrunc: Round(x, data, dst, 11); break;
            case Opcode.Fpromote: FromSelf(x, X64Op.Cvtss2sd, dst, x.RegOf(data.A)); break;
            case Opcode.Fdemote: FromSelf(x, X64Op.Cvtsd2ss, dst, x.RegOf(data.A)); break;
            default: Lowering.ThrowUnknown(data.Op); break;
        }
    }

    private static void Binary(Lowering x, in InstData data, VReg dst, X64Op op, bool commutative)
    {
        int sd = data.Type == IrType.F64 ? 1 : 0;
        Value a = data.A, b = data.B;
        if (commutative && x.CanSink(a, Opcode.Load, out _)) (a, b) = (b, a);
        RmOperand right = x.UseRm(b, data.Type);
        x.Vector(op + 2 * sd, dst, x.RegOf(a), right);
    }

    /// <summary>dst = op source for instructions whose destination keeps its upper part.</summary>
    public static void FromSelf(Lowering x, X64Op op, VReg dst, VReg source, int immediate = 0) =>
        x.Vector(op, dst, source, source, immediate);

    private static void Round(Lowering x, in InstData data, VReg dst, int mode)
    {
        int sd = data.Type == IrType.F64 ? 1 : 0;
        FromSelf(x, X64Op.Roundss + 2 * sd, dst, x.RegOf(data.A), mode);
    }

    /// <summary>The sign bit, or all bits but it, as a 16-byte pool constant.</summary>
    public static RmOperand Mask(Lowering x, IrType type, bool inverted)
    {
        UInt128 sign = type == IrType.F32 ? SignOfF32 : SignOfF64;
        UInt128 magnitude = type == IrType.F32 ? 0x7FFFFFFFu : 0x7FFFFFFFFFFFFFFFul;
        return x.PoolConstant(inverted ? magnitude : sign, 16);
    }

    // (a & ~sign) | (b & sign)
    private static void CopySign(Lowering x, in InstData data, VReg dst)
    {
        VReg magnitude = x.NewFloat(), sign = x.NewFloat();
        x.Vector(X64Op.Andps, magnitude, x.RegOf(data.A), Mask(x, data.Type, inverted: true));
        x.Vector(X64Op.Andps, sign, x.RegOf(data.B), Mask(x, data.Type, inverted: false));
        x.Vector(X64Op.Orps, dst, magnitude, sign);
    }
}
