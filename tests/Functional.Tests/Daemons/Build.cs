using System;
using System.IO;

namespace Kiln.Functional.Tests.Daemons;

/// <summary>The source tree and what is built from it, in the configuration of the tests themselves.</summary>
internal static class Build
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The daemon's program.</summary>
    public static string Daemon { get; } = Program("service", "kilnd");

    /// <summary>The command line's program.</summary>
    public static string CommandLine { get; } = Program("client-sdk/Kiln.Cli", "kiln");

    private static string Program(string project, string name)
    {
        // …/tests/Functional.Tests/bin/<configuration>/<framework>/
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/'));
        return Path.Combine(Root, project, "bin", output.Parent!.Name, output.Name, name);
    }

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Service.sln"))) return folder;
        }

        throw new InvalidOperationException("Service.sln is not above the test assembly");
    }
}
