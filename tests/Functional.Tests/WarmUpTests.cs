using System;
using System.Diagnostics;
using System.Threading.Tasks;
using Kiln.Client;
using Kiln.Functional.Tests.Daemons;
using Kiln.V1;
using Xunit;

namespace Kiln.Functional.Tests;

/// <summary>The daemon compiles built-in modules after its start, and serves and stops while it does.</summary>
[Trait("Category", "Slow")]
public sealed class WarmUpTests
{
    [Fact]
    public async Task WarmUp_WhenTheJitIsQuiet_EndsBeforeItsTimeIsOver()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartWarmingAsync("--set", "Execution:WarmUp=01:00:00");
        long start = Stopwatch.GetTimestamp();
        while (!daemon.Log.Contains("Warmed up", StringComparison.Ordinal))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(2), daemon.Log);
            await Task.Delay(30);
        }
    }

    [Fact]
    public async Task WarmUp_WhenTheDaemonStops_DoesNotDelayIt()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartWarmingAsync("--set", "Execution:WarmUp=01:00:00");
        Assert.Equal(0, await daemon.StopAsync());
        Assert.DoesNotContain("Warmed up", daemon.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_IsServing_WhenTheTimeForTheWarmUpIsOver_AndNotBefore()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(null, "--set", "Execution:WarmUp=00:00:03");

        // The line was written before, but it may still be in the pipe.
        for (int i = 0; i < 20 && !daemon.Log.Contains("Warmed up", StringComparison.Ordinal); i++) await Task.Delay(50);
        Assert.Contains("Warmed up", daemon.Log, StringComparison.Ordinal);
    }

    // A client that does not wait is served all the same.
    [Fact]
    public async Task Run_BeforeTheWarmUpIsOver_Succeeds()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartWarmingAsync("--set", "Execution:WarmUp=01:00:00");
        using KilnClient client = daemon.Connect();
        Assert.True(await client.AnswersAsync(TimeSpan.FromSeconds(5)));
        Assert.False(await client.IsServingAsync(TimeSpan.FromSeconds(5)));
        RunResult result = await client.RunAsync(Guests.Calculator, CacheTests.Add);
        Assert.Equal(42, result.Outcome.Completed.Results[0].I32);
    }
}
