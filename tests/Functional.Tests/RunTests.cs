using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Pipelines;
using System.Text;
using System.Threading.Tasks;
using Google.Protobuf;
using Kiln.Client;
using Kiln.Functional.Tests.Daemons;
using Kiln.V1;
using Xunit;

namespace Kiln.Functional.Tests;

/// <summary>One-shot runs.</summary>
[Collection(SharedDaemonCollection.Name)]
public sealed class RunTests(SharedDaemon daemon)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Function_OverEitherTransport_ReturnsItsResults(bool tcp)
    {
        using KilnClient client = daemon.Process.Connect(tcp);
        RunResult result = await client.RunAsync(Guests.Calculator, new RunOptions { Function = "add", Arguments = [Values.I32(40), Values.I32(2)] });
        Assert.Equal(42, Assert.Single(result.Outcome.Completed.Results).I32);
        Assert.True(result.Usage.FuelConsumed > 0);
        Assert.Equal(65536UL, result.Usage.PeakMemoryBytes);
    }

    [Fact]
    public async Task Values_OfAllNumericTypes_KeepTheirBits()
    {
        const ulong SignallingNaN = 0x7ff4_0000_dead_beef;
        var options = new RunOptions { Function = "pair", Arguments = [Values.I64(long.MinValue), new Value { F64Bits = SignallingNaN }] };
        RunResult result = await daemon.Client.RunAsync(Guests.Calculator, options);
        Assert.Equal(SignallingNaN, result.Outcome.Completed.Results[0].F64Bits);
        Assert.Equal(long.MinValue, result.Outcome.Completed.Results[1].I64);
    }

    [Theory]
    [InlineData("0x10", "-0x8", 8)]
    [InlineData("1_000", "+1", 1001)]
    [InlineData("4294967295", "0", -1)]
    public async Task Literals_AreReadAsTheParameterType(string a, string b, int sum)
    {
        RunResult result = await daemon.Client.RunAsync(
            Guests.Calculator, new RunOptions { Function = "add", Arguments = [Values.Literal(a), Values.Literal(b)] });
        Assert.Equal(sum, result.Outcome.Completed.Results[0].I32);
    }

    [Fact]
    public async Task Vectors_AsLiteralAndAsBytes_AreLanesLowestFirst()
    {
        Value second = new() { V128 = ByteString.CopyFrom(1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8, 0) };
        RunResult result = await daemon.Client.RunAsync(Guests.Vectors, new RunOptions { Function = "add", Arguments = [Values.Literal("i16x8 0 1 2 3 4 5 6 0x7fff"), second] });
        Assert.Equal([1, 0, 3, 0, 5, 0, 7, 0, 9, 0, 11, 0, 13, 0, 7, 0x80], result.Outcome.Completed.Results[0].V128.ToByteArray());
    }

    [Fact]
    public async Task SecondRun_IsAMemoryHit()
    {
        var options = new RunOptions { Function = "count" };
        await daemon.Client.RunAsync(Guests.Calculator, options);
        RunResult second = await daemon.Client.RunAsync(Guests.Calculator, options);
        Assert.Equal(CacheResult.MemoryHit, second.Usage.CacheResult);
        // A fresh store each time: the counter starts anew.
        Assert.Equal(1, second.Outcome.Completed.Results[0].I32);
    }

    [Fact]
    public async Task WasiGuest_SeesArgumentsAndEnvironmentOfTheRequestOnly()
    {
        var output = new MemoryStream();
        var error = new MemoryStream();
        RunResult result = await daemon.Client.RunAsync(Guests.World, new RunOptions
        {
            World = new GuestWorld { Arguments = ["prog", "one", "zwei"], Variables = [new("A", "1"), new("B", "x=y")] },
            OnOutput = bytes => output.Write(bytes.Span),
            OnError = bytes => error.Write(bytes.Span),
        });
        Assert.Equal("prog\0one\0zwei\0A=1\0B=x=y\0", Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal("x", Encoding.UTF8.GetString(error.ToArray()));
        Assert.Equal((ulong)(output.Length + error.Length), result.Usage.OutputBytes);
    }

    [Fact]
    public async Task WasiGuest_ReadsFilesThatCameWithTheRequest()
    {
        var directory = new GuestDirectory { GuestPath = "/data", Entries = { new GuestFile { Path = "in/a.txt", Content = ByteString.CopyFromUtf8("fired") } } };
        Assert.Equal(("fired", 0), await RunCatAsync(directory));
        const int NoSuchFile = 44;
        Assert.Equal(("", NoSuchFile), await RunCatAsync(new GuestDirectory { GuestPath = "/data" }));
    }

    [Fact]
    public async Task StandardInput_OfTheRequest_EchoesAndExitCodeArrives()
    {
        byte[] input = new byte[300_000];
        new Random(7).NextBytes(input);
        var output = new MemoryStream();
        RunResult result = await daemon.Client.RunAsync(
            Guests.Echo, new RunOptions { World = new GuestWorld { Input = input }, OnOutput = bytes => output.Write(bytes.Span) });
        Assert.Equal(7, result.Outcome.Exited.Code);
        Assert.Equal(input, output.ToArray());
    }

    [Fact]
    public async Task StandardInput_Streamed_IsAnsweredWhileTheGuestRuns()
    {
        var toGuest = new Pipe();
        var fromGuest = new Pipe();
        Task<RunResult> run = daemon.Client.RunAsync(Guests.Echo, new RunOptions
        {
            StreamedInput = toGuest.Reader.AsStream(),
            OnOutput = bytes => fromGuest.Writer.WriteAsync(bytes.ToArray()).AsTask().Wait(),
        });
        foreach (string word in new[] { "clay", "glaze", "stone" })
        {
            await toGuest.Writer.WriteAsync(Encoding.UTF8.GetBytes(word));
            ReadResult answer = await fromGuest.Reader.ReadAtLeastAsync(word.Length).AsTask().WaitAsync(s_patience);
            Assert.Equal(word, Encoding.UTF8.GetString(answer.Buffer.FirstSpan));
            fromGuest.Reader.AdvanceTo(answer.Buffer.End);
        }

        await toGuest.Writer.CompleteAsync();
        Assert.Equal(7, (await run.WaitAsync(s_patience)).Outcome.Exited.Code);
    }

    [Fact]
    public async Task Trap_IsAResultWithCodeMessageAndNamedBacktrace()
    {
        RunResult result = await daemon.Client.RunAsync(Guests.Calculator, new RunOptions { Function = "crash" });
        Trapped trap = result.Outcome.Trapped;
        Assert.Equal(TrapCode.Unreachable, trap.Code);
        Assert.Equal("unreachable", trap.Message);
        Assert.Equal(["inner", "outer"], NamesOf(trap.Backtrace));
        Assert.All(trap.Backtrace, frame => Assert.Equal("calculator", frame.Module));
        Assert.All(trap.Backtrace, frame => Assert.NotEqual(0u, frame.WasmOffset));
    }

    [Theory]
    [InlineData("divide", new[] { 1, 0 }, TrapCode.IntegerDivideByZero)]
    [InlineData("divide", new[] { int.MinValue, -1 }, TrapCode.IntegerOverflow)]
    [InlineData("load", new[] { 65536 }, TrapCode.MemoryOutOfBounds)]
    [InlineData("deep", new[] { 0 }, TrapCode.StackOverflow)]
    public async Task Trap_OfEachKind_HasItsCode(string function, int[] arguments, TrapCode code)
    {
        RunResult result = await daemon.Client.RunAsync(
            Guests.Calculator, new RunOptions { Function = function, Arguments = Array.ConvertAll(arguments, Values.I32) });
        Assert.Equal(code, result.Outcome.Trapped.Code);
    }

    [Fact]
    public async Task Concurrent_RunsOfOneModule_DoNotDisturbEachOther()
    {
        var runs = new List<Task<RunResult>>();
        for (int i = 0; i < 100; i++)
        {
            runs.Add(daemon.Client.RunAsync(Guests.Calculator, new RunOptions { Function = "add", Arguments = [Values.I32(i), Values.I32(i)] }));
        }

        RunResult[] results = await Task.WhenAll(runs);
        for (int i = 0; i < results.Length; i++) Assert.Equal(2 * i, results[i].Outcome.Completed.Results[0].I32);
    }

    private static List<string> NamesOf(IEnumerable<Frame> frames)
    {
        var names = new List<string>();
        foreach (Frame frame in frames) names.Add(frame.FunctionName);
        return names;
    }

    private async Task<(string Output, int ExitCode)> RunCatAsync(GuestDirectory directory)
    {
        var output = new MemoryStream();
        RunResult result = await daemon.Client.RunAsync(
            Guests.Cat, new RunOptions { World = new GuestWorld { Directories = [directory] }, OnOutput = bytes => output.Write(bytes.Span) });
        int exit = result.Outcome.OutcomeCase == Outcome.OutcomeOneofCase.Exited ? result.Outcome.Exited.Code : 0;
        return (Encoding.UTF8.GetString(output.ToArray()), exit);
    }
}
