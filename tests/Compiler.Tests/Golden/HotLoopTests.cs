using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Kiln.Compiler.Explain;
using Kiln.Contract;
using Kiln.Text;
using Xunit;

namespace Kiln.Compiler.Tests.Golden;

/// <summary>
/// A guard against slower code that does not depend on how busy the machine is: small modules with the loops that programs spend
/// their time in, and for each function its machine code, its size and the length of its loops. For one fixed target.
/// </summary>
public sealed class HotLoopTests
{
    private const TargetFeatures Features = TargetFeatures.Sse3 | TargetFeatures.Ssse3 | TargetFeatures.Sse41 | TargetFeatures.Sse42
        | TargetFeatures.Popcnt | TargetFeatures.Lzcnt | TargetFeatures.Bmi1 | TargetFeatures.Bmi2 | TargetFeatures.Avx | TargetFeatures.Avx2 | TargetFeatures.Fma;

    public static TheoryData<string> Files => new(
        Directory.GetFiles(GoldenFile.HotLoops, "*.wat").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Files))]
    public void MachineCode_OfFile_IsAsExpected(string name)
    {
        GoldenFile file = GoldenFile.Load(GoldenFile.HotLoops, name, GoldenFile.Assembly);
        CompileOptions options = new()
        {
            Threads = 1, VerifyIr = true, CheckAllocation = true, Tunables = file.Tunables,
            Target = new CompileTarget(TargetArchitecture.X64, Features),
        };
        byte[] wasm = WatParser.ParseModule(file.Wat);
        StringBuilder output = new();
        for (uint function = 0; TryExplain(wasm, function, options, out FunctionExplanation? explained); function++)
        {
            output.Append($"function {explained!.Name}, {explained.CodeBytes} bytes\n");
            List<string> lines = [.. explained.Assembly!.TrimEnd().Split('\n')];
            AppendLoops(lines, output);
            foreach (string line in lines) output.Append(line).Append('\n');
            output.Append('\n');
        }

        (string expected, string actual) = file.Check(output.ToString());
        Assert.Equal(expected, actual);
    }

    private static bool TryExplain(byte[] wasm, uint function, CompileOptions options, out FunctionExplanation? explained)
    {
        explained = null;
        try
        {
            explained = FunctionExplainer.Explain(wasm, function, options);
            return true;
        }
        catch (ArgumentOutOfRangeException)
        {
            return false; // the last one was the last
        }
    }

    // A loop is from a label to the last jump back to it.
    private static void AppendLoops(List<string> lines, StringBuilder output)
    {
        for (int start = 0; start < lines.Count; start++)
        {
            if (!lines[start].EndsWith(':')) continue;
            string label = " " + lines[start][..^1];
            int end = lines.FindLastIndex(line => line.EndsWith(label, StringComparison.Ordinal));
            if (end <= start) continue;
            int instructions = lines[start..(end + 1)].Count(line => !line.EndsWith(':'));
            output.Append($"loop{label}: {instructions} instructions\n");
        }
    }
}
