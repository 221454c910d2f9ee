using System;
using System.Collections.Generic;
using System.Threading;
using Kiln.Contract;
using Kiln.Runtime.Builtins;
using Kiln.Runtime.Code;
using Kiln.Runtime.Faults;
using Kiln.Runtime.Hosts;
using Kiln.Runtime.Memories;
using Kiln.Runtime.Stacks;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Stubs;
using Kiln.Wasm.Types;

namespace Kiln.Runtime;

/// <summary>What an engine's runtime is made with.</summary>
/// <param name="Tunables">The knobs its artifacts were compiled with.</param>
/// <param name="StackSize">Bytes of a guest stack's region, a power of two.</param>
/// <param name="MaxNestedCalls">How many activations may be nested.</param>
/// <param name="CodeMemorySize">Bytes of address space for code.</param>
/// <param name="PoolSize">Memory reservations to keep.</param>
/// <param name="Errors">Makes the exceptions for mistakes of the runtime's users.</param>
/// <param name="OnEngineBug">Told of an engine bug before it is thrown.</param>
public sealed record RuntimeOptions(
    Tunables Tunables, int StackSize, int MaxNestedCalls, long CodeMemorySize, int PoolSize, IStoreErrors Errors, Action<string, string?>? OnEngineBug);

/// <summary>
/// The runtime of one engine: its code memory with the stubs, its stacks and reservations, its types, its clock.
/// Thread-safe.
/// </summary>
public sealed unsafe class EngineRuntime : IDisposable
{

    private readonly ReservationPool _reservations;
    private int _faultRange = -1;
    private int _users = 1;
    private bool _disposed;

    /// <summary>Sets everything up and, if it is the first in the process, installs the fault handler.</summary>
    public EngineRuntime(RuntimeOptions options)
    {
        Options = options;
        Code = new CodeMemory((ulong)options.CodeMemorySize);
        Stacks = new StackArena((ulong)options.StackSize);
        _reservations = new ReservationPool(options.Tunables.MemoryReservation, options.Tunables.MemoryGuard, options.PoolSize);
        Stubs = StubTable.Create(Code, (ulong)options.StackSize, UsesAvx(options.Tunables), options.Tunables.SpeculationSafe);
        _faultRange = FaultHandler.OfProcess.Add(new FaultRange(
            Code.Start, Code.End, (ulong)Stacks.Start, (ulong)Stacks.Start + Stacks.Size, (ulong)options.StackSize - 1, Stubs.LandingPad));
    }

    /// <summary>Withdraws the fault range of an engine that nobody disposed; its memory has finalisers of its own.</summary>
    ~EngineRuntime() => RemoveFaultRange();

    /// <summary>What it was made with.</summary>
    public RuntimeOptions Options { get; }

    /// <summary>The types of all modules.</summary>
    public TypeRegistry Types { get; } = new();

    /// <summary>Bytes of code memory in use.</summary>
    public long CodeBytes => Code.BytesInUse;

    internal IStoreErrors Errors => Options.Errors;

    internal CodeMemory Code { get; }

    internal StackArena Stacks { get; }

    internal StubTable Stubs { get; }

    internal AlarmClock Clock { get; } = new();

    /// <summary>A reservation for a memory that starts with <paramref name="bytes"/>.</summary>
    internal MemoryReservation RentMemory(MemoryType type, ulong bytes)
    {
        if (!type.Is64) return _reservations.Rent(bytes);
        return new MemoryReservation(Math.Max(bytes, type.IsShared ? type.MaxBytes : Math.Min(type.MaxBytes, Options.Tunables.Memory64Reservation)), Options.Tunables.MemoryGuard);
    }

    internal void ReturnMemory(MemoryReservation reservation) => _reservations.Return(reservation);

    /// <summary>Lets go; what stores still use is freed with the last of them.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, true)) return;
        GC.SuppressFinalize(this);
        RemoveUser();
    }

    /// <summary>One store more.</summary>
    internal void AddUser()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Interlocked.Increment(ref _users);
    }

    /// <summary>One store less.</summary>
    internal void RemoveUser()
    {
        if (Interlocked.Decrement(ref _users) == 0) FreeAll();
    }

    private static bool UsesAvx(Tunables tunables) => (tunables.FeatureMask & CompileTarget.Host.Features & TargetFeatures.Avx) != 0;

    private void RemoveFaultRange()
    {
        int range = Interlocked.Exchange(ref _faultRange, -1);
        if (range >= 0) FaultHandler.OfProcess.Remove(range);
    }

    private void FreeAll()
    {
        RemoveFaultRange();
        Clock.Dispose();
        _reservations.Dispose();
        Stacks.Dispose();
        Code.Dispose();
    }
}
