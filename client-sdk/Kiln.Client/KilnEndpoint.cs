using System;
using System.Globalization;

namespace Kiln.Client;

/// <summary>Where a daemon listens: a Unix socket, or a TCP address with HTTP/2 without TLS.</summary>
public sealed record KilnEndpoint
{
    private KilnEndpoint(string? socketPath, Uri? address)
    {
        SocketPath = socketPath;
        Address = address;
    }

    /// <summary>The Unix socket of the user's own daemon.</summary>
    public static KilnEndpoint Default => Unix(DefaultEndpoint.SocketPath);

    /// <summary>The socket's path; null for TCP.</summary>
    public string? SocketPath { get; }

    /// <summary>The HTTP address; null for a socket.</summary>
    public Uri? Address { get; }

    /// <summary>A Unix socket.</summary>
    public static KilnEndpoint Unix(string path) => new(path, null);

    /// <summary>A TCP address.</summary>
    public static KilnEndpoint Tcp(string host, int port) => new(null, new UriBuilder("http", host, port).Uri);

    /// <summary>Reads "unix:/path", "http://host:port" or "host:port". Throws <see cref="FormatException"/>.</summary>
    public static KilnEndpoint Parse(string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal) && text.Length > 5) return Unix(text[5..]);
        string url = text.Contains("://", StringComparison.Ordinal) ? text : string.Create(CultureInfo.InvariantCulture, $"http://{text}");
        return Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && address is { Scheme: "http" or "https", Host.Length: > 0 }
            ? new KilnEndpoint(null, address)
            : throw new FormatException($"'{text}' is not unix:PATH, http://HOST:PORT or HOST:PORT");
    }

    /// <inheritdoc/>
    public override string ToString() => SocketPath is { } path ? $"unix:{path}" : Address!.ToString();
}
