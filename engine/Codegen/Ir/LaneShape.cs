using System;
using System.Runtime.CompilerServices;

namespace Kiln.Codegen.Ir;

/// <summary>
/// How an instruction sees the 128 bits of a vector: lane 0 is the lowest bits. A property of the instruction
/// (<see cref="InstData.Lanes"/>), not of the value. <c>default</c> is "no lanes".
/// </summary>
public enum LaneShape : byte
{
    /// <summary>Not a vector instruction, or one that sees 128 single bits.</summary>
    None,

    /// <summary>16 integers of 8 bits.</summary>
    I8x16,

    /// <summary>8 integers of 16 bits.</summary>
    I16x8,

    /// <summary>4 integers of 32 bits.</summary>
    I32x4,

    /// <summary>2 integers of 64 bits.</summary>
    I64x2,

    /// <summary>4 IEEE 754 binary32.</summary>
    F32x4,

    /// <summary>2 IEEE 754 binary64.</summary>
    F64x2,
}

/// <summary>A set of lane shapes, one bit each, for the opcode table.</summary>
[Flags]
public enum LaneSet : byte
{
    /// <summary>The empty set: the opcode has no lanes.</summary>
    None = 0,

    /// <summary>i8x16.</summary>
    I8x16 = 1 << LaneShape.I8x16,

    /// <summary>i16x8.</summary>
    I16x8 = 1 << LaneShape.I16x8,

    /// <summary>i32x4.</summary>
    I32x4 = 1 << LaneShape.I32x4,

    /// <summary>i64x2.</summary>
    I64x2 = 1 << LaneShape.I64x2,

    /// <summary>f32x4.</summary>
    F32x4 = 1 << LaneShape.F32x4,

    /// <summary>f64x2.</summary>
    F64x2 = 1 << LaneShape.F64x2,

    /// <summary>The integer lanes below 32 bits.</summary>
    Narrow = I8x16 | I16x8,

    /// <summary>All integer lanes.</summary>
    Int = I8x16 | I16x8 | I32x4 | I64x2,

    /// <summary>The integer lanes above 8 bits: shapes that lanes of half the width can be extended to.</summary>
    Wide = I16x8 | I32x4 | I64x2,

    /// <summary>The floating-point lanes.</summary>
    Float = F32x4 | F64x2,

    /// <summary>Every shape.</summary>
    Any = Int | Float,
}

/// <summary>Questions that every lane shape answers.</summary>
public static class LaneShapeExtensions
{
    /// <summary>Width of a lane in bits; 0 for <see cref="LaneShape.None"/>.</summary>
    public static int LaneBits(this LaneShape lanes) => lanes switch
    {
        LaneShape.None => 0,
        LaneShape.I8x16 => 8,
        LaneShape.I16x8 => 16,
        LaneShape.I32x4 or LaneShape.F32x4 => 32,
        LaneShape.I64x2 or LaneShape.F64x2 => 64,
    };

    /// <summary>Number of lanes; 0 for <see cref="LaneShape.None"/>.</summary>
    public static int LaneCount(this LaneShape lanes) => lanes == LaneShape.None ? 0 : 128 / lanes.LaneBits();

    /// <summary>True for the floating-point shapes.</summary>
    public static bool IsFloat(this LaneShape lanes) => lanes is LaneShape.F32x4 or LaneShape.F64x2;

    /// <summary>The type of a lane as a scalar: i32 for lanes of 8, 16 and 32 bits (of which only the low bits count), else the lane's own.</summary>
    public static IrType ScalarType(this LaneShape lanes) => lanes switch
    {
        LaneShape.None => IrType.None,
        LaneShape.I8x16 or LaneShape.I16x8 or LaneShape.I32x4 => IrType.I32,
        LaneShape.I64x2 => IrType.I64,
        LaneShape.F32x4 => IrType.F32,
        LaneShape.F64x2 => IrType.F64,
    };

    /// <summary>The integer shape with lanes of half the width; none for i8x16 and floats.</summary>
    public static LaneShape Halved(this LaneShape lanes) => lanes switch
    {
        LaneShape.I16x8 => LaneShape.I8x16,
        LaneShape.I32x4 => LaneShape.I16x8,
        LaneShape.I64x2 => LaneShape.I32x4,
        LaneShape.None or LaneShape.I8x16 or LaneShape.F32x4 or LaneShape.F64x2 => LaneShape.None,
    };

    /// <summary>The spelling in the textual form.</summary>
    public static string Mnemonic(this LaneShape lanes) => lanes switch
    {
        LaneShape.None => "none",
        LaneShape.I8x16 => "i8x16",
        LaneShape.I16x8 => "i16x8",
        LaneShape.I32x4 => "i32x4",
        LaneShape.I64x2 => "i64x2",
        LaneShape.F32x4 => "f32x4",
        LaneShape.F64x2 => "f64x2",
    };

    /// <summary>True if the set has the shape.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Contains(this LaneSet set, LaneShape lanes) => lanes != LaneShape.None && ((int)set >> (int)lanes & 1) != 0;
}
