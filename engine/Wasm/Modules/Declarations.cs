using System.Collections.Immutable;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Modules;

/// <summary>An import. Its type is the module's entry <paramref name="Index"/> in the index space of <paramref name="Kind"/>.</summary>
public sealed record Import(string Module, string Name, ExternKind Kind, uint Index);

/// <summary>An export of the entry <paramref name="Index"/> in the index space of <paramref name="Kind"/>.</summary>
public sealed record Export(string Name, ExternKind Kind, uint Index);

/// <summary>A table, imported or defined.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Initial">What its elements start as; null means null references (and for imports).</param>
public sealed record Table(TableType Type, ConstExpression? Initial);

/// <summary>A global, imported or defined.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Initial">Its initial value; null for an import.</param>
public sealed record Global(GlobalType Type, ConstExpression? Initial);

/// <summary>How a segment is used.</summary>
public enum SegmentMode : byte
{
    /// <summary>Copied by instructions only.</summary>
    Passive,

    /// <summary>Copied into a table or memory at instantiation.</summary>
    Active,

    /// <summary>Never copied; it only declares functions for <c>ref.func</c>.</summary>
    Declarative,
}

/// <summary>An element segment.</summary>
/// <param name="Mode">How it is used.</param>
/// <param name="Type">A reference type.</param>
/// <param name="TableIndex">The table of an active segment.</param>
/// <param name="Offset">Where an active segment goes; else null.</param>
/// <param name="Items">The elements.</param>
/// <param name="Start">Where the segment starts.</param>
public sealed record ElementSegment(SegmentMode Mode, ValType Type, uint TableIndex, ConstExpression? Offset, ElementItems Items, WasmOffset Start);

/// <summary>The elements of a segment: function indices or expressions; exactly one of the two lists is not default.</summary>
public readonly record struct ElementItems(ImmutableArray<uint> Functions, ImmutableArray<ConstExpression> Expressions)
{
    /// <summary>Number of elements.</summary>
    public int Count => Functions.IsDefault ? Expressions.Length : Functions.Length;
}

/// <summary>A data segment; its bytes are <see cref="WasmModule.Slice"/> of <paramref name="Content"/>.</summary>
/// <param name="Mode">Passive or active.</param>
/// <param name="MemoryIndex">The memory of an active segment.</param>
/// <param name="Offset">Where an active segment goes; else null.</param>
/// <param name="Content">Where its bytes are in the module.</param>
/// <param name="Start">Where the segment starts.</param>
public sealed record DataSegment(SegmentMode Mode, uint MemoryIndex, ConstExpression? Offset, ByteRange Content, WasmOffset Start);

/// <summary>A custom section.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Content">Where the bytes after the name are in the module.</param>
public sealed record CustomSection(string Name, ByteRange Content);

/// <summary>A range of the module's bytes.</summary>
public readonly record struct ByteRange(int Start, int Length)
{
    /// <summary>The position after the last byte.</summary>
    public int End => Start + Length;
}
