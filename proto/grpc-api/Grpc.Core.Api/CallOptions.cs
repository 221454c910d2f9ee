// What a caller may say about one call, and the token that carries a parent call's deadline into a child.

using System;
using System.Threading;

namespace Grpc.Core;

/// <summary>Options of one call. Immutable: the With methods return a changed copy.</summary>
public struct CallOptions
{
    private bool _waitForReady;

    /// <summary>Options of a call; everything is optional.</summary>
    /// <param name="headers">Request headers.</param>
    /// <param name="deadline">Absolute deadline, UTC.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <param name="writeOptions">Options of request writes.</param>
    /// <param name="propagationToken">From the server call on whose behalf this one is made.</param>
    /// <param name="credentials">Call credentials.</param>
    public CallOptions(
        Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default,
        WriteOptions? writeOptions = null, ContextPropagationToken? propagationToken = null, CallCredentials? credentials = null)
    {
        Headers = headers;
        Deadline = deadline;
        CancellationToken = cancellationToken;
        WriteOptions = writeOptions;
        PropagationToken = propagationToken;
        Credentials = credentials;
        _waitForReady = false;
    }

    /// <summary>Request headers.</summary>
    public Metadata? Headers { get; private set; }

    /// <summary>Absolute deadline, UTC.</summary>
    public DateTime? Deadline { get; private set; }

    /// <summary>Cancels the call.</summary>
    public CancellationToken CancellationToken { get; private set; }

    /// <summary>Options of request writes.</summary>
    public WriteOptions? WriteOptions { get; private set; }

    /// <summary>From the server call on whose behalf this one is made.</summary>
    public ContextPropagationToken? PropagationToken { get; private set; }

    /// <summary>Call credentials.</summary>
    public CallCredentials? Credentials { get; private set; }

    /// <summary>Whether the call waits for the channel to be ready instead of failing fast.</summary>
    public readonly bool IsWaitForReady => _waitForReady;

    /// <summary>With other headers.</summary>
    public readonly CallOptions WithHeaders(Metadata headers) => this with { Headers = headers };

    /// <summary>With another deadline (UTC).</summary>
    public readonly CallOptions WithDeadline(DateTime deadline) => this with { Deadline = deadline };

    /// <summary>With another cancellation token.</summary>
    public readonly CallOptions WithCancellationToken(CancellationToken cancellationToken) =>
        this with { CancellationToken = cancellationToken };

    /// <summary>With other write options.</summary>
    public readonly CallOptions WithWriteOptions(WriteOptions writeOptions) => this with { WriteOptions = writeOptions };

    /// <summary>With another propagation token.</summary>
    public readonly CallOptions WithPropagationToken(ContextPropagationToken propagationToken) =>
        this with { PropagationToken = propagationToken };

    /// <summary>With other call credentials.</summary>
    public readonly CallOptions WithCredentials(CallCredentials credentials) => this with { Credentials = credentials };

    /// <summary>Waiting for a ready channel, or not.</summary>
    public readonly CallOptions WithWaitForReady(bool waitForReady = true) => this with { _waitForReady = waitForReady };
}

/// <summary>Carries deadline and cancellation of a server call into the calls it makes.</summary>
public abstract class ContextPropagationToken
{
    internal ContextPropagationToken()
    {
    }
}

/// <summary>What a <see cref="ContextPropagationToken"/> carries.</summary>
public class ContextPropagationOptions
{
    /// <summary>Deadline and cancellation.</summary>
    public static readonly ContextPropagationOptions Default = new();

    /// <summary>Carries what is asked for.</summary>
    public ContextPropagationOptions(bool propagateDeadline = true, bool propagateCancellation = true)
    {
        IsPropagateDeadline = propagateDeadline;
        IsPropagateCancellation = propagateCancellation;
    }

    /// <summary>Whether the deadline is carried.</summary>
    public bool IsPropagateDeadline { get; }

    /// <summary>Whether cancellation is carried.</summary>
    public bool IsPropagateCancellation { get; }
}
