using System;
using System.Linq;
using Kiln.Contract;
using Kiln.Wasm;
using Xunit;

namespace Kiln.Tests;

/// <summary>Bits of CPU features are in artifacts: the public enum and the contract's name the same numbers.</summary>
public sealed class FeatureBitTests
{
    [Fact]
    public void CpuFeatures_AreThoseOfTheContract()
    {
        Assert.Equal(
            Enum.GetValues<TargetFeatures>().Select(bit => $"{bit} = {(ulong)bit:x}"),
            Enum.GetValues<CpuFeatures>().Where(bit => bit != CpuFeatures.All).Select(bit => $"{bit} = {(ulong)bit:x}"));
        Assert.Equal((ulong)CpuFeatures.All, Enum.GetValues<TargetFeatures>().Aggregate(0UL, (all, bit) => all | (ulong)bit));
    }

    [Fact]
    public void CompileLimit_Exceeded_IsAnErrorOfItsOwn()
    {
        // Branches that pass many operands each: more values than bytes by far.
        string operands = string.Concat(Enumerable.Repeat(" i32", 1000));
        string constants = string.Concat(Enumerable.Repeat("(i32.const 1)", 1000));
        string branches = string.Concat(Enumerable.Repeat("(br_if 0 (local.get 0))", 17_000));
        using var engine = new Engine();
        CompileLimitException error = Assert.Throws<CompileLimitException>(() =>
            Module.CompileText(engine, $"(module (func (param i32) (result{operands}) {constants} {branches}))"));
        Assert.Equal("FunctionValues", error.Limit);
    }
}
