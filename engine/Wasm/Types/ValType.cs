using System;
using System.Runtime.CompilerServices;

namespace Kiln.Wasm.Types;

/// <summary>The kinds of value types.</summary>
public enum ValKind : byte
{
    /// <summary>Below every type; only the validator makes it, for values in unreachable code.</summary>
    Bottom = 0,

    /// <summary><c>i32</c>.</summary>
    I32 = 1,

    /// <summary><c>i64</c>.</summary>
    I64 = 2,

    /// <summary><c>f32</c>.</summary>
    F32 = 3,

    /// <summary><c>f64</c>.</summary>
    F64 = 4,

    /// <summary><c>v128</c>.</summary>
    V128 = 5,

    /// <summary>A reference.</summary>
    Ref = 8,
}

/// <summary>
/// A value type in four bytes. Two types of one module that are equal here are the same type; the reverse
/// holds only for types without an index (equivalent recursion groups): see <see cref="Subtyping"/>.
/// </summary>
public readonly record struct ValType
{
    // Bits 0..2: number or vector kind; bit 3: reference; bit 4: nullable; bits 5..31: heap type code.
    private const uint RefBit = 8;
    private const uint NullBit = 16;
    private const int HeapShift = 5;

    /// <summary>The packed form; the validator compares it.</summary>
    internal readonly uint Bits;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ValType(uint bits) => Bits = bits;

    private ValType(ValKind kind) => Bits = (uint)kind;

    /// <summary>Below every type; only in unreachable code.</summary>
    public static ValType Bottom => default;

    /// <summary><c>i32</c>.</summary>
    public static ValType I32 => new(ValKind.I32);

    /// <summary><c>i64</c>.</summary>
    public static ValType I64 => new(ValKind.I64);

    /// <summary><c>f32</c>.</summary>
    public static ValType F32 => new(ValKind.F32);

    /// <summary><c>f64</c>.</summary>
    public static ValType F64 => new(ValKind.F64);

    /// <summary><c>v128</c>.</summary>
    public static ValType V128 => new(ValKind.V128);

    /// <summary><c>funcref</c>.</summary>
    public static ValType FuncRef => Ref(new HeapType(HeapKind.Func), true);

    /// <summary><c>externref</c>.</summary>
    public static ValType ExternRef => Ref(new HeapType(HeapKind.Extern), true);

    /// <summary><c>exnref</c>.</summary>
    public static ValType ExnRef => Ref(new HeapType(HeapKind.Exn), true);

    /// <summary><c>(ref null? heap)</c>.</summary>
    public static ValType Ref(HeapType heap, bool nullable) => new(RefBit | (nullable ? NullBit : 0) | heap.Code << HeapShift);

    /// <summary><c>(ref null? heap)</c> of an abstract heap type.</summary>
    public static ValType Ref(HeapKind heap, bool nullable) => Ref(new HeapType(heap), nullable);

    /// <summary>Which kind it is.</summary>
    public ValKind Kind => (ValKind)(Bits & 15);

    /// <summary>True for a reference.</summary>
    public bool IsRef => (Bits & RefBit) != 0;

    /// <summary>True for the unknown type of unreachable code.</summary>
    public bool IsBottom => Bits == 0;

    /// <summary>True for a reference that may be null.</summary>
    public bool IsNullable => (Bits & NullBit) != 0;

    /// <summary>True for i32, i64, f32, f64.</summary>
    public bool IsNumber => Bits - 1 <= 3;

    /// <summary>True if a local of this type needs no initial value: everything but a non-nullable reference.</summary>
    public bool IsDefaultable => (Bits & (RefBit | NullBit)) != RefBit;

    /// <summary>What a reference refers to; only for references.</summary>
    public HeapType HeapType => IsRef ? new HeapType(Bits >> HeapShift) : throw new InvalidOperationException("not a reference type");

    /// <summary>The same reference type without or with null.</summary>
    public ValType AsNullable(bool nullable) => IsRef ? new ValType((Bits & ~NullBit) | (nullable ? NullBit : 0)) : this;

    /// <summary>The spelling in the text format.</summary>
    public override string ToString() => Kind switch
    {
        ValKind.Bottom => "bot",
        ValKind.I32 => "i32",
        ValKind.I64 => "i64",
        ValKind.F32 => "f32",
        ValKind.F64 => "f64",
        ValKind.V128 => "v128",
        ValKind.Ref => RefText(),
    };

    private string RefText()
    {
        HeapType heap = HeapType;
        if (!IsNullable) return $"(ref {heap})";
        return heap.Kind switch
        {
            HeapKind.Concrete or HeapKind.Bottom => $"(ref null {heap})",
            HeapKind.None => "nullref",
            HeapKind.NoFunc => "nullfuncref",
            HeapKind.NoExtern => "nullexternref",
            HeapKind.NoExn => "nullexnref",
            HeapKind.NoCont => "nullcontref",
            HeapKind.Func or HeapKind.Extern or HeapKind.Any or HeapKind.Eq or HeapKind.I31 or HeapKind.Struct
                or HeapKind.Array or HeapKind.Exn or HeapKind.Cont => $"{heap}ref",
        };
    }
}
