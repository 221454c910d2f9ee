using Kiln.Runtime.Stores;

namespace Kiln.Runtime.Instances;

/// <summary>A tag of a store. Its identity is the address of its native cell, by which compiled code knows it.</summary>
public sealed unsafe class GuestTag
{
    private readonly uint* _cell;

    internal GuestTag(GuestStore store, uint typeId)
    {
        Store = store;
        _cell = (uint*)store.AllocateBlock(sizeof(ulong));
        *_cell = typeId;
        TypeId = typeId;
    }

    /// <summary>The store it belongs to.</summary>
    public GuestStore Store { get; }

    /// <summary>The engine-wide id of its function type.</summary>
    public uint TypeId { get; }

    /// <summary>What the public API made of it.</summary>
    public object? Owner { get; set; }

    internal void* Address => _cell;
}
