using System;
using System.IO;
using Xunit.Abstractions;

namespace Kiln.Spec.Tests;

/// <summary>
/// Where the official suites lie: beside the repository, in ../shared. They are not part of the repository;
/// where they are missing, the tests say so and end, unless KILN_REQUIRE_SUITES is set, as in CI.
/// </summary>
internal static class Suites
{
    /// <summary>The folder of a suite, or null if it is not there and need not be.</summary>
    public static string? Find(string name, string source, ITestOutputHelper output)
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (!File.Exists(Path.Combine(folder, "Service.sln"))) continue;
            string suite = Path.GetFullPath(Path.Combine(folder, "..", "shared", name));
            if (Directory.Exists(suite)) return suite;
            break;
        }

        string message = $"the suite is not in ../shared/{name}; it is public: {source}";
        if (Environment.GetEnvironmentVariable("KILN_REQUIRE_SUITES") is { Length: > 0 }) throw new DirectoryNotFoundException(message);
        output.WriteLine($"not run: {message}");
        return null;
    }
}
