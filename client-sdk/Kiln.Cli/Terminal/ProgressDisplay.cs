// Long work shows a bar on a terminal, and nothing when standard error is piped. What is quick shows nothing at all.

using System;
using System.Threading;
using System.Threading.Tasks;
using Kiln.V1;
using Spectre.Console;

namespace Kiln.Cli.Terminal;

/// <summary>Where work reports its progress. Thread-safe.</summary>
internal interface IProgressDisplay
{
    /// <summary>So much is done of so much; a total of zero means that nobody knows.</summary>
    void Report(double done, double total);
}

/// <summary>Progress on standard error.</summary>
internal static class ProgressDisplay
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(300);

    /// <summary>Does some work and shows how far it is.</summary>
    public static async Task<T> ShowAsync<T>(string title, Func<IProgressDisplay, Task<T>> work)
    {
        var latest = new Latest();
        Task<T> running = work(latest);
        if (Console.IsErrorRedirected || await Task.WhenAny(running, Task.Delay(s_patience)) == running) return await running;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await console.Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask bar = context.AddTask(title);
                while (await Task.WhenAny(running, Task.Delay(100)) != running)
                {
                    (double done, double total) = latest.Value;
                    bar.IsIndeterminate = total == 0;
                    bar.MaxValue = Math.Max(1, total);
                    bar.Value = done;
                }
            });
        return await running;
    }

    private sealed class Latest : IProgressDisplay
    {
        private readonly Lock _gate = new();
        private (double, double) _value;

        public (double Done, double Total) Value
        {
            get
            {
                lock (_gate)
                {
                    return _value;
                }
            }
        }

        public void Report(double done, double total)
        {
            lock (_gate)
            {
                _value = (done, total);
            }
        }
    }
}

/// <summary>Compile progress on a display.</summary>
internal sealed class CompileReport(IProgressDisplay display) : IProgress<CompileProgress>
{
    /// <inheritdoc/>
    public void Report(CompileProgress value) => display.Report(value.FunctionsDone, value.FunctionsTotal);
}

/// <summary>Bytes of a known total on a display.</summary>
internal sealed class ByteReport(IProgressDisplay display, long total) : IProgress<long>
{
    /// <inheritdoc/>
    public void Report(long value) => display.Report(value, total);
}
