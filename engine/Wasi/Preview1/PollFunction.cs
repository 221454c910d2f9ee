using System;
using System.Threading;

namespace Kiln.Wasi.Preview1;

/// <summary>
/// <c>poll_oneoff</c>: waits until a clock, a readable or a writable descriptor is ready. Files are always
/// ready; outputs are, because writing waits by itself; so at most the clocks and standard input wait.
/// </summary>
internal static class PollFunction
{
    private const uint SubscriptionSize = 48, EventSize = 32, MaxSubscriptions = 4096;

    /// <summary>Longest single wait; cancellation ends it sooner.</summary>
    private static readonly TimeSpan s_longWait = TimeSpan.FromHours(1);

    // subscription: 0 userdata u64, 8 tag u8, 16 payload: clock {16 id u32, 24 timeout u64, 32 precision u64,
    // 40 flags u16 (1 = absolute)}, fd {16 fd u32}. event: 0 userdata u64, 8 errno u16, 10 type u8,
    // 16 bytes ready u64, 24 flags u16.
    public static Errno Poll(in WasiCall call)
    {
        uint input = call.U32(0), output = call.U32(1), count = call.U32(2), result = call.U32(3);
        if (count == 0) return Errno.Invalid;
        if (count > MaxSubscriptions) return Errno.Invalid;
        if (!call.Memory.InBounds(input, count * SubscriptionSize) || !call.Memory.InBounds(output, count * EventSize)
            || !call.Memory.InBounds(result, 4)) return Errno.Fault;

        // A clock alone is ready at once only if nothing has to be waited for.
        ulong? wait = null;
        StreamDescriptor? awaited = null;
        uint ready = 0;
        for (uint i = 0; i < count; i++)
        {
            uint at = input + i * SubscriptionSize;
            switch ((EventType)call.Memory.ReadU8(at + 8))
            {
                case EventType.Clock:
                    ulong left = 0;
                    if (call.Memory.ReadU32(at + 16) <= (uint)ClockId.Monotonic) left = TimeLeft(call, at);
                    wait = Math.Min(wait ?? ulong.MaxValue, left);
                    break;
                case EventType.FdRead:
                case EventType.FdWrite:
                    // Only standard input is ever not ready.
                    if (IsReady(call, at, out _, out _)) ready++;
                    else if (call.Context.Descriptors.TryGet(call.Memory.ReadU32(at + 16), out Descriptor? stream)) awaited = stream as StreamDescriptor;
                    break;
                default:
                    return Errno.Invalid;
            }
        }

        // Deadlines are taken before the wait, so that a relative time counts from the call.
        ulong began = call.Context.MonotonicNow;
        if (ready == 0) Wait(call, wait, awaited?.Input);
        ulong elapsed = call.Context.MonotonicNow - began;

        uint events = 0;
        for (uint i = 0; i < count; i++)
        {
            uint at = input + i * SubscriptionSize, to = output + events * EventSize;
            var type = (EventType)call.Memory.ReadU8(at + 8);
            Errno error = Errno.Success;
            ulong bytes = 0;
            if (type == EventType.Clock)
            {
                if (call.Memory.ReadU32(at + 16) > (uint)ClockId.Monotonic) error = Errno.NotSupported;
                else if (!Expired(call, at, elapsed, ready == 0 && wait is not null)) continue;
            }
            else if (!IsReady(call, at, out error, out bytes))
            {
                continue;
            }

            ulong userData = call.Memory.ReadU64(at);
            call.Memory.TryClear(to, EventSize);
            call.Memory.WriteU64(to, userData);
            call.Memory.WriteU16(to + 8, (ushort)error);
            call.Memory.WriteU8(to + 10, (byte)type);
            call.Memory.WriteU64(to + 16, bytes);
            events++;
        }

        call.Memory.WriteU32(result, events);
        return Errno.Success;
    }

    // Nanoseconds until a clock subscription is due.
    private static ulong TimeLeft(in WasiCall call, uint at)
    {
        ulong timeout = call.Memory.ReadU64(at + 24);
        if ((call.Memory.ReadU16(at + 40) & 1) == 0) return timeout;
        ulong now = ProcessFunctions.Time(call.Context, (ClockId)call.Memory.ReadU32(at + 16));
        return timeout > now ? timeout - now : 0;
    }

    private static bool Expired(in WasiCall call, uint at, ulong elapsed, bool waited)
    {
        bool absolute = (call.Memory.ReadU16(at + 40) & 1) != 0;
        ulong left = TimeLeft(call, at);
        return absolute ? left == 0 : left == 0 || (waited && left <= elapsed);
    }

    private static bool IsReady(in WasiCall call, uint at, out Errno error, out ulong bytes)
    {
        bytes = 0;
        error = Errno.Success;
        bool reads = (EventType)call.Memory.ReadU8(at + 8) == EventType.FdRead;
        if (!call.Context.Descriptors.TryGet(call.Memory.ReadU32(at + 16), out Descriptor? descriptor))
        {
            error = Errno.BadFile;
            return true;
        }

        switch (descriptor)
        {
            case FileDescriptor file:
                bytes = reads ? (ulong)Math.Max(0, file.File.Size - file.Position) : 0;
                return true;
            case StreamDescriptor stream when reads:
                if (stream.Input is not null) return stream.Input.WaitReadable(TimeSpan.Zero, CancellationToken.None);
                error = Errno.BadFile;
                return true;
            case StreamDescriptor stream:
                if (stream.Output is null) error = Errno.BadFile;
                return true;
            default:
                error = Errno.BadFile;
                return true;
        }
    }

    private static void Wait(in WasiCall call, ulong? nanoseconds, IGuestInput? input)
    {
        // Rounded up: waking early would report a clock that is not due.
        TimeSpan timeout = nanoseconds is { } limited && limited < (ulong)s_longWait.Ticks * 100
            ? TimeSpan.FromTicks((long)((limited + 99) / 100))
            : s_longWait;
        if (input is not null)
        {
            input.WaitReadable(timeout, call.Cancellation);
        }
        else if (timeout > TimeSpan.Zero)
        {
            call.Cancellation.WaitHandle.WaitOne(timeout.Add(TimeSpan.FromTicks(TimeSpan.TicksPerMillisecond - 1)));
            call.Cancellation.ThrowIfCancellationRequested();
        }
    }
}
