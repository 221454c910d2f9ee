using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using Kiln.Bench.Results;

namespace Kiln.Bench.Peers;

/// <summary>Starts a peer on one core, waits for it, and reads the JSON line that it prints.</summary>
internal static class ProcessRun
{
    /// <summary>Runs an invocation. A crash, a time-out or a line without the figure is a failed measurement, not an exception.</summary>
    public static Measurement Run(Invocation invocation, string folder, int core, TimeSpan timeout)
    {
        string[] command = invocation.PinsItself || !OperatingSystem.IsLinux()
            ? [.. invocation.Arguments]
            : ["taskset", "-c", core.ToString(CultureInfo.InvariantCulture), .. invocation.Arguments];
        (string output, string error, int? exit) = Capture(command, folder, timeout, invocation.Environment);
        if (exit is null) return Measurement.Failed($"no answer within {timeout.TotalSeconds:0} s");
        string? line = output.Split('\n').LastOrDefault(text => text.StartsWith('{'));
        if (line is null) return Measurement.Failed($"exit code {exit}: {LastLine(error)}");
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return Measurement.Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            return Measurement.Failed("no JSON: " + exception.Message);
        }
    }

    /// <summary>The first line that a program prints, or "unknown" if it cannot be started.</summary>
    public static string FirstLine(string program, params string[] arguments)
    {
        try
        {
            return Capture([program, .. arguments], Environment.CurrentDirectory, TimeSpan.FromSeconds(20)).Output.Split('\n')[0].Trim();
        }
        catch (Win32Exception)
        {
            return "unknown";
        }
    }

    /// <summary>True if a program of this name is in a folder of PATH.</summary>
    public static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static (string Output, string Error, int? Exit) Capture(IReadOnlyList<string> command, string folder, TimeSpan timeout, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command[0]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in command.Skip(1)) start.ArgumentList.Add(argument);
        foreach ((string name, string value) in environment ?? ReadOnlyDictionary<string, string>.Empty) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(timeout))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return ("", "", null);
        }

        return (output.Result, error.Result, process.ExitCode);
    }

    private static string LastLine(string text) => text.TrimEnd().Split('\n')[^1].Trim();
}
