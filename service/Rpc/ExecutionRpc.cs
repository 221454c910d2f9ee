using System;
using System.Threading;
using System.Threading.Tasks;
using Grpc.Core;
using Kiln.Service.Execution;
using Kiln.V1;

namespace Kiln.Service.Rpc;

/// <summary>kiln.v1.ExecutionService.</summary>
internal sealed class ExecutionRpc(Runner runner) : ExecutionService.ExecutionServiceBase
{
    /// <inheritdoc/>
    public override Task Run(RunRequest request, IServerStreamWriter<RunResponse> responseStream, ServerCallContext context)
    {
        Job job = request.Job ?? throw RpcErrors.InvalidField("job", "is missing");
        return runner.RunAsync(
            job,
            null,
            context.Deadline,
            runEvent => LastWrite.Hint(responseStream, runEvent.EventCase == RunEvent.EventOneofCase.Result).WriteAsync(new RunResponse { Event = runEvent }),
            context.CancellationToken);
    }

    /// <inheritdoc/>
    public override async Task RunInteractive(
        IAsyncStreamReader<RunInteractiveRequest> requestStream, IServerStreamWriter<RunInteractiveResponse> responseStream, ServerCallContext context)
    {
        if (!await requestStream.MoveNext(context.CancellationToken) || requestStream.Current.MessageCase != RunInteractiveRequest.MessageOneofCase.Job)
        {
            throw RpcErrors.InvalidField("job", "must be the first message");
        }

        Job job = requestStream.Current.Job;
        var input = new InputBuffer(job.Environment?.Stdin.Memory ?? default, isStreamed: true);
        using var runOver = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        Task feeding = FeedAsync(requestStream, input, runOver.Token);
        try
        {
            await runner.RunAsync(
                job,
                input,
                context.Deadline,
                runEvent => LastWrite.Hint(responseStream, runEvent.EventCase == RunEvent.EventOneofCase.Result)
                    .WriteAsync(new RunInteractiveResponse { Event = runEvent }),
                context.CancellationToken);
        }
        finally
        {
            await runOver.CancelAsync();
            input.Complete();
            await feeding;
        }
    }

    private static async Task FeedAsync(IAsyncStreamReader<RunInteractiveRequest> requests, InputBuffer input, CancellationToken runOver)
    {
        try
        {
            while (await requests.MoveNext(runOver))
            {
                if (requests.Current.MessageCase == RunInteractiveRequest.MessageOneofCase.Stdin)
                {
                    await input.WriteAsync(requests.Current.Stdin.Memory, runOver);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or System.IO.IOException or RpcException || runOver.IsCancellationRequested)
        {
            // The run is over, or the client is gone, which ends the run.
        }

        input.Complete();
    }
}

/// <summary>Lets a stream's last message wait for the trailers that follow it at once: one packet instead of two.</summary>
internal static class LastWrite
{
    private static readonly WriteOptions s_buffered = new(WriteFlags.BufferHint);

    /// <summary>The stream, told whether its next message is the last.</summary>
    public static IServerStreamWriter<T> Hint<T>(IServerStreamWriter<T> stream, bool isLast)
    {
        if (isLast) stream.WriteOptions = s_buffered;
        return stream;
    }
}
