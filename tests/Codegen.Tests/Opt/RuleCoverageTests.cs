using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using Kiln.Codegen.Opt.Rules;
using Kiln.Codegen.Tests.FileTests;
using Xunit;

namespace Kiln.Codegen.Tests.Opt;

/// <summary>Every rule fires in a case below filetests/rules: a golden file and a run on edge values at once.</summary>
public sealed class RuleCoverageTests
{
    [Fact]
    public void EveryRule_FiresInAFileTest()
    {
        HashSet<Rule> tested = Directory.EnumerateFiles(Root(), "*.ir").SelectMany(path => FileTestFile.Read(path).Cases).SelectMany(RuleKind.RulesOf).ToHashSet();
        Rule[] untested = Enum.GetValues<Rule>().Where(rule => rule != Rule.None && !tested.Contains(rule)).ToArray();
        Assert.True(untested.Length == 0, $"no case fires {string.Join(", ", untested)}");
    }

    private static string Root([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "filetests", "rules");
}
