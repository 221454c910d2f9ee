using System.Globalization;
using System.Linq;
using Kiln.Bench.Corpora;
using Kiln.Bench.Peers;
using Spectre.Console;

namespace Kiln.Bench.Results;

/// <summary>Shows results to a person: a row for each case, milliseconds of the baseline, ratios of the others in colour.</summary>
internal static class TerminalTable
{
    /// <summary>Prints the table and what failed.</summary>
    public static void Print(ResultTable results, Peer baseline)
    {
        Peer[] others = [.. results.Peers.Where(peer => peer != baseline)];
        var table = new Spectre.Console.Table().Border(TableBorder.Rounded).Title($"{results.Kind.ToString().ToLowerInvariant()}, time against {baseline.Label} = 1.00");
        table.AddColumn("");
        table.AddColumn(new TableColumn($"{baseline.Label} ms").RightAligned());
        foreach (Peer peer in others) table.AddColumn(new TableColumn(peer.Label).RightAligned());
        foreach (BenchmarkCase item in results.Cases)
        {
            string name = Markup.Escape(item.Name) + (results.Counts(item, baseline) ? "" : " [grey](short)[/]");
            table.AddRow([name, Milliseconds(results.Median(item, baseline)), .. others.Select(peer => Colour(results.Ratio(item, peer, baseline)))]);
        }

        table.AddEmptyRow();
        table.AddRow(["[bold]geometric mean[/]", "1.00", .. others.Select(peer => Colour(results.GeometricMean(peer, baseline)))]);
        if (results.Kind == CorpusKind.Compile)
        {
            table.AddRow(["[bold]MB of code a second[/]", Number(results.Throughput(baseline)), .. others.Select(peer => Number(results.Throughput(peer)))]);
        }

        AnsiConsole.Write(table);
        foreach ((string item, string peer, string reason) in results.Failures)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]failed[/] {item} in {peer}: {reason}");
        }
    }

    private static string Colour(double? ratio) => ratio switch
    {
        null => "[grey]-[/]",
        <= 0.97 => $"[green]{Number(ratio)}[/]",
        > 1.03 => $"[red]{Number(ratio)}[/]",
        _ => Number(ratio),
    };

    private static string Milliseconds(double? value) => value?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-";

    private static string Number(double? value) => value?.ToString("0.00", CultureInfo.InvariantCulture) ?? "-";
}
