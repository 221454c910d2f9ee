using System.Collections.Immutable;
using System.Text;

namespace Kiln.Wasm.Types;

/// <summary>What a type definition defines: a function, struct, array or continuation type.</summary>
public abstract class CompositeType
{
    private protected CompositeType()
    {
    }
}

/// <summary>A function type. Type indices in it count in the module it comes from.</summary>
public sealed class FuncType(ImmutableArray<ValType> parameters, ImmutableArray<ValType> results) : CompositeType
{
    /// <summary>Parameter types, first to last.</summary>
    public ImmutableArray<ValType> Parameters { get; } = parameters;

    /// <summary>Result types, first to last.</summary>
    public ImmutableArray<ValType> Results { get; } = results;

    /// <summary>The same type without parameters, which is the type of a function's outermost block.</summary>
    internal FuncType WithoutParameters => Parameters.IsEmpty ? this : _withoutParameters ??= new FuncType([], Results);

    private FuncType? _withoutParameters;

    /// <summary>The notation of the specification: <c>[i32 i64] -> [f32]</c>.</summary>
    public override string ToString()
    {
        StringBuilder text = new("[");
        text.AppendJoin(' ', Parameters).Append("] -> [").AppendJoin(' ', Results).Append(']');
        return text.ToString();
    }
}

/// <summary>How a struct field or an array element is stored.</summary>
public enum PackedKind : byte
{
    /// <summary>As a value of its type.</summary>
    None,

    /// <summary>As the low 8 bits of an i32.</summary>
    I8,

    /// <summary>As the low 16 bits of an i32.</summary>
    I16,
}

/// <summary>The type of a struct field or an array element.</summary>
/// <param name="Type">The type of the value on the operand stack; i32 for a packed field.</param>
/// <param name="Packed">How it is stored.</param>
/// <param name="IsMutable">True if it can be written after creation.</param>
public readonly record struct FieldType(ValType Type, PackedKind Packed, bool IsMutable)
{
    /// <summary>The spelling in the text format.</summary>
    public override string ToString()
    {
        string storage = Packed switch { PackedKind.None => Type.ToString(), PackedKind.I8 => "i8", PackedKind.I16 => "i16" };
        return IsMutable ? $"(mut {storage})" : storage;
    }
}

/// <summary>A struct type.</summary>
public sealed class StructType(ImmutableArray<FieldType> fields) : CompositeType
{
    /// <summary>The fields, by index.</summary>
    public ImmutableArray<FieldType> Fields { get; } = fields;

    /// <summary>The spelling in the text format.</summary>
    public override string ToString() => $"(struct {string.Join(' ', Fields)})";
}

/// <summary>An array type.</summary>
public sealed class ArrayType(FieldType element) : CompositeType
{
    /// <summary>The element type.</summary>
    public FieldType Element { get; } = element;

    /// <summary>The spelling in the text format.</summary>
    public override string ToString() => $"(array {Element})";
}

/// <summary>A continuation type.</summary>
public sealed class ContType(uint functionTypeIndex) : CompositeType
{
    /// <summary>Index of the function type that the continuation has.</summary>
    public uint FunctionTypeIndex { get; } = functionTypeIndex;

    /// <summary>The spelling in the text format.</summary>
    public override string ToString() => $"(cont {FunctionTypeIndex})";
}
