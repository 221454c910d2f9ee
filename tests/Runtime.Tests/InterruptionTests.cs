using System;
using System.Diagnostics;
using System.Threading;
using Kiln.Runtime.Stores;
using Xunit;

namespace Kiln.Runtime.Tests;

public sealed unsafe class InterruptionTests : IDisposable
{
    private readonly EngineRuntime _runtime = TestRuntime.Create();
    private readonly GuestStore _store;

    public InterruptionTests() => _store = TestRuntime.CreateStore(_runtime);

    public void Dispose()
    {
        _store.Dispose();
        _runtime.Dispose();
    }

    [Fact]
    public void Deadline_Passing_SetsTheFlagAndFiresTheToken()
    {
        CancellationToken token = _store.Interruption.Token;
        Stopwatch watch = Stopwatch.StartNew();
        _store.Interruption.SetDeadline(TimeSpan.FromMilliseconds(30));
        Assert.False(_store.Interruption.IsRequested);
        Assert.True(token.WaitHandle.WaitOne(5000));
        Assert.InRange(watch.ElapsedMilliseconds, 29, 2000);
        Assert.NotEqual(0U, _store.Context->Interrupt);
        Assert.False(_store.Interruption.IsCancelled);
    }

    [Fact]
    public void Deadline_Replaced_DoesNotFireTheOldOne()
    {
        _store.Interruption.SetDeadline(TimeSpan.FromMilliseconds(20));
        _store.Interruption.SetDeadline(TimeSpan.FromHours(1));
        Thread.Sleep(60);
        Assert.Equal(0U, _store.Context->Interrupt);
        _store.Interruption.SetDeadline(TimeSpan.Zero);
        Assert.NotEqual(0U, _store.Context->Interrupt);
        _store.Interruption.SetDeadline(Timeout.InfiniteTimeSpan);
        Assert.Equal(0U, _store.Context->Interrupt);
    }

    [Fact]
    public void Cancel_AfterDisposal_TouchesNothing()
    {
        GuestStore store = TestRuntime.CreateStore(_runtime);
        store.Interruption.SetDeadline(TimeSpan.FromMilliseconds(5));
        store.Dispose();
        store.Interruption.Cancel();
        Thread.Sleep(20);
        Assert.True(store.Interruption.IsCancelled);
    }
}
