using System;
using System.CommandLine;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Kiln.Cli.Terminal;
using Kiln.Client;
using Kiln.V1;

namespace Kiln.Cli.Commands;

/// <summary>kiln compile FILE [-o ARTIFACT]: compiles into the daemon's cache, and downloads the artifact if asked to.</summary>
internal static class CompileCommand
{
    private static readonly Argument<string> s_file = new("file") { Description = "the module, .wasm or .wat" };
    private static readonly Option<string?> s_output = new("--output", "-o") { Description = "write the artifact to this file" };

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("compile", "compiles a module into the daemon's cache") { s_file, s_output };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        byte[] module = await File.ReadAllBytesAsync(parsed.GetValue(s_file)!, cancellation);
        using KilnClient client = await CommonOptions.Launcher(parsed).ConnectAsync(cancellation);
        ModuleId id = await Preparation.UploadAsync(client, module, compile: false, cancellation);
        CompileResult result = await ProgressDisplay.ShowAsync("compiling", display => client.CompileAsync(id, new CompileReport(display), cancellation));
        if (parsed.GetValue(s_output) is { } output)
        {
            byte[] artifact = await ProgressDisplay.ShowAsync("downloading", display =>
                client.DownloadArtifactAsync(id, new ByteReport(display, (long)result.ArtifactBytes), cancellation));
            await File.WriteAllBytesAsync(output, artifact, cancellation);
        }

        if (parsed.GetValue(CommonOptions.Json))
        {
            JsonOutput.Print(writer =>
            {
                writer.WriteString("module", id.ToString());
                writer.WriteString("cache", OutcomeText.Of(result.CacheResult));
                writer.WriteNumber("module_bytes", module.Length);
                writer.WriteNumber("artifact_bytes", result.ArtifactBytes);
                writer.WriteString("engine", result.Engine);
                writer.WriteStartObject("timings_ms");
                foreach (StageTiming timing in result.Timings) writer.WriteNumber(timing.Name, OutcomeText.Span(timing.Duration).TotalMilliseconds);
                writer.WriteEndObject();
            });
            return 0;
        }

        Console.WriteLine($"module    sha256:{id}");
        Console.WriteLine($"code from {OutcomeText.Of(result.CacheResult)}");
        Console.WriteLine($"artifact  {Quantities.Size(result.ArtifactBytes)} from {Quantities.Size((ulong)module.Length)}");
        foreach (StageTiming timing in result.Timings) Console.WriteLine($"{timing.Name,-9} {Quantities.Time(OutcomeText.Span(timing.Duration))}");
        return 0;
    }
}
