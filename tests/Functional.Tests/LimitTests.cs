using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Kiln.Client;
using Kiln.Functional.Tests.Daemons;
using Kiln.V1;
using Xunit;

namespace Kiln.Functional.Tests;

/// <summary>What stops a guest is an outcome; what stops a call is an exception.</summary>
[Collection(SharedDaemonCollection.Name)]
public sealed class LimitTests(SharedDaemon daemon)
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Fuel_UsedUp_StopsTheGuest()
    {
        Stopped stopped = await RunToStopAsync("spin", new GuestLimits { Fuel = 10_000 });
        Assert.Equal(StopReason.OutOfFuel, stopped.Reason);
        Assert.Equal("spin", Assert.Single(stopped.Backtrace).FunctionName);
    }

    [Fact]
    public async Task Fuel_OfTheSameWork_IsAlwaysTheSame()
    {
        var options = new RunOptions { Function = "add", Arguments = [Values.I32(1), Values.I32(2)] };
        ulong first = (await daemon.Client.RunAsync(Guests.Calculator, options)).Usage.FuelConsumed;
        ulong second = (await daemon.Client.RunAsync(Guests.Calculator, options)).Usage.FuelConsumed;
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Timeout_Passed_StopsTheGuest()
    {
        long start = Stopwatch.GetTimestamp();
        Stopped stopped = await RunToStopAsync("spin", new GuestLimits { Timeout = TimeSpan.FromMilliseconds(100) });
        Assert.Equal(StopReason.Deadline, stopped.Reason);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Output_OverItsLimit_StopsTheGuest()
    {
        long received = 0;
        RunResult result = await daemon.Client.RunAsync(
            Guests.Chatter, new RunOptions { Limits = new GuestLimits { OutputBytes = 12_345 }, OnOutput = bytes => received += bytes.Length });
        Assert.Equal(StopReason.OutputLimit, result.Outcome.Stopped.Reason);
        Assert.Equal(12_345, received);
        Assert.Equal(12_345UL, result.Usage.OutputBytes);
    }

    [Fact]
    public async Task Memory_OverItsLimit_RefusesToGrow()
    {
        var limits = new GuestLimits { MemoryBytes = 4 << 16 };
        Assert.Equal(1, await GrowAsync(3, limits));
        Assert.Equal(-1, await GrowAsync(4, limits));
    }

    [Fact]
    public async Task Memory_TooSmallForTheModule_IsAnError()
    {
        KilnException e = await Assert.ThrowsAnyAsync<KilnException>(() => daemon.Client.RunAsync(
            Guests.Calculator, new RunOptions { Function = "count", Limits = new GuestLimits { MemoryBytes = 1000 } }));
        Assert.Equal(ErrorReason.StoreLimit, e.Reason);
    }

    [Fact]
    public async Task Limit_AboveTheMaximum_IsRefused()
    {
        KilnException e = await Assert.ThrowsAnyAsync<KilnException>(() => daemon.Client.RunAsync(
            Guests.Calculator, new RunOptions { Function = "count", Limits = new GuestLimits { StackBytes = 1L << 40 } }));
        Assert.Equal(ErrorReason.LimitTooHigh, e.Reason);
        Assert.Equal("limits.stack_bytes", Assert.Single(e.FieldViolations).Field);
        Assert.True(e.Metadata.ContainsKey("maximum"));
    }

    [Fact]
    public async Task Cancelled_Run_EndsAtOnce()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        long start = Stopwatch.GetTimestamp();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            daemon.Client.RunAsync(Guests.Calculator, new RunOptions { Function = "spin" }, cancellation.Token));
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task VanishedClient_FreesItsGuestWithinASecond()
    {
        // One guest thread: the next run starts when the vanished client's guest is gone.
        await using DaemonProcess single = await DaemonProcess.StartAsync(null, "--set", "Execution:Guests=1");
        using KilnClient other = single.Connect();
        var calculation = new RunOptions { Function = "add", Arguments = [Values.I32(1), Values.I32(1)] };
        await other.RunAsync(Guests.Calculator, calculation);

        using Process vanishing = CommandLine.Start(single.Socket, null, "run", CommandLine.Write(single.Data, "c.wat", Guests.Calculator), "--invoke", "spin");
        await WaitForBusyGuestAsync(other, calculation);
        vanishing.Kill();
        long start = Stopwatch.GetTimestamp();
        await other.RunAsync(Guests.Calculator, calculation);
        TimeSpan waited = Stopwatch.GetElapsedTime(start);
        Assert.True(waited < s_second, $"the guest was freed after {waited}");
    }

    private static async Task WaitForBusyGuestAsync(KilnClient client, RunOptions calculation)
    {
        // The calculation takes next to no time, unless it waits for the thread.
        while (true)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(700));
            try
            {
                await client.RunAsync(Guests.Calculator, calculation, patience.Token);
                await Task.Delay(20);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<Stopped> RunToStopAsync(string function, GuestLimits limits) =>
        (await daemon.Client.RunAsync(Guests.Calculator, new RunOptions { Function = function, Limits = limits })).Outcome.Stopped;

    private async Task<int> GrowAsync(int pages, GuestLimits limits)
    {
        RunResult result = await daemon.Client.RunAsync(
            Guests.Calculator, new RunOptions { Function = "grow", Arguments = [Values.I32(pages)], Limits = limits });
        return result.Outcome.Completed.Results[0].I32;
    }
}
