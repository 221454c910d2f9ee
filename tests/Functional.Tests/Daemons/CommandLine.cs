using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;

namespace Kiln.Functional.Tests.Daemons;

/// <summary>Runs the kiln program.</summary>
internal static class CommandLine
{
    /// <summary>Starts it with piped streams, talking to the daemon at a socket.</summary>
    public static Process Start(string socket, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var info = new ProcessStartInfo(Build.CommandLine)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["KILN_ENDPOINT"] = $"unix:{socket}";
        info.Environment["KILN_DAEMON"] = Build.Daemon;
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>()) info.Environment[name] = value;
        foreach (string argument in arguments) info.ArgumentList.Add(argument);
        return Process.Start(info)!;
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(
        string socket, string input, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        using Process process = Start(socket, environment, arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Writes a module where the program can read it; its path.</summary>
    public static string Write(string folder, string name, byte[] module)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, module);
        return path;
    }
}
