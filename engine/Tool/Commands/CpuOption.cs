using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;

namespace Kiln.Tool.Commands;

/// <summary><c>--cpu</c>: which instruction set extensions compiled code may use, of those the machine has.</summary>
internal static class CpuOption
{
    private const CpuFeatures Baseline = CpuFeatures.Sse3 | CpuFeatures.Ssse3 | CpuFeatures.Sse41;

    // Level by level, and each extension alone: sse4.1,popcnt is a set.
    private static readonly Dictionary<string, CpuFeatures> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["all"] = CpuFeatures.All,
        ["sse4.1"] = Baseline,
        ["sse4.2"] = Baseline | CpuFeatures.Sse42,
        ["avx"] = Baseline | CpuFeatures.Sse42 | CpuFeatures.Avx,
        ["avx2"] = Baseline | CpuFeatures.Sse42 | CpuFeatures.Avx | CpuFeatures.Avx2,
        ["fma"] = CpuFeatures.Fma,
        ["popcnt"] = CpuFeatures.Popcnt,
        ["lzcnt"] = CpuFeatures.Lzcnt,
        ["bmi1"] = CpuFeatures.Bmi1,
        ["bmi2"] = CpuFeatures.Bmi2,
    };

    public static Option<CpuFeatures> Create() => new("--cpu")
    {
        Description = $"extensions that code may use, separated by commas: {string.Join(", ", Names.Keys)}",
        DefaultValueFactory = _ => CpuFeatures.All,
        CustomParser = Parse,
    };

    private static CpuFeatures Parse(ArgumentResult result)
    {
        CpuFeatures set = CpuFeatures.None;
        foreach (Token token in result.Tokens)
        {
            foreach (string name in token.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (Names.TryGetValue(name, out CpuFeatures features)) set |= features;
                else result.AddError($"no extension is called {name}; there are {string.Join(", ", Names.Keys)}");
            }
        }

        return set;
    }
}
