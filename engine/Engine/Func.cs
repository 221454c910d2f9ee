using System;
using System.Collections.Generic;
using Kiln.Foundation.Diagnostics;

namespace Kiln;

/// <summary>
/// A function of a store: a guest's export or a host function. Calls throw <see cref="TrapException"/>
/// when the guest traps, and whatever a host function it called threw. Typed delegates
/// (<see cref="FuncTyped"/>) are the fast way; calls allocate nothing.
/// </summary>
public sealed class Func : Extern
{
    private Func(Store store) : base(store)
    {
    }

    /// <summary>Makes a host function of <paramref name="type"/> in a store, to be imported or put into tables.</summary>
    public static Func FromCallback(Store store, ExternType type, HostCallback callback) => EngineBug.Throw<Func>("not assembled");

    /// <inheritdoc/>
    public override ExternType Type => EngineBug.Throw<ExternType>("not assembled");

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Func;

    /// <summary>Parameter kinds.</summary>
    public IReadOnlyList<ValueKind> Parameters => Type.Parameters;

    /// <summary>Result kinds.</summary>
    public IReadOnlyList<ValueKind> Results => Type.Results;

    /// <summary>
    /// Calls the function. Throws <see cref="ArgumentException"/> when number or kinds of
    /// <paramref name="arguments"/> or the room for <paramref name="results"/> do not fit its type.
    /// </summary>
    public void Call(ReadOnlySpan<Value> arguments, Span<Value> results) => EngineBug.Throw("not assembled");

    /// <summary>Calls the function and returns its results in a new array.</summary>
    public Value[] Call(params ReadOnlySpan<Value> arguments)
    {
        Value[] results = new Value[Results.Count];
        Call(arguments, results);
        return results;
    }
}
