using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Wasm.Types;

/// <summary>Copies the definitions of a recursion group with other indices.</summary>
/// <param name="start">The old index of the group's first type.</param>
/// <param name="first">The new one.</param>
/// <param name="ids">The new indices of the types before the group.</param>
internal readonly ref struct TypeRenumbering(int start, uint first, ReadOnlySpan<uint> ids)
{
    private readonly ReadOnlySpan<uint> _ids = ids;

    /// <summary>New indices of the types outside of the group that it refers to.</summary>
    public HashSet<uint> Outside { get; } = [];

    /// <summary>Copies a definition.</summary>
    public SubType Apply(SubType type)
    {
        CompositeType composite = type.Composite switch
        {
            FuncType func => new FuncType(Apply(func.Parameters), Apply(func.Results)),
            StructType structure => new StructType(Apply(structure.Fields)),
            ArrayType array => new ArrayType(Apply(array.Element)),
            ContType cont => new ContType(Index(cont.FunctionTypeIndex)),
            _ => EngineBug.Throw<CompositeType>($"unknown composite type {type.Composite}"),
        };
        return type with { Composite = composite, Supertype = type.Supertype is { } super ? Index(super) : null };
    }

    /// <summary>Copies a value type.</summary>
    public ValType Apply(ValType type) =>
        type.IsRef && type.HeapType.IsConcrete ? ValType.Ref(HeapType.FromIndex(Index(type.HeapType.TypeIndex)), type.IsNullable) : type;

    private FieldType Apply(FieldType field) => field with { Type = Apply(field.Type) };

    private ImmutableArray<ValType> Apply(ImmutableArray<ValType> types)
    {
        ImmutableArray<ValType>.Builder copy = ImmutableArray.CreateBuilder<ValType>(types.Length);
        foreach (ValType type in types) copy.Add(Apply(type));
        return copy.MoveToImmutable();
    }

    private ImmutableArray<FieldType> Apply(ImmutableArray<FieldType> fields)
    {
        ImmutableArray<FieldType>.Builder copy = ImmutableArray.CreateBuilder<FieldType>(fields.Length);
        foreach (FieldType field in fields) copy.Add(Apply(field));
        return copy.MoveToImmutable();
    }

    private uint Index(uint index)
    {
        if (index >= start) return first + (index - (uint)start);
        uint id = _ids[(int)index];
        Outside.Add(id);
        return id;
    }
}
