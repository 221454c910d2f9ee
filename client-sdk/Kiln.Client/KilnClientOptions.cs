using System;

namespace Kiln.Client;

/// <summary>How a client behaves.</summary>
public sealed record KilnClientOptions
{
    /// <summary>How often a call that may be repeated is tried while the daemon is unavailable, the first time included: 1 to 5.</summary>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>The wait before the second try; it doubles with each one, up to two seconds.</summary>
    public TimeSpan InitialBackoff { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long connecting may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes in one message of an upload or of streamed input, up to 1 MiB.</summary>
    public int ChunkSize { get; init; } = 256 << 10;
}
