using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json;
using Kiln.Fuzz.Programs;

namespace Kiln.Fuzz.Running;

/// <summary>Runs programs in V8, in one node process for all of them.</summary>
internal sealed class NodeRunner : IDisposable
{
    private readonly Process _process;

    /// <param name="node">The program.</param>
    public NodeRunner(string node)
    {
        string calls = JsonSerializer.Serialize(Observation.Calls.Select(call => new object[] { call.I32, call.I64.ToString() }));
        var start = new ProcessStartInfo(node, ["--no-liftoff", Path.Combine(AppContext.BaseDirectory, "driver.mjs"), calls])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
    }

    /// <summary>Runs a program.</summary>
    /// <exception cref="IOException">node has ended.</exception>
    public Observation Run(FuzzProgram program, byte[] wasm)
    {
        string exports = JsonSerializer.Serialize(program.Exports.Select(function => new { name = function.Name, kind = function.Result.Wasm() }));
        _process.StandardInput.WriteLine($"{Convert.ToBase64String(wasm)} {exports}");
        _process.StandardInput.Flush();
        string line = _process.StandardOutput.ReadLine() ?? throw new IOException("node has ended");
        return new Observation(JsonSerializer.Deserialize<string[]>(line)!);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000)) _process.Kill();
        _process.Dispose();
    }
}
