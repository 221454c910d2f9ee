using System;
using System.Threading;
using Kiln.Runtime.Hosts;

namespace Kiln;

/// <summary>A host function over values: reads <paramref name="arguments"/>, writes every one of <paramref name="results"/>. What it throws unwinds the guest and arrives at the guest's caller.</summary>
public delegate void HostCallback(Caller caller, ReadOnlySpan<Value> arguments, Span<Value> results);

/// <summary>Who calls a host function. Valid only during the call.</summary>
public readonly struct Caller
{
    private readonly HostBinding _binding;

    internal Caller(HostBinding binding) => _binding = binding;

    /// <summary>The store of the call.</summary>
    public Store Store => Store.Of(_binding.Store);

    /// <summary>The instance that imported the host function, or null when the host calls the function itself.</summary>
    public Instance? Instance => _binding.Instance is { } instance ? Instance.Of(instance) : null;

    /// <summary>The calling instance's export <c>memory</c>, or null. Costs nothing after the first call of an instance.</summary>
    public Memory? Memory => Instance?.DefaultMemory;

    /// <summary>An exported memory of the calling instance by name, or null.</summary>
    public Memory? GetMemory(string name) => Instance?.GetMemory(name);

    /// <summary>Any export of the calling instance by name, or null.</summary>
    public Extern? GetExport(string name) => Instance?.GetExport(name);

    /// <summary>Fires when the store's deadline passes or it is cancelled; a host function that blocks waits on it.</summary>
    public CancellationToken Interruption => Store.Interruption;
}
