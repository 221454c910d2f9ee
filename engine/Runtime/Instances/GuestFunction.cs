using System;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;

namespace Kiln.Runtime.Instances;

/// <summary>A function of a store that the host can call: a funcref record and the entry trampoline of its type.</summary>
public sealed unsafe class GuestFunction
{
    internal readonly VmFuncRef* Record;
    internal readonly ulong EntryTrampoline;

    internal GuestFunction(GuestStore store, VmFuncRef* record, FuncType type, ulong entryTrampoline)
    {
        Store = store;
        Record = record;
        Type = type;
        EntryTrampoline = entryTrampoline;
        SlotCount = Math.Max(type.Parameters.Length, type.Results.Length);
    }

    /// <summary>The store it belongs to.</summary>
    public GuestStore Store { get; }

    /// <summary>Its type, with engine-wide indices.</summary>
    public FuncType Type { get; }

    /// <summary>The engine-wide id of its type.</summary>
    public uint TypeId => Record->TypeId;

    /// <summary>Length of the slot array of a call: the larger of the numbers of parameters and results.</summary>
    public int SlotCount { get; }

    /// <summary>The raw reference to it.</summary>
    public ulong Reference => (ulong)Record;

    /// <summary>What the public API made of it.</summary>
    public object? Owner { get; set; }
}
