using System;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Kiln.Client;
using Kiln.Functional.Tests.Daemons;
using Kiln.V1;
using Xunit;

namespace Kiln.Functional.Tests;

/// <summary>Uploading, describing and compiling modules.</summary>
[Collection(SharedDaemonCollection.Name)]
public sealed class ModuleTests(SharedDaemon daemon)
{
    [Fact]
    public async Task Upload_OfAnUnknownModule_StoresIt()
    {
        byte[] module = Unique();
        Assert.False(await daemon.Client.HasAsync(ModuleId.Of(module)));
        ModuleId id = await daemon.Client.UploadAsync(module);
        Assert.True(await daemon.Client.HasAsync(id));
        Assert.Equal(id.Sha256, (await daemon.Client.UploadAsync(module)).Sha256);
    }

    [Fact]
    public async Task Upload_ThatBroke_ResumesWhereItEnded()
    {
        byte[] module = Unique();
        ModuleId id = ModuleId.Of(module);
        using GrpcChannel channel = Raw();
        var client = new ModuleService.ModuleServiceClient(channel);
        var digest = new Digest { Sha256 = id.Sha256, SizeBytes = (ulong)module.Length };
        RpcException broken = await Assert.ThrowsAsync<RpcException>(() => SendAsync(client, digest, 0, module[..1000]));
        Assert.Equal(StatusCode.FailedPrecondition, broken.StatusCode);
        QueryUploadResponse state = await client.QueryUploadAsync(new QueryUploadRequest { Digest = digest });
        Assert.Equal(1000UL, state.CommittedOffset);
        Assert.False(state.Complete);

        RpcException wrongOffset = await Assert.ThrowsAsync<RpcException>(() => SendAsync(client, digest, 999, module[999..]));
        Assert.Equal(StatusCode.FailedPrecondition, wrongOffset.StatusCode);
        UploadModuleResponse response = await SendAsync(client, digest, 1000, module[1000..]);
        Assert.False(response.AlreadyExisted);
        Assert.True(await daemon.Client.HasAsync(id));
        Assert.True((await SendAsync(client, digest, 0, module)).AlreadyExisted);
    }

    // A stored module is read from the moment it is there, by clients whose upload came too late, too.
    [Fact]
    public async Task Module_NewToAllOfManyClients_RunsForEach()
    {
        for (int round = 0; round < 20; round++)
        {
            byte[] module = [.. Guests.Calculator, .. Encoding.UTF8.GetBytes($"\n;; {Random.Shared.NextInt64()}")];
            var options = new RunOptions { Function = "add", Arguments = [Values.I32(40), Values.I32(2)] };
            RunResult[] results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => daemon.Client.RunAsync(module, options)));
            Assert.All(results, result => Assert.Equal(42, Assert.Single(result.Outcome.Completed.Results).I32));
        }
    }

    [Fact]
    public async Task Upload_OfOtherBytes_IsDiscarded()
    {
        byte[] module = Unique();
        using GrpcChannel channel = Raw();
        var client = new ModuleService.ModuleServiceClient(channel);
        var digest = new Digest { Sha256 = ByteString.CopyFrom(SHA256.HashData(module)), SizeBytes = (ulong)module.Length };
        byte[] other = (byte[])module.Clone();
        other[^1] ^= 1;
        RpcException e = await Assert.ThrowsAsync<RpcException>(() => SendAsync(client, digest, 0, other));
        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Assert.False(await daemon.Client.HasAsync(ModuleId.Of(module)));
        Assert.Equal(0UL, (await client.QueryUploadAsync(new QueryUploadRequest { Digest = digest })).CommittedOffset);
        Assert.Equal(StatusCode.InvalidArgument, (await Assert.ThrowsAsync<RpcException>(() => SendAsync(client, digest, 0, [.. module, 0]))).StatusCode);
    }

    [Fact]
    public async Task Describe_ListsImportsAndExports()
    {
        ModuleId id = await daemon.Client.UploadAsync(Guests.Consumer);
        DescribeModuleResponse description = await daemon.Client.DescribeAsync(id);
        Assert.Equal("consumer", description.Name);
        Assert.True(description.IsText);
        ImportDescription import = Assert.Single(description.Imports);
        Assert.Equal(("math", "twice"), (import.Module, import.Name));
        Assert.Equal(["i32"], import.Type.Function.Parameters);
        ExportDescription export = Assert.Single(description.Exports);
        Assert.Equal("four_times", export.Name);
        Assert.Equal(ExternKind.Function, export.Type.Kind);
        Assert.Equal(2u, description.FunctionCount);
    }

    [Fact]
    public async Task Compile_ThenArtifact_SaysWhereTheCodeCameFrom()
    {
        ModuleId id = await daemon.Client.UploadAsync(Unique());
        CompileResult first = await daemon.Client.CompileAsync(id);
        Assert.Equal(CacheResult.Miss, first.CacheResult);
        Assert.Contains(first.Timings, timing => timing.Name == "compile");
        CompileResult second = await daemon.Client.CompileAsync(id);
        Assert.Equal(CacheResult.MemoryHit, second.CacheResult);
        byte[] artifact = await daemon.Client.DownloadArtifactAsync(id);
        Assert.Equal((long)first.ArtifactBytes, artifact.Length);
    }

    [Fact]
    public async Task Compile_OfOneModuleByMany_HappensOnce()
    {
        ModuleId id = await daemon.Client.UploadAsync(Unique());
        CompileResult[] results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => daemon.Client.CompileAsync(id)));
        Assert.Single(results, result => result.CacheResult == CacheResult.Miss);
        Assert.All(results, result => Assert.Contains(result.CacheResult, new[] { CacheResult.Miss, CacheResult.Joined, CacheResult.MemoryHit }));
    }

    [Fact]
    public async Task Explain_ShowsEveryStageOfAFunction()
    {
        ModuleId id = await daemon.Client.UploadAsync(Guests.Calculator);
        var all = await daemon.Client.ExplainAsync(id, "add", []);
        Assert.Equal(
            [ExplainStage.Ir, ExplainStage.OptimizedIr, ExplainStage.Vcode, ExplainStage.Allocation, ExplainStage.Assembly],
            all.Select(response => response.Stage));
        Assert.Contains("iadd", all[0].Text, StringComparison.Ordinal);
        Assert.All(all, response => Assert.NotEmpty(response.Text));
        var assembly = Assert.Single(await daemon.Client.ExplainAsync(id, "0", [ExplainStage.Assembly]));
        Assert.Equal(ExplainStage.Assembly, assembly.Stage);
        Assert.Equal(0u, assembly.FunctionIndex);
        Assert.Equal(ErrorReason.ExportNotFound, (await Assert.ThrowsAnyAsync<KilnException>(() => daemon.Client.ExplainAsync(id, "nope", []))).Reason);
        Assert.Equal(ErrorReason.ExportNotFound, (await Assert.ThrowsAnyAsync<KilnException>(() => daemon.Client.ExplainAsync(id, "1000", []))).Reason);
    }

    private static byte[] Unique() => Guests.Large(3, Random.Shared.Next(1, 1 << 20));

    private static async Task<UploadModuleResponse> SendAsync(ModuleService.ModuleServiceClient client, Digest digest, int offset, byte[] bytes)
    {
        using AsyncClientStreamingCall<UploadModuleRequest, UploadModuleResponse> call = client.UploadModule();
        await call.RequestStream.WriteAsync(new UploadModuleRequest { Header = new UploadHeader { Digest = digest, Offset = (ulong)offset } });
        try
        {
            for (int at = 0; at < bytes.Length; at += 500)
            {
                await call.RequestStream.WriteAsync(new UploadModuleRequest { Chunk = ByteString.CopyFrom(bytes, at, Math.Min(500, bytes.Length - at)) });
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            // The answer came first; it is awaited below.
        }

        return await call.ResponseAsync;
    }

    private GrpcChannel Raw() => GrpcChannel.ForAddress($"http://127.0.0.1:{daemon.Process.Port}");
}
