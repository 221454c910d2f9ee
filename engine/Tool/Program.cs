using System.CommandLine;
using Kiln.Tool.Commands;

namespace Kiln.Tool;

/// <summary><c>kilnc</c>, or <c>./kiln tool</c>: the engine's own command line.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        var root = new RootCommand("The Kiln engine in process, without a daemon")
        {
            WastCommand.Create(),
            WasiCommand.Create(),
            ExecCommand.Create(),
            EmitCommand.Create(),
        };
        return root.Parse(args).Invoke();
    }
}
