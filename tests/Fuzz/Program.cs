using System;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using Kiln.Fuzz.Programs;
using Kiln.Fuzz.Reduction;
using Kiln.Fuzz.Running;
using Kiln.Text;

namespace Kiln.Fuzz;

/// <summary><c>./kiln fuzz</c>: random programs, optimised against unoptimised code and against V8.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        var seconds = new Option<int>("--seconds") { Description = "how long", DefaultValueFactory = _ => 60 };
        var seed = new Option<ulong>("--seed") { Description = "of the first program; the next have the next numbers", DefaultValueFactory = _ => (ulong)DateTime.UtcNow.Ticks };
        var one = new Option<bool>("--one") { Description = "only this seed; prints the program" };
        var node = new Option<string>("--node") { Description = "path of node (default: the peers' one, if installed)", DefaultValueFactory = _ => DefaultNode() };
        var scalar = new Option<bool>("--no-simd") { Description = "leave vectors out" };
        var verify = new Option<bool>("--verify") { Description = "check IR and register allocation of every function" };
        var passes = new Option<string?>("--without-passes") { Description = "passes that one configuration leaves out, as gvn+licm (default: each alone, in turn)" };
        var folder = new Option<string>("--out") { Description = "where failing programs go", DefaultValueFactory = _ => Path.Combine("artifacts", "fuzz") };
        var root = new RootCommand("Compares optimised, unoptimised, fuel-counting and SSE4.1 code, and code without one pass of the optimiser (all in turn), with each other and with V8 on random programs")
        {
            seconds, seed, one, node, scalar, verify, passes, folder,
        };
        root.SetAction(parse =>
        {
            string path = parse.GetValue(node)!;
            using var comparison = new Comparison(File.Exists(path) ? path : null, parse.GetValue(verify), parse.GetValue(passes));
            if (!File.Exists(path)) Console.Error.WriteLine("node is absent: programs are compared with our own configurations only");
            return Run(comparison, parse.GetValue(seed), TimeSpan.FromSeconds(parse.GetValue(seconds)), parse.GetValue(one), !parse.GetValue(scalar), parse.GetValue(folder)!);
        });
        return root.Parse(args).Invoke();
    }

    private static int Run(Comparison comparison, ulong seed, TimeSpan time, bool one, bool vectors, string folder)
    {
        var clock = Stopwatch.StartNew();
        TimeSpan reported = default;
        long programs = 0, failures = 0;
        while (clock.Elapsed < time && failures < 10)
        {
            FuzzProgram program = Generator.Make(seed, vectors && seed % 2 == 0, oursOnly: seed % 8 >= 6);
            if (one) Console.WriteLine(program.ToText());
            string? difference = comparison.Check(program);
            programs++;
            if (difference is not null)
            {
                failures++;
                Report(comparison, program, difference, folder);
            }

            if (one) break;
            seed++;
            if (clock.Elapsed - reported > TimeSpan.FromSeconds(10))
            {
                reported = clock.Elapsed;
                Console.Error.WriteLine($"{clock.Elapsed.TotalSeconds,6:0} s  {programs} programs, {failures} failures, next seed {seed}");
            }
        }

        Console.WriteLine($"{programs} programs in {clock.Elapsed.TotalSeconds:0} s, {failures} failures; of {comparison.Calls} calls {comparison.Traps} trapped");
        return failures == 0 ? 0 : 1;
    }

    private static void Report(Comparison comparison, FuzzProgram program, string difference, string folder)
    {
        Console.Error.WriteLine($"seed {program.Seed} ({program.Size} terms): {difference}");
        FuzzProgram reduced = new Reducer(candidate => Fails(comparison, candidate), TimeSpan.FromMinutes(1)).Reduce(program);
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, $"{program.Seed}.wat");
        File.WriteAllText(path, $";; {difference}\n;; reduced: {comparison.Check(reduced)}\n{reduced.ToText()}");
        Console.Error.WriteLine($"  reduced to {reduced.Size} terms: {path}");
    }

    // A reduced program may be invalid (a branch whose label went away): that is no failure.
    private static bool Fails(Comparison comparison, FuzzProgram candidate)
    {
        try
        {
            return comparison.Check(candidate) is { } difference && !difference.Contains(nameof(ModuleException), StringComparison.Ordinal);
        }
        catch (TextException)
        {
            return false;
        }
    }

    private static string DefaultNode()
    {
        string peers = Environment.GetEnvironmentVariable("KILN_PEERS") is { Length: > 0 } chosen
            ? chosen
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "kiln-peers");
        return Path.Combine(peers, "node_modules", ".bin", "node");
    }
}
