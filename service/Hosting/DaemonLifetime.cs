// Start and stop. Stopping drains: health says NOT_SERVING, new calls are refused with UNAVAILABLE, open ones have some time
// to finish and are then cancelled, sandboxes are closed. Only then does the server stop listening.

using System;
using System.IO;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using Kiln.Service.Cache;
using Kiln.Service.Observability;
using Kiln.Service.Rpc;
using Kiln.Service.Sessions;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Kiln.Service.Hosting;

/// <summary>What happens around the server's life.</summary>
internal sealed class DaemonLifetime(
    IServer server, WarmUp warmUp, CodeCache code, DataDirectory data, HealthState health, OpenCalls calls, SandboxRegistry sandboxes,
    IOptions<ListenOptions> options, ILogger<DaemonLifetime> log) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        if (options.Value.SocketPath is { } path) Listeners.PrepareSocket(path, log);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (options.Value.SocketPath is { } path) File.SetUnixFileMode(path, options.Value.SocketFileMode);
        string endpoints = string.Join(", ", server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []);
        string version = typeof(DaemonLifetime).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        log.Started(version, endpoints, data.Root, code.EngineId);

        // Calls are answered before, but who waits for health to say so finds a compiler that is warm.
        warmUp.Ended.ContinueWith(static (_, health) => ((HealthState)health!).Serve(), health, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        TimeSpan timeout = options.Value.DrainTimeout;
        Task<bool> drained = calls.DrainAsync(timeout); // From here on new calls are refused.
        health.Stop();
        log.Draining(calls.Count, sandboxes.Count, timeout);
        if (!await drained) log.DrainTimedOut(calls.Count);
        await sandboxes.CloseAllAsync();
        health.End();
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        log.Stopped();
        return Task.CompletedTask;
    }
}
