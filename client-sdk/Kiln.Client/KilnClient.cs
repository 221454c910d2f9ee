// The client of a daemon. One instance serves any number of concurrent calls.

using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Kiln.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Kiln.Client;

/// <summary>
/// A connection to a daemon. Thread-safe. Calls throw <see cref="KilnException"/> when the daemon refuses or fails them, and
/// <see cref="OperationCanceledException"/> when cancelled.
/// </summary>
public sealed class KilnClient : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly KilnClientOptions _options;
    private readonly ModuleService.ModuleServiceClient _modules;
    private readonly CompileService.CompileServiceClient _compile;
    private readonly ExecutionService.ExecutionServiceClient _execution;
    private readonly SandboxService.SandboxServiceClient _sandboxes;
    private readonly Health.HealthClient _health;

    /// <summary>A client of the daemon at an end point. It connects with the first call.</summary>
    public KilnClient(KilnEndpoint endpoint, KilnClientOptions? options = null)
    {
        _options = options ?? new KilnClientOptions();
        Endpoint = endpoint;
        _channel = KilnChannel.Open(endpoint, _options);
        _modules = new ModuleService.ModuleServiceClient(_channel);
        _compile = new CompileService.CompileServiceClient(_channel);
        _execution = new ExecutionService.ExecutionServiceClient(_channel);
        _sandboxes = new SandboxService.SandboxServiceClient(_channel);
        _health = new Health.HealthClient(_channel);
    }

    /// <summary>Where the daemon listens.</summary>
    public KilnEndpoint Endpoint { get; }

    /// <summary>Whether a daemon answers and serves: it is warm, and not about to stop. Never throws for one that does not answer.</summary>
    public async Task<bool> IsServingAsync(TimeSpan timeout, CancellationToken cancellation = default) =>
        await StatusAsync(timeout, cancellation).ConfigureAwait(false) == ServingStatus.Serving;

    /// <summary>Whether a daemon answers. One that has just started runs modules already, the first of them more slowly. Never throws for one that does not.</summary>
    public async Task<bool> AnswersAsync(TimeSpan timeout, CancellationToken cancellation = default) =>
        await StatusAsync(timeout, cancellation).ConfigureAwait(false) is not null;

    private async Task<ServingStatus?> StatusAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            HealthCheckResponse response = await _health.CheckAsync(
                new HealthCheckRequest(), deadline: DateTime.UtcNow + timeout, cancellationToken: cancellation).ConfigureAwait(false);
            return response.Status;
        }
        catch (RpcException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Uploads a module unless the daemon has it. Progress is in bytes. Resumes when the connection breaks.</summary>
    public async Task<ModuleId> UploadAsync(ReadOnlyMemory<byte> module, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        ModuleId id = ModuleId.Of(module.Span);
        await new ModuleUpload(_modules, _options, id, module, progress).RunAsync(cancellation).ConfigureAwait(false);
        return id;
    }

    /// <summary>Whether the daemon has a module.</summary>
    public async Task<bool> HasAsync(ModuleId module, CancellationToken cancellation = default)
    {
        FindMissingModulesResponse response = await Guarded(
            _modules.FindMissingModulesAsync(new FindMissingModulesRequest { Digests = { module.ToDigest() } }, cancellationToken: cancellation),
            cancellation).ConfigureAwait(false);
        return response.Missing.Count == 0;
    }

    /// <summary>What a stored module imports and exports.</summary>
    public Task<DescribeModuleResponse> DescribeAsync(ModuleId module, CancellationToken cancellation = default) =>
        Guarded(_modules.DescribeModuleAsync(new DescribeModuleRequest { Module = module.ToSource() }, cancellationToken: cancellation), cancellation);

    /// <summary>Compiles a stored module into the daemon's cache.</summary>
    public async Task<CompileResult> CompileAsync(ModuleId module, IProgress<CompileProgress>? progress = null, CancellationToken cancellation = default)
    {
        using AsyncServerStreamingCall<CompileModuleResponse> call =
            _compile.CompileModule(new CompileModuleRequest { Module = module.ToSource() }, cancellationToken: cancellation);
        CompileResult? result = null;
        await ReadAsync(call.ResponseStream, response =>
        {
            if (response.EventCase == CompileModuleResponse.EventOneofCase.Progress) progress?.Report(response.Progress);
            else result = response.Result;
        }, cancellation).ConfigureAwait(false);
        return result ?? throw Truncated();
    }

    /// <summary>Downloads the artifact of a stored module, compiling it if need be.</summary>
    public async Task<byte[]> DownloadArtifactAsync(ModuleId module, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        using AsyncServerStreamingCall<DownloadArtifactResponse> call =
            _compile.DownloadArtifact(new DownloadArtifactRequest { Module = module.ToSource() }, cancellationToken: cancellation);
        byte[]? artifact = null;
        int received = 0;
        await ReadAsync(call.ResponseStream, response =>
        {
            if (response.MessageCase == DownloadArtifactResponse.MessageOneofCase.Header)
            {
                artifact = new byte[response.Header.SizeBytes];
            }
            else if (artifact is not null)
            {
                response.Chunk.Span.CopyTo(artifact.AsSpan(received));
                received += response.Chunk.Length;
                progress?.Report(received);
            }
        }, cancellation).ConfigureAwait(false);
        return artifact is not null && received == artifact.Length ? artifact : throw Truncated();
    }

    /// <summary>Shows how a function of a stored module is compiled.</summary>
    /// <param name="module">The module.</param>
    /// <param name="function">An index, or an export's or function's name.</param>
    /// <param name="stages">The stages to show; none means all.</param>
    /// <param name="cancellation">Cancels the call.</param>
    public async Task<IReadOnlyList<ExplainResponse>> ExplainAsync(
        ModuleId module, string function, IReadOnlyList<ExplainStage> stages, CancellationToken cancellation = default)
    {
        var request = new ExplainRequest { Module = module.ToSource() };
        if (uint.TryParse(function, out uint index)) request.FunctionIndex = index;
        else request.FunctionName = function;
        request.Stages.AddRange(stages);
        using AsyncServerStreamingCall<ExplainResponse> call = _compile.Explain(request, cancellationToken: cancellation);
        var responses = new List<ExplainResponse>();
        await ReadAsync(call.ResponseStream, responses.Add, cancellation).ConfigureAwait(false);
        return responses;
    }

    /// <summary>Runs a stored module once, in a store of its own. Throws <see cref="ModuleNotFoundException"/> when it is not stored.</summary>
    public Task<RunResult> RunAsync(ModuleId module, RunOptions options, CancellationToken cancellation = default) =>
        RunAsync(options.ToJob(module.ToSource()), options, cancellation);

    /// <summary>Runs a module once, in a store of its own; uploads it if the daemon does not have it.</summary>
    public async Task<RunResult> RunAsync(ReadOnlyMemory<byte> module, RunOptions options, CancellationToken cancellation = default)
    {
        ModuleId id = ModuleId.Of(module.Span);
        try
        {
            return await RunAsync(id, options, cancellation).ConfigureAwait(false);
        }
        catch (ModuleNotFoundException)
        {
            // Nothing ran and no input was read: once it is there, the same call works.
            await UploadAsync(module, null, cancellation).ConfigureAwait(false);
            return await RunAsync(id, options, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Creates a sandbox whose lease is renewed until the handle is disposed.</summary>
    public async Task<SandboxHandle> CreateSandboxAsync(
        GuestLimits? limits = null, GuestWorld? world = null, TimeSpan? lease = null, CancellationToken cancellation = default)
    {
        var request = new CreateSandboxRequest { Limits = limits?.ToMessage(), Environment = world?.ToMessage() };
        if (lease is { } duration) request.Lease = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(duration);
        CreateSandboxResponse response = await Guarded(_sandboxes.CreateSandboxAsync(request, cancellationToken: cancellation), cancellation).ConfigureAwait(false);
        return new SandboxHandle(_sandboxes, response.Sandbox);
    }

    /// <summary>All sandboxes of the daemon, oldest first.</summary>
    public async Task<IReadOnlyList<Sandbox>> ListSandboxesAsync(CancellationToken cancellation = default)
    {
        var all = new List<Sandbox>();
        string token = "";
        do
        {
            ListSandboxesResponse page = await Guarded(
                _sandboxes.ListSandboxesAsync(new ListSandboxesRequest { PageToken = token }, cancellationToken: cancellation), cancellation).ConfigureAwait(false);
            all.AddRange(page.Sandboxes);
            token = page.NextPageToken;
        }
        while (token.Length != 0);
        return all;
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _channel.Dispose();

    internal static async Task<T> Guarded<T>(AsyncUnaryCall<T> call, CancellationToken cancellation)
    {
        using (call)
        {
            try
            {
                return await call.ResponseAsync.ConfigureAwait(false);
            }
            catch (RpcException e)
            {
                cancellation.ThrowIfCancellationRequested();
                throw KilnException.From(e);
            }
        }
    }

    internal static async Task ReadAsync<T>(IAsyncStreamReader<T> stream, Action<T> each, CancellationToken cancellation)
    {
        try
        {
            while (await stream.MoveNext(cancellation).ConfigureAwait(false)) each(stream.Current);
        }
        catch (RpcException e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw KilnException.From(e);
        }
    }

    internal static Exception Truncated() => KilnException.From(new RpcException(new Status(StatusCode.DataLoss, "the daemon's answer ended before its result")));

    private async Task<RunResult> RunAsync(Job job, RunOptions options, CancellationToken cancellation)
    {
        RunResult? result = null;
        if (options.StreamedInput is null)
        {
            using AsyncServerStreamingCall<RunResponse> call = _execution.Run(new RunRequest { Job = job }, cancellationToken: cancellation);
            await ReadAsync(call.ResponseStream, response => Handle(response.Event), cancellation).ConfigureAwait(false);
        }
        else
        {
            using AsyncDuplexStreamingCall<RunInteractiveRequest, RunInteractiveResponse> call = _execution.RunInteractive(cancellationToken: cancellation);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var input = new InputPump(call.RequestStream, options.StreamedInput, _options.ChunkSize);
            try
            {
                await input.StartAsync(job).ConfigureAwait(false);
                await ReadAsync(call.ResponseStream, response =>
                {
                    // Input is read from the source only now: a run that is repeated after an upload loses none of it.
                    if (response.Event.EventCase == RunEvent.EventOneofCase.Started) _ = input.FeedAsync(over.Token);
                    else Handle(response.Event);
                }, cancellation).ConfigureAwait(false);
            }
            catch (RpcException e)
            {
                cancellation.ThrowIfCancellationRequested();
                throw KilnException.From(e);
            }
            finally
            {
                await over.CancelAsync().ConfigureAwait(false);
            }
        }

        return result ?? throw Truncated();

        void Handle(RunEvent happened)
        {
            switch (happened.EventCase)
            {
                case RunEvent.EventOneofCase.Stdout:
                    options.OnOutput?.Invoke(happened.Stdout.Memory);
                    break;

                case RunEvent.EventOneofCase.Stderr:
                    options.OnError?.Invoke(happened.Stderr.Memory);
                    break;

                case RunEvent.EventOneofCase.Result:
                    result = happened.Result;
                    break;
            }
        }
    }
}
