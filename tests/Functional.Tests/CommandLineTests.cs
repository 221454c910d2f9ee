using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Threading.Tasks;
using Kiln.Functional.Tests.Daemons;
using Xunit;

namespace Kiln.Functional.Tests;

/// <summary>The kiln program as people and scripts use it.</summary>
[Collection(SharedDaemonCollection.Name)]
[Trait("Category", "Slow")]
public sealed class CommandLineTests(SharedDaemon daemon) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kiln-test-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_WithInvoke_PrintsResultsAndUsage()
    {
        (int exit, string output, string error) = await KilnAsync("", "run", Write(Guests.Calculator), "--invoke", "add", "40", "-2", "--usage");
        Assert.Equal((0, "38\n"), (exit, output));
        Assert.Contains("usage: fuel ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OfAProgram_PassesStreamsArgumentsAndExitCodeThrough()
    {
        Assert.Equal((7, "hello", ""), await KilnAsync("hello", "run", Write(Guests.Echo)));
        (int exit, string output, string error) = await KilnAsync("", "run", Write(Guests.World), "--env", "K=v", "--", "--a", "b");
        Assert.Equal((0, "guest.wat\0--a\0b\0K=v\0", "x"), (exit, output, error));
    }

    [Fact]
    public async Task Run_WithADirectory_SendsItAlong()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "d", "in"));
        File.WriteAllText(Path.Combine(_folder, "d", "in", "a.txt"), "from the host");
        Assert.Equal((0, "from the host", ""), await KilnAsync("", "run", Write(Guests.Cat), "--dir", $"{_folder}/d::/data"));
    }

    [Fact]
    public async Task Run_ThatTraps_ExitsWith134AndANamedBacktrace()
    {
        (int exit, _, string error) = await KilnAsync("", "run", Write(Guests.Calculator), "--invoke", "crash");
        Assert.Equal(134, exit);
        Assert.Matches(@"the guest trapped: unreachable\n\s+0: calculator!inner \(offset 0x[0-9a-f]+\)\n\s+1: calculator!outer", error);
    }

    [Fact]
    public async Task Run_OverItsTime_ExitsWith124()
    {
        (int exit, _, string error) = await KilnAsync("", "run", Write(Guests.Calculator), "--invoke", "spin", "--timeout", "100ms");
        Assert.Equal(124, exit);
        Assert.Contains("0.1 s", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ForMachines_PrintsOneObject()
    {
        (int exit, string output, _) = await KilnAsync("", "run", Write(Guests.Calculator), "--invoke", "divide", "1", "0", "--json");
        Assert.Equal(134, exit);
        JsonElement result = JsonDocument.Parse(output).RootElement;
        Assert.Equal("trapped", result.GetProperty("outcome").GetString());
        Assert.Equal("integer divide by zero", result.GetProperty("message").GetString());
        Assert.Equal(JsonValueKind.Number, result.GetProperty("usage").GetProperty("fuel").ValueKind);
    }

    [Fact]
    public async Task CompileAndInspect_DescribeTheModule()
    {
        string file = Write(Guests.Consumer);
        string artifact = Path.Combine(_folder, "out.artifact");
        (int exit, string output, _) = await KilnAsync("", "compile", file, "-o", artifact, "--json");
        Assert.Equal(0, exit);
        Assert.Equal(new FileInfo(artifact).Length, JsonDocument.Parse(output).RootElement.GetProperty("artifact_bytes").GetInt64());
        (exit, output, _) = await KilnAsync("", "inspect", file);
        Assert.Equal(0, exit);
        Assert.Contains("math.twice (func (param i32) (result i32))", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BadModule_IsExplainedOnStandardError()
    {
        (int exit, string output, string error) = await KilnAsync("", "run", Write("(module (func (result i32)))"u8.ToArray()));
        Assert.Equal((125, ""), (exit, output));
        Assert.StartsWith("kiln: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutADaemon_OneIsStartedAndStays()
    {
        string socket = Path.Combine(_folder, "own", "k.sock");
        var environment = new Dictionary<string, string> { ["KILN_STORAGE__PATH"] = Path.Combine(_folder, "data") };
        try
        {
            (int exit, string output, string error) = await CommandLine.RunAsync(socket, "", environment, "run", Write(Guests.Calculator), "--invoke", "add", "1", "2");
            Assert.Equal((0, "3\n", ""), (exit, output, error));
            Assert.NotNull(FindDaemon(socket));
            Assert.Equal(0, (await CommandLine.RunAsync(socket, "", environment, "run", Write(Guests.Calculator), "--invoke", "count")).ExitCode);
        }
        finally
        {
            if (FindDaemon(socket) is { } process)
            {
                process.Kill();
                await process.WaitForExitAsync();
                process.Dispose();
            }
        }
    }

    /// <summary>The daemon that was started with this socket, which only this test knows.</summary>
    private static Process? FindDaemon(string socket)
    {
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id)) continue;
            try
            {
                string command = File.ReadAllText(Path.Combine(folder, "cmdline"));
                if (command.StartsWith(Build.Daemon, StringComparison.Ordinal) && command.Contains(socket, StringComparison.Ordinal)) return Process.GetProcessById(id);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // It ended meanwhile.
            }
        }

        return null;
    }

    private string Write(byte[] module) => CommandLine.Write(_folder, "guest.wat", module);

    private Task<(int ExitCode, string Output, string Error)> KilnAsync(string input, params string[] arguments) =>
        CommandLine.RunAsync(daemon.Process.Socket, input, null, arguments);
}
