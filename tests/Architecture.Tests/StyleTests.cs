using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace Kiln.Architecture.Tests;

/// <summary>What a reader relies on: files of one concept, names that mean something, nothing left open.</summary>
public sealed class StyleTests
{
    private const int HardLineLimit = 800;

    // One row a line, and a row for each thing there is.
    private static readonly string[] s_tables = ["engine/Codegen/Isa/X64/X64Op.cs"];

    private static readonly string[] s_folders = ["engine", "proto", "service", "client-sdk", "tests"];

    [Fact]
    public void Files_StayBelowTheLineLimit()
    {
        var wrong = s_folders.SelectMany(Repository.SourceFiles)
            .Select(path => (Path: Repository.Relative(path), Lines: File.ReadLines(path).Count()))
            .Where(file => file.Lines > HardLineLimit && !s_tables.Contains(file.Path))
            .Select(file => $"{file.Path}: {file.Lines} lines");
        Assert.Empty(wrong);
    }

    [Fact]
    public void Names_AvoidWordsWithoutMeaning()
    {
        var vague = new Regex(@"(Helper|Helpers|Manager|Util|Utils|Utilities|Common|Impl)\.cs$");
        Assert.Empty(s_folders.SelectMany(Repository.SourceFiles).Where(path => vague.IsMatch(path)).Select(Repository.Relative));
    }

    [Fact]
    public void Engine_HasNoUnfinishedCode()
    {
        var open = new Regex(@"NotImplementedException|\b(TODO|FIXME|HACK)\b");
        Assert.Empty(new[] { "engine", "service", "client-sdk", "proto" }.SelectMany(Repository.SourceFiles)
            .Where(path => open.IsMatch(File.ReadAllText(path))).Select(Repository.Relative));
    }

    [Fact]
    public void Engine_HasNoStaticMutableState()
    {
        // A static field that is neither readonly nor const. The engine's tables are static readonly.
        var field = new Regex(@"^\s*(public|internal|private|protected)\s+static\s+(?!readonly|extern|partial|async|unsafe|ref|implicit|explicit|operator|class|abstract|virtual|event|delegate)[\w<>\[\],\.\?\*\s]+\s+\w+\s*(=[^>].*)?;\s*$", RegexOptions.Multiline);
        var wrong = new List<string>();
        foreach (string path in Repository.SourceFiles("engine"))
        {
            foreach (Match match in field.Matches(File.ReadAllText(path)))
            {
                if (!match.Value.Contains("=>", StringComparison.Ordinal)) wrong.Add($"{Repository.Relative(path)}: {match.Value.Trim()}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void UnsafeBlocks_SayWhyTheyAreSafe()
    {
        var block = new Regex(@"^\s*unsafe\s*(\{.*)?$");
        var wrong = new List<string>();
        foreach (string path in Repository.SourceFiles("engine"))
        {
            string[] lines = File.ReadAllLines(path);
            for (int i = 0; i < lines.Length; i++)
            {
                if (!block.IsMatch(lines[i])) continue;
                bool explained = Enumerable.Range(Math.Max(0, i - 4), 5 + 3).Any(at => at < lines.Length && lines[at].Contains("SAFETY:", StringComparison.Ordinal));
                if (!explained) wrong.Add($"{Repository.Relative(path)}:{i + 1}");
            }
        }

        Assert.Empty(wrong);
    }
}
