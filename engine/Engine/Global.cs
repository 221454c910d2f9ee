using System;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;

namespace Kiln;

/// <summary>A global variable or constant.</summary>
public sealed class Global : Extern
{
    private readonly GlobalCell _global;
    private readonly ValueKind _kind;

    private Global(Store store, GlobalCell global) : base(store)
    {
        _global = global;
        _kind = ExternTypes.KindOf(global.Type.Type, store.Guest.Runtime.Types);
    }

    /// <summary>Creates a global of the kind of <paramref name="initial"/>.</summary>
    public static Global Create(Store store, Value initial, bool isMutable)
    {
        ValType type = ExternTypes.TypeOf(initial.Kind);
        StoreOwnership? entered = store.Guest.Enter();
        try
        {
            ValueSlot slot = ValueSlots.ToSlot(store, initial, type);
            return Of(store, store.Guest.CreateGlobal(new GlobalType(type, isMutable), slot));
        }
        finally
        {
            GuestStore.Leave(entered);
        }
    }

    /// <inheritdoc/>
    public override ExternType Type => ExternTypes.Of(_global.Type, Store.Guest.Runtime.Types);

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Global;

    internal override object Definition => _global;

    /// <summary>Its value. Setting throws <see cref="InvalidOperationException"/> on an immutable global and <see cref="ArgumentException"/> for another kind.</summary>
    public Value Value
    {
        get
        {
            StoreOwnership? entered = Store.Guest.Enter();
            try
            {
                return ValueSlots.FromSlot(Store, _global.Value, _kind);
            }
            finally
            {
                GuestStore.Leave(entered);
            }
        }
        set
        {
            if (!_global.Type.IsMutable) throw new InvalidOperationException("the global is immutable");
            StoreOwnership? entered = Store.Guest.Enter();
            try
            {
                _global.Value = ValueSlots.ToSlot(Store, value, _global.Type.Type);
            }
            finally
            {
                GuestStore.Leave(entered);
            }
        }
    }

    internal static Global Of(Store store, GlobalCell global) => (Global)(global.Owner ??= new Global(store, global));
}
