using System;
using System.Collections.Generic;
using System.IO;

namespace Kiln.Text.Tests;

/// <summary>Where the specification's test suite is: <c>../shared/spec</c> beside the repository.</summary>
internal static class SpecSuite
{
    private static readonly string[] s_folders =
        ["core", "proposals/threads", "proposals/wide-arithmetic", "proposals/custom-page-sizes", "proposals/stack-switching"];

    /// <summary>The suite's folder, or null if it is not there.</summary>
    public static string? Root { get; } = Find();

    /// <summary>Every script of what this project supports, as paths relative to the root; one empty entry if there is no suite.</summary>
    public static IReadOnlyList<string> Files()
    {
        if (Root is null) return [""];
        var files = new List<string>();
        foreach (string folder in s_folders)
        {
            foreach (string file in Directory.GetFiles(Path.Combine(Root, folder), "*.wast")) files.Add(Path.GetRelativePath(Root, file));
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }

    /// <summary>The bytes of a script.</summary>
    public static byte[] Read(string file) => File.ReadAllBytes(Path.Combine(Root!, file));

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "spec");
            if (Directory.Exists(Path.Combine(candidate, "core"))) return candidate;
        }

        return null;
    }
}
