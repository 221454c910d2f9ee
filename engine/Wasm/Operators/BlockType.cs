using Kiln.Wasm.Types;

namespace Kiln.Wasm.Operators;

/// <summary>The kinds of block types.</summary>
public enum BlockTypeKind : byte
{
    /// <summary>No parameters, no results.</summary>
    Empty,

    /// <summary>No parameters, one result.</summary>
    Value,

    /// <summary>A function type of the module.</summary>
    Function,
}

/// <summary>The type of a block, loop, if or try_table as it is written; <c>FunctionValidator</c> resolves it.</summary>
public readonly record struct BlockType
{
    private BlockType(BlockTypeKind kind, ValType result, uint typeIndex)
    {
        Kind = kind;
        Result = result;
        TypeIndex = typeIndex;
    }

    /// <summary>No parameters, no results.</summary>
    public static BlockType Empty => default;

    /// <summary>No parameters, one result.</summary>
    public static BlockType FromResult(ValType result) => new(BlockTypeKind.Value, result, 0);

    /// <summary>A function type of the module.</summary>
    public static BlockType FromTypeIndex(uint typeIndex) => new(BlockTypeKind.Function, default, typeIndex);

    /// <summary>Which of the three it is.</summary>
    public BlockTypeKind Kind { get; }

    /// <summary>The result of <see cref="BlockTypeKind.Value"/>.</summary>
    public ValType Result { get; }

    /// <summary>The type index of <see cref="BlockTypeKind.Function"/>.</summary>
    public uint TypeIndex { get; }
}
