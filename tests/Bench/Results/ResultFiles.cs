using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using Kiln.Bench.Corpora;
using Kiln.Bench.Peers;

namespace Kiln.Bench.Results;

/// <summary>Writes results for machines (JSON), for docs/PERFORMANCE.md (a Markdown table) and for the eye (a bar chart in SVG).</summary>
internal static class ResultFiles
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };

    /// <summary>Writes <c>KIND.json</c>, <c>KIND.md</c> and <c>KIND.svg</c> into a folder, which is made if need be.</summary>
    /// <returns>The paths written.</returns>
    public static IReadOnlyList<string> Write(ResultTable results, Peer baseline, string folder)
    {
        Directory.CreateDirectory(folder);
        string stem = Path.Combine(folder, results.Kind.ToString().ToLowerInvariant());
        File.WriteAllText(stem + ".json", Json(results, baseline));
        File.WriteAllText(stem + ".md", Markdown(results, baseline));
        File.WriteAllText(stem + ".svg", BarChart.Draw(results, baseline));
        return [stem + ".json", stem + ".md", stem + ".svg"];
    }

    private static string Json(ResultTable results, Peer baseline) => JsonSerializer.Serialize(
        new
        {
            corpus = results.Kind.ToString().ToLowerInvariant(),
            date = DateTime.UtcNow.ToString("u", CultureInfo.InvariantCulture),
            machine = Machine.Describe(),
            baseline = baseline.Label,
            peers = results.Peers.ToDictionary(peer => peer.Label, peer => peer.Version),
            geometric_mean = results.Peers.ToDictionary(peer => peer.Label, peer => results.GeometricMean(peer, baseline)),
            megabytes_per_second = results.Kind == CorpusKind.Compile ? results.Peers.ToDictionary(peer => peer.Label, results.Throughput) : null,
            cases = results.Cases.Select(item => new
            {
                name = item.Name,
                code_bytes = item.CodeBytes,
                rounds_ms = results.Peers.ToDictionary(peer => peer.Label, peer => results.Rounds(item, peer)),
            }),
            failures = results.Failures.Select(failure => new { name = failure.Case, peer = failure.Peer, reason = failure.Reason }),
        },
        s_json);

    private static string Markdown(ResultTable results, Peer baseline)
    {
        Peer[] others = [.. results.Peers.Where(peer => peer != baseline)];
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd}, {Machine.Describe()}; {string.Join("; ", results.Peers.Select(peer => $"{peer.Label}: {peer.Version}"))}.");
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"| {results.Kind.ToString().ToLowerInvariant()} | {baseline.Label} ms | {string.Join(" | ", others.Select(peer => peer.Label))} |");
        text.AppendLine("| --- |" + string.Concat(Enumerable.Repeat(" ---: |", others.Length + 1)));
        foreach (BenchmarkCase item in results.Cases.Where(item => results.Counts(item, baseline)))
        {
            Row(item.Name, results.Median(item, baseline)?.ToString("0.0", CultureInfo.InvariantCulture), peer => results.Ratio(item, peer, baseline));
        }

        Row("**geometric mean**", "", peer => results.GeometricMean(peer, baseline));
        if (results.Kind == CorpusKind.Compile) Row("MB of code a second", Number(results.Throughput(baseline)), results.Throughput);
        return text.ToString();

        void Row(string name, string? first, Func<Peer, double?> value) =>
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {first} | {string.Join(" | ", others.Select(peer => Number(value(peer))))} |");
    }

    private static string Number(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";
}
