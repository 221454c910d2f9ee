using System;
using System.Diagnostics;
using System.Threading.Tasks;
using Kiln.Functional.Tests.Daemons;
using Xunit;

namespace Kiln.Functional.Tests;

/// <summary>The daemon compiles built-in modules after its start, and serves and stops while it does.</summary>
[Trait("Category", "Slow")]
public sealed class WarmUpTests
{
    [Fact]
    public async Task WarmUp_EndsByItself_AndSaysSo()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(null, "--set", "Execution:WarmUp=00:00:00.2");
        long start = Stopwatch.GetTimestamp();
        while (!daemon.Log.Contains("Warmed up", StringComparison.Ordinal))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(1), daemon.Log);
            await Task.Delay(30);
        }
    }

    [Fact]
    public async Task WarmUp_WhenTheDaemonStops_DoesNotDelayIt()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(null, "--set", "Execution:WarmUp=01:00:00");
        Assert.Equal(0, await daemon.StopAsync());
        Assert.DoesNotContain("Warmed up", daemon.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_IsServing_OnlyWhenTheCompilerHasRun()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(null, "--set", "Execution:WarmUp=00:00:00.001"); // one round
        await Task.Delay(100); // for the pipe; a round takes several times as long
        Assert.Contains("Warmed up", daemon.Log, StringComparison.Ordinal);
    }
}
