using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Google.Protobuf;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Kiln.Client;
using Kiln.Functional.Tests.Daemons;
using Kiln.V1;
using Xunit;

namespace Kiln.Functional.Tests;

/// <summary>What bad requests get: a code, a message, a reason, typed details.</summary>
[Collection(SharedDaemonCollection.Name)]
public sealed class ErrorTests(SharedDaemon daemon)
{
    [Fact]
    public async Task InvalidModule_NamesFunctionAndOffset()
    {
        // (module (func (result i32) nop)): the body leaves nothing on the stack.
        byte[] module =
        [
            0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
            1, 5, 1, 0x60, 0, 1, 0x7f,
            3, 2, 1, 0,
            10, 5, 1, 3, 0, 0x01, 0x0b,
        ];
        InvalidModuleException e = await Assert.ThrowsAsync<InvalidModuleException>(() => daemon.Client.RunAsync(module, new RunOptions()));
        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Assert.Equal(ErrorReason.InvalidModule, e.Reason);
        Assert.Equal(0u, e.FunctionIndex);
        Assert.InRange(e.Offset!.Value, 19u, 26u);
        Assert.Contains("type mismatch", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(module (func (i32.const)))")]
    [InlineData("")]
    [InlineData("\0asm\u0001\0\0\0\u0001")]
    public async Task MalformedModule_IsInvalid(string bytes)
    {
        byte[] module = Encoding.Latin1.GetBytes(bytes);
        if (module.Length == 0)
        {
            await Assert.ThrowsAnyAsync<KilnException>(() => daemon.Client.RunAsync(module, new RunOptions()));
            return;
        }

        await Assert.ThrowsAsync<InvalidModuleException>(() => daemon.Client.RunAsync(module, new RunOptions()));
    }

    [Fact]
    public async Task UnknownModule_IsAPreconditionWithDetails()
    {
        RpcException e = await FailAsync(new Job { Module = new ModuleSource { Digest = new Digest { Sha256 = ByteString.CopyFrom(new byte[32]) } } });
        Assert.Equal(StatusCode.FailedPrecondition, e.StatusCode);
        Google.Rpc.Status status = Google.Rpc.Status.Parser.ParseFrom(e.Trailers.GetValueBytes("grpc-status-details-bin"));
        Assert.Equal((int)StatusCode.FailedPrecondition, status.Code);
        Assert.Equal(e.Status.Detail, status.Message);
        ErrorInfo info = status.Details[0].Unpack<ErrorInfo>();
        Assert.Equal(("kiln", "MODULE_NOT_FOUND"), (info.Domain, info.Type));
        Assert.Equal("MISSING", Assert.Single(status.Details[1].Unpack<PreconditionFailure>().Violations).Type);
    }

    [Fact]
    public async Task MissingFields_AreNamed()
    {
        Assert.Equal("job", await ViolatedFieldAsync(null));
        Assert.Equal("module", await ViolatedFieldAsync(new Job()));
        Assert.Equal("module.digest", await ViolatedFieldAsync(new Job { Module = new ModuleSource { Digest = new Digest { Sha256 = ByteString.CopyFromUtf8("x") } } }));
        var environment = new GuestEnvironment { Directories = { new GuestDirectory { GuestPath = ".", Entries = { new GuestFile { Path = "a/../b", Content = ByteString.Empty } } } } };
        Assert.Equal("environment.directories[0].entries[0].path", await ViolatedFieldAsync(new Job { Module = Inline(), Environment = environment }));
        Assert.Equal("limits.timeout", await ViolatedFieldAsync(new Job { Module = Inline(), Limits = new Limits { Timeout = new() { Seconds = -1 } } }));
    }

    [Theory]
    [InlineData("add", new[] { "1" }, "arguments")]
    [InlineData("add", new[] { "1", "x" }, "arguments[1]")]
    [InlineData("add", new[] { "1", "4294967296" }, "arguments[1]")]
    public async Task WrongArguments_AreNamed(string function, string[] arguments, string field)
    {
        var options = new RunOptions { Function = function, Arguments = Array.ConvertAll(arguments, Values.Literal) };
        KilnException e = await Assert.ThrowsAnyAsync<KilnException>(() => daemon.Client.RunAsync(Guests.Calculator, options));
        Assert.Equal(ErrorReason.ArgumentMismatch, e.Reason);
        Assert.Equal(field, Assert.Single(e.FieldViolations).Field);
    }

    [Fact]
    public async Task WrongArgumentType_IsRefused()
    {
        var options = new RunOptions { Function = "add", Arguments = [Values.I32(1), Values.I64(1)] };
        Assert.Equal(ErrorReason.ArgumentMismatch, (await Assert.ThrowsAnyAsync<KilnException>(() => daemon.Client.RunAsync(Guests.Calculator, options))).Reason);
    }

    [Fact]
    public async Task UnknownExport_IsNotFound()
    {
        KilnException e = await Assert.ThrowsAnyAsync<KilnException>(() => daemon.Client.RunAsync(Guests.Calculator, new RunOptions { Function = "nope" }));
        Assert.Equal((StatusCode.NotFound, ErrorReason.ExportNotFound), (e.StatusCode, e.Reason));
    }

    [Fact]
    public async Task MissingImport_IsALinkError()
    {
        KilnException e = await Assert.ThrowsAnyAsync<KilnException>(() => daemon.Client.RunAsync(Guests.Consumer, new RunOptions { Function = "four_times", Arguments = [Values.I32(1)] }));
        Assert.Equal(ErrorReason.Link, e.Reason);
        Assert.Equal(("math", "twice"), (e.Metadata["import_module"], e.Metadata["import_name"]));
    }

    [Fact]
    public async Task UnreachableDaemon_IsUnavailable()
    {
        using var client = new KilnClient(KilnEndpoint.Unix("/nonexistent/kiln.sock"), new KilnClientOptions { MaxAttempts = 2 });
        await Assert.ThrowsAsync<DaemonUnavailableException>(() => client.HasAsync(ModuleId.Of([])));
        Assert.False(await client.IsServingAsync(TimeSpan.FromSeconds(1)));
    }

    private static ModuleSource Inline() => new() { Inline = ByteString.CopyFrom(Guests.Calculator) };

    private async Task<string> ViolatedFieldAsync(Job? job)
    {
        RpcException e = await FailAsync(job);
        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Google.Rpc.Status status = Google.Rpc.Status.Parser.ParseFrom(e.Trailers.GetValueBytes("grpc-status-details-bin"));
        return Assert.Single(status.Details[1].Unpack<BadRequest>().FieldViolations).Field;
    }

    private async Task<RpcException> FailAsync(Job? job)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress($"http://127.0.0.1:{daemon.Process.Port}");
        using AsyncServerStreamingCall<RunResponse> call = new ExecutionService.ExecutionServiceClient(channel).Run(new RunRequest { Job = job });
        return await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
    }
}
