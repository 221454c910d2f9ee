using System;

namespace Kiln.Codegen.Ir;

/// <summary>
/// What an instruction does. Shape, types, effects and meaning of each are its row in
/// <see cref="OpcodeTable"/>, in the same order.
/// </summary>
public enum Opcode : byte
{
    // Constants.
    Iconst, F32const, F64const, Vconst,

    // Integer arithmetic and bits.
    Iadd, Isub, Imul, Udiv, Sdiv, Urem, Srem, Umulhi, Smulhi,
    Band, Bor, Bxor, Ishl, Ushr, Sshr, Rotl, Rotr,
    Clz, Ctz, Popcnt, Bswap,

    // Integer widths.
    Sextend8, Sextend16, Sextend32, Uextend, Sextend, Ireduce,

    // Comparison and selection.
    Icmp, Fcmp, Select, SpectreGuard,

    // Floating point.
    Fadd, Fsub, Fmul, Fdiv, Fmin, Fmax, Fcopysign,
    Fabs, Fneg, Fsqrt, Fceil, Ffloor, Ftrunc, Fnearest,
    Fpromote, Fdemote,

    // Conversions between the classes.
    FcvtToSint, FcvtToUint, FcvtToSintSat, FcvtToUintSat, FcvtFromSint, FcvtFromUint, Bitcast,

    // Vectors: integer lanes.
    Viadd, Visub, Vimul, Vineg, Viabs,
    VsaddSat, VuaddSat, VssubSat, VusubSat,
    Vsmin, Vumin, Vsmax, Vumax, Vuavgr,
    Vq15mulrSat, Vsdot, Vpopcnt,
    Vishl, Vushr, Vsshr,

    // Vectors: integer lanes of another width.
    VsextendLow, VsextendHigh, VuextendLow, VuextendHigh,
    VsextmulLow, VsextmulHigh, VuextmulLow, VuextmulHigh,
    VsextaddPairwise, VuextaddPairwise,
    Vsnarrow, Vunarrow,

    // Vectors: bits, tests and comparison.
    Vand, Vandnot, Vor, Vxor, Vnot, Vbitselect,
    VanyTrue, VallTrue, Vbitmask,
    Vicmp, Vfcmp,

    // Vectors: lanes as values, places of lanes.
    Vsplat, VextractLane, VsextractLane, VinsertLane, Vshuffle, Vswizzle,

    // Vectors: float lanes.
    Vfadd, Vfsub, Vfmul, Vfdiv, Vfmin, Vfmax, Vfpmin, Vfpmax,
    Vfabs, Vfneg, Vfsqrt, Vfceil, Vffloor, Vftrunc, Vfnearest,
    Vffma, Vffnma,

    // Vectors: conversions.
    VfcvtToSintSat, VfcvtToUintSat, VfcvtLowToSintSat, VfcvtLowToUintSat,
    VfcvtFromSint, VfcvtFromUint, VfpromoteLow, VfdemoteZero,

    // Vectors: what x64 instructions do beyond what the spec's strict operations mean; for relaxed SIMD.
    X86Pshufb, X86Pmulhrsw, X86Pmaddubsw, X86Cvttps2dq, X86Cvttpd2dq,

    // Memory.
    Load, Uload8, Sload8, Uload16, Sload16, Uload32, Sload32,
    VloadSplat, VloadZero, VloadSextend, VloadUextend,
    Store, Istore8, Istore16, Istore32,

    // Memory that threads share: sequentially consistent accesses.
    AtomicLoad, AtomicUload8, AtomicUload16, AtomicUload32,
    AtomicStore, AtomicIstore8, AtomicIstore16, AtomicIstore32,
    AtomicRmw, AtomicRmw8, AtomicRmw16, AtomicRmw32,
    AtomicCas, AtomicCas8, AtomicCas16, AtomicCas32,
    Fence,

    // Addresses.
    StackAddr, FuncAddr,

    // Calls.
    Call, CallIndirect,

    // Control flow.
    Jump, Brif, BrTable, Return, ReturnCall, ReturnCallIndirect, Trap, Trapz, Trapnz,
}

/// <summary>What an instruction may do besides computing its result.</summary>
[Flags]
public enum Effects : byte
{
    /// <summary>A pure function of its operands.</summary>
    None = 0,

    /// <summary>May stop the function with a trap. Loads and stores do unless their flags say notrap.</summary>
    CanTrap = 1,

    /// <summary>Reads memory.</summary>
    Load = 2,

    /// <summary>Writes memory.</summary>
    Store = 4,

    /// <summary>Runs other code, which may do anything to memory and may trap.</summary>
    Call = 8,

    /// <summary>Ends its block.</summary>
    Terminator = 16,

    /// <summary>Has branch targets.</summary>
    Branch = 32,

    /// <summary>
    /// Orders memory between threads: what was known of memory before may be wrong after, and no access moves across.
    /// Comes with <see cref="Store"/>.
    /// </summary>
    Barrier = 64,
}

/// <summary>The type that an operand or result of an opcode must have.</summary>
public enum TypeRule : byte
{
    /// <summary>No such operand or result; or given by a signature.</summary>
    None,

    /// <summary>The controlling type, <see cref="InstData.Type"/>.</summary>
    Ctrl,

    /// <summary>i32.</summary>
    I32,

    /// <summary>i64.</summary>
    I64,

    /// <summary>f32.</summary>
    F32,

    /// <summary>f64.</summary>
    F64,

    /// <summary>i32 or i64, whatever the controlling type is.</summary>
    AnyInt,

    /// <summary>f32 or f64, whatever the controlling type is.</summary>
    AnyFloat,

    /// <summary>The type of the controlling type's width in the other class (i32 and f32, i64 and f64).</summary>
    Partner,

    /// <summary>The scalar type that a lane of the instruction's shape travels as; see <see cref="LaneShapeExtensions.ScalarType"/>.</summary>
    Lane,
}
