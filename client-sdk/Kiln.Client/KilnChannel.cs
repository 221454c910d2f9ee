using System;
using System.Net.Http;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Kiln.V1;

namespace Kiln.Client;

/// <summary>Opens channels: over a Unix socket or TCP, with the retry policy of each method.</summary>
internal static class KilnChannel
{
    private static readonly (string Service, string Method)[] s_neverRepeated =
    [
        // What changes a sandbox may have happened although the answer was lost.
        (SandboxService.Descriptor.FullName, "CreateSandbox"),
        (SandboxService.Descriptor.FullName, "Instantiate"),
        (SandboxService.Descriptor.FullName, "Call"),
        (SandboxService.Descriptor.FullName, "AddFuel"),
        // A resumed upload starts elsewhere: the client does that itself.
        (ModuleService.Descriptor.FullName, "UploadModule"),
    ];

    public static GrpcChannel Open(KilnEndpoint endpoint, KilnClientOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = TimeSpan.FromSeconds(20),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(10),
            EnableMultipleHttp2Connections = true,
        };
        if (endpoint.SocketPath is { } path)
        {
            handler.ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        }

        return GrpcChannel.ForAddress(endpoint.Address ?? new Uri("http://localhost"), new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = null,
            MaxSendMessageSize = null,
            ServiceConfig = Policies(options),
        });
    }

    private static ServiceConfig Policies(KilnClientOptions options)
    {
        var config = new ServiceConfig();
        if (options.MaxAttempts < 2) return config;
        var never = new MethodConfig();
        foreach ((string service, string method) in s_neverRepeated) never.Names.Add(new MethodName { Service = service, Method = method });
        var repeated = new MethodConfig
        {
            Names = { MethodName.Default },
            RetryPolicy = new RetryPolicy
            {
                MaxAttempts = options.MaxAttempts,
                InitialBackoff = options.InitialBackoff,
                MaxBackoff = TimeSpan.FromSeconds(2),
                BackoffMultiplier = 2,
                RetryableStatusCodes = { StatusCode.Unavailable },
            },
        };
        config.MethodConfigs.Add(never);
        config.MethodConfigs.Add(repeated);
        return config;
    }
}
