using System;
using System.Collections.Generic;
using Kiln.Foundation.Diagnostics;
using Kiln.Runtime.References;
using Xunit;

namespace Kiln.Runtime.Tests;

public sealed class HandleTableTests
{
    [Fact]
    public void Handles_UnderRandomCollections_KeepTheirObjects()
    {
        Random random = new(7);
        HandleTable table = new(reuse: true);
        Dictionary<ulong, object> live = [];
        for (int round = 0; round < 300; round++)
        {
            for (int i = random.Next(200); i > 0; i--)
            {
                object host = new();
                ulong handle = table.Add(host);
                Assert.NotEqual(0ul, handle);
                live.Add(handle, host);
            }

            foreach ((ulong handle, object host) in live) Assert.Same(host, table[handle]);
            if (random.Next(3) == 0) Collect(table, live, () => random.Next(10) < (round / 30) % 10);
            Assert.True(table.InUse >= live.Count);
        }
    }

    [Fact]
    public void Handle_OfAFreedObject_IsAnEngineBug()
    {
        HandleTable table = new(reuse: true);
        ulong kept = table.Add("kept");
        ulong freed = table.Add("freed");
        ulong last = table.Add("last");
        Sweep(table, kept, last);
        Assert.Equal(2, table.InUse);
        Assert.Equal("last", table[last]);
        Assert.Throws<EngineBug>(() => table[freed]);
        Assert.Throws<EngineBug>(() => table[last + 1]);
        Assert.Throws<EngineBug>(() => table[ulong.MaxValue]);
        Assert.Throws<EngineBug>(() => Sweep(table, freed));
        Assert.Throws<EngineBug>(() => Sweep(table, last + 1));
    }

    [Fact]
    public void Number_OfAFreedHandle_IsUsedAgainOnlyIfAllowed()
    {
        HandleTable again = new(reuse: true);
        again.Add("first");
        Sweep(again);
        Assert.Equal(1ul, again.Add("second"));
        HandleTable never = new(reuse: false);
        never.Add("first");
        Sweep(never);
        Assert.Equal(2ul, never.Add("second"));
        Assert.Throws<EngineBug>(() => never[1]);
    }

    [Fact]
    public void Collections_WhileMuchIsLive_AreDueAfterTheHandlesDoubled()
    {
        HandleTable table = new(reuse: true);
        List<ulong> handles = [];
        int collections = 0;
        for (int i = 0; i < 1_000_000; i++)
        {
            if (table.IsFull(1))
            {
                Sweep(table, handles.ToArray());
                collections++;
            }

            handles.Add(table.Add(this));
        }

        Assert.InRange(collections, 8, 12);
        Assert.Equal(1_000_000, table.InUse);
    }

    private static void Collect(HandleTable table, Dictionary<ulong, object> live, Func<bool> drop)
    {
        List<ulong> kept = [];
        foreach (ulong handle in new List<ulong>(live.Keys))
        {
            if (drop()) live.Remove(handle);
            else kept.Add(handle);
        }

        Sweep(table, kept.ToArray());
        Assert.Equal(live.Count, table.InUse);
    }

    private static void Sweep(HandleTable table, params ulong[] roots)
    {
        table.BeginMarking();
        foreach (ulong handle in roots) table.Mark(handle);
        table.Mark(0);
        table.Sweep(roots.Length);
    }
}
