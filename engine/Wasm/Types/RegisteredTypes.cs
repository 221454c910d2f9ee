using System;
using System.Threading;

namespace Kiln.Wasm.Types;

/// <summary>Holds types in a <see cref="TypeRegistry"/>; they live at least until it is disposed.</summary>
public sealed class RegisteredTypes : IDisposable
{
    private readonly TypeRegistry _registry;
    private readonly uint[] _ids;
    private RegisteredGroup[]? _groups;

    internal RegisteredTypes(TypeRegistry registry, uint[] ids, RegisteredGroup[] groups)
    {
        _registry = registry;
        _ids = ids;
        _groups = groups;
    }

    /// <summary>The number of each type, by the module's type index; for a single function type one number.</summary>
    public ReadOnlySpan<uint> Ids => _ids;

    /// <summary>The number of a type of the module.</summary>
    public uint this[uint typeIndex] => _ids[typeIndex];

    /// <summary>A type of the module in terms of the registry.</summary>
    public ValType Translate(ValType type) =>
        type.IsRef && type.HeapType.IsConcrete ? ValType.Ref(HeapType.FromIndex(_ids[type.HeapType.TypeIndex]), type.IsNullable) : type;

    /// <summary>A global type of the module in terms of the registry.</summary>
    public GlobalType Translate(GlobalType type) => type with { Type = Translate(type.Type) };

    /// <summary>A table type of the module in terms of the registry.</summary>
    public TableType Translate(TableType type) => type with { Element = Translate(type.Element) };

    /// <summary>Lets go of the types. Harmless when repeated.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _groups, null) is { } groups) _registry.Release(groups);
    }
}
