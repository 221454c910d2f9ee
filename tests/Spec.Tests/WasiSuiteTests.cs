using System.Collections.Generic;
using Kiln.Tool.WasiSuite;
using Xunit;
using Xunit.Abstractions;

namespace Kiln.Spec.Tests;

/// <summary>The official WASI preview 1 test suite.</summary>
public sealed class WasiSuiteTests(ITestOutputHelper output)
{
    [Fact]
    [Trait("Category", "Slow")]
    public void Suite_Preview1_HasNoFailure()
    {
        if (Suites.Find("wasi", "github.com/WebAssembly/wasi-testsuite, branch prod/testsuite-base", output) is not { } suite) return;
        using var engine = new Engine(new Config { VerifyCompiler = true });
        IReadOnlyList<WasiTest> tests = WasiTest.Find([suite]);
        var failures = new List<string>();
        foreach (WasiTest test in tests)
        {
            if (test.Run(engine) is { } failure) failures.Add($"{test.Path}: {failure}");
        }

        Assert.Empty(failures);
        Assert.Equal(72, tests.Count);
    }
}
