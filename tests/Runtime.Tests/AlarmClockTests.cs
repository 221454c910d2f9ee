using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Kiln.Runtime.Stores;
using Xunit;

namespace Kiln.Runtime.Tests;

public sealed class AlarmClockTests
{
    [Fact]
    public void Alarms_SetInAnyOrder_RingInTheirsAndNotEarly()
    {
        using AlarmClock clock = new();
        List<Recorder> rang = [];
        Random random = new(1);
        Recorder[] alarms = Enumerable.Range(0, 500).Select(_ => new Recorder(rang)).ToArray();
        foreach (Recorder alarm in alarms) clock.Add(alarm, AlarmClock.After(random.Next(1, 100) * (Stopwatch.Frequency / 1000.0)));
        Recorder[] removed = alarms.Where(_ => random.Next(3) == 0).ToArray();
        HashSet<Recorder> late = [];
        foreach (Recorder alarm in removed)
        {
            clock.Remove(alarm);
            lock (rang) if (rang.Contains(alarm)) late.Add(alarm);
        }

        Recorder last = new(rang);
        clock.Add(last, AlarmClock.After(0.2 * Stopwatch.Frequency));
        Assert.True(SpinWait.SpinUntil(() => { lock (rang) return rang.Contains(last); }, 20_000));
        Assert.All(alarms, alarm => Assert.True(removed.Contains(alarm) || rang.Contains(alarm)));
        Assert.All(rang, alarm => Assert.True(alarm.Rang >= alarm.Due));
        Assert.Equal(rang.Count, rang.Distinct().Count());
        Assert.Equal(rang.Select(alarm => alarm.Due).Order(), rang.Select(alarm => alarm.Due));
        Assert.True(removed.Count(alarm => !rang.Contains(alarm)) >= removed.Length - late.Count - 1);
    }

    [Fact]
    public void Alarm_SetAfterALaterOne_RingsFirst()
    {
        using AlarmClock clock = new();
        List<Recorder> rang = [];
        Recorder far = new(rang);
        Recorder near = new(rang);
        clock.Add(far, AlarmClock.After(3600.0 * Stopwatch.Frequency));
        Thread.Sleep(20);
        clock.Add(near, AlarmClock.After(0.01 * Stopwatch.Frequency));
        Assert.True(SpinWait.SpinUntil(() => { lock (rang) return rang.Count == 1; }, 20_000));
        clock.Remove(far);
        clock.Remove(far);
        clock.Remove(near);
        clock.Add(near, AlarmClock.After(0));
        Assert.True(SpinWait.SpinUntil(() => { lock (rang) return rang.Count == 2; }, 20_000));
        Assert.Equal([near, near], rang);
    }

    private sealed class Recorder(List<Recorder> rang) : Alarm
    {
        public long Rang { get; private set; }

        public override void Ring()
        {
            Rang = Stopwatch.GetTimestamp();
            lock (rang) rang.Add(this);
        }
    }
}
