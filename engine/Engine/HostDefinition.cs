using System;
using System.Collections.Generic;
using Kiln.Runtime.Hosts;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;

namespace Kiln;

/// <summary>What a linker holds for a host function.</summary>
internal sealed class HostDefinition : HostFunction
{
    private HostDefinition(FuncType type, RegisteredTypes types, HostBody body) : base(type, types, body)
    {
    }

    /// <summary>A function that reads and writes slots itself.</summary>
    public static HostDefinition FromSlots(Engine engine, ReadOnlySpan<ValueKind> parameters, ReadOnlySpan<ValueKind> results, HostBody body)
    {
        FuncType type = ExternTypes.FuncTypeOf(parameters, results);
        return new HostDefinition(type, engine.Runtime.Types.Register(type), body);
    }

    /// <summary>A function over values; throws <see cref="ArgumentException"/> if <paramref name="type"/> is no function's.</summary>
    public static HostDefinition FromCallback(Engine engine, ExternType type, HostCallback callback)
    {
        if (type.Kind != ExternKind.Func) throw new ArgumentException($"{type} is not the type of a function", nameof(type));
        ValueKind[] parameters = Copy(type.Parameters);
        ValueKind[] results = Copy(type.Results);
        FuncType signature = ExternTypes.FuncTypeOf(parameters, results);
        return FromSlots(engine, parameters, results, (binding, slots) => Call(new Caller(binding), slots, parameters, signature, callback));
    }

    private static void Call(Caller caller, Span<ValueSlot> slots, ValueKind[] parameters, FuncType type, HostCallback callback)
    {
        const int usual = 12;
        int resultCount = type.Results.Length;
        ValueBuffer buffer = default;
        Span<Value> values = parameters.Length + resultCount <= usual ? buffer : new Value[parameters.Length + resultCount];
        Span<Value> arguments = values[..parameters.Length];
        Span<Value> results = values.Slice(parameters.Length, resultCount);
        for (int i = 0; i < parameters.Length; i++) arguments[i] = ValueSlots.FromSlot(caller.Store, slots[i], parameters[i]);
        caller.Store.Guest.Safepoint();
        callback(caller, arguments, results);
        ValueSlots.Write(caller.Store, results, type.Results, slots);
    }

    private static ValueKind[] Copy(IReadOnlyList<ValueKind> kinds)
    {
        ValueKind[] copy = new ValueKind[kinds.Count];
        for (int i = 0; i < copy.Length; i++) copy[i] = kinds[i];
        return copy;
    }

    [System.Runtime.CompilerServices.InlineArray(12)]
    private struct ValueBuffer
    {
        private Value _first;
    }
}
