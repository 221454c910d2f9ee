using System.CommandLine;
using Kiln.Bench.Boundary;
using Kiln.Bench.Corpora;

namespace Kiln.Bench;

/// <summary><c>./kiln bench</c>: Kiln and its peers side by side, and the costs of crossing between managed code and a guest.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        var root = new RootCommand("Measures Kiln and, interleaved in the same run, every peer that is installed")
        {
            SideBySideCommand.Create("kernels", "C kernels: run time of run(n)", [CorpusKind.Kernels]),
            SideBySideCommand.Create("programs", "WASI programs: time between bench.start and bench.end", [CorpusKind.Programs]),
            SideBySideCommand.Create("compile", "large modules: compile time on one thread", [CorpusKind.Compile]),
            SideBySideCommand.Create("adversarial", "modules made to be hard to compile", [CorpusKind.Adversarial]),
            BoundaryCommand.Create(),
        };
        // `./kiln bench` alone measures run time: kernels, then programs.
        SideBySideCommand.Configure(root, [CorpusKind.Kernels, CorpusKind.Programs]);
        return root.Parse(args).Invoke();
    }
}
