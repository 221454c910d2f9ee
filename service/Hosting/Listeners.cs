using System.IO;
using System.Net.Sockets;
using Kiln.Service.Observability;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Kiln.Service.Hosting;

/// <summary>The TCP address and the Unix socket, both HTTP/2 without TLS.</summary>
internal static class Listeners
{
    /// <summary>Configures the server.</summary>
    public static void Configure(KestrelServerOptions kestrel, ListenOptions options)
    {
        kestrel.AddServerHeader = false;
        // Bodies are bounded by the message size limit and, for streams, by what each service accepts.
        kestrel.Limits.MaxRequestBodySize = null;
        // A client may be as slow as it likes: that holds up nobody but its own guest.
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.Http2.InitialConnectionWindowSize = 4 << 20;
        kestrel.Limits.Http2.InitialStreamWindowSize = 1 << 20;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
        // A client that is gone without a word is noticed by an unanswered ping.
        kestrel.Limits.Http2.KeepAlivePingDelay = System.TimeSpan.FromSeconds(10);
        kestrel.Limits.Http2.KeepAlivePingTimeout = System.TimeSpan.FromSeconds(10);
        if (options.EndPoint is { } endPoint) kestrel.Listen(endPoint, static listen => listen.Protocols = HttpProtocols.Http2);
        if (options.SocketPath is { } path) kestrel.ListenUnixSocket(path, static listen => listen.Protocols = HttpProtocols.Http2);
    }

    /// <summary>Makes the socket's folder and removes a socket that nobody listens on. Throws <see cref="IOException"/> if somebody does.</summary>
    public static void PrepareSocket(string path, ILogger log)
    {
        string folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!File.Exists(path)) return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException)
        {
            File.Delete(path);
            log.StaleSocketRemoved(path);
            return;
        }

        throw new IOException($"another daemon listens on {path} (set Kiln:Listen:Socket or --socket)");
    }
}
