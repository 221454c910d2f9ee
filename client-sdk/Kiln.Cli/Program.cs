// kiln: the command line of a Kiln daemon.

using System;
using System.CommandLine;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Kiln.Cli;
using Kiln.Cli.Commands;
using Kiln.Cli.Daemon;
using Kiln.Client;

[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]

var root = new RootCommand("Compiles and runs WebAssembly in sandboxes, through a Kiln daemon. A local one is started when none answers.");
CommonOptions.AddTo(root);
root.Subcommands.Add(RunCommand.Create());
root.Subcommands.Add(CompileCommand.Create());
root.Subcommands.Add(ExplainCommand.Create());
root.Subcommands.Add(InspectCommand.Create());

using var interrupt = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) =>
{
    // The first one cancels the call, which stops the guest; the second one ends the program.
    if (interrupt.IsCancellationRequested) return;
    press.Cancel = true;
    interrupt.Cancel();
};

try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false }, interrupt.Token);
}
catch (OperationCanceledException)
{
    return ExitCodes.Interrupted;
}
catch (KilnException e)
{
    await Console.Error.WriteLineAsync($"kiln: {e.Message}");
    return ExitCodes.Failed;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or DaemonStartException)
{
    await Console.Error.WriteLineAsync($"kiln: {e.Message}");
    return ExitCodes.Failed;
}
