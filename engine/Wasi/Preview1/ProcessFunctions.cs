using System;
using System.Diagnostics;
using System.Text;

namespace Kiln.Wasi.Preview1;

/// <summary>Arguments, environment, clocks, randomness, exit, and the sockets that there are none of.</summary>
internal static class ProcessFunctions
{
    /// <summary>Random bytes made at a time, so that a large request can be stopped in between.</summary>
    private const int RandomChunk = 1 << 20;

    public static Errno ArgsGet(in WasiCall call) => WriteStrings(call, call.Context.ArgumentBytes);

    public static Errno ArgsSizesGet(in WasiCall call) => WriteSizes(call, call.Context.ArgumentBytes);

    public static Errno EnvironGet(in WasiCall call) => WriteStrings(call, call.Context.EnvironmentBytes);

    public static Errno EnvironSizesGet(in WasiCall call) => WriteSizes(call, call.Context.EnvironmentBytes);

    public static Errno ClockResGet(in WasiCall call)
    {
        if (call.U32(0) > (uint)ClockId.ThreadCpuTime) return Errno.Invalid;
        ulong resolution = (ClockId)call.U32(0) == ClockId.Realtime ? 100UL : Math.Max(1UL, (ulong)(1_000_000_000L / Stopwatch.Frequency));
        return call.Memory.TryWriteU64(call.U32(1), resolution) ? Errno.Success : Errno.Fault;
    }

    public static Errno ClockTimeGet(in WasiCall call)
    {
        if (call.U32(0) > (uint)ClockId.ThreadCpuTime) return Errno.Invalid;
        return call.Memory.TryWriteU64(call.U32(2), Time(call.Context, (ClockId)call.U32(0))) ? Errno.Success : Errno.Fault;
    }

    /// <summary>Reads a clock, nanoseconds. CPU time is the time since the guest's start: it owns its thread while it runs.</summary>
    public static ulong Time(WasiContext context, ClockId clock) => clock switch
    {
        ClockId.Realtime => context.FileSystem.Now,
        ClockId.Monotonic => context.MonotonicNow,
        ClockId.ProcessCpuTime or ClockId.ThreadCpuTime => context.MonotonicNow - context.StartTime,
    };

    public static Errno RandomGet(in WasiCall call)
    {
        uint at = call.U32(0), left = call.U32(1);
        if (!call.Memory.InBounds(at, left)) return Errno.Fault;
        while (left > 0)
        {
            call.Cancellation.ThrowIfCancellationRequested();
            uint count = Math.Min(left, RandomChunk);
            Span<byte> chunk = call.Memory.Slice(at, count);
            if (call.Context.Random is { } deterministic) deterministic.NextBytes(chunk);
            else SystemRandom.Fill(chunk);
            at += count;
            left -= count;
        }

        return Errno.Success;
    }

    public static Errno SchedYield(in WasiCall call) => Errno.Success;

    public static Errno ProcExit(in WasiCall call) => throw new WasiExitException(call.U32(0));

    public static Errno ProcRaise(in WasiCall call) => Errno.NotSupported;

    public static Errno Socket(in WasiCall call)
    {
        // No descriptor is ever a socket, and nothing makes one.
        return call.Context.Descriptors.TryGet(call.U32(0), out _) ? Errno.NotSocket : Errno.BadFile;
    }

    /// <summary>A NUL-terminated UTF-8 copy of a string; strings with a NUL inside were refused when the context was made.</summary>
    internal static byte[] Terminated(string text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    private static Errno WriteSizes(in WasiCall call, byte[][] strings)
    {
        uint total = 0;
        foreach (byte[] text in strings) total += (uint)text.Length;
        return call.Memory.TryWriteU32(call.U32(0), (uint)strings.Length) && call.Memory.TryWriteU32(call.U32(1), total) ? Errno.Success : Errno.Fault;
    }

    // (array of addresses, buffer): the strings one after the other, and where each begins.
    private static Errno WriteStrings(in WasiCall call, byte[][] strings)
    {
        uint pointers = call.U32(0), buffer = call.U32(1);
        foreach (byte[] text in strings)
        {
            if (!call.Memory.TryWriteU32(pointers, buffer) || !call.Memory.TryWrite(buffer, text)) return Errno.Fault;
            pointers += 4;
            buffer += (uint)text.Length;
        }

        return Errno.Success;
    }
}
