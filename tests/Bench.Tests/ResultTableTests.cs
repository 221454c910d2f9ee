using System.Linq;
using Kiln.Bench.Corpora;
using Kiln.Bench.Peers;
using Kiln.Bench.Results;
using Xunit;

namespace Kiln.Bench.Tests;

/// <summary>The arithmetic of results: what counts, medians, ratios, means, throughput.</summary>
public sealed class ResultTableTests
{
    private static readonly Peer s_base = Named("cranelift"), s_kiln = Named("kiln"), s_other = Named("v8");
    private static readonly BenchmarkCase s_first = new("first", "", "", Checksum: "42", CodeBytes: 2_000_000), s_second = new("second", "", "", CodeBytes: 1_000_000);

    [Theory]
    [InlineData(new double[] { 7 }, 7)]
    [InlineData(new double[] { 9, 1, 5 }, 5)]
    [InlineData(new double[] { 8, 1, 2, 1000 }, 5)]
    [InlineData(new double[] { 3, 3, 3, 3, 900 }, 3)]
    public void Median_OfRoundsInAnyOrder_IsTheirMiddle(double[] rounds, double expected)
    {
        ResultTable table = Table();
        foreach (double round in rounds) table.Add(s_second, s_kiln, Ran(round));
        Assert.Equal(expected, table.Median(s_second, s_kiln));
        Assert.Equal(rounds, table.Rounds(s_second, s_kiln));
    }

    [Fact]
    public void Median_WithoutRounds_IsNone()
    {
        ResultTable table = Table();
        Assert.Null(table.Median(s_first, s_kiln));
        Assert.Empty(table.Rounds(s_first, s_kiln));
        Assert.Null(table.Ratio(s_first, s_kiln, s_base));
        Assert.Null(table.GeometricMean(s_kiln, s_base));
        Assert.Null(table.Throughput(s_kiln));
    }

    [Fact]
    public void GeometricMean_OfRatios_IsTheRootOfTheirProduct()
    {
        ResultTable table = Table();
        AddAll(table, s_base, 10, 100);
        AddAll(table, s_kiln, 20, 50);
        AddAll(table, s_other, 5, 20);
        Assert.Equal(2.0, table.Ratio(s_first, s_kiln, s_base));
        Assert.Equal(1.0, table.GeometricMean(s_kiln, s_base)!.Value, 12); // twice as slow and twice as fast
        Assert.Equal(0.31622776601683794, table.GeometricMean(s_other, s_base)!.Value, 12); // √(1/2 · 1/5)
        Assert.Equal(1.0, table.GeometricMean(s_base, s_base)!.Value, 12);
    }

    [Fact]
    public void GeometricMean_OfAPeerWithoutACase_IsOverTheOthers()
    {
        ResultTable table = Table();
        AddAll(table, s_base, 10, 100);
        table.Add(s_second, s_other, Ran(25));
        Assert.Equal(0.25, table.GeometricMean(s_other, s_base)!.Value, 12);
    }

    [Fact]
    public void Add_WrongChecksum_IsAFailureAndHasNoFigure()
    {
        ResultTable table = Table();
        AddAll(table, s_base, 10, 100);
        table.Add(s_first, s_kiln, Ran(5));
        table.Add(s_first, s_kiln, new Measurement(true, null, 1, "41", null));
        table.Add(s_second, s_kiln, Ran(50));
        Assert.Equal([("first", "kiln", "checksum 41, expected 42")], table.Failures);
        Assert.Null(table.Median(s_first, s_kiln)); // one right round does not make up for it
        Assert.Equal(0.5, table.GeometricMean(s_kiln, s_base)!.Value, 12);
    }

    [Fact]
    public void Add_NoChecksumWhereOneIsExpected_IsAFailure()
    {
        ResultTable table = Table();
        table.Add(s_first, s_kiln, new Measurement(true, null, 1, null, null));
        Assert.Single(table.Failures);
        Assert.Null(table.Median(s_first, s_kiln));
    }

    [Fact]
    public void Add_FailedRun_IsAFailureWithItsReason()
    {
        ResultTable table = Table();
        table.Add(s_first, s_kiln, Measurement.Failed("no answer within 3 s"));
        table.Add(s_second, s_kiln, new Measurement(true, 12, null, null, null)); // no run time
        Assert.Equal(["no answer within 3 s", "not ok"], table.Failures.Select(failure => failure.Reason).Order());
    }

    [Fact]
    public void Throughput_OfCompileTimes_IsMegabytesOverTheSumOfMedians()
    {
        ResultTable table = Table(CorpusKind.Compile);
        table.Add(s_first, s_kiln, Compiled(500));
        table.Add(s_first, s_kiln, Compiled(500));
        table.Add(s_second, s_kiln, Compiled(1000));
        Assert.Equal(2.0, table.Throughput(s_kiln)!.Value, 12); // 3 MB in 1.5 s
        table.Add(s_first, s_base, Compiled(10));
        Assert.Null(table.Throughput(s_base)); // a module is missing
    }

    [Theory]
    [InlineData(CorpusKind.Compile, 3)]
    [InlineData(CorpusKind.Adversarial, 3)]
    [InlineData(CorpusKind.Kernels, 8)]
    [InlineData(CorpusKind.Programs, 8)]
    internal void Add_BothTimes_TakesTheOneThatTheCorpusIsAbout(CorpusKind kind, double expected)
    {
        ResultTable table = Table(kind);
        table.Add(s_second, s_kiln, new Measurement(true, 3, 8, null, null));
        Assert.Equal(expected, table.Median(s_second, s_kiln));
    }

    [Fact]
    public void Counts_ProgramOfAFewMilliseconds_DoesNot()
    {
        ResultTable table = Table(CorpusKind.Programs);
        AddAll(table, s_base, 4.9, 5);
        AddAll(table, s_kiln, 49, 10);
        Assert.False(table.Counts(s_first, s_base));
        Assert.True(table.Counts(s_second, s_base));
        Assert.Equal(2.0, table.GeometricMean(s_kiln, s_base)!.Value, 12);
    }

    [Fact]
    public void Peer_NotInstalled_IsAbsent()
    {
        Assert.False(new Peer("jsc", Peer.Absent, (_, _) => null).IsPresent);
        Assert.True(s_base.IsPresent);
    }

    private static Peer Named(string label) => new(label, "1.0", (_, _) => null);

    private static ResultTable Table(CorpusKind kind = CorpusKind.Kernels) => new(kind, [s_first, s_second], [s_base, s_kiln, s_other]);

    private static Measurement Ran(double milliseconds) => new(true, null, milliseconds, "42", null);

    private static Measurement Compiled(double milliseconds) => new(true, milliseconds, null, "42", null);

    private static void AddAll(ResultTable table, Peer peer, double first, double second)
    {
        table.Add(s_first, peer, Ran(first));
        table.Add(s_second, peer, Ran(second));
    }
}
