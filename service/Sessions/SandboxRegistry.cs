// All sandboxes by name, and the clock of their leases.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using Kiln.Service.Execution;
using Kiln.Service.Observability;
using Kiln.Service.Rpc;
using Kiln.Service.Tenancy;
using Kiln.V1;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kiln.Service.Sessions;

/// <summary>The sandboxes. Thread-safe.</summary>
internal sealed class SandboxRegistry : BackgroundService
{
    // Leases end this much late at most.
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(100);

    private readonly Engine _engine;
    private readonly WasiWorld _wasi;
    private readonly SandboxOptions _options;
    private readonly Instruments _instruments;
    private readonly ILogger<SandboxRegistry> _log;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Sandbox> _sandboxes = [];

    /// <summary>An empty registry.</summary>
    public SandboxRegistry(
        Engine engine, WasiWorld wasi, IOptions<SandboxOptions> options, Instruments instruments, ILogger<SandboxRegistry> log, TimeProvider time)
    {
        _engine = engine;
        _wasi = wasi;
        _options = options.Value;
        _instruments = instruments;
        _log = log;
        _time = time;
    }

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _sandboxes.Count;
            }
        }
    }

    /// <summary>The longest lease a request may ask for.</summary>
    public TimeSpan MaxLease => _options.MaxLease;

    /// <summary>The error for a sandbox that is not there.</summary>
    public static Grpc.Core.RpcException NotFound(string name) => RpcErrors.Resource(
        ErrorReason.SandboxNotFound, "sandbox", name, $"there is no sandbox '{name}': it never was, it was closed, or its lease expired");

    /// <summary>Creates one; throws QUOTA_EXCEEDED.</summary>
    public Sandbox Create(ResolvedLimits limits, GuestSetup setup, TimeSpan? lease)
    {
        string name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        lock (_gate)
        {
            if (_sandboxes.Count >= _options.Maximum) throw TooMany();
        }

        var sandbox = new Sandbox(name, _engine, limits, setup, _wasi, lease ?? _options.DefaultLease, _time);
        bool added;
        lock (_gate)
        {
            added = _sandboxes.Count < _options.Maximum;
            if (added) _sandboxes.Add(name, sandbox);
        }

        if (!added)
        {
            sandbox.Close();
            throw TooMany();
        }

        _instruments.Sandboxes.Add(1);
        _log.SandboxCreated(name, sandbox.Lease);
        return sandbox;
    }

    /// <summary>One by name; throws SANDBOX_NOT_FOUND.</summary>
    public Sandbox Find(string name)
    {
        lock (_gate)
        {
            return _sandboxes.TryGetValue(name, out Sandbox? sandbox) ? sandbox : throw NotFound(name);
        }
    }

    /// <summary>All, oldest first.</summary>
    public List<Sandbox> List()
    {
        List<Sandbox> list;
        lock (_gate)
        {
            list = [.. _sandboxes.Values];
        }

        list.Sort(static (a, b) =>
        {
            int byTime = a.CreateTime.CompareTo(b.CreateTime);
            return byTime != 0 ? byTime : string.CompareOrdinal(a.Name, b.Name);
        });
        return list;
    }

    /// <summary>Closes one and waits for it.</summary>
    public async Task CloseAsync(Sandbox sandbox, string reason)
    {
        bool removed;
        lock (_gate)
        {
            removed = _sandboxes.Remove(sandbox.Name);
        }

        if (removed)
        {
            _instruments.Sandboxes.Add(-1);
            _log.SandboxClosed(sandbox.Name, reason);
        }

        sandbox.Close();
        await sandbox.Closed;
    }

    /// <summary>Closes all.</summary>
    public async Task CloseAllAsync()
    {
        foreach (Sandbox sandbox in List()) await CloseAsync(sandbox, "the daemon stops");
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_tick, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) CloseExpired();
        }
        catch (OperationCanceledException)
        {
            // The daemon stops.
        }
    }

    private void CloseExpired()
    {
        DateTimeOffset now = _time.GetUtcNow();
        List<Sandbox>? expired = null;
        lock (_gate)
        {
            foreach (Sandbox sandbox in _sandboxes.Values)
            {
                if (sandbox.IsExpired(now)) (expired ??= []).Add(sandbox);
            }
        }

        // Closing waits for a running call to notice; the clock does not.
        foreach (Sandbox sandbox in expired ?? []) _ = CloseAsync(sandbox, "its lease expired");
    }

    private Grpc.Core.RpcException TooMany() => RpcErrors.QuotaExceeded(
        "sandboxes", string.Create(CultureInfo.InvariantCulture, $"{_options.Maximum} sandboxes exist"), TimeSpan.FromSeconds(1));
}
