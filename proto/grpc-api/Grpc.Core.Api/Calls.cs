// The four kinds of call as the caller holds them. Each is a bundle of what the channel supplies:
// streams, the response, response headers, and functions for status, trailers and disposal.

using System;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;

namespace Grpc.Core;

/// <summary>Functions over one opaque state that a channel supplies with each call.</summary>
internal readonly struct CallFunctions
{
    private readonly object? _state;
    private readonly Func<object, Task<Metadata>>? _statefulHeaders;
    private readonly Func<object, Status>? _statefulStatus;
    private readonly Func<object, Metadata>? _statefulTrailers;
    private readonly Action<object>? _statefulDispose;
    private readonly Task<Metadata>? _headers;
    private readonly Func<Status>? _status;
    private readonly Func<Metadata>? _trailers;
    private readonly Action? _dispose;

    internal CallFunctions(Task<Metadata> headers, Func<Status> status, Func<Metadata> trailers, Action dispose)
    {
        _headers = headers;
        _status = status;
        _trailers = trailers;
        _dispose = dispose;
    }

    internal CallFunctions(
        Func<object, Task<Metadata>> headers, Func<object, Status> status, Func<object, Metadata> trailers, Action<object> dispose, object state)
    {
        _statefulHeaders = headers;
        _statefulStatus = status;
        _statefulTrailers = trailers;
        _statefulDispose = dispose;
        _state = state;
    }

    internal Task<Metadata> Headers => _statefulHeaders is null ? _headers! : _statefulHeaders(_state!);

    internal Status Status => _statefulStatus is null ? _status!() : _statefulStatus(_state!);

    internal Metadata Trailers => _statefulTrailers is null ? _trailers!() : _statefulTrailers(_state!);

    internal void Dispose()
    {
        if (_statefulDispose is not null)
        {
            _statefulDispose(_state!);
        }
        else
        {
            _dispose!();
        }
    }
}

/// <summary>One request, one response. Await it for the response.</summary>
public sealed class AsyncUnaryCall<TResponse> : IDisposable
{
    private readonly CallFunctions _call;

    /// <summary>A call made of its parts.</summary>
    public AsyncUnaryCall(
        Task<TResponse> responseAsync, Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc,
        Func<Metadata> getTrailersFunc, Action disposeAction)
    {
        ResponseAsync = responseAsync;
        _call = new CallFunctions(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    /// <summary>A call made of its parts, the functions taking one state.</summary>
    public AsyncUnaryCall(
        Task<TResponse> responseAsync, Func<object, Task<Metadata>> responseHeadersAsync, Func<object, Status> getStatusFunc,
        Func<object, Metadata> getTrailersFunc, Action<object> disposeAction, object state)
    {
        ResponseAsync = responseAsync;
        _call = new CallFunctions(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state);
    }

    /// <summary>The response; fails with <see cref="RpcException"/>.</summary>
    public Task<TResponse> ResponseAsync { get; }

    /// <summary>The response headers.</summary>
    public Task<Metadata> ResponseHeadersAsync => _call.Headers;

    /// <summary>Awaits the response.</summary>
    public TaskAwaiter<TResponse> GetAwaiter() => ResponseAsync.GetAwaiter();

    /// <summary>Configures how the response is awaited.</summary>
    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) =>
        ResponseAsync.ConfigureAwait(continueOnCapturedContext);

    /// <summary>The status of a call that is over.</summary>
    public Status GetStatus() => _call.Status;

    /// <summary>The trailers of a call that is over.</summary>
    public Metadata GetTrailers() => _call.Trailers;

    /// <summary>Ends the call; cancels it if it is not over.</summary>
    public void Dispose() => _call.Dispose();
}

/// <summary>A stream of requests, one response. Await it for the response.</summary>
public sealed class AsyncClientStreamingCall<TRequest, TResponse> : IDisposable
{
    private readonly CallFunctions _call;

    /// <summary>A call made of its parts.</summary>
    public AsyncClientStreamingCall(
        IClientStreamWriter<TRequest> requestStream, Task<TResponse> responseAsync, Task<Metadata> responseHeadersAsync,
        Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction)
    {
        RequestStream = requestStream;
        ResponseAsync = responseAsync;
        _call = new CallFunctions(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    /// <summary>A call made of its parts, the functions taking one state.</summary>
    public AsyncClientStreamingCall(
        IClientStreamWriter<TRequest> requestStream, Task<TResponse> responseAsync, Func<object, Task<Metadata>> responseHeadersAsync,
        Func<object, Status> getStatusFunc, Func<object, Metadata> getTrailersFunc, Action<object> disposeAction, object state)
    {
        RequestStream = requestStream;
        ResponseAsync = responseAsync;
        _call = new CallFunctions(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state);
    }

    /// <summary>The response; fails with <see cref="RpcException"/>.</summary>
    public Task<TResponse> ResponseAsync { get; }

    /// <summary>The response headers.</summary>
    public Task<Metadata> ResponseHeadersAsync => _call.Headers;

    /// <summary>Where requests are written.</summary>
    public IClientStreamWriter<TRequest> RequestStream { get; }

    /// <summary>Awaits the response.</summary>
    public TaskAwaiter<TResponse> GetAwaiter() => ResponseAsync.GetAwaiter();

    /// <summary>Configures how the response is awaited.</summary>
    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) =>
        ResponseAsync.ConfigureAwait(continueOnCapturedContext);

    /// <summary>The status of a call that is over.</summary>
    public Status GetStatus() => _call.Status;

    /// <summary>The trailers of a call that is over.</summary>
    public Metadata GetTrailers() => _call.Trailers;

    /// <summary>Ends the call; cancels it if it is not over.</summary>
    public void Dispose() => _call.Dispose();
}

/// <summary>One request, a stream of responses.</summary>
public sealed class AsyncServerStreamingCall<TResponse> : IDisposable
{
    private readonly CallFunctions _call;

    /// <summary>A call made of its parts.</summary>
    public AsyncServerStreamingCall(
        IAsyncStreamReader<TResponse> responseStream, Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc,
        Func<Metadata> getTrailersFunc, Action disposeAction)
    {
        ResponseStream = responseStream;
        _call = new CallFunctions(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    /// <summary>A call made of its parts, the functions taking one state.</summary>
    public AsyncServerStreamingCall(
        IAsyncStreamReader<TResponse> responseStream, Func<object, Task<Metadata>> responseHeadersAsync, Func<object, Status> getStatusFunc,
        Func<object, Metadata> getTrailersFunc, Action<object> disposeAction, object state)
    {
        ResponseStream = responseStream;
        _call = new CallFunctions(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state);
    }

    /// <summary>Where responses are read; the end is either the end of the stream or <see cref="RpcException"/>.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; }

    /// <summary>The response headers.</summary>
    public Task<Metadata> ResponseHeadersAsync => _call.Headers;

    /// <summary>The status of a call that is over.</summary>
    public Status GetStatus() => _call.Status;

    /// <summary>The trailers of a call that is over.</summary>
    public Metadata GetTrailers() => _call.Trailers;

    /// <summary>Ends the call; cancels it if it is not over.</summary>
    public void Dispose() => _call.Dispose();
}

/// <summary>A stream of requests and a stream of responses, independent of each other.</summary>
public sealed class AsyncDuplexStreamingCall<TRequest, TResponse> : IDisposable
{
    private readonly CallFunctions _call;

    /// <summary>A call made of its parts.</summary>
    public AsyncDuplexStreamingCall(
        IClientStreamWriter<TRequest> requestStream, IAsyncStreamReader<TResponse> responseStream, Task<Metadata> responseHeadersAsync,
        Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction)
    {
        RequestStream = requestStream;
        ResponseStream = responseStream;
        _call = new CallFunctions(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    /// <summary>A call made of its parts, the functions taking one state.</summary>
    public AsyncDuplexStreamingCall(
        IClientStreamWriter<TRequest> requestStream, IAsyncStreamReader<TResponse> responseStream,
        Func<object, Task<Metadata>> responseHeadersAsync, Func<object, Status> getStatusFunc,
        Func<object, Metadata> getTrailersFunc, Action<object> disposeAction, object state)
    {
        RequestStream = requestStream;
        ResponseStream = responseStream;
        _call = new CallFunctions(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state);
    }

    /// <summary>Where responses are read; the end is either the end of the stream or <see cref="RpcException"/>.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; }

    /// <summary>Where requests are written.</summary>
    public IClientStreamWriter<TRequest> RequestStream { get; }

    /// <summary>The response headers.</summary>
    public Task<Metadata> ResponseHeadersAsync => _call.Headers;

    /// <summary>The status of a call that is over.</summary>
    public Status GetStatus() => _call.Status;

    /// <summary>The trailers of a call that is over.</summary>
    public Metadata GetTrailers() => _call.Trailers;

    /// <summary>Ends the call; cancels it if it is not over.</summary>
    public void Dispose() => _call.Dispose();
}
