// A store that lives across calls. States: free -> busy -> free ... -> closing -> closed. One call at a time owns the
// store between Enter and Leave; closing cancels it and waits for it. A closed sandbox has no store any more.

using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Google.Protobuf.WellKnownTypes;
using Kiln.Service.Cache;
using Kiln.Service.Execution;
using Kiln.Service.Modules;
using Kiln.Service.Rpc;
using Kiln.Service.Tenancy;
using Kiln.V1;

namespace Kiln.Service.Sessions;

/// <summary>An instance with its name and its hold on the code.</summary>
internal sealed record NamedInstance(string Name, Instance Instance, CodeLease Lease)
{
    /// <summary>As a message.</summary>
    public V1.Instance ToMessage()
    {
        var message = new V1.Instance { Name = Name, Module = ModuleSources.ToMessage(Lease.Loaded.Digest) };
        foreach (ExportType export in Lease.Loaded.Module.Exports)
        {
            message.Exports.Add(new InstanceExport { Name = export.Name, Type = Values.ToMessage(export.Type) });
        }

        return message;
    }
}

/// <summary>One sandbox. Thread-safe, except that the store and the instances belong to whoever entered.</summary>
internal sealed class Sandbox
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, NamedInstance> _byName = [];
    private readonly List<NamedInstance> _instances = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private DateTimeOffset _leaseEnd;
    private bool _busy;
    private bool _closing;
    private long _fuelConsumed;
    private TimeSpan _guestTime;
    private long _outputBytes;
    private long _peakMemory;
    private long _fuelLeft;

    /// <summary>An empty sandbox with a lease from now on.</summary>
    public Sandbox(string name, Engine engine, ResolvedLimits limits, GuestSetup setup, WasiWorld wasi, TimeSpan lease, TimeProvider time)
    {
        Name = name;
        Limits = limits;
        Lease = lease;
        _time = time;
        CreateTime = time.GetUtcNow();
        _leaseEnd = CreateTime + lease;
        Store = new Store(engine, limits.Store);
        Store.Fuel = limits.Fuel;
        _fuelLeft = limits.Fuel;
        Router = new OutputRouter(Store);
        World = wasi.Attach(Store, setup, new InputBuffer(setup.Stdin, isStreamed: false), Router);
    }

    /// <summary>The name, not guessable.</summary>
    public string Name { get; }

    /// <summary>The limits in force.</summary>
    public ResolvedLimits Limits { get; }

    /// <summary>The lease it was created with.</summary>
    public TimeSpan Lease { get; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreateTime { get; }

    /// <summary>The store; for whoever entered.</summary>
    public Store Store { get; }

    /// <summary>Where output goes.</summary>
    public OutputRouter Router { get; }

    /// <summary>Completes when the sandbox is closed.</summary>
    public Task Closed => _closed.Task;

    private IDisposable? World { get; }

    /// <summary>Whether the lease is over.</summary>
    public bool IsExpired(DateTimeOffset now)
    {
        lock (_gate)
        {
            return now >= _leaseEnd;
        }
    }

    /// <summary>Moves the end of the lease.</summary>
    public DateTimeOffset Renew(TimeSpan lease)
    {
        lock (_gate)
        {
            return _leaseEnd = _time.GetUtcNow() + lease;
        }
    }

    /// <summary>Takes the store; throws SANDBOX_BUSY, or SANDBOX_NOT_FOUND when it is closing.</summary>
    public void Enter()
    {
        lock (_gate)
        {
            if (_closing) throw SandboxRegistry.NotFound(Name);
            if (_busy) throw RpcErrors.Create(ErrorReason.SandboxBusy, $"another call is using sandbox {Name}");
            _busy = true;
        }
    }

    /// <summary>Gives the store back; the last one out closes a closing sandbox.</summary>
    public void Leave()
    {
        bool close;
        lock (_gate)
        {
            _busy = false;
            close = _closing;
            if (!close)
            {
                Router.Current = null;
                Store.ResetCancellation();
                Store.SetDeadline(Timeout.InfiniteTimeSpan);
                _fuelLeft = Store.Fuel;
            }
        }

        if (close) Free();
    }

    /// <summary>Adds what an invocation used to the life's sum. For whoever entered.</summary>
    public void Account(GuestInvocation invocation, long outputBytes)
    {
        lock (_gate)
        {
            _fuelConsumed += invocation.FuelConsumed;
            _guestTime += invocation.Elapsed;
            _outputBytes += outputBytes;
            _peakMemory = invocation.PeakMemoryBytes;
        }
    }

    /// <summary>Begins closing: stops what runs, refuses what comes. Completion is <see cref="Closed"/>. False if it was begun before.</summary>
    public bool Close()
    {
        bool free;
        lock (_gate)
        {
            if (_closing) return false;
            _closing = true;
            free = !_busy;
            if (_busy) Store.Cancel();
        }

        if (free) Free();
        return true;
    }

    /// <summary>An instance by name; throws INSTANCE_NOT_FOUND. For whoever entered.</summary>
    public NamedInstance Find(string instance) => _byName.TryGetValue(instance, out NamedInstance? found)
        ? found
        : throw RpcErrors.Resource(ErrorReason.InstanceNotFound, "instance", instance, $"sandbox {Name} has no instance '{instance}'");

    /// <summary>Whether there is an instance of this name. For whoever entered.</summary>
    public bool Has(string instance) => _byName.ContainsKey(instance);

    /// <summary>The instances in order. For whoever entered.</summary>
    public IReadOnlyList<NamedInstance> Instances => _instances;

    /// <summary>Adds an instance. For whoever entered.</summary>
    public void Add(NamedInstance instance)
    {
        lock (_gate)
        {
            _byName.Add(instance.Name, instance);
            _instances.Add(instance);
        }
    }

    /// <summary>What it used in its life.</summary>
    public Usage ToUsage()
    {
        lock (_gate)
        {
            return new Usage
            {
                FuelConsumed = (ulong)_fuelConsumed,
                GuestTime = Outcomes.ToMessage(_guestTime),
                OutputBytes = (ulong)_outputBytes,
                PeakMemoryBytes = (ulong)_peakMemory,
            };
        }
    }

    /// <summary>As a message.</summary>
    public V1.Sandbox ToMessage(bool withInstances)
    {
        lock (_gate)
        {
            var message = new V1.Sandbox
            {
                Name = Name,
                LeaseEnd = Timestamp.FromDateTimeOffset(_leaseEnd),
                CreateTime = Timestamp.FromDateTimeOffset(CreateTime),
                Limits = Limits.ToMessage(),
                Busy = _busy,
            };
            if (Limits.Fuel != long.MaxValue) message.FuelLeft = (ulong)_fuelLeft;
            if (withInstances)
            {
                foreach (NamedInstance instance in _instances) message.Instances.Add(instance.ToMessage());
            }

            return message;
        }
    }

    private void Free()
    {
        World?.Dispose();
        Store.Dispose();
        foreach (NamedInstance instance in _instances) instance.Lease.Dispose();
        _closed.TrySetResult();
    }
}
