using System;
using System.Collections.Generic;

namespace Kiln.Text.Scripts;

/// <summary>What an argument or an expected result of a script is.</summary>
public enum WastValueKind : byte
{
    /// <summary>A 32-bit integer in the low 32 bits.</summary>
    I32,

    /// <summary>A 64-bit integer.</summary>
    I64,

    /// <summary>The bits of a 32-bit float in the low 32 bits.</summary>
    F32,

    /// <summary>The bits of a 64-bit float.</summary>
    F64,

    /// <summary>A vector, lane 0 in the lowest bits.</summary>
    V128,

    /// <summary>A null reference; <see cref="WastValue.HeapType"/> says of which type.</summary>
    RefNull,

    /// <summary>An external reference that the host knows by a number.</summary>
    RefExtern,

    /// <summary>A reference of the any hierarchy that the host knows by a number.</summary>
    RefHost,
}

/// <summary>A constant of a script.</summary>
/// <param name="Kind">Which of the kinds.</param>
/// <param name="Bits">The value's bits, or the host's number of a reference.</param>
/// <param name="HeapType">For <see cref="WastValueKind.RefNull"/> the heap type as written ("func", "extern", "any", "$t"), otherwise null.</param>
public readonly record struct WastValue(WastValueKind Kind, UInt128 Bits, string? HeapType = null)
{
    /// <summary>The low 64 bits.</summary>
    public ulong Low => (ulong)Bits;

    /// <summary>The high 64 bits, zero but for vectors.</summary>
    public ulong High => (ulong)(Bits >> 64);
}

/// <summary>Which values of a float an expectation admits.</summary>
public enum NanPattern : byte
{
    /// <summary>Exactly the bits given.</summary>
    Exact,

    /// <summary>A NaN whose payload is only the quiet bit; any sign.</summary>
    Canonical,

    /// <summary>A NaN with the quiet bit set; any sign and further payload.</summary>
    Arithmetic,
}

/// <summary>An expectation of one number, which may be a lane.</summary>
/// <param name="Nan">How to compare.</param>
/// <param name="Bits">The bits expected when <see cref="NanPattern.Exact"/>.</param>
/// <param name="Width">Width in bits: 8, 16, 32 or 64. A NaN pattern has 32 or 64.</param>
public readonly record struct WastNumberPattern(NanPattern Nan, ulong Bits, int Width)
{
    /// <summary>Whether a number with these bits (those above the width are ignored) is as expected.</summary>
    public bool Matches(ulong bits)
    {
        if (Width < 64) bits &= (1UL << Width) - 1;
        ulong quiet = Width == 32 ? 0x7FC0_0000UL : 0x7FF8_0000_0000_0000UL;
        ulong sign = 1UL << (Width - 1);
        return Nan switch
        {
            NanPattern.Exact => bits == Bits,
            NanPattern.Canonical => (bits & ~sign) == quiet,
            NanPattern.Arithmetic => (bits & quiet) == quiet,
        };
    }
}

/// <summary>What a result must be.</summary>
public abstract record WastExpected;

/// <summary>A number of the given kind (I32, I64, F32 or F64).</summary>
public sealed record WastExpectedNumber(WastValueKind Kind, WastNumberPattern Pattern) : WastExpected;

/// <summary>A vector, lane by lane: 16, 8, 4 or 2 patterns, lane 0 first.</summary>
public sealed record WastExpectedVector(IReadOnlyList<WastNumberPattern> Lanes) : WastExpected
{
    /// <summary>Whether a vector is as expected in every lane.</summary>
    public bool Matches(UInt128 bits)
    {
        foreach (WastNumberPattern lane in Lanes)
        {
            if (!lane.Matches((ulong)bits)) return false;
            bits >>= lane.Width;
        }

        return true;
    }
}

/// <summary>Which references an expectation admits.</summary>
public enum WastReferenceKind : byte
{
    /// <summary>Null of any type, or of <see cref="WastExpectedReference.HeapType"/>'s hierarchy when it is given.</summary>
    Null,

    /// <summary>A non-null function reference.</summary>
    Func,

    /// <summary>A non-null external reference; the host's number when it is given.</summary>
    Extern,

    /// <summary>The host's reference of that number in the any hierarchy.</summary>
    Host,

    /// <summary>A non-null reference of the any hierarchy.</summary>
    Any,

    /// <summary>A non-null reference below eq.</summary>
    Eq,

    /// <summary>A non-null i31 reference.</summary>
    I31,

    /// <summary>A non-null struct reference.</summary>
    Struct,

    /// <summary>A non-null array reference.</summary>
    Array,

    /// <summary>A non-null exception reference.</summary>
    Exn,

    /// <summary>A non-null continuation reference.</summary>
    Cont,
}

/// <summary>A reference.</summary>
/// <param name="Kind">Which references match.</param>
/// <param name="Number">The host's number for Extern and Host, or null for any.</param>
/// <param name="HeapType">For Null the heap type as written, or null for any.</param>
public sealed record WastExpectedReference(WastReferenceKind Kind, uint? Number, string? HeapType) : WastExpected;

/// <summary>One of several: <c>(either result result ...)</c>.</summary>
public sealed record WastExpectedEither(IReadOnlyList<WastExpected> Alternatives) : WastExpected;
