using System;
using System.IO;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Grpc.Health.V1;
using Google.Protobuf;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Kiln.Service.Hosting;

/// <summary>Asks a running daemon for its health, with nothing but an HTTP/2 request: for container health checks.</summary>
internal static class HealthProbe
{
    private const int FrameHeader = 5; // compression flag and length

    /// <summary>0 if the daemon serves, 1 if not.</summary>
    public static async Task<int> RunAsync(ListenOptions options)
    {
        using var handler = new SocketsHttpHandler();
        var address = new Uri("http://localhost/grpc.health.v1.Health/Check");
        if (options.SocketPath is { } path && File.Exists(path))
        {
            handler.ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            };
        }
        else if (options.EndPoint is { } endPoint)
        {
            address = new Uri($"http://{endPoint}/grpc.health.v1.Health/Check");
        }

        try
        {
            using var client = new HttpMessageInvoker(handler);
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            using var content = new ByteArrayContent(new byte[FrameHeader]); // an empty HealthCheckRequest
            content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
            using var request = new HttpRequestMessage(HttpMethod.Post, address)
            {
                Version = new Version(2, 0),
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = content,
            };
            request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
            using HttpResponseMessage response = await client.SendAsync(request, timeout.Token);
            byte[] body = await response.Content.ReadAsByteArrayAsync(timeout.Token);
            if (body.Length < FrameHeader) return 1;
            ServingStatus status = HealthCheckResponse.Parser.ParseFrom(body, FrameHeader, body.Length - FrameHeader).Status;
            return status == ServingStatus.Serving ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or InvalidProtocolBufferException)
        {
            await Console.Error.WriteLineAsync($"kilnd: {e.Message}");
            return 1;
        }
    }
}
