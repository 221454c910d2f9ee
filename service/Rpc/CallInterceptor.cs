// Around every call: refuses new ones while draining, turns exceptions into rich statuses, logs one line at the end.

using System;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Tasks;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Kiln.Service.Hosting;
using Kiln.Service.Observability;
using Microsoft.Extensions.Logging;

namespace Kiln.Service.Rpc;

/// <summary>The interceptor of all services.</summary>
internal sealed class CallInterceptor(OpenCalls calls, ILogger<CallInterceptor> log) : Interceptor
{
    /// <inheritdoc/>
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        long start = Begin(context);
        try
        {
            TResponse response = await continuation(request, context);
            Completed(context, start);
            return response;
        }
        catch (Exception e)
        {
            throw Failed(e, context, start);
        }
        finally
        {
            if (Counts(context)) calls.End();
        }
    }

    /// <inheritdoc/>
    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, ServerCallContext context, ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        long start = Begin(context);
        try
        {
            TResponse response = await continuation(requestStream, context);
            Completed(context, start);
            return response;
        }
        catch (Exception e)
        {
            throw Failed(e, context, start);
        }
        finally
        {
            if (Counts(context)) calls.End();
        }
    }

    /// <inheritdoc/>
    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        long start = Begin(context);
        try
        {
            await continuation(request, responseStream, context);
            Completed(context, start);
        }
        catch (Exception e)
        {
            throw Failed(e, context, start);
        }
        finally
        {
            if (Counts(context)) calls.End();
        }
    }

    /// <inheritdoc/>
    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        long start = Begin(context);
        try
        {
            await continuation(requestStream, responseStream, context);
            Completed(context, start);
        }
        catch (Exception e)
        {
            throw Failed(e, context, start);
        }
        finally
        {
            if (Counts(context)) calls.End();
        }
    }

    /// <summary>Health and reflection neither delay a drain nor are refused by it: that is how balancers learn of it.</summary>
    private static bool Counts(ServerCallContext context) => !context.Method.StartsWith("/grpc.", StringComparison.Ordinal);

    private long Begin(ServerCallContext context)
    {
        if (Counts(context) && !calls.TryBegin()) throw RpcErrors.ShuttingDown();
        return Stopwatch.GetTimestamp();
    }

    private void Completed(ServerCallContext context, long start)
    {
        if (!log.IsEnabled(LogLevel.Debug)) return;
        log.CallCompleted(context.Method, context.Peer, context.Status.StatusCode.ToString(), Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    private RpcException Failed(Exception exception, ServerCallContext context, long start)
    {
        RpcException? error = ErrorMapping.TryMap(exception);
        if (error is null && context.CancellationToken.IsCancellationRequested)
        {
            // The client is gone: what fails then is the writing to it.
            error = ErrorMapping.TryMap(new OperationCanceledException());
        }

        if (error is null)
        {
            string incident = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..12];
            log.CallFailed(exception, context.Method, context.Peer, incident);
            return ErrorMapping.Internal(incident);
        }

        if (log.IsEnabled(LogLevel.Information))
        {
            log.CallRefused(
                context.Method, context.Peer, error.StatusCode.ToString(), Stopwatch.GetElapsedTime(start).TotalMilliseconds, error.Status.Detail);
        }

        return error;
    }
}
