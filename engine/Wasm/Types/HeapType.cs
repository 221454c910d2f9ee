using System;

namespace Kiln.Wasm.Types;

/// <summary>The abstract heap types, and <see cref="Concrete"/> for a type of the module's type section.</summary>
public enum HeapKind : byte
{
    /// <summary>Below every heap type; only the validator makes it, for values in unreachable code.</summary>
    Bottom,

    /// <summary><c>func</c>.</summary>
    Func,

    /// <summary><c>extern</c>.</summary>
    Extern,

    /// <summary><c>any</c>.</summary>
    Any,

    /// <summary><c>eq</c>.</summary>
    Eq,

    /// <summary><c>i31</c>.</summary>
    I31,

    /// <summary><c>struct</c>.</summary>
    Struct,

    /// <summary><c>array</c>.</summary>
    Array,

    /// <summary><c>exn</c>.</summary>
    Exn,

    /// <summary><c>cont</c>.</summary>
    Cont,

    /// <summary><c>none</c>.</summary>
    None,

    /// <summary><c>nofunc</c>.</summary>
    NoFunc,

    /// <summary><c>noextern</c>.</summary>
    NoExtern,

    /// <summary><c>noexn</c>.</summary>
    NoExn,

    /// <summary><c>nocont</c>.</summary>
    NoCont,

    /// <summary>A type index.</summary>
    Concrete,
}

/// <summary>What a reference refers to: an abstract heap type or an index into the module's types.</summary>
public readonly record struct HeapType
{
    /// <summary>The largest type index that fits.</summary>
    public const uint MaxTypeIndex = (1u << 27) - 1 - (uint)HeapKind.Concrete;

    /// <summary>The heap kind, or <see cref="HeapKind.Concrete"/> plus the type index.</summary>
    internal readonly uint Code;

    internal HeapType(uint code) => Code = code;

    /// <summary>An abstract heap type.</summary>
    public HeapType(HeapKind kind)
    {
        ArgumentOutOfRangeException.ThrowIfEqual((int)kind, (int)HeapKind.Concrete);
        Code = (uint)kind;
    }

    /// <summary>The type with the given index, at most <see cref="MaxTypeIndex"/>.</summary>
    public static HeapType FromIndex(uint typeIndex)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(typeIndex, MaxTypeIndex);
        return new HeapType((uint)HeapKind.Concrete + typeIndex);
    }

    /// <summary>Which heap type it is.</summary>
    public HeapKind Kind => Code >= (uint)HeapKind.Concrete ? HeapKind.Concrete : (HeapKind)Code;

    /// <summary>True for a type index.</summary>
    public bool IsConcrete => Code >= (uint)HeapKind.Concrete;

    /// <summary>The type index; only for a concrete heap type.</summary>
    public uint TypeIndex => IsConcrete ? Code - (uint)HeapKind.Concrete : throw new InvalidOperationException("an abstract heap type has no index");

    /// <summary>The spelling in the text format.</summary>
    public override string ToString() => Kind switch
    {
        HeapKind.Bottom => "bot",
        HeapKind.Func => "func",
        HeapKind.Extern => "extern",
        HeapKind.Any => "any",
        HeapKind.Eq => "eq",
        HeapKind.I31 => "i31",
        HeapKind.Struct => "struct",
        HeapKind.Array => "array",
        HeapKind.Exn => "exn",
        HeapKind.Cont => "cont",
        HeapKind.None => "none",
        HeapKind.NoFunc => "nofunc",
        HeapKind.NoExtern => "noextern",
        HeapKind.NoExn => "noexn",
        HeapKind.NoCont => "nocont",
        HeapKind.Concrete => TypeIndex.ToString(),
    };
}
