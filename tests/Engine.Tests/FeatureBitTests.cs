using System;
using System.Linq;
using System.Text;
using Kiln.Contract;
using Kiln.Wasm;
using Xunit;

namespace Kiln.Tests;

/// <summary>The public enums of features are cast to the internal ones: the same names have the same numbers.</summary>
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
    public void WasmFeatures_AreBitsNumberedAsTheFeatures()
    {
        Assert.Equal(
            Enum.GetValues<Feature>().Where(feature => feature != Feature.Mvp).Select(feature => $"{feature} = {1UL << (int)feature:x}"),
            Enum.GetValues<WasmFeatures>().Where(bit => bit is not (WasmFeatures.None or WasmFeatures.Wasm3 or WasmFeatures.All)).Select(bit => $"{bit} = {(ulong)bit:x}"));
        Assert.Equal((ulong)WasmFeatures.All, Enum.GetValues<WasmFeatures>().Aggregate(0UL, (all, bit) => all | (ulong)bit));
    }

    [Fact]
    public void Explanation_OfARelaxedInstruction_ShowsWhatTheMachineHas()
    {
        using var engine = new Engine();
        const string Text = "(module (func (export \"f\") (param v128 v128 v128) (result v128) (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2))))";
        string assembly = Explanation.Of(engine, Encoding.UTF8.GetBytes(Text), "f").Assembly!;
        if (System.Runtime.Intrinsics.X86.Fma.IsSupported) Assert.Contains("vfmadd", assembly, StringComparison.Ordinal);
        else Assert.DoesNotContain("vfmadd", assembly, StringComparison.Ordinal);
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
