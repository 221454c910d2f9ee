using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Kiln.Architecture.Tests;

/// <summary>The Dockerfile copies what it publishes, so that a project that moves or gets a new reference does not break the image unseen.</summary>
public sealed class ContainerTests
{
    private static readonly string[] s_lines = File.ReadAllLines(Path.Combine(Repository.Root, "Dockerfile"));

    [Fact]
    public void Copies_NameWhatIsThere()
    {
        Assert.NotEmpty(Copied());
        Assert.All(Copied(), path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
    }

    [Fact]
    public void Copies_HoldAllThatPublishedProjectsUse()
    {
        string[] copied = [.. Copied().Select(path => Path.Combine(Repository.Root, path))];
        var missing = new List<string>();
        foreach (string used in UsedByPublishedProjects())
        {
            if (!copied.Any(path => used == path || used.StartsWith(path + "/", StringComparison.Ordinal))) missing.Add(used);
        }

        Assert.Empty(missing);
    }

    // Output of a build outside has its paths in it.
    [Fact]
    public void Ignored_AreTheOutputsOfBuilds() =>
        Assert.Subset(File.ReadAllLines(Path.Combine(Repository.Root, ".dockerignore")).ToHashSet(), new HashSet<string> { "**/bin", "**/obj" });

    // Sources of the COPY lines that take them from the repository.
    private static IEnumerable<string> Copied() =>
        s_lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal)).SelectMany(line => line.Split(' ')[1..^1]);

    // The projects, those they refer to, files that they include from elsewhere, and what MSBuild finds by itself.
    private static HashSet<string> UsedByPublishedProjects()
    {
        var used = new HashSet<string>([.. Directory.GetFiles(Repository.Root, "Directory.*.props"), .. Directory.GetFiles(Repository.Root, "Directory.*.targets")]) { Path.Combine(Repository.Root, "global.json"), Path.Combine(Repository.Root, ".editorconfig") };
        var open = new Stack<string>();
        foreach (Match publish in Regex.Matches(string.Join('\n', s_lines), @"dotnet publish (\S+\.csproj)")) open.Push(Path.Combine(Repository.Root, publish.Groups[1].Value));
        Assert.NotEmpty(open);
        while (open.TryPop(out string? project))
        {
            if (!used.Add(project)) continue;
            foreach (XAttribute attribute in XDocument.Load(project).Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "Include" or "Project"))
            {
                if (!attribute.Value.StartsWith("..", StringComparison.Ordinal)) continue;
                string path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(project)!, attribute.Value.Replace('\\', '/')));
                if (path.EndsWith(".csproj", StringComparison.Ordinal)) open.Push(path);
                else used.Add(path);
            }
        }

        return used;
    }
}
