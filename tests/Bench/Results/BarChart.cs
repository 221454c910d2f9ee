using System;
using System.Globalization;
using System.Linq;
using System.Security;
using System.Text;
using Kiln.Bench.Corpora;
using Kiln.Bench.Peers;

namespace Kiln.Bench.Results;

/// <summary>A chart in SVG: for each case a group of horizontal bars, one for each peer, their length the ratio to the baseline.</summary>
internal static class BarChart
{
    private const int BarHeight = 11, GroupGap = 12, Left = 150, Width = 900, Top = 56;

    // Ratios beyond this are cut off, with their number beside the bar.
    private const double LargestRatio = 2.0;

    private static readonly string[] s_colours = ["#c2410c", "#64748b", "#2563eb", "#60a5fa", "#7c3aed", "#15803d", "#4ade80", "#a16207"];

    /// <summary>The picture, as the text of an SVG file.</summary>
    public static string Draw(ResultTable results, Peer baseline)
    {
        Peer[] peers = [.. results.Peers];
        BenchmarkCase[] cases = [.. results.Cases.Where(item => results.Counts(item, baseline))];
        double unit = (Width - Left - 60) / LargestRatio;
        int group = peers.Length * BarHeight + GroupGap, height = Top + cases.Length * group + 20;
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"11\">");
        svg.AppendLine("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
        svg.AppendLine(CultureInfo.InvariantCulture,
            $"<text x=\"10\" y=\"18\" font-size=\"14\">{results.Kind}: time against {baseline.Label} = 1.00 (shorter is faster)</text>");
        for (int i = 0; i < peers.Length; i++)
        {
            int x = 10 + i * 100;
            svg.AppendLine(CultureInfo.InvariantCulture, $"<rect x=\"{x}\" y=\"28\" width=\"10\" height=\"10\" fill=\"{Colour(i)}\"/><text x=\"{x + 14}\" y=\"37\">{SecurityElement.Escape(peers[i].Label)}</text>");
        }

        double one = Left + unit;
        svg.AppendLine(CultureInfo.InvariantCulture, $"<line x1=\"{one:0.0}\" y1=\"{Top - 8}\" x2=\"{one:0.0}\" y2=\"{height - 12}\" stroke=\"#94a3b8\" stroke-dasharray=\"3 3\"/>");
        for (int row = 0; row < cases.Length; row++)
        {
            int y = Top + row * group;
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{y + peers.Length * BarHeight / 2 + 4}\" text-anchor=\"end\">{SecurityElement.Escape(cases[row].Name)}</text>");
            for (int i = 0; i < peers.Length; i++)
            {
                if (results.Ratio(cases[row], peers[i], baseline) is not { } ratio) continue;
                double length = Math.Min(ratio, LargestRatio) * unit;
                int top = y + i * BarHeight;
                svg.AppendLine(CultureInfo.InvariantCulture, $"<rect x=\"{Left}\" y=\"{top}\" width=\"{length:0.0}\" height=\"{BarHeight - 2}\" fill=\"{Colour(i)}\"/><text x=\"{Left + length + 4:0.0}\" y=\"{top + 8}\" font-size=\"9\">{ratio:0.00}</text>");
            }
        }

        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    private static string Colour(int index) => s_colours[index % s_colours.Length];
}
