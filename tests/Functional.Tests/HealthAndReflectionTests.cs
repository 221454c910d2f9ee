using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Reflection.V1;
using Kiln.Client;
using Kiln.Functional.Tests.Daemons;
using Kiln.V1;
using Xunit;
using Alpha = Grpc.Reflection.V1Alpha;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Kiln.Functional.Tests;

/// <summary>The protocols that tools and balancers speak.</summary>
[Collection(SharedDaemonCollection.Name)]
[Trait("Category", "Slow")]
public sealed class HealthAndReflectionTests(SharedDaemon daemon)
{
    [Fact]
    public async Task Health_OfEveryService_IsServing()
    {
        using GrpcChannel channel = Raw(daemon.Process);
        var health = new Health.HealthClient(channel);
        HealthListResponse list = await health.ListAsync(new HealthListRequest());
        Assert.Contains("", list.Statuses.Keys);
        Assert.Contains("kiln.v1.ExecutionService", list.Statuses.Keys);
        foreach (string service in list.Statuses.Keys)
        {
            Assert.Equal(ServingStatus.Serving, (await health.CheckAsync(new HealthCheckRequest { Service = service })).Status);
        }

        RpcException e = await Assert.ThrowsAsync<RpcException>(async () => await health.CheckAsync(new HealthCheckRequest { Service = "nope" }));
        Assert.Equal(StatusCode.NotFound, e.StatusCode);
    }

    [Fact]
    public async Task HealthCheckCommand_OfARunningDaemon_Succeeds()
    {
        Assert.Equal(0, await ProbeAsync("--socket", daemon.Process.Socket));
        Assert.Equal(0, await ProbeAsync("--socket", "none", "--listen", $"127.0.0.1:{daemon.Process.Port}"));
        Assert.Equal(1, await ProbeAsync("--socket", "none", "--listen", "127.0.0.1:1"));
    }

    [Fact]
    public async Task Reflection_ServesEveryServiceInBothVersions()
    {
        using GrpcChannel channel = Raw(daemon.Process);
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        ServerReflectionResponse list = await AskAsync(call, new ServerReflectionRequest { ListServices = "" });
        string[] services = [.. list.ListServicesResponse.Service.Select(service => service.Name)];
        Assert.Contains("kiln.v1.SandboxService", services);
        Assert.Contains("grpc.health.v1.Health", services);
        foreach (string service in services)
        {
            ServerReflectionResponse file = await AskAsync(call, new ServerReflectionRequest { FileContainingSymbol = service });
            Assert.Contains(Link(file.FileDescriptorResponse), descriptor => descriptor.Services.Any(found => found.FullName == service));
        }

        ServerReflectionResponse missing = await AskAsync(call, new ServerReflectionRequest { FileContainingSymbol = "nope.Nope" });
        Assert.Equal((int)StatusCode.NotFound, missing.ErrorResponse.ErrorCode);

        using var alpha = new Alpha.ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        await alpha.RequestStream.WriteAsync(new Alpha.ServerReflectionRequest { FileByFilename = "kiln/v1/common.proto" });
        Assert.True(await alpha.ResponseStream.MoveNext(CancellationToken.None));
        Assert.NotEmpty(alpha.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto);
    }

    [Fact]
    public async Task Drain_RefusesNewCallsAndLetsOpenOnesFinish()
    {
        await using DaemonProcess own = await DaemonProcess.StartAsync(null, "--set", "Listen:DrainTimeout=00:00:20");
        using KilnClient client = own.Connect();
        using GrpcChannel channel = Raw(own);
        using var watch = new Health.HealthClient(channel).Watch(new HealthCheckRequest());
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(ServingStatus.Serving, watch.ResponseStream.Current.Status);

        var toGuest = new Pipe();
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<RunResult> open = client.RunAsync(
            Guests.Echo, new RunOptions { StreamedInput = toGuest.Reader.AsStream(), OnOutput = _ => running.TrySetResult() });
        await toGuest.Writer.WriteAsync("clay"u8.ToArray());
        await running.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Task<int> stopping = own.StopAsync();
        Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(ServingStatus.NotServing, watch.ResponseStream.Current.Status);
        using var late = new KilnClient(KilnEndpoint.Unix(own.Socket), new KilnClientOptions { MaxAttempts = 1 });
        await Assert.ThrowsAsync<DaemonUnavailableException>(() => late.HasAsync(ModuleId.Of([])));
        await toGuest.Writer.CompleteAsync();
        Assert.Equal(7, (await open).Outcome.Exited.Code);
        Assert.Equal(0, await stopping);
    }

    /// <summary>Builds descriptors from the files of a response, each after those it imports; fails if one is missing.</summary>
    private static IReadOnlyList<FileDescriptor> Link(FileDescriptorResponse response)
    {
        var open = response.FileDescriptorProto.ToDictionary(bytes => FileDescriptorProto.Parser.ParseFrom(bytes).Name);
        var ordered = new List<ByteString>();
        foreach (string name in open.Keys.ToArray()) Visit(name);
        return FileDescriptor.BuildFromByteStrings(ordered);

        void Visit(string name)
        {
            if (!open.Remove(name, out ByteString? bytes)) return;
            foreach (string dependency in FileDescriptorProto.Parser.ParseFrom(bytes).Dependency) Visit(dependency);
            ordered.Add(bytes);
        }
    }

    private static async Task<int> ProbeAsync(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(Build.Daemon, ["healthcheck", .. arguments]) { RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private static async Task<ServerReflectionResponse> AskAsync(
        AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call, ServerReflectionRequest request)
    {
        await call.RequestStream.WriteAsync(request);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        return call.ResponseStream.Current;
    }

    private static GrpcChannel Raw(DaemonProcess process) => GrpcChannel.ForAddress($"http://127.0.0.1:{process.Port}");
}
