using System;

namespace Kiln.Wasm.Types;

/// <summary>What can be imported and exported. The values are the binary format's.</summary>
public enum ExternKind : byte
{
    /// <summary>A function.</summary>
    Function = 0,

    /// <summary>A table.</summary>
    Table = 1,

    /// <summary>A memory.</summary>
    Memory = 2,

    /// <summary>A global.</summary>
    Global = 3,

    /// <summary>An exception or control tag.</summary>
    Tag = 4,
}

/// <summary>A size range: pages of a memory, elements of a table.</summary>
/// <param name="Min">The initial and smallest size.</param>
/// <param name="Max">The largest size, if it is bounded.</param>
public readonly record struct Limits(ulong Min, ulong? Max)
{
    /// <summary>The spelling in the text format.</summary>
    public override string ToString() => Max is { } max ? $"{Min} {max}" : Min.ToString();
}

/// <summary>The type of a table.</summary>
/// <param name="Element">A reference type.</param>
/// <param name="Limits">Size in elements.</param>
/// <param name="Is64">True if elements are numbered by i64.</param>
public sealed record TableType(ValType Element, Limits Limits, bool Is64)
{
    /// <summary>The type of an element number: i32 or i64.</summary>
    public ValType AddressType => Is64 ? ValType.I64 : ValType.I32;
}

/// <summary>The type of a memory.</summary>
/// <param name="Limits">Size in pages.</param>
/// <param name="Is64">True if bytes are addressed by i64.</param>
/// <param name="IsShared">True if threads share it.</param>
/// <param name="PageSizeLog2">Base-2 logarithm of the page size in bytes: 16, or 0 with custom page sizes.</param>
public sealed record MemoryType(Limits Limits, bool Is64, bool IsShared, byte PageSizeLog2)
{
    /// <summary>Page size of memories that do not say otherwise: 64 KiB.</summary>
    public const byte DefaultPageSizeLog2 = 16;

    /// <summary>The type of an address: i32 or i64.</summary>
    public ValType AddressType => Is64 ? ValType.I64 : ValType.I32;

    /// <summary>The most bytes a memory of this type can have; 2^64 - 1 stands for 2^64, too.</summary>
    public ulong MaxBytes
    {
        get
        {
            ulong pages = Math.Min(Limits.Max ?? MaxPages, MaxPages);
            return pages > ulong.MaxValue >> PageSizeLog2 ? ulong.MaxValue : pages << PageSizeLog2;
        }
    }

    /// <summary>The most pages a memory of this kind can have: its address space divided by the page size.</summary>
    public ulong MaxPages => Is64 ? (PageSizeLog2 == 0 ? ulong.MaxValue : 1UL << (64 - PageSizeLog2)) : (1UL << (32 - PageSizeLog2)) - (PageSizeLog2 == 0 ? 1UL : 0);
}

/// <summary>The type of a global.</summary>
public sealed record GlobalType(ValType Type, bool IsMutable);

/// <summary>The type of a tag.</summary>
/// <param name="TypeIndex">Index of its function type.</param>
public sealed record TagType(uint TypeIndex);
