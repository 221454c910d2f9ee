using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Google.Protobuf;
using Grpc.Core;
using Kiln.V1;

namespace Kiln.Client;

/// <summary>Sends a stream as a guest's standard input.</summary>
internal sealed class InputPump(IClientStreamWriter<RunInteractiveRequest> requests, Stream source, int chunkSize)
{
    /// <summary>Sends the job.</summary>
    public Task StartAsync(Job job) => requests.WriteAsync(new RunInteractiveRequest { Job = job });

    /// <summary>Sends input until its end, or until the run is over. Never throws: the run's own result says what happened.</summary>
    public async Task FeedAsync(CancellationToken over)
    {
        await Task.Yield(); // Sources such as a terminal block the thread that reads them.
        try
        {
            byte[] buffer = new byte[chunkSize];
            while (true)
            {
                int count = await source.ReadAsync(buffer, over).ConfigureAwait(false);
                if (count == 0) break;
                // The write has serialized the message when it completes: the buffer is free again.
                await requests.WriteAsync(new RunInteractiveRequest { Stdin = UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, count)) }, over).ConfigureAwait(false);
            }

            await requests.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException or IOException or InvalidOperationException or ObjectDisposedException)
        {
            // The run ended first, or the source failed; in the second case the guest sees the end of its input.
            if (e is IOException && !over.IsCancellationRequested) await requests.CompleteAsync().ConfigureAwait(false);
        }
    }
}
