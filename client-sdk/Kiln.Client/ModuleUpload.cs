using System;
using System.Threading;
using System.Threading.Tasks;
using Google.Protobuf;
using Grpc.Core;
using Kiln.V1;

namespace Kiln.Client;

/// <summary>One upload: skipped if the daemon has the module, resumed where it broke.</summary>
internal sealed class ModuleUpload(
    ModuleService.ModuleServiceClient modules, KilnClientOptions options, ModuleId id, ReadOnlyMemory<byte> module, IProgress<long>? progress)
{
    public async Task RunAsync(CancellationToken cancellation)
    {
        TimeSpan backoff = options.InitialBackoff;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                QueryUploadResponse state = await KilnClient.Guarded(
                    modules.QueryUploadAsync(new QueryUploadRequest { Digest = id.ToDigest() }, cancellationToken: cancellation), cancellation).ConfigureAwait(false);
                if (!state.Complete) await SendAsync((long)state.CommittedOffset, cancellation).ConfigureAwait(false);
                progress?.Report(module.Length);
                return;
            }
            catch (KilnException e) when (attempt < options.MaxAttempts && MayHeal(e))
            {
                await Task.Delay(backoff, cancellation).ConfigureAwait(false);
                backoff *= 2;
            }
        }
    }

    private static bool MayHeal(KilnException e) =>
        e.StatusCode == StatusCode.Unavailable || e.Reason is ErrorReason.UploadBusy or ErrorReason.UploadOffset;

    private async Task SendAsync(long offset, CancellationToken cancellation)
    {
        using AsyncClientStreamingCall<UploadModuleRequest, UploadModuleResponse> call = modules.UploadModule(cancellationToken: cancellation);
        try
        {
            try
            {
                await call.RequestStream.WriteAsync(new UploadModuleRequest { Header = new UploadHeader { Digest = id.ToDigest(), Offset = (ulong)offset } }).ConfigureAwait(false);
                for (long at = offset; at < module.Length; at += options.ChunkSize)
                {
                    ReadOnlyMemory<byte> chunk = module.Slice((int)at, (int)Math.Min(options.ChunkSize, module.Length - at));
                    await call.RequestStream.WriteAsync(new UploadModuleRequest { Chunk = UnsafeByteOperations.UnsafeWrap(chunk) }).ConfigureAwait(false);
                    progress?.Report(at + chunk.Length);
                }

                await call.RequestStream.CompleteAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is RpcException or InvalidOperationException)
            {
                // The daemon answered before the end: with an error, or because it has the module by now. The response says which.
            }

            await call.ResponseAsync.ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw KilnException.From(e);
        }
    }
}
