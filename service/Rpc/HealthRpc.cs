// grpc.health.v1.Health: what the daemon says of itself to balancers, probes and waiting clients.

using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Grpc.Core;
using Grpc.Health.V1;
using Kiln.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Kiln.Service.Rpc;

/// <summary>Whether the daemon serves. Thread-safe.</summary>
internal sealed class HealthState
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _services =
    [
        "",
        ModuleService.Descriptor.FullName,
        CompileService.Descriptor.FullName,
        ExecutionService.Descriptor.FullName,
        SandboxService.Descriptor.FullName,
    ];

    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServingStatus _status = ServingStatus.NotServing;
    private bool _stops;
    private bool _ended;

    /// <summary>The names that have a status.</summary>
    public IReadOnlyCollection<string> Services => _services;

    /// <summary>All services serve, unless the daemon stops already.</summary>
    public void Serve() => Change(ServingStatus.Serving, ended: false);

    /// <summary>No service serves any more.</summary>
    public void Stop() => Change(ServingStatus.NotServing, ended: false);

    /// <summary>The status changes no more: watchers end.</summary>
    public void End() => Change(ServingStatus.NotServing, ended: true);

    /// <summary>The status of a service now, with a task that completes at the next change; no task at the end.</summary>
    public (ServingStatus Status, Task? Changed) Get(string service)
    {
        lock (_gate)
        {
            return (_services.Contains(service) ? _status : ServingStatus.ServiceUnknown, _ended ? null : _changed.Task);
        }
    }

    private void Change(ServingStatus status, bool ended)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (status == ServingStatus.Serving && _stops) return;
            _stops |= status == ServingStatus.NotServing;
            _status = status;
            _ended = ended;
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.TrySetResult();
    }
}

/// <summary>grpc.health.v1.Health.</summary>
internal sealed class HealthRpc(HealthState health) : Health.HealthBase
{
    /// <inheritdoc/>
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        (ServingStatus status, _) = health.Get(request.Service);
        return status == ServingStatus.ServiceUnknown
            ? throw new RpcException(new Status(StatusCode.NotFound, $"unknown service '{request.Service}'"))
            : Task.FromResult(new HealthCheckResponse { Status = status });
    }

    /// <inheritdoc/>
    public override Task<HealthListResponse> List(HealthListRequest request, ServerCallContext context)
    {
        var response = new HealthListResponse();
        foreach (string service in health.Services) response.Statuses[service] = new HealthCheckResponse { Status = health.Get(service).Status };
        return Task.FromResult(response);
    }

    /// <inheritdoc/>
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        ServingStatus? last = null;
        while (true)
        {
            (ServingStatus status, Task? changed) = health.Get(request.Service);
            if (status != last) await responseStream.WriteAsync(new HealthCheckResponse { Status = status });
            last = status;
            if (changed is null) return;
            await changed.WaitAsync(context.CancellationToken);
        }
    }
}
