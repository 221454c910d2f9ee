using System;
using System.Diagnostics;
using System.Threading;

namespace Kiln.Tool.Exec;

/// <summary>
/// Waits until the .NET runtime has stopped compiling our own methods again in the background. What it does then it does on
/// the cores the guest runs on; with one core it takes up to half of a guest's first second. A long-running daemon is past
/// that; a process that lives for one measurement is not.
/// </summary>
internal static class JitQuiet
{
    private static readonly TimeSpan _window = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns when the process used less than a tenth of a core for two windows of 100 ms, or after <paramref name="limit"/>.</summary>
    public static void Await(TimeSpan limit)
    {
        using var process = Process.GetCurrentProcess();
        long began = Stopwatch.GetTimestamp();
        TimeSpan used = process.TotalProcessorTime;
        for (int quiet = 0; quiet < 2 && Stopwatch.GetElapsedTime(began) < limit;)
        {
            Thread.Sleep(_window);
            process.Refresh();
            TimeSpan now = process.TotalProcessorTime;
            quiet = now - used < _window / 10 ? quiet + 1 : 0;
            used = now;
        }
    }
}
