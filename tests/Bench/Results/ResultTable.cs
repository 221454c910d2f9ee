using System;
using System.Collections.Generic;
using System.Linq;
using Kiln.Bench.Corpora;
using Kiln.Bench.Peers;

namespace Kiln.Bench.Results;

/// <summary>
/// The measurements of a session: for each case and peer the milliseconds of every round, and what went wrong. The figure of
/// a pair is the median of its rounds, which a disturbed round does not move.
/// </summary>
internal sealed class ResultTable(CorpusKind kind, IReadOnlyList<BenchmarkCase> cases, IReadOnlyList<Peer> peers)
{
    private readonly Dictionary<(string Case, string Peer), List<double>> _times = [];
    private readonly Dictionary<(string Case, string Peer), string> _failures = [];

    /// <summary>What was measured.</summary>
    public CorpusKind Kind => kind;

    /// <summary>The rows.</summary>
    public IReadOnlyList<BenchmarkCase> Cases => cases;

    /// <summary>The columns: peers that are present.</summary>
    public IReadOnlyList<Peer> Peers => peers;

    /// <summary>Failures, wrong checksums among them.</summary>
    public IEnumerable<(string Case, string Peer, string Reason)> Failures =>
        from failure in _failures select (failure.Key.Case, failure.Key.Peer, failure.Value);

    /// <summary>Adds a measurement. One with a wrong checksum is a failure: its time means nothing.</summary>
    public void Add(BenchmarkCase item, Peer peer, Measurement measurement)
    {
        (string, string) key = (item.Name, peer.Label);
        double? figure = kind is CorpusKind.Compile or CorpusKind.Adversarial ? measurement.CompileMs : measurement.RunMs;
        if (!measurement.Ok || figure is null)
        {
            _failures[key] = measurement.Error ?? "not ok";
            return;
        }

        if (item.Checksum is not null && measurement.Checksum != item.Checksum)
        {
            _failures[key] = $"checksum {measurement.Checksum}, expected {item.Checksum}";
            return;
        }

        if (!_times.TryGetValue(key, out List<double>? times)) _times[key] = times = [];
        times.Add(figure.Value);
    }

    /// <summary>The milliseconds of a pair's rounds, in their order.</summary>
    public IReadOnlyList<double> Rounds(BenchmarkCase item, Peer peer) =>
        _times.TryGetValue((item.Name, peer.Label), out List<double>? times) ? times : [];

    /// <summary>The median of a pair's rounds, or null if none succeeded or one failed.</summary>
    public double? Median(BenchmarkCase item, Peer peer)
    {
        if (_failures.ContainsKey((item.Name, peer.Label)) || Rounds(item, peer) is not { Count: > 0 } rounds) return null;
        double[] sorted = [.. rounds.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>A peer's median over the baseline's: below 1 is faster.</summary>
    public double? Ratio(BenchmarkCase item, Peer peer, Peer baseline) => Median(item, peer) / Median(item, baseline);

    /// <summary>Geometric mean of the ratios over the cases that count; null if there is none.</summary>
    public double? GeometricMean(Peer peer, Peer baseline)
    {
        double sum = 0;
        int count = 0;
        foreach (BenchmarkCase item in cases)
        {
            if (!Counts(item, baseline) || Ratio(item, peer, baseline) is not { } ratio || ratio <= 0) continue;
            sum += Math.Log(ratio);
            count++;
        }

        return count == 0 ? null : Math.Exp(sum / count);
    }

    /// <summary>Megabytes of code section a second on the whole corpus, for compile times; null if a case has no figure.</summary>
    public double? Throughput(Peer peer)
    {
        double milliseconds = 0, bytes = 0;
        foreach (BenchmarkCase item in cases)
        {
            if (Median(item, peer) is not { } median) return null;
            milliseconds += median;
            bytes += item.CodeBytes;
        }

        return milliseconds == 0 ? null : bytes / 1e6 / (milliseconds / 1e3);
    }

    /// <summary>True if a case is long enough for its ratio to mean something: a program that runs a few milliseconds measures the clock.</summary>
    public bool Counts(BenchmarkCase item, Peer baseline) => kind != CorpusKind.Programs || Median(item, baseline) >= 5;
}
