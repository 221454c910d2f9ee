using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading.Tasks;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Kiln.Service.Execution;
using Kiln.Service.Sessions;
using Kiln.Service.Tenancy;
using Kiln.V1;
using Sandbox = Kiln.Service.Sessions.Sandbox;

namespace Kiln.Service.Rpc;

/// <summary>kiln.v1.SandboxService.</summary>
internal sealed class SandboxRpc(SandboxRegistry registry, SandboxOperations operations, LimitPolicy limits) : SandboxService.SandboxServiceBase
{
    private const int DefaultPage = 100;
    private const int MaxPage = 1000;

    /// <inheritdoc/>
    public override Task<CreateSandboxResponse> CreateSandbox(CreateSandboxRequest request, ServerCallContext context)
    {
        Sandbox sandbox = registry.Create(limits.Resolve(request.Limits), GuestSetup.Read(request.Environment), ReadLease(request.Lease));
        return Task.FromResult(new CreateSandboxResponse { Sandbox = sandbox.ToMessage(withInstances: true) });
    }

    /// <inheritdoc/>
    public override Task<InstantiateResponse> Instantiate(InstantiateRequest request, ServerCallContext context) =>
        operations.InstantiateAsync(registry.Find(request.Sandbox), request, context.Deadline, context.CancellationToken);

    /// <inheritdoc/>
    public override Task Call(CallRequest request, IServerStreamWriter<CallResponse> responseStream, ServerCallContext context) =>
        operations.CallAsync(
            registry.Find(request.Sandbox),
            request,
            context.Deadline,
            response => LastWrite.Hint(responseStream, response.EventCase == CallResponse.EventOneofCase.Result).WriteAsync(response),
            context.CancellationToken);

    /// <inheritdoc/>
    public override Task<ReadMemoryResponse> ReadMemory(ReadMemoryRequest request, ServerCallContext context) =>
        Task.FromResult(SandboxOperations.ReadMemory(registry.Find(request.Sandbox), request));

    /// <inheritdoc/>
    public override Task<WriteMemoryResponse> WriteMemory(WriteMemoryRequest request, ServerCallContext context) =>
        Task.FromResult(SandboxOperations.WriteMemory(registry.Find(request.Sandbox), request));

    /// <inheritdoc/>
    public override Task<AddFuelResponse> AddFuel(AddFuelRequest request, ServerCallContext context) =>
        Task.FromResult(SandboxOperations.AddFuel(registry.Find(request.Sandbox), request));

    /// <inheritdoc/>
    public override Task<RenewLeaseResponse> RenewLease(RenewLeaseRequest request, ServerCallContext context)
    {
        Sandbox sandbox = registry.Find(request.Sandbox);
        DateTimeOffset end = sandbox.Renew(ReadLease(request.Lease) ?? sandbox.Lease);
        return Task.FromResult(new RenewLeaseResponse { LeaseEnd = Timestamp.FromDateTimeOffset(end) });
    }

    /// <inheritdoc/>
    public override Task<GetSandboxResponse> GetSandbox(GetSandboxRequest request, ServerCallContext context) =>
        Task.FromResult(new GetSandboxResponse { Sandbox = registry.Find(request.Sandbox).ToMessage(withInstances: true) });

    /// <inheritdoc/>
    public override Task<ListSandboxesResponse> ListSandboxes(ListSandboxesRequest request, ServerCallContext context)
    {
        if (request.PageSize < 0) throw RpcErrors.InvalidField("page_size", "must not be negative");
        int size = request.PageSize == 0 ? DefaultPage : Math.Min(request.PageSize, MaxPage);
        (long Ticks, string Name) after = ReadToken(request.PageToken);
        var response = new ListSandboxesResponse();
        List<Sandbox> all = registry.List();
        foreach (Sandbox sandbox in all)
        {
            (long, string) position = (sandbox.CreateTime.UtcTicks, sandbox.Name);
            if (position.CompareTo(after) <= 0) continue;
            if (response.Sandboxes.Count == size)
            {
                V1.Sandbox last = response.Sandboxes[^1];
                response.NextPageToken = string.Create(CultureInfo.InvariantCulture, $"{last.CreateTime.ToDateTimeOffset().UtcTicks:x}-{last.Name}");
                break;
            }

            response.Sandboxes.Add(sandbox.ToMessage(withInstances: false));
        }

        return Task.FromResult(response);
    }

    /// <inheritdoc/>
    public override async Task<CloseSandboxResponse> CloseSandbox(CloseSandboxRequest request, ServerCallContext context)
    {
        Sandbox sandbox = registry.Find(request.Sandbox);
        await registry.CloseAsync(sandbox, "a client closed it");
        return new CloseSandboxResponse { Usage = sandbox.ToUsage() };
    }

    private static (long, string) ReadToken(string token)
    {
        if (token.Length == 0) return (long.MinValue, "");
        int dash = token.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && long.TryParse(token.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long ticks)
            ? (ticks, token[(dash + 1)..])
            : throw RpcErrors.InvalidField("page_token", "is none of this daemon's");
    }

    private TimeSpan? ReadLease(Duration? lease) => lease is null ? null : LimitPolicy.ReadTimeout(lease, registry.MaxLease, "lease");
}
