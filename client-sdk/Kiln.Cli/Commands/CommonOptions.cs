using System;
using System.CommandLine;
using Kiln.Cli.Daemon;
using Kiln.Client;

namespace Kiln.Cli.Commands;

/// <summary>Options of every command.</summary>
internal static class CommonOptions
{
    /// <summary>The daemon's end point.</summary>
    public static Option<string?> Endpoint { get; } = new("--endpoint")
    {
        Description = "the daemon: unix:PATH, http://HOST:PORT or HOST:PORT (default: $KILN_ENDPOINT, else the user's own daemon)",
        Recursive = true,
    };

    /// <summary>Output for machines.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "print one JSON object", Recursive = true };

    /// <summary>Adds them to the root.</summary>
    public static void AddTo(RootCommand root)
    {
        root.Options.Add(Endpoint);
        root.Options.Add(Json);
    }

    /// <summary>How to reach, or start, the daemon.</summary>
    public static DaemonLauncher Launcher(ParseResult parsed)
    {
        string? named = parsed.GetValue(Endpoint) ?? Environment.GetEnvironmentVariable("KILN_ENDPOINT");
        return string.IsNullOrEmpty(named)
            ? new DaemonLauncher(KilnEndpoint.Default, mayStart: true)
            : new DaemonLauncher(KilnEndpoint.Parse(named), mayStart: named.StartsWith("unix:", StringComparison.Ordinal));
    }
}
