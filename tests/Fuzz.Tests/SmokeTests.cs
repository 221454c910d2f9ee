using Kiln.Fuzz.Programs;
using Kiln.Fuzz.Reduction;
using Kiln.Fuzz.Running;
using Xunit;

namespace Kiln.Fuzz.Tests;

/// <summary>A short run of the fuzzer with fixed seeds, and the fuzzer itself.</summary>
public sealed class SmokeTests
{
    [Theory]
    [InlineData(100, false, false)]
    [InlineData(200, true, false)]
    [InlineData(300, true, true)]
    [Trait("Category", "Slow")]
    public void Programs_OfFixedSeeds_RunTheSameInEveryConfiguration(ulong firstSeed, bool vectors, bool oursOnly)
    {
        // ./kiln test passes
        using var comparison = new Comparison(node: null, verify: true, System.Environment.GetEnvironmentVariable("KILN_WITHOUT_PASSES"));
        for (ulong seed = firstSeed; seed < firstSeed + 60; seed++)
        {
            string? difference = comparison.Check(Generator.Make(seed, vectors, oursOnly));
            Assert.True(difference is null, $"seed {seed}: {difference}");
        }

        // A generator whose programs all trap at once would test nothing.
        Assert.InRange(comparison.Traps, 1, comparison.Calls / 2);
    }

    [Fact]
    public void Generator_OfTheSameSeed_MakesTheSameProgram() =>
        Assert.Equal(Generator.Make(7, vectors: true).ToText(), Generator.Make(7, vectors: true).ToText());

    [Fact]
    public void Reducer_KeepsOnlyWhatTheFailureNeeds()
    {
        FuzzProgram program = Generator.Make(42, vectors: true);
        Assert.Contains("i32.and", program.ToText());
        FuzzProgram reduced = new Reducer(candidate => candidate.ToText().Contains("i32.and"), System.TimeSpan.FromSeconds(20)).Reduce(program);
        Assert.Contains("i32.and", reduced.ToText());
        Assert.True(reduced.Size * 5 < program.Size, $"{program.Size} terms became {reduced.Size}");
    }
}
