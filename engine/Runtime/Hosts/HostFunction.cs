using System;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;

namespace Kiln.Runtime.Hosts;

/// <summary>A function of the host, bound to no store. Immutable and thread-safe.</summary>
public abstract class HostFunction
{
    private readonly RegisteredTypes _types;

    /// <summary>A function of the given type, which is registered alone and names no type by index.</summary>
    protected HostFunction(FuncType type, RegisteredTypes types)
    {
        Type = type;
        _types = types;
        SlotCount = Math.Max(type.Parameters.Length, type.Results.Length);
    }

    /// <summary>Its type.</summary>
    public FuncType Type { get; }

    /// <summary>The engine-wide id of its type.</summary>
    public uint TypeId => _types[0];

    /// <summary>Length of the slot array of a call.</summary>
    public int SlotCount { get; }

    /// <summary>
    /// Runs it: parameters are in <paramref name="slots"/> from 0 on, results go there from 0 on. What it throws unwinds
    /// the guest and is thrown again to the guest's caller.
    /// </summary>
    public abstract void Invoke(HostBinding caller, Span<ValueSlot> slots);
}

/// <summary>A host function as one instance imports it (or as the host itself made it in a store).</summary>
public sealed class HostBinding
{
    internal HostBinding(GuestStore store, GuestInstance? instance, HostFunction function)
    {
        Store = store;
        Instance = instance;
        Function = function;
    }

    /// <summary>The store.</summary>
    public GuestStore Store { get; }

    /// <summary>The importing instance, or null.</summary>
    public GuestInstance? Instance { get; }

    /// <summary>The function.</summary>
    public HostFunction Function { get; }
}
