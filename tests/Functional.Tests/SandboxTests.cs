using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Kiln.Client;
using Kiln.Functional.Tests.Daemons;
using Kiln.V1;
using Xunit;

namespace Kiln.Functional.Tests;

/// <summary>Stores that live across calls.</summary>
[Collection(SharedDaemonCollection.Name)]
public sealed class SandboxTests(SharedDaemon daemon)
{
    [Fact]
    public async Task State_LivesFromCallToCall()
    {
        ModuleId module = await daemon.Client.UploadAsync(Guests.Calculator);
        await using SandboxHandle sandbox = await daemon.Client.CreateSandboxAsync();
        InstantiateResponse instantiated = await sandbox.InstantiateAsync(module, "c");
        Assert.Equal(Outcome.OutcomeOneofCase.Completed, instantiated.Outcome.OutcomeCase);
        Assert.Contains(instantiated.Instance.Exports, export => export.Name == "count");
        for (int i = 1; i <= 3; i++) Assert.Equal(i, (await sandbox.CallAsync("c", "count", [])).Outcome.Completed.Results[0].I32);

        Usage usage = await sandbox.CloseAsync();
        Assert.True(usage.FuelConsumed > 0);
        await Assert.ThrowsAsync<SandboxNotFoundException>(() => sandbox.CallAsync("c", "count", []));
    }

    [Fact]
    public async Task Imports_AreServedByOtherInstances()
    {
        ModuleId provider = await daemon.Client.UploadAsync(Guests.Provider);
        ModuleId consumer = await daemon.Client.UploadAsync(Guests.Consumer);
        await using SandboxHandle sandbox = await daemon.Client.CreateSandboxAsync();
        await sandbox.InstantiateAsync(provider, "p");
        KilnException missing = await Assert.ThrowsAnyAsync<KilnException>(() => sandbox.InstantiateAsync(consumer, "x"));
        Assert.Equal(ErrorReason.Link, missing.Reason);
        Assert.Equal("twice", missing.Metadata["import_name"]);
        await sandbox.InstantiateAsync(consumer, "c", new Dictionary<string, string> { ["math"] = "p" });
        Assert.Equal(20, (await sandbox.CallAsync("c", "four_times", [Values.I32(5)])).Outcome.Completed.Results[0].I32);
        Assert.Equal(["p", "c"], (await sandbox.DescribeAsync()).Instances.Select(instance => instance.Name));
    }

    [Fact]
    public async Task Memory_IsReadAndWritten_WithinItsBounds()
    {
        ModuleId module = await daemon.Client.UploadAsync(Guests.Calculator);
        await using SandboxHandle sandbox = await daemon.Client.CreateSandboxAsync();
        await sandbox.InstantiateAsync(module, "c");
        await sandbox.WriteMemoryAsync("c", 100, new byte[] { 0x78, 0x56, 0x34, 0x12 });
        Assert.Equal(0x12345678, (await sandbox.CallAsync("c", "load", [Values.I32(100)])).Outcome.Completed.Results[0].I32);
        Assert.Equal(new byte[] { 0x78, 0x56 }, await sandbox.ReadMemoryAsync("c", 100, 2));
        KilnException e = await Assert.ThrowsAnyAsync<KilnException>(() => sandbox.ReadMemoryAsync("c", 65535, 2));
        Assert.Equal(ErrorReason.MemoryOutOfRange, e.Reason);
        Assert.Equal("65536", e.Metadata["memory_bytes"]);
        await Assert.ThrowsAnyAsync<KilnException>(() => sandbox.ReadMemoryAsync("c", ulong.MaxValue, 2));
    }

    [Fact]
    public async Task Trap_LeavesTheSandboxUsable()
    {
        ModuleId module = await daemon.Client.UploadAsync(Guests.Calculator);
        await using SandboxHandle sandbox = await daemon.Client.CreateSandboxAsync();
        await sandbox.InstantiateAsync(module, "c");
        Assert.Equal(TrapCode.Unreachable, (await sandbox.CallAsync("c", "crash", [])).Outcome.Trapped.Code);
        CallResult stopped = await sandbox.CallAsync("c", "spin", [], timeout: TimeSpan.FromMilliseconds(50));
        Assert.Equal(StopReason.Deadline, stopped.Outcome.Stopped.Reason);
        Assert.Equal(1, (await sandbox.CallAsync("c", "count", [])).Outcome.Completed.Results[0].I32);
    }

    [Fact]
    public async Task StartFunction_ThatTraps_LeavesNoInstance()
    {
        ModuleId module = await daemon.Client.UploadAsync(Guests.BadStart);
        await using SandboxHandle sandbox = await daemon.Client.CreateSandboxAsync();
        InstantiateResponse response = await sandbox.InstantiateAsync(module, "b");
        Assert.Null(response.Instance);
        Assert.Equal(TrapCode.Unreachable, response.Outcome.Trapped.Code);
        Assert.Empty((await sandbox.DescribeAsync()).Instances);
    }

    [Fact]
    public async Task Fuel_UsedUpAndAdded_GoesOn()
    {
        ModuleId module = await daemon.Client.UploadAsync(Guests.Calculator);
        await using SandboxHandle sandbox = await daemon.Client.CreateSandboxAsync(new GuestLimits { Fuel = 1000 });
        await sandbox.InstantiateAsync(module, "c");
        Assert.Equal(StopReason.OutOfFuel, (await sandbox.CallAsync("c", "spin", [])).Outcome.Stopped.Reason);
        Assert.Equal(StopReason.OutOfFuel, (await sandbox.CallAsync("c", "count", [])).Outcome.Stopped.Reason);
        Assert.Equal(500, await sandbox.AddFuelAsync(500));
        Assert.Equal(Outcome.OutcomeOneofCase.Completed, (await sandbox.CallAsync("c", "count", [])).Outcome.OutcomeCase);
        Assert.True((await sandbox.DescribeAsync()).FuelLeft < 500);
    }

    [Fact]
    public async Task Output_ArrivesWithTheCallThatWroteIt()
    {
        ModuleId module = await daemon.Client.UploadAsync(Guests.World);
        await using SandboxHandle sandbox = await daemon.Client.CreateSandboxAsync(world: new GuestWorld { Arguments = ["a"], Variables = [new("K", "v")] });
        await sandbox.InstantiateAsync(module, "w");
        var output = new MemoryStream();
        await sandbox.CallAsync("w", "_start", [], bytes => output.Write(bytes.Span));
        Assert.Equal("a\0K=v\0", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public async Task SecondCall_AtTheSameTime_IsRefusedAndCloseStopsTheFirst()
    {
        ModuleId module = await daemon.Client.UploadAsync(Guests.Calculator);
        await using SandboxHandle sandbox = await daemon.Client.CreateSandboxAsync();
        await sandbox.InstantiateAsync(module, "c");
        Task<CallResult> endless = sandbox.CallAsync("c", "spin", []);
        await WaitUntilAsync(async () => (await sandbox.DescribeAsync()).Busy);
        KilnException e = await Assert.ThrowsAnyAsync<KilnException>(() => sandbox.CallAsync("c", "count", []));
        Assert.Equal(ErrorReason.SandboxBusy, e.Reason);
        await sandbox.CloseAsync();
        Assert.Equal(StopReason.Cancelled, (await endless).Outcome.Stopped.Reason);
    }

    [Fact]
    public async Task Lease_NotRenewed_Expires()
    {
        SandboxHandle sandbox = await daemon.Client.CreateSandboxAsync(lease: TimeSpan.FromMilliseconds(300));
        await sandbox.StopRenewingAsync();
        await WaitUntilAsync(async () => (await daemon.Client.ListSandboxesAsync()).All(other => other.Name != sandbox.Name));
        await Assert.ThrowsAsync<SandboxNotFoundException>(() => sandbox.DescribeAsync());
        await sandbox.DisposeAsync();
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Lease_OfAHandle_IsRenewed()
    {
        await using SandboxHandle sandbox = await daemon.Client.CreateSandboxAsync(lease: TimeSpan.FromSeconds(2));
        await Task.Delay(4500);
        Assert.Equal(sandbox.Name, (await sandbox.DescribeAsync()).Name);
    }

    [Fact]
    public async Task UnknownNames_AreNotFound()
    {
        ModuleId module = await daemon.Client.UploadAsync(Guests.Calculator);
        await using SandboxHandle sandbox = await daemon.Client.CreateSandboxAsync();
        await sandbox.InstantiateAsync(module, "c");
        Assert.Equal(ErrorReason.InstanceNotFound, (await Assert.ThrowsAnyAsync<KilnException>(() => sandbox.CallAsync("x", "count", []))).Reason);
        Assert.Equal(ErrorReason.ExportNotFound, (await Assert.ThrowsAnyAsync<KilnException>(() => sandbox.CallAsync("c", "x", []))).Reason);
        Assert.Equal(ErrorReason.InstanceExists, (await Assert.ThrowsAnyAsync<KilnException>(() => sandbox.InstantiateAsync(module, "c"))).Reason);
    }

    private static async Task WaitUntilAsync(Func<Task<bool>> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20), "waited in vain");
            await Task.Delay(20);
        }
    }
}
