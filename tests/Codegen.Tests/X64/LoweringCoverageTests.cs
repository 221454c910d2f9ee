using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Kiln.Codegen.Ir;
using Xunit;

namespace Kiln.Codegen.Tests.X64;

/// <summary>Every opcode is lowered by some test: alone on edge values (<see cref="OpcodeTests"/>), or in a file test.</summary>
public sealed class LoweringCoverageTests
{
    [Fact]
    public void EveryOpcode_IsLoweredByATest()
    {
        string text = string.Concat(new[] { "x64", "run" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root(), folder), "*.ir", SearchOption.AllDirectories))
            .Order()
            .Select(File.ReadAllText));
        HashSet<string> words = Regex.Matches(text, "[a-z][a-z0-9_]*").Select(match => match.Value).ToHashSet();
        HashSet<Opcode> alone = OpcodeTests.Cases().Select(row => (Opcode)row[0]).ToHashSet();
        Assert.Empty(OpcodeTable.Rows.ToArray()
            .Where(row => !alone.Contains(row.Op) && !words.Contains(row.Mnemonic) && !IsOfVectors(row))
            .Select(row => row.Mnemonic));
    }

    // Tested lane by lane, in tests of their own.
    private static bool IsOfVectors(OpcodeRow row) => row.Lanes != LaneSet.None || row.Types == IrTypeSet.V128 || row.Mnemonic[0] == 'v';

    private static string Root([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "filetests");
}
