using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks;
using Kiln.Runtime.Faults;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;
using Kiln.Wasm.Types;

namespace Kiln;

/// <summary>
/// A function of a store: a guest's export or a host function. Calls throw <see cref="TrapException"/>
/// when the guest traps, and whatever a host function it called threw. Typed delegates
/// (<see cref="FuncTyped"/>) are the fast way; calls allocate nothing.
/// </summary>
/// <remarks>
/// A guest that waits (<c>memory.atomic.wait</c>) holds the thread that called it with <c>Call</c>, but not one that called it
/// with <c>CallAsync</c>: that thread is free while the guest waits, and the guest goes on elsewhere (<see cref="Store.Scheduler"/>).
/// The store is in use until the call is over, only not by a thread. A call from within a host function always holds its
/// thread, because the host function's guest does.
/// </remarks>
public sealed class Func : Extern
{
    private readonly ValueKind[] _results;
    private readonly bool _passesHandles;

    private Func(Store store, GuestFunction function) : base(store)
    {
        Guest = function;
        Type = ExternTypes.Of(function.Type, store.Guest.Runtime.Types);
        _results = (ValueKind[])Type.Results;
        _passesHandles = Array.IndexOf(_results, ValueKind.ExternRef) >= 0 || Array.IndexOf((ValueKind[])Type.Parameters, ValueKind.ExternRef) >= 0;
    }

    /// <summary>Makes a host function of <paramref name="type"/> in a store, to be imported or put into tables.</summary>
    public static Func FromCallback(Store store, ExternType type, HostCallback callback) =>
        Of(store, HostDefinition.FromCallback(store.Engine, type, callback));

    /// <inheritdoc/>
    public override ExternType Type { get; }

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Func;

    /// <summary>Parameter kinds.</summary>
    public IReadOnlyList<ValueKind> Parameters => Type.Parameters;

    /// <summary>Result kinds.</summary>
    public IReadOnlyList<ValueKind> Results => Type.Results;

    internal GuestFunction Guest { get; }

    internal override object Definition => Guest;

    /// <summary>
    /// Calls the function. Throws <see cref="ArgumentException"/> when number or kinds of
    /// <paramref name="arguments"/> or the room for <paramref name="results"/> do not fit its type.
    /// </summary>
    public void Call(ReadOnlySpan<Value> arguments, Span<Value> results)
    {
        if (Run(arguments, results) is { } report) throw Store.ToException(report);
    }

    /// <summary>
    /// As <see cref="Call(ReadOnlySpan{Value}, Span{Value})"/>, but returns a trap instead of throwing it; null if the
    /// function returned. For callers to whom traps are results: throwing costs more than the trap itself.
    /// </summary>
    public TrapException? TryCall(ReadOnlySpan<Value> arguments, Span<Value> results)
    {
        return Run(arguments, results) is { } report ? Store.ToException(report) : null;
    }

    /// <summary>Calls the function and returns its results in a new array.</summary>
    public Value[] Call(params ReadOnlySpan<Value> arguments)
    {
        Value[] results = new Value[_results.Length];
        Call(arguments, results);
        return results;
    }

    /// <summary>
    /// Calls the function and returns its results in a new array. Runs the guest on the calling thread until it waits, if it does.
    /// What <see cref="Call(ReadOnlySpan{Value})"/> throws, the task ends with; also <see cref="StoreUseException"/>, if the
    /// store is disposed while the guest waits. Whoever awaits the task goes on where the guest ended.
    /// </summary>
    public ValueTask<Value[]> CallAsync(params ReadOnlySpan<Value> arguments)
    {
        Value[] results = new Value[_results.Length];
        return ThrowTrap(TryCallAsync(arguments, results), results);

        static async ValueTask<Value[]> ThrowTrap(ValueTask<TrapException?> call, Value[] results) =>
            await call.ConfigureAwait(false) is { } trap ? throw trap : results;
    }

    /// <summary>
    /// As <see cref="CallAsync(ReadOnlySpan{Value})"/>, but gives a trap as a result instead of throwing it; null if the function
    /// returned. Arguments are read before the call returns, results written when the guest is over.
    /// </summary>
    public ValueTask<TrapException?> TryCallAsync(ReadOnlySpan<Value> arguments, Memory<Value> results)
    {
        try
        {
            return AsyncCall.Run(this, arguments, results);
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<TrapException?>(exception);
        }
    }

    /// <summary>The public object of a runtime function, always the same.</summary>
    internal static Func Of(Store store, GuestFunction function) => (Func)(function.Owner ??= new Func(store, function));

    /// <summary>A host function as a function of a store.</summary>
    internal static Func Of(Store store, HostDefinition definition)
    {
        return Of(store, store.Guest.CreateFunction(definition, store.Engine.Trampolines(definition.TypeId, definition.Type)));
    }

    private TrapReport? Run(ReadOnlySpan<Value> arguments, Span<Value> results)
    {
        if (Guest.SlotCount == 0 && arguments.IsEmpty) return Store.Run(Guest, []);
        return RunWithSlots(arguments, results);
    }

    private TrapReport? RunWithSlots(ReadOnlySpan<Value> arguments, Span<Value> results)
    {
        if (Guest.SlotCount > SlotBuffer.Length) return Run(arguments, results, new ValueSlot[Guest.SlotCount]);
        SlotBuffer buffer = default;
        return Run(arguments, results, buffer);
    }

    private TrapReport? Run(ReadOnlySpan<Value> arguments, Span<Value> results, Span<ValueSlot> slots)
    {
        if (_passesHandles) return RunEntered(arguments, results, slots);
        WriteArguments(arguments, results, slots);
        TrapReport? report = Store.Run(Guest, slots);
        if (report is null) ReadResults(slots, results);
        return report;
    }

    // Nobody else may collect while handles are in slots.
    private TrapReport? RunEntered(ReadOnlySpan<Value> arguments, Span<Value> results, Span<ValueSlot> slots)
    {
        StoreOwnership? entered = Store.Guest.Enter();
        try
        {
            WriteArguments(arguments, results, slots);
            TrapReport? report = Store.Run(Guest, slots);
            if (report is null) ReadResults(slots, results);
            return report;
        }
        finally
        {
            GuestStore.Leave(entered);
        }
    }

    /// <summary>Checks the arguments and the room for results, and writes the arguments to slots.</summary>
    internal void WriteArguments(ReadOnlySpan<Value> arguments, ReadOnlySpan<Value> results, Span<ValueSlot> slots)
    {
        FuncType type = Guest.Type;
        if (arguments.Length != type.Parameters.Length) ThrowArguments(arguments.Length);
        if (results.Length < type.Results.Length) ThrowResults(results.Length);
        ValueSlots.Write(Store, arguments, type.Parameters, slots);
    }

    /// <summary>Reads the results from slots; if there are references, the store is entered.</summary>
    internal void ReadResults(ReadOnlySpan<ValueSlot> slots, Span<Value> results)
    {
        for (int i = 0; i < _results.Length; i++) results[i] = ValueSlots.FromSlot(Store, slots[i], _results[i]);
    }

    [DoesNotReturn]
    private void ThrowArguments(int count) => throw new ArgumentException($"{count} arguments for a function of type {Type}", "arguments");

    [DoesNotReturn]
    private void ThrowResults(int count) => throw new ArgumentException($"room for {count} results of a function of type {Type}", "results");
}
