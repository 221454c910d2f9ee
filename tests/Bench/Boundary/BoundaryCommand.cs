using System.CommandLine;
using System.Linq;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Kiln.Bench.Boundary;

/// <summary><c>bench boundary [ARGS]</c>: the BenchmarkDotNet suites.</summary>
internal static class BoundaryCommand
{
    public static Command Create()
    {
        var arguments = new Argument<string[]>("arguments") { Description = "for BenchmarkDotNet, such as --filter '*HostCall*'; all when none", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("boundary", "what it costs to enter a guest, to call the host, to trap, to instantiate") { arguments };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(parse =>
        {
            string[] given = [.. parse.GetValue(arguments) ?? [], .. parse.UnmatchedTokens];
            // In process: no benchmark here depends on start-up state, and a build of its own per benchmark would take minutes.
            IConfig config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
            BenchmarkSwitcher.FromAssembly(typeof(BoundaryBenchmarks).Assembly).Run(given.Any() ? given : ["--filter", "*"], config);
            return 0;
        });
        return command;
    }
}
