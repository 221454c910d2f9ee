// A sandbox in the daemon, held by a lease that is renewed in the background at a third of its length. Disposing
// closes the sandbox; a client that dies stops renewing, and the daemon closes it.

using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Google.Protobuf;
using Grpc.Core;
using Kiln.V1;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace Kiln.Client;

/// <summary>A sandbox. Its calls exclude each other: a second one at a time is refused.</summary>
public sealed class SandboxHandle : IAsyncDisposable
{
    private const int MaxTransfer = 1 << 20;

    private readonly SandboxService.SandboxServiceClient _sandboxes;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _renewal;
    private Usage? _finalUsage;

    internal SandboxHandle(SandboxService.SandboxServiceClient sandboxes, Sandbox sandbox)
    {
        _sandboxes = sandboxes;
        Name = sandbox.Name;
        Limits = sandbox.Limits;
        TimeSpan lease = sandbox.LeaseEnd.ToDateTime() - sandbox.CreateTime.ToDateTime();
        _renewal = RenewAsync(lease / 3);
    }

    /// <summary>The daemon's name for it.</summary>
    public string Name { get; }

    /// <summary>The limits in force.</summary>
    public Limits Limits { get; }

    /// <summary>Instantiates a stored module. A trap of its start function is in the outcome, and there is no instance then.</summary>
    /// <param name="module">The module.</param>
    /// <param name="name">The instance's name; empty lets the daemon choose.</param>
    /// <param name="imports">Which instance serves the imports from which module name, beyond instances of that name and WASI.</param>
    /// <param name="cancellation">Cancels the call.</param>
    public Task<InstantiateResponse> InstantiateAsync(
        ModuleId module, string name = "", IReadOnlyDictionary<string, string>? imports = null, CancellationToken cancellation = default)
    {
        var request = new InstantiateRequest { Sandbox = Name, Module = module.ToSource(), Instance = name };
        if (imports is not null)
        {
            foreach ((string import, string instance) in imports) request.Imports.Add(new ImportBinding { Module = import, Instance = instance });
        }

        return KilnClient.Guarded(_sandboxes.InstantiateAsync(request, cancellationToken: cancellation), cancellation);
    }

    /// <summary>Calls an exported function. Output arrives while it runs.</summary>
    public async Task<CallResult> CallAsync(
        string instance, string function, IReadOnlyList<Value> arguments, Action<ReadOnlyMemory<byte>>? onOutput = null,
        Action<ReadOnlyMemory<byte>>? onError = null, TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        var request = new CallRequest { Sandbox = Name, Instance = instance, Function = function };
        request.Arguments.AddRange(arguments);
        if (timeout is { } limit) request.Timeout = Duration.FromTimeSpan(limit);
        using AsyncServerStreamingCall<CallResponse> call = _sandboxes.Call(request, cancellationToken: cancellation);
        CallResult? result = null;
        await KilnClient.ReadAsync(call.ResponseStream, response =>
        {
            switch (response.EventCase)
            {
                case CallResponse.EventOneofCase.Stdout:
                    onOutput?.Invoke(response.Stdout.Memory);
                    break;

                case CallResponse.EventOneofCase.Stderr:
                    onError?.Invoke(response.Stderr.Memory);
                    break;

                case CallResponse.EventOneofCase.Result:
                    result = response.Result;
                    break;
            }
        }, cancellation).ConfigureAwait(false);
        return result ?? throw KilnClient.Truncated();
    }

    /// <summary>Reads bytes of an exported memory.</summary>
    public async Task<byte[]> ReadMemoryAsync(string instance, ulong offset, int count, string memory = "", CancellationToken cancellation = default)
    {
        byte[] bytes = new byte[count];
        for (int at = 0; at < count || at == 0; at += MaxTransfer)
        {
            var request = new ReadMemoryRequest
            {
                Sandbox = Name, Instance = instance, Memory = memory, Offset = offset + (ulong)at, SizeBytes = (uint)Math.Min(MaxTransfer, count - at),
            };
            ReadMemoryResponse response = await KilnClient.Guarded(_sandboxes.ReadMemoryAsync(request, cancellationToken: cancellation), cancellation).ConfigureAwait(false);
            response.Data.Span.CopyTo(bytes.AsSpan(at));
        }

        return bytes;
    }

    /// <summary>Writes bytes of an exported memory.</summary>
    public async Task WriteMemoryAsync(string instance, ulong offset, ReadOnlyMemory<byte> bytes, string memory = "", CancellationToken cancellation = default)
    {
        for (int at = 0; at < bytes.Length || at == 0; at += MaxTransfer)
        {
            var request = new WriteMemoryRequest
            {
                Sandbox = Name, Instance = instance, Memory = memory, Offset = offset + (ulong)at,
                Data = UnsafeByteOperations.UnsafeWrap(bytes.Slice(at, Math.Min(MaxTransfer, bytes.Length - at))),
            };
            await KilnClient.Guarded(_sandboxes.WriteMemoryAsync(request, cancellationToken: cancellation), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Adds fuel; what is left then.</summary>
    public async Task<long> AddFuelAsync(long fuel, CancellationToken cancellation = default)
    {
        var request = new AddFuelRequest { Sandbox = Name, Fuel = (ulong)fuel };
        return (long)(await KilnClient.Guarded(_sandboxes.AddFuelAsync(request, cancellationToken: cancellation), cancellation).ConfigureAwait(false)).FuelLeft;
    }

    /// <summary>The daemon's description of it.</summary>
    public async Task<Sandbox> DescribeAsync(CancellationToken cancellation = default) => (await KilnClient.Guarded(
        _sandboxes.GetSandboxAsync(new GetSandboxRequest { Sandbox = Name }, cancellationToken: cancellation), cancellation).ConfigureAwait(false)).Sandbox;

    /// <summary>Closes it, stopping what runs in it; what it used in its life.</summary>
    public async Task<Usage> CloseAsync(CancellationToken cancellation = default)
    {
        if (_finalUsage is { } known) return known;
        await StopRenewingAsync().ConfigureAwait(false);
        CloseSandboxResponse response = await KilnClient.Guarded(
            _sandboxes.CloseSandboxAsync(new CloseSandboxRequest { Sandbox = Name }, cancellationToken: cancellation), cancellation).ConfigureAwait(false);
        return _finalUsage = response.Usage;
    }

    /// <summary>Stops renewing the lease, so that the sandbox outlives this handle until its lease ends.</summary>
    public async Task StopRenewingAsync()
    {
        if (_closing.IsCancellationRequested) return;
        await _closing.CancelAsync().ConfigureAwait(false);
        await _renewal.ConfigureAwait(false);
    }

    /// <summary>Closes it. A daemon that is gone, or a lease that is over, is as good.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await CloseAsync().ConfigureAwait(false);
        }
        catch (KilnException e) when (e is SandboxNotFoundException or DaemonUnavailableException)
        {
            // It is closed, or will be when its lease ends.
        }

        _closing.Dispose();
    }

    private async Task RenewAsync(TimeSpan interval)
    {
        try
        {
            while (true)
            {
                await Task.Delay(interval, _closing.Token).ConfigureAwait(false);
                await _sandboxes.RenewLeaseAsync(new RenewLeaseRequest { Sandbox = Name }, cancellationToken: _closing.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException)
        {
            // Closed here, or gone there: the next use of the handle says so.
        }
    }
}
