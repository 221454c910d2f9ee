using System;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;

namespace Kiln.Runtime.Hosts;

/// <summary>
/// The body of a host function: parameters are in <paramref name="slots"/> from 0 on, results go there from 0 on. What it
/// throws unwinds the guest and is thrown again to the guest's caller.
/// </summary>
public delegate void HostBody(HostBinding caller, Span<ValueSlot> slots);

/// <summary>A function of the host, bound to no store. Immutable and thread-safe.</summary>
public class HostFunction
{
    private readonly RegisteredTypes _types;

    /// <summary>A function of the given type, which is registered alone and names no type by index.</summary>
    public HostFunction(FuncType type, RegisteredTypes types, HostBody body)
    {
        Type = type;
        Body = body;
        _types = types;
        SlotCount = Math.Max(type.Parameters.Length, type.Results.Length);
    }

    /// <summary>Its type.</summary>
    public FuncType Type { get; }

    /// <summary>The engine-wide id of its type.</summary>
    public uint TypeId => _types[0];

    /// <summary>Length of the slot array of a call.</summary>
    public int SlotCount { get; }

    /// <summary>What runs.</summary>
    public HostBody Body { get; }
}

/// <summary>A host function as one instance imports it (or as the host itself made it in a store).</summary>
public sealed class HostBinding
{
    internal HostBinding(GuestStore store, GuestInstance? instance, HostFunction function)
    {
        Store = store;
        Instance = instance;
        Function = function;
        Body = function.Body;
        SlotCount = function.SlotCount;
    }

    /// <summary>The store.</summary>
    public GuestStore Store { get; }

    /// <summary>The importing instance, or null.</summary>
    public GuestInstance? Instance { get; }

    /// <summary>The function.</summary>
    public HostFunction Function { get; }

    // Copies of the function's: a host call is too short for one load more than it needs.
    internal readonly HostBody Body;
    internal readonly int SlotCount;
}
