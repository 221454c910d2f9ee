using System;
using System.Runtime.CompilerServices;

namespace Kiln.Codegen.Ir;

/// <summary>The type of an IR value. <c>default</c> is "no value".</summary>
public enum IrType : byte
{
    /// <summary>No value: the type of an instruction without a result.</summary>
    None = 0,

    /// <summary>32-bit integer, also the result of every comparison (0 or 1).</summary>
    I32 = 1,

    /// <summary>64-bit integer, also every address.</summary>
    I64 = 2,

    /// <summary>IEEE 754 binary32.</summary>
    F32 = 3,

    /// <summary>IEEE 754 binary64.</summary>
    F64 = 4,

    /// <summary>128 bits; the lane shape is a property of the instruction, not of the value.</summary>
    V128 = 5,

    /// <summary>
    /// A reference to an object that the runtime's collector frees when no root refers to it: a handle, zero-extended to
    /// 64 bits, 0 for null. It lives in an integer register; being live across a call it is a root, and the call's
    /// stack map lists it. It can be compared for equality, selected, loaded and stored, nothing else.
    /// </summary>
    Ref = 6,
}

/// <summary>A set of types, one bit each, for the type rules of the opcode table.</summary>
[Flags]
public enum IrTypeSet : byte
{
    /// <summary>The empty set.</summary>
    None = 0,

    /// <summary>i32.</summary>
    I32 = 1 << IrType.I32,

    /// <summary>i64.</summary>
    I64 = 1 << IrType.I64,

    /// <summary>f32.</summary>
    F32 = 1 << IrType.F32,

    /// <summary>f64.</summary>
    F64 = 1 << IrType.F64,

    /// <summary>v128.</summary>
    V128 = 1 << IrType.V128,

    /// <summary>ref.</summary>
    Ref = 1 << IrType.Ref,

    /// <summary>The integer types.</summary>
    Int = I32 | I64,

    /// <summary>The floating-point types.</summary>
    Float = F32 | F64,

    /// <summary>What lives in an integer register.</summary>
    General = Int | Ref,

    /// <summary>The numbers.</summary>
    Scalar = Int | Float,

    /// <summary>Every type.</summary>
    Any = Scalar | V128 | Ref,
}

/// <summary>Questions that every type answers.</summary>
public static class IrTypeExtensions
{
    /// <summary>True for i32 and i64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsInt(this IrType type) => type is IrType.I32 or IrType.I64;

    /// <summary>True for what lives in an integer register: i32, i64 and ref.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsGeneral(this IrType type) => type is IrType.I32 or IrType.I64 or IrType.Ref;

    /// <summary>True for f32 and f64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsFloat(this IrType type) => type is IrType.F32 or IrType.F64;

    /// <summary>Width in bits; 0 for <see cref="IrType.None"/>.</summary>
    public static int Bits(this IrType type) => type switch
    {
        IrType.None => 0,
        IrType.I32 or IrType.F32 => 32,
        IrType.I64 or IrType.F64 or IrType.Ref => 64,
        IrType.V128 => 128,
    };

    /// <summary>Width in bytes; 0 for <see cref="IrType.None"/>.</summary>
    public static int ByteCount(this IrType type) => type.Bits() / 8;

    /// <summary>The type of the same width and the other class: i32 and f32, i64 and f64; none for others.</summary>
    public static IrType BitcastPartner(this IrType type) => type switch
    {
        IrType.I32 => IrType.F32,
        IrType.I64 => IrType.F64,
        IrType.F32 => IrType.I32,
        IrType.F64 => IrType.I64,
        IrType.V128 or IrType.Ref or IrType.None => IrType.None,
    };

    /// <summary>The spelling in the textual form.</summary>
    public static string Mnemonic(this IrType type) => type switch
    {
        IrType.None => "none",
        IrType.I32 => "i32",
        IrType.I64 => "i64",
        IrType.F32 => "f32",
        IrType.F64 => "f64",
        IrType.V128 => "v128",
        IrType.Ref => "ref",
    };

    /// <summary>True if the set has the type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Contains(this IrTypeSet set, IrType type) => ((int)set >> (int)type & 1) != 0;
}
