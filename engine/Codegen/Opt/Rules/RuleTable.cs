using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>Which rules an opcode has: the first that matches gives the value to use instead, or none.</summary>
internal static class RuleTable
{
    public static Rewrite Simplify(in Node n) => n.Op switch
    {
        Opcode.Iadd => ArithmeticRules.Iadd(n),
        Opcode.Isub => ArithmeticRules.Isub(n),
        Opcode.Imul => ArithmeticRules.Imul(n),
        Opcode.Udiv => DivisionRules.Udiv(n),
        Opcode.Sdiv => DivisionRules.Sdiv(n),
        Opcode.Urem => DivisionRules.Urem(n),
        Opcode.Srem => DivisionRules.Srem(n),
        Opcode.Band => BitRules.Band(n),
        Opcode.Bor => BitRules.Bor(n),
        Opcode.Bxor => BitRules.Bxor(n),
        Opcode.Ishl => ShiftRules.Ishl(n),
        Opcode.Ushr => ShiftRules.Ushr(n),
        Opcode.Sshr => ShiftRules.Sshr(n),
        Opcode.Rotl => ShiftRules.Rotl(n),
        Opcode.Rotr => ShiftRules.Rotr(n),
        Opcode.Bswap => BitRules.Bswap(n),
        Opcode.Sextend8 => ExtendRules.Sextend8(n),
        Opcode.Sextend16 => ExtendRules.Sextend16(n),
        Opcode.Sextend32 => ExtendRules.Sextend32(n),
        Opcode.Uextend => ExtendRules.Uextend(n),
        Opcode.Sextend => ExtendRules.Sextend(n),
        Opcode.Ireduce => ExtendRules.Ireduce(n),
        Opcode.Icmp => CompareRules.Icmp(n),
        Opcode.Select => SelectRules.Select(n),
        Opcode.SpectreGuard => SelectRules.SpectreGuard(n),
        Opcode.Fadd => FloatRules.Fadd(n),
        Opcode.Fsub => FloatRules.Fsub(n),
        Opcode.Fmul => FloatRules.Fmul(n),
        Opcode.Fdiv => FloatRules.Fdiv(n),
        Opcode.Fcopysign => FloatRules.Fcopysign(n),
        Opcode.Fabs => FloatRules.Fabs(n),
        Opcode.Fneg => FloatRules.Fneg(n),
        Opcode.Bitcast => FloatRules.Bitcast(n),
        Opcode.FcvtFromSint => FloatRules.FcvtFromSint(n),
        Opcode.FcvtFromUint => FloatRules.FcvtFromUint(n),

        // Folded when constant, nothing more to know.
        Opcode.Umulhi or Opcode.Smulhi or Opcode.Clz or Opcode.Ctz or Opcode.Popcnt or Opcode.Fcmp
            or Opcode.Fmin or Opcode.Fmax
            or Opcode.Fsqrt or Opcode.Fceil or Opcode.Ffloor or Opcode.Ftrunc or Opcode.Fnearest
            or Opcode.Fpromote or Opcode.Fdemote
            or Opcode.FcvtToSint or Opcode.FcvtToUint or Opcode.FcvtToSintSat or Opcode.FcvtToUintSat => default,

        // Vectors.
        Opcode.Viadd => VectorRules.Viadd(n),
        Opcode.Visub => VectorRules.Visub(n),
        Opcode.Vimul => VectorRules.Vimul(n),
        Opcode.Vineg => VectorRules.Vineg(n),
        Opcode.Vfneg => VectorRules.Vfneg(n),
        Opcode.Vfabs => VectorRules.Vfabs(n),
        Opcode.Vand => VectorBitRules.Vand(n),
        Opcode.Vandnot => VectorBitRules.Vandnot(n),
        Opcode.Vor => VectorBitRules.Vor(n),
        Opcode.Vxor => VectorBitRules.Vxor(n),
        Opcode.Vnot => VectorBitRules.Vnot(n),
        Opcode.Vbitselect => VectorBitRules.Vbitselect(n),
        Opcode.Vsplat => VectorLaneRules.Vsplat(n),
        Opcode.VextractLane => VectorLaneRules.VextractLane(n),
        Opcode.VsextractLane => VectorLaneRules.VsextractLane(n),
        Opcode.VinsertLane => VectorLaneRules.VinsertLane(n),
        Opcode.Vshuffle => VectorLaneRules.Vshuffle(n),
        Opcode.Vsmin or Opcode.Vumin or Opcode.Vsmax or Opcode.Vumax => VectorRules.Extremum(n),
        Opcode.Vishl or Opcode.Vushr or Opcode.Vsshr => VectorRules.Shift(n),
        Opcode.Vswizzle or Opcode.X86Pshufb => VectorLaneRules.Swizzle(n),
        Opcode.Viabs or Opcode.VsaddSat or Opcode.VuaddSat or Opcode.VssubSat or Opcode.VusubSat
            or Opcode.Vuavgr or Opcode.Vq15mulrSat or Opcode.Vsdot or Opcode.Vpopcnt or Opcode.VsextendLow
            or Opcode.VsextendHigh or Opcode.VuextendLow or Opcode.VuextendHigh or Opcode.VsextmulLow or Opcode.VsextmulHigh
            or Opcode.VuextmulLow or Opcode.VuextmulHigh or Opcode.VsextaddPairwise or Opcode.VuextaddPairwise or Opcode.Vsnarrow
            or Opcode.Vunarrow or Opcode.VanyTrue or Opcode.VallTrue or Opcode.Vbitmask or Opcode.Vicmp
            or Opcode.Vfcmp or Opcode.Vfadd or Opcode.Vfsub or Opcode.Vfmul or Opcode.Vfdiv
            or Opcode.Vfmin or Opcode.Vfmax or Opcode.Vfpmin or Opcode.Vfpmax or Opcode.Vfsqrt
            or Opcode.Vfceil or Opcode.Vffloor or Opcode.Vftrunc or Opcode.Vfnearest or Opcode.Vffma
            or Opcode.Vffnma or Opcode.VfcvtToSintSat or Opcode.VfcvtToUintSat or Opcode.VfcvtLowToSintSat or Opcode.VfcvtLowToUintSat
            or Opcode.VfcvtFromSint or Opcode.VfcvtFromUint or Opcode.VfpromoteLow or Opcode.VfdemoteZero or Opcode.X86Pmulhrsw
            or Opcode.X86Pmaddubsw or Opcode.X86Cvttps2dq or Opcode.X86Cvttpd2dq => default,

        // Constants, and what has effects: EGraphPass looks at those itself.
        Opcode.Iconst or Opcode.F32const or Opcode.F64const or Opcode.Vconst
            or Opcode.Load or Opcode.Uload8 or Opcode.Sload8 or Opcode.Uload16 or Opcode.Sload16 or Opcode.Uload32 or Opcode.Sload32
            or Opcode.VloadSplat or Opcode.VloadZero or Opcode.VloadSextend or Opcode.VloadUextend
            or Opcode.Store or Opcode.Istore8 or Opcode.Istore16 or Opcode.Istore32
            or Opcode.AtomicLoad or Opcode.AtomicUload8 or Opcode.AtomicUload16 or Opcode.AtomicUload32 or Opcode.AtomicStore or Opcode.AtomicIstore8 or Opcode.AtomicIstore16 or Opcode.AtomicIstore32
            or Opcode.AtomicRmw or Opcode.AtomicRmw8 or Opcode.AtomicRmw16 or Opcode.AtomicRmw32 or Opcode.AtomicCas or Opcode.AtomicCas8 or Opcode.AtomicCas16 or Opcode.AtomicCas32 or Opcode.Fence
            or Opcode.StackAddr or Opcode.FuncAddr or Opcode.Call or Opcode.CallIndirect
            or Opcode.Jump or Opcode.Brif or Opcode.BrTable or Opcode.Return or Opcode.ReturnCall or Opcode.ReturnCallIndirect or Opcode.Trap or Opcode.Trapz or Opcode.Trapnz => default,
    };
}
