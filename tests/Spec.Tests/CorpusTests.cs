using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using Kiln.Tool.Exec;
using Xunit;
using Xunit.Abstractions;

namespace Kiln.Spec.Tests;

/// <summary>Real programs and kernels of the benchmark corpus: their output and checksums must be the expected ones.</summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    // KILN_WITHOUT_PASSES=gvn+licm leaves passes of the optimiser out: ./kiln test passes.
    private static readonly Dictionary<string, string> s_tunables =
        Environment.GetEnvironmentVariable("KILN_WITHOUT_PASSES") is { Length: > 0 } passes ? new() { ["without-passes"] = passes } : [];

    private const string Source = "the programs are those of github.com/bytecodealliance/sightglass";

    [Fact]
    [Trait("Category", "Slow")]
    public void Programs_GiveTheirExpectedOutput()
    {
        if (Suites.Find("bench", Source, output) is not { } bench) return;
        var failures = new List<string>();
        int run = 0;
        foreach (string folder in Directory.EnumerateDirectories(Path.Combine(bench, "programs")))
        {
            ExecReport report = Executor.Execute(new ExecRequest(Path.Combine(folder, "module.wasm")) { Directory = folder, Json = true, Tunables = s_tunables });
            run++;
            if (!report.Ok) failures.Add($"{Path.GetFileName(folder)}: {report.Error ?? $"exit code {report.ExitCode}, output {report.Checksum}"}");
        }

        Assert.Empty(failures);
        Assert.True(run >= 28, $"{run} programs");
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Kernels_GiveTheirExpectedChecksum()
    {
        if (Suites.Find("bench", Source, output) is not { } bench) return;
        using JsonDocument sizes = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(bench, "kernels", "kernels.json")));
        using JsonDocument sums = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(bench, "kernels", "checksums.json")));
        var failures = new List<string>();
        foreach (JsonProperty kernel in sizes.RootElement.EnumerateObject())
        {
            string expected = sums.RootElement.GetProperty(kernel.Name).ToString();
            ExecReport report = Executor.Execute(new ExecRequest(Path.Combine(bench, "kernels", "wasm", kernel.Name + ".wasm"))
            {
                Invoke = "run",
                Arguments = [kernel.Value.GetInt32().ToString(CultureInfo.InvariantCulture)],
                Json = true,
                Tunables = s_tunables,
            });
            if (report.Checksum != expected) failures.Add($"{kernel.Name}: {report.Checksum ?? report.Error}, expected {expected}");
        }

        Assert.Empty(failures);
    }
}
