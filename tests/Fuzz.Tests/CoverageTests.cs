using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Kiln.Fuzz.Programs;
using Kiln.Wasm;
using Kiln.Wasm.Opcodes;
using Xunit;

namespace Kiln.Fuzz.Tests;

/// <summary>What the generator makes programs of.</summary>
public sealed class CoverageTests
{
    // Not written in folded text; wait for another thread.
    private static readonly string[] s_never = ["end", "memory.atomic.wait32", "memory.atomic.wait64"];

    [Fact]
    public void Generator_OfManySeeds_EmitsEveryOpcode()
    {
        var words = new HashSet<string>();
        for (ulong seed = 0; seed < 600; seed++)
        {
            string text = Generator.Make(seed, vectors: seed % 4 != 0, oursOnly: seed % 2 != 0).ToText();
            foreach (Match match in Regex.Matches(text, @"\(([a-z0-9_.]+)")) words.Add(match.Groups[1].Value);
        }

        string[] missing = [.. OpcodeTable.Rows.ToArray()
            .Where(row => row.Feature is not (Feature.Gc or Feature.Exceptions or Feature.StackSwitching))
            .Select(row => row.Mnemonic).Distinct().Where(name => !words.Contains(name) && !s_never.Contains(name))];
        Assert.True(missing.Length == 0, $"never emitted: {string.Join(", ", missing)}");
    }
}
