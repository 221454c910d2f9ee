// Message streams as handlers and callers see them.

using System;
using System.Threading;
using System.Threading.Tasks;

namespace Grpc.Core;

/// <summary>A stream of messages to read.</summary>
public interface IAsyncStreamReader<out T>
{
    /// <summary>The message that the last successful <see cref="MoveNext"/> read.</summary>
    T Current { get; }

    /// <summary>Reads the next message; false at the end of the stream.</summary>
    Task<bool> MoveNext(CancellationToken cancellationToken);
}

/// <summary>A stream of messages to write. At most one write may be pending.</summary>
public interface IAsyncStreamWriter<in T>
{
    /// <summary>Options for the following writes; null for the defaults.</summary>
    WriteOptions? WriteOptions { get; set; }

    /// <summary>Writes one message; completes when the transport accepts the next one.</summary>
    Task WriteAsync(T message);

    /// <summary>Writes one message, cancellable where the implementation supports it.</summary>
    /// <exception cref="NotSupportedException">The token can be cancelled and the implementation does not support it.</exception>
    Task WriteAsync(T message, CancellationToken cancellationToken) => cancellationToken.CanBeCanceled
        ? throw new NotSupportedException("Cancellation of stream writes is not supported by this implementation.")
        : WriteAsync(message);
}

/// <summary>The client's request stream.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Half-closes: no message follows.</summary>
    Task CompleteAsync();
}

/// <summary>The server's response stream.</summary>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>
{
}

/// <summary>Flags of one write.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>The write may stay buffered until a later one.</summary>
    BufferHint = 0x1,

    /// <summary>The message is not to be compressed.</summary>
    NoCompress = 0x2,
}

/// <summary>Options of a write.</summary>
public class WriteOptions
{
    /// <summary>No flags.</summary>
    public static readonly WriteOptions Default = new();

    /// <summary>With the given flags.</summary>
    public WriteOptions(WriteFlags flags = default) => Flags = flags;

    /// <summary>The flags.</summary>
    public WriteFlags Flags { get; }
}

/// <summary>Reading without a cancellation token.</summary>
public static class AsyncStreamReaderExtensions
{
    /// <summary>Reads the next message; false at the end of the stream.</summary>
    public static Task<bool> MoveNext<T>(this IAsyncStreamReader<T> streamReader)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(streamReader);
        return streamReader.MoveNext(CancellationToken.None);
    }
}
