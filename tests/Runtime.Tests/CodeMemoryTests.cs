using System;
using System.IO;
using Kiln.Runtime.Code;
using Xunit;

namespace Kiln.Runtime.Tests;

public sealed class CodeMemoryTests
{
    [Fact]
    public void CodeMemory_Mappings_AreNeverWritable()
    {
        using EngineRuntime runtime = TestRuntime.Create();
        GuestProgram program = new();
        program.Add(0, a => a.ret());
        LoadedProgram loaded = program.Load(runtime);
        bool seen = false;
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            string[] parts = line.Split(' ', 3);
            ulong start = Convert.ToUInt64(parts[0].Split('-')[0], 16);
            ulong end = Convert.ToUInt64(parts[0].Split('-')[1], 16);
            if (end <= runtime.Code.Start || start >= runtime.Code.End) continue;
            Assert.DoesNotContain('w', parts[1]);
            seen |= parts[1].Contains('x') && loaded.Image.Start >= start && loaded.Image.Start < end;
        }

        Assert.True(seen);
        GC.KeepAlive(loaded);
    }

    [Fact]
    public void Image_Released_GivesItsMemoryBack()
    {
        using EngineRuntime runtime = TestRuntime.Create();
        long before = runtime.CodeBytes;
        GuestProgram program = new();
        program.Add(0, a => a.ret());
        LoadedProgram loaded = program.Load(runtime);
        Assert.True(runtime.CodeBytes > before);
        Assert.Same(loaded.Image, runtime.Code.FindImage(loaded.Image.Start));
        ulong start = loaded.Image.Start;
        loaded.Image.Release();
        Assert.Equal(before, runtime.CodeBytes);
        Assert.Null(runtime.Code.FindImage(start));
        Assert.False(loaded.Image.TryAcquire());
    }

    [Fact]
    public void FreeRanges_ReturnedInAnyOrder_MergeAgain()
    {
        FreeRanges ranges = new(100);
        ulong[] taken = new ulong[10];
        for (int i = 0; i < taken.Length; i++) Assert.True(ranges.TryTake(10, out taken[i]));
        Assert.False(ranges.TryTake(1, out _));
        foreach (int i in (int[])[3, 1, 2, 9, 0, 5, 8, 4, 6, 7]) ranges.Return(taken[i], 10);
        Assert.True(ranges.TryTake(100, out ulong all));
        Assert.Equal(0UL, all);
    }
}
