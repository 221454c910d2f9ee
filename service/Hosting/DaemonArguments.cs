using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;

namespace Kiln.Service.Hosting;

/// <summary>The command line of kilnd.</summary>
internal sealed class DaemonArguments
{
    private DaemonArguments(bool isHealthCheck, string? configFile, Dictionary<string, string?> settings)
    {
        IsHealthCheck = isHealthCheck;
        ConfigFile = configFile;
        Settings = settings;
    }

    /// <summary>Whether to ask a running daemon for its health instead of being one.</summary>
    public bool IsHealthCheck { get; }

    /// <summary>A further settings file.</summary>
    public string? ConfigFile { get; }

    /// <summary>Settings by their full names.</summary>
    public Dictionary<string, string?> Settings { get; }

    /// <summary>Parses; null with an exit code when help was asked for or the command line is wrong.</summary>
    public static (DaemonArguments? Arguments, int ExitCode) Parse(string[] args)
    {
        var listen = new Option<string>("--listen") { Description = "IP address and port for TCP, or 'none' (Kiln:Listen:Address)" };
        var socket = new Option<string>("--socket") { Description = "path of the Unix socket, or 'none' (Kiln:Listen:Socket)" };
        var data = new Option<string>("--data") { Description = "data directory (Kiln:Storage:Path)" };
        var config = new Option<string>("--config") { Description = "settings file (JSON) over the built-in one" };
        var logFile = new Option<string>("--log-file") { Description = "also log to this file, one JSON object a line" };
        var verbose = new Option<bool>("--verbose") { Description = "log every call" };
        var set = new Option<string[]>("--set") { Description = "any setting: Section:Key=Value", AllowMultipleArgumentsPerToken = false };
        var health = new Command("healthcheck", "asks the running daemon for its health; exit code 0 if it serves");
        var root = new RootCommand("The Kiln daemon: compiles WebAssembly and runs it in sandboxes, over gRPC.")
        {
            listen, socket, data, config, logFile, verbose, set, health,
        };
        foreach (Option option in new Option[] { listen, socket, config, set }) health.Options.Add(option);

        bool run = false;
        bool isHealthCheck = false;
        root.SetAction(_ =>
        {
            run = true;
            return 0;
        });
        health.SetAction(_ =>
        {
            run = isHealthCheck = true;
            return 0;
        });
        ParseResult parsed = root.Parse(args);
        int exit = parsed.Invoke();
        if (!run) return (null, exit);

        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        Put(settings, "Kiln:Listen:Address", parsed.GetValue(listen));
        Put(settings, "Kiln:Listen:Socket", parsed.GetValue(socket));
        Put(settings, "Kiln:Storage:Path", parsed.GetValue(data));
        Put(settings, "Logging:File", parsed.GetValue(logFile));
        if (parsed.GetValue(verbose)) settings["Serilog:MinimumLevel:Default"] = "Debug";
        foreach (string setting in parsed.GetValue(set) ?? [])
        {
            int equals = setting.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                Console.Error.WriteLine($"kilnd: --set {setting}: not of the form Section:Key=Value");
                return (null, 2);
            }

            settings[$"Kiln:{setting[..equals]}"] = setting[(equals + 1)..];
        }

        return (new DaemonArguments(isHealthCheck, parsed.GetValue(config), settings), 0);
    }

    private static void Put(Dictionary<string, string?> settings, string key, string? value)
    {
        if (value is not null) settings[key] = value;
    }
}
