using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using Kiln.Bench.Corpora;
using Kiln.Bench.Peers;
using Kiln.Bench.Results;
using Spectre.Console;

namespace Kiln.Bench;

/// <summary>
/// Measures corpora: in every round each case runs once in every engine, one after the other, each in a process of its own
/// on one core. So drift of the machine meets all alike, and ratios hold where absolute times do not.
/// </summary>
internal static class SideBySideCommand
{
    /// <summary>A subcommand that measures the given corpora.</summary>
    public static Command Create(string name, string description, CorpusKind[] kinds)
    {
        var command = new Command(name, description);
        Configure(command, kinds);
        return command;
    }

    /// <summary>Gives a command the options of a measurement and its action.</summary>
    public static void Configure(Command command, CorpusKind[] kinds)
    {
        var rounds = new Option<int>("--rounds") { Description = "interleaved rounds; the median counts", DefaultValueFactory = _ => 5 };
        var engines = new Option<string>("--engines") { Description = "comma-separated labels: kiln, cranelift, v8, turbofan, jsc, gcc, clang; all that are installed when absent" };
        var only = new Option<string>("--only") { Description = "comma-separated names of cases" };
        var build = new Option<string[]>("--build") { Description = "LABEL=PATH of another kilnc to measure beside this one", Arity = ArgumentArity.ZeroOrMore };
        var folder = new Option<string>("--out") { Description = "folder for JSON, Markdown and SVG", DefaultValueFactory = _ => Path.Combine("artifacts", "bench") };
        var core = new Option<int>("--core") { Description = "the core that everything is pinned to", DefaultValueFactory = _ => Environment.ProcessorCount - 1 };
        var timeout = new Option<int>("--timeout") { Description = "seconds for one process", DefaultValueFactory = _ => 300 };
        foreach (Option option in (Option[])[rounds, engines, only, build, folder, core, timeout]) command.Options.Add(option);
        command.SetAction(parse =>
        {
            var peers = new PeerFolder();
            if (!Directory.Exists(peers.Corpora))
            {
                Console.Error.WriteLine($"bench: no corpora in {peers.Corpora}: install them and the peers with tests/Bench/peers.sh, or set KILN_PEERS");
                return 2;
            }

            string? tool = Environment.GetEnvironmentVariable("KILN_TOOL");
            var builds = new List<(string, string)> { ("kiln", tool ?? "") };
            builds.AddRange((parse.GetValue(build) ?? []).Select(text => text.Split('=', 2)).Where(pair => pair.Length == 2).Select(pair => (pair[0], Path.GetFullPath(pair[1]))));
            string[]? wanted = parse.GetValue(engines)?.Split(','), names = parse.GetValue(only)?.Split(',');
            int pinned = parse.GetValue(core);
            IReadOnlyList<Peer> all = PeerTable.All(peers, builds, pinned);
            foreach (Peer absent in all.Where(peer => !peer.IsPresent)) AnsiConsole.MarkupLineInterpolated($"[grey]{absent.Label}: absent[/]");
            Peer[] chosen = [.. all.Where(peer => peer.IsPresent && (wanted is null || wanted.Contains(peer.Label)))];
            if (chosen.Length == 0)
            {
                Console.Error.WriteLine("bench: no engine to measure: those asked for are absent or unknown");
                return 2;
            }

            bool failed = false;
            foreach (CorpusKind kind in kinds)
            {
                BenchmarkCase[] cases = [.. Corpus.Load(peers.Corpora, kind).Where(item => names is null || names.Contains(item.Name))];
                if (cases.Length == 0) continue;
                ResultTable results = Measure(kind, cases, chosen, parse.GetValue(rounds), pinned, TimeSpan.FromSeconds(parse.GetValue(timeout)));
                Peer baseline = chosen.FirstOrDefault(peer => peer.Label == PeerTable.Baseline) ?? chosen[0];
                TerminalTable.Print(results, baseline);
                foreach (string path in ResultFiles.Write(results, baseline, parse.GetValue(folder)!)) AnsiConsole.MarkupLineInterpolated($"[grey]{path}[/]");
                failed |= results.Failures.Any(failure => failure.Peer == "kiln");
            }

            return failed ? 1 : 0;
        });
    }

    private static ResultTable Measure(CorpusKind kind, BenchmarkCase[] cases, Peer[] peers, int rounds, int core, TimeSpan timeout)
    {
        var results = new ResultTable(kind, cases, peers);
        AnsiConsole.Progress().AutoClear(true).HideCompleted(true).Start(progress =>
        {
            ProgressTask task = progress.AddTask(kind.ToString().ToLowerInvariant(), maxValue: rounds * cases.Length * peers.Length);
            for (int round = 0; round < rounds; round++)
            {
                foreach (BenchmarkCase item in cases)
                {
                    foreach (Peer peer in peers)
                    {
                        task.Description = Markup.Escape($"round {round + 1}/{rounds}  {item.Name}  {peer.Label}");
                        if (peer.Command(kind, item) is { } invocation) results.Add(item, peer, ProcessRun.Run(invocation, item.Folder, core, timeout));
                        task.Increment(1);
                    }
                }
            }
        });
        return results;
    }
}
