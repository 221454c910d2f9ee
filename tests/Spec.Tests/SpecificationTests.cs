using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Kiln.Codegen.Opt;
using Kiln.Tool.Wast;
using Xunit;
using Xunit.Abstractions;

namespace Kiln.Spec.Tests;

/// <summary>The official WebAssembly test suite in several configurations of the engine.</summary>
public sealed class SpecificationTests(ITestOutputHelper output)
{
    private const string Source = "github.com/WebAssembly/spec, test/core, and the proposals' repositories";

    private static readonly string[] s_folders =
    [
        "core", "proposals/threads", "proposals/wide-arithmetic", "proposals/custom-page-sizes", "proposals/stack-switching",
    ];

    [Fact]
    [Trait("Category", "Slow")]
    public void Suite_Verified_HasNoFailure() => Run(new Config { VerifyCompiler = true });

    [Fact]
    [Trait("Category", "Slow")]
    public void Suite_WithFuel_HasNoFailure() => Run(new Config { Fuel = true });

    [Fact]
    [Trait("Category", "Slow")]
    public void Suite_Unoptimized_HasNoFailure() => Run(new Config { Optimize = false });

    /// <summary>Each pass of the optimiser, and sets of passes that could make up for each other.</summary>
    public static TheoryData<string> PassesToLeaveOut() => [.. OptPassTable.Rows.Select(row => row.Name), "simplify+gvn", "licm+remat+dead-code", "redundant-loads+dead-stores"];

    [Theory]
    [MemberData(nameof(PassesToLeaveOut))]
    [Trait("Category", "Slow")]
    public void Suite_WithoutOnePass_HasNoFailure(string passes)
    {
        var config = new Config { VerifyCompiler = true };
        config.Tunables["without-passes"] = passes;
        Run(config);
    }

    // What exercises control flow, memory, arithmetic and calls.
    private static readonly string[] s_chosen =
    [
        "address", "align", "block", "br_if", "br_table", "call", "call_indirect", "conversions", "endianness", "f32", "f64", "fac", "float_exprs", "float_memory",
        "forward", "func", "global", "i32", "i64", "if", "int_exprs", "labels", "left-to-right", "load", "local_tee", "loop", "memory", "memory_redundancy",
        "memory_trap", "nop", "return", "select", "simd_i32x4_arith", "simd_splat", "stack", "store", "switch", "traps", "unreachable", "unwind",
    ];

    [Fact]
    public void Core_WithoutInlining_HasNoFailure()
    {
        var config = new Config { VerifyCompiler = true };
        config.Tunables["inline"] = "0";
        RunChosen(config);
    }

    [Fact]
    public void Core_WithoutNodes_HasNoFailure()
    {
        var config = new Config { VerifyCompiler = true };
        config.Tunables["without-passes"] = "simplify+gvn+licm+remat";
        RunChosen(config);
    }

    private void RunChosen(Config config)
    {
        if (Suites.Find("spec", Source, output) is not { } suite) return;
        var paths = new List<string>();
        foreach (string name in s_chosen) paths.Add(Path.Combine(suite, "core", name + ".wast"));
        int passed = 0;
        var failures = new List<string>();
        WastSuite.Run(config, WastSuite.FindScripts(paths), jobs: 2, (result, _) =>
        {
            passed += result.Passed;
            failures.AddRange(result.Failures);
        });
        Assert.Empty(failures);
        Assert.True(passed > 8_000, $"only {passed} assertions passed");
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Suite_OnSse41WithOneResultForRelaxedVectors_HasNoFailure() =>
        Run(new Config { CpuFeatures = CpuFeatures.None, RelaxedSimdDeterministic = true, VerifyCompiler = true });

    [Fact]
    [Trait("Category", "Slow")]
    public void Suite_CollectingReferencesAlways_HasNoFailure() => Run(new Config { CollectAlways = true, VerifyCompiler = true });

    [Fact]
    [Trait("Category", "Slow")]
    public void Suite_WithVeneersAndPadding_HasNoFailure()
    {
        var config = new Config { Fuel = true };
        config.Tunables.Add("force-veneers", "1");
        config.Tunables.Add("function-padding", "4096");
        config.Tunables.Add("speculation-safe", "0");
        config.Tunables.Add("memory64-reservation", "131072");
        Run(config);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Suite_CompiledByTwoThreads_GivesTheBytesOfOne() => Run(new Config { CompileThreads = 2 }, static (engine, binary, module) =>
    {
        using Module other = Module.Compile(engine, binary, new CompileOptions { Threads = 1 });
        if (!module.Serialize().AsSpan().SequenceEqual(other.Serialize())) throw new InvalidOperationException("two threads gave another artifact than one");
    });

    [Theory]
    [InlineData("proposals/threads", 444)]
    [InlineData("proposals/wide-arithmetic", 107)]
    [InlineData("proposals/custom-page-sizes", 164)]
    public void Proposal_AsAWhole_Passes(string folder, int assertions)
    {
        if (Suites.Find("spec", Source, output) is not { } suite) return;
        int passed = 0;
        var wrong = new List<string>();
        WastSuite.Run(new Config { VerifyCompiler = true }, WastSuite.FindScripts([Path.Combine(suite, folder)]), jobs: 2, (result, _) =>
        {
            passed += result.Passed;
            wrong.AddRange(result.Failures);
            foreach ((string reason, int count) in result.Reasons.Counts) wrong.Add($"skipped {count}: {reason}");
        });
        Assert.Empty(wrong);
        Assert.Equal(assertions, passed);
    }

    private void Run(Config config, ModuleCheck? compiled = null)
    {
        if (Suites.Find("spec", Source, output) is not { } suite) return;
        var paths = new List<string>();
        foreach (string folder in s_folders) paths.Add(Path.Combine(suite, folder));
        int passed = 0, skipped = 0;
        var failures = new List<string>();
        var reasons = new SkipReasons();
        WastSuite.Run(config, WastSuite.FindScripts(paths), jobs: 2, (result, _) =>
        {
            passed += result.Passed;
            skipped += result.Skipped;
            failures.AddRange(result.Failures);
            reasons.Add(result.Reasons);
        }, config.Fuel ? static store => store.Fuel = long.MaxValue : null, compiled);

        output.WriteLine($"assertions: {passed} passed, {failures.Count} failed, {skipped} skipped");
        foreach ((string reason, int count) in reasons.Counts) output.WriteLine($"skipped {count}: {reason}");
        Assert.Empty(failures);
        Assert.True(passed > 60_000, $"only {passed} assertions passed");
    }
}
