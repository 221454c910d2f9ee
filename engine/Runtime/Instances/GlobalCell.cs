using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;

namespace Kiln.Runtime.Instances;

/// <summary>A global of a store: 16 bytes in the defining instance's VM context, or in a block of its own.</summary>
public sealed unsafe class GlobalCell
{
    private readonly ValueSlot* _cell;

    internal GlobalCell(GuestStore store, GlobalType type, ValueSlot* cell)
    {
        Store = store;
        Type = type;
        _cell = cell;
    }

    /// <summary>The store it belongs to.</summary>
    public GuestStore Store { get; }

    /// <summary>Its type, with engine-wide type indices.</summary>
    public GlobalType Type { get; }

    /// <summary>What the public API made of it.</summary>
    public object? Owner { get; set; }

    /// <summary>Its value, references raw.</summary>
    public ref ValueSlot Value
    {
        get
        {
            Store.CheckAlive();
            return ref *_cell;
        }
    }

    internal ValueSlot* Cell => _cell;
}
