using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Kiln.Architecture.Tests;

/// <summary>The source tree, found by walking up from the test assembly.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Hand-written C# files below a folder, generated and intermediate files left out.</summary>
    public static IEnumerable<string> SourceFiles(string folder) =>
        Files(folder, "*.cs").Where(path => !path.EndsWith(".g.cs", StringComparison.Ordinal));

    /// <summary>Project files below a folder.</summary>
    public static IEnumerable<string> Projects(string folder) =>
        Files(folder, "*.csproj");

    /// <summary>A path as it is written in the repository, with forward slashes.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Files(string folder, string pattern)
    {
        string path = Path.Combine(Root, folder);
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories).Where(file => !IsIntermediate(file))
            : [];
    }

    private static bool IsIntermediate(string path)
    {
        string[] parts = Relative(path).Split('/');
        return parts.Contains("obj") || parts.Contains("bin");
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
