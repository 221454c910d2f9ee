using System;
using System.IO;
using System.Threading;
using Kiln.Wasi.Preview1;

namespace Kiln.Wasi;

/// <summary>Standard input that is at its end.</summary>
public sealed class EmptyInput : IGuestInput
{
    /// <summary>The one instance.</summary>
    public static EmptyInput Instance { get; } = new();

    /// <inheritdoc/>
    public int Read(Span<byte> destination, CancellationToken cancellation) => 0;

    /// <inheritdoc/>
    public bool WaitReadable(TimeSpan timeout, CancellationToken cancellation) => true;
}

/// <summary>Standard input that is all there from the start.</summary>
public sealed class BufferInput(ReadOnlyMemory<byte> bytes) : IGuestInput
{
    private int _position;

    /// <inheritdoc/>
    public int Read(Span<byte> destination, CancellationToken cancellation)
    {
        int count = Math.Min(destination.Length, bytes.Length - _position);
        bytes.Span.Slice(_position, count).CopyTo(destination);
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    public bool WaitReadable(TimeSpan timeout, CancellationToken cancellation) => true;
}

/// <summary>Output that nobody wants.</summary>
public sealed class DiscardingOutput : IGuestOutput
{
    /// <summary>The one instance.</summary>
    public static DiscardingOutput Instance { get; } = new();

    /// <inheritdoc/>
    public bool Write(ReadOnlySpan<byte> source, CancellationToken cancellation) => true;
}

/// <summary>Standard input from a stream of the host, for tools. A blocked read does not see cancellation.</summary>
public sealed class StreamInput(Stream stream) : IGuestInput
{
    /// <inheritdoc/>
    public int Read(Span<byte> destination, CancellationToken cancellation) => stream.Read(destination);

    /// <inheritdoc/>
    public bool WaitReadable(TimeSpan timeout, CancellationToken cancellation) => true;
}

/// <summary>Output into a stream of the host, for tools and tests.</summary>
public sealed class StreamOutput(Stream stream) : IGuestOutput
{
    /// <inheritdoc/>
    public bool Write(ReadOnlySpan<byte> source, CancellationToken cancellation)
    {
        try
        {
            stream.Write(source);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
