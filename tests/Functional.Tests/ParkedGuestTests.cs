using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Kiln.Client;
using Kiln.Functional.Tests.Daemons;
using Kiln.V1;
using Xunit;

namespace Kiln.Functional.Tests;

/// <summary>Guests that wait hold no thread: a daemon with two threads for guests has many that wait.</summary>
public sealed class ParkedGuestTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private DaemonProcess _daemon = null!;
    private KilnClient _client = null!;

    public async Task InitializeAsync()
    {
        _daemon = await DaemonProcess.StartAsync(null, "--set", "Execution:Guests=2");
        _client = _daemon.Connect();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _daemon.DisposeAsync();
    }

    [Fact]
    public async Task ManyGuests_OnTwoThreads_WaitTogether()
    {
        const int guests = 60;
        await RunAsync("quick");
        long start = Stopwatch.GetTimestamp();
        Task<RunResult>[] sleeping = Enumerable.Range(0, guests).Select(_ => RunAsync("sleep", Values.I64(2_000_000_000))).ToArray();

        // Others are served meanwhile.
        Assert.Equal(42, (await RunAsync("quick").WaitAsync(s_patience)).Outcome.Completed.Results[0].I32);
        RunResult[] results = await Task.WhenAll(sleeping).WaitAsync(s_patience);
        TimeSpan all = Stopwatch.GetElapsedTime(start);
        Assert.All(results, result => Assert.Equal(2, result.Outcome.Completed.Results[0].I32));
        Assert.InRange(all, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30)); // by twos it would be 60 s

        // Waiting is not use.
        Assert.All(results, result => Assert.InRange(result.Usage.GuestTime.ToTimeSpan(), TimeSpan.Zero, TimeSpan.FromSeconds(1.5)));
    }

    [Fact]
    public async Task ParkedGuests_OverTheirDeadline_AreStopped()
    {
        await RunAsync("quick");
        var options = new RunOptions { Function = "for_ever", Limits = new GuestLimits { Timeout = TimeSpan.FromMilliseconds(500) } };
        RunResult[] results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _client.RunAsync(Guests.Waiter, options))).WaitAsync(s_patience);
        Assert.All(results, result => Assert.Equal(StopReason.Deadline, result.Outcome.Stopped.Reason));

        // On a busy machine it may pass before some of them wait.
        Assert.Contains(results, result => result.Outcome.Stopped.Backtrace.Select(frame => frame.FunctionName).SequenceEqual(["sleep", "for_ever"]));
    }

    [Fact]
    public async Task ParkedGuest_OfAClientThatLeaves_IsGone()
    {
        const int maxWaiting = 10;
        await using DaemonProcess daemon = await DaemonProcess.StartAsync(null, "--set", "Execution:Guests=2", "--set", $"Execution:MaxWaiting={maxWaiting}");
        using KilnClient client = daemon.Connect();
        var quick = new RunOptions { Function = "quick" };
        await client.RunAsync(Guests.Waiter, quick);

        // One after the other until one is refused; a run that is neither refused within half a second nor over is parked.
        using var leaving = new CancellationTokenSource();
        List<Task> waiting = [];
        while (true)
        {
            Task run = client.RunAsync(Guests.Waiter, new RunOptions { Function = "for_ever" }, leaving.Token);
            if (await Task.WhenAny(run, Task.Delay(500)) == run)
            {
                KilnException refused = await Assert.ThrowsAnyAsync<KilnException>(() => run);
                Assert.Equal(ErrorReason.QuotaExceeded, refused.Reason);
                break;
            }

            waiting.Add(run);
            Assert.True(waiting.Count <= maxWaiting + 3);
        }

        KilnException further = await Assert.ThrowsAnyAsync<KilnException>(() => client.RunAsync(Guests.Waiter, quick));
        Assert.Equal(ErrorReason.QuotaExceeded, further.Reason);
        await leaving.CancelAsync();
        foreach (Task run in waiting) await Assert.ThrowsAnyAsync<Exception>(() => run.WaitAsync(s_patience));
        for (Stopwatch watch = Stopwatch.StartNew(); watch.Elapsed < s_patience; await Task.Delay(20))
        {
            try
            {
                Assert.Equal(42, (await client.RunAsync(Guests.Waiter, quick)).Outcome.Completed.Results[0].I32);
                return;
            }
            catch (KilnException e) when (e.Reason == ErrorReason.QuotaExceeded)
            {
            }
        }

        Assert.Fail("the guests are still there");
    }

    [Fact]
    public async Task Sandbox_ClosedWhileItsGuestIsParked_StopsIt()
    {
        ModuleId module = await _client.UploadAsync(Guests.Waiter);
        var sandboxes = new List<(SandboxHandle Sandbox, Task<CallResult> Call)>();
        for (int i = 0; i < 5; i++)
        {
            SandboxHandle sandbox = await _client.CreateSandboxAsync();
            await sandbox.InstantiateAsync(module, "w");
            Assert.Equal(2, (await sandbox.CallAsync("w", "sleep", [Values.I64(1_000_000)])).Outcome.Completed.Results[0].I32);
            sandboxes.Add((sandbox, sandbox.CallAsync("w", "for_ever", [])));
        }

        foreach ((SandboxHandle sandbox, Task<CallResult> call) in sandboxes)
        {
            for (Stopwatch watch = Stopwatch.StartNew(); !(await sandbox.DescribeAsync()).Busy; await Task.Delay(5)) Assert.True(watch.Elapsed < s_patience);
            await sandbox.CloseAsync().WaitAsync(s_patience);
            Assert.Equal(StopReason.Cancelled, (await call.WaitAsync(s_patience)).Outcome.Stopped.Reason);
            await sandbox.DisposeAsync();
        }
    }

    private Task<RunResult> RunAsync(string function, params Value[] arguments) =>
        _client.RunAsync(Guests.Waiter, new RunOptions { Function = function, Arguments = arguments });
}
