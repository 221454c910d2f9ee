using System;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;
using Google.Protobuf;
using Grpc.Core;
using Kiln.Service.Cache;
using Kiln.Service.Modules;
using Kiln.V1;

namespace Kiln.Service.Rpc;

/// <summary>kiln.v1.CompileService.</summary>
internal sealed class CompileRpc(CodeCache code, ModuleSources sources, Explainer explainer) : CompileService.CompileServiceBase
{
    private const int ChunkSize = 256 << 10;
    private static readonly TimeSpan s_progressInterval = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public override async Task CompileModule(
        CompileModuleRequest request, IServerStreamWriter<CompileModuleResponse> responseStream, ServerCallContext context)
    {
        ModuleContent content = sources.Resolve(request.Module);
        long start = Stopwatch.GetTimestamp();
        var progress = new LatestProgress();
        Task<CodeResult> compilation = code.GetAsync(content, progress.Report, context.CancellationToken).AsTask();
        while (await Task.WhenAny(compilation, Task.Delay(s_progressInterval, context.CancellationToken)) != compilation)
        {
            await responseStream.WriteAsync(new CompileModuleResponse { Progress = progress.ToMessage(Stopwatch.GetElapsedTime(start)) });
        }

        CodeResult result = await compilation;
        using CodeLease lease = result.Lease;
        var message = new V1.CompileResult
        {
            Digest = ModuleSources.ToMessage(content.Digest),
            CacheResult = result.Source,
            ArtifactBytes = (ulong)lease.Loaded.ArtifactBytes,
            Engine = code.EngineId,
        };
        Add(message, "queue", result.Timings.Queued);
        Add(message, "compile", result.Timings.Compile);
        Add(message, "store", result.Timings.Store);
        Add(message, "load", result.Timings.Load);
        await responseStream.WriteAsync(new CompileModuleResponse { Result = message });
    }

    /// <inheritdoc/>
    public override async Task DownloadArtifact(
        DownloadArtifactRequest request, IServerStreamWriter<DownloadArtifactResponse> responseStream, ServerCallContext context)
    {
        byte[] artifact = await code.ReadArtifactAsync(sources.Resolve(request.Module), context.CancellationToken);
        if (request.Offset > (ulong)artifact.Length) throw RpcErrors.InvalidField("offset", "is after the artifact's end");
        await responseStream.WriteAsync(new DownloadArtifactResponse
        {
            Header = new ArtifactHeader
            {
                SizeBytes = (ulong)artifact.Length,
                Sha256 = UnsafeByteOperations.UnsafeWrap(SHA256.HashData(artifact)),
                Engine = code.EngineId,
            },
        });
        for (int at = (int)request.Offset; at < artifact.Length; at += ChunkSize)
        {
            ReadOnlyMemory<byte> chunk = artifact.AsMemory(at, Math.Min(ChunkSize, artifact.Length - at));
            await responseStream.WriteAsync(new DownloadArtifactResponse { Chunk = UnsafeByteOperations.UnsafeWrap(chunk) }, context.CancellationToken);
        }
    }

    /// <inheritdoc/>
    public override async Task Explain(ExplainRequest request, IServerStreamWriter<ExplainResponse> responseStream, ServerCallContext context)
    {
        ReadOnlyMemory<byte> module = sources.Resolve(request.Module).Read();
        foreach (ExplainResponse stage in await Task.Run(() => explainer.Explain(module, request), context.CancellationToken))
        {
            await responseStream.WriteAsync(stage, context.CancellationToken);
        }
    }

    private static void Add(V1.CompileResult result, string name, TimeSpan duration)
    {
        if (duration != TimeSpan.Zero) result.Timings.Add(new StageTiming { Name = name, Duration = Outcomes.ToMessage(duration) });
    }

    /// <summary>The newest of the compiler's reports.</summary>
    private sealed class LatestProgress
    {
        private long _value; // done in the upper half, total in the lower

        public void Report(Kiln.CompileProgress progress) =>
            Volatile.Write(ref _value, ((long)progress.FunctionsDone << 32) | (uint)progress.FunctionsTotal);

        public V1.CompileProgress ToMessage(TimeSpan elapsed)
        {
            long value = Volatile.Read(ref _value);
            uint done = (uint)(value >> 32);
            uint total = (uint)value;
            return new V1.CompileProgress
            {
                Stage = total == 0 ? CompileStage.CacheLookup : done == total ? CompileStage.Store : CompileStage.Compile,
                Elapsed = Outcomes.ToMessage(elapsed),
                FunctionsDone = done,
                FunctionsTotal = total,
            };
        }
    }
}
