using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kiln.Contract;
using Kiln.Runtime.Memories;
using Kiln.Runtime.Vm;

namespace Kiln.Runtime.Builtins;

/// <summary>
/// Waiting and waking (threads proposal, "Wait and notify operators"). A wait makes the guest leave its stack as it is; a wake-up,
/// the timeout, the store's deadline and its cancellation end it, and the guest goes on with the result, or traps.
/// </summary>
internal static unsafe class AtomicBuiltins
{
    public static ulong Notify => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, ulong, uint, long>)&NotifyBody;

    public static ulong Wait32 => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, ulong, uint, long, long>)&Wait32Body;

    public static ulong Wait64 => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, ulong, ulong, long, long>)&Wait64Body;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long NotifyBody(VmContext* context, uint memory, ulong address, uint count)
    {
        try
        {
            LinearMemory target = BuiltinCall.InstanceOf(context).Memory(memory);
            if (!Check(context, target, address, sizeof(uint))) return 0;
            return target.Shared?.Waiters.Notify(address, count) ?? 0;
        }
        catch (Exception exception)
        {
            BuiltinCall.Fail(context, exception);
            return 0;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Wait32Body(VmContext* context, uint memory, ulong address, uint expected, long nanoseconds) =>
        Wait(context, memory, address, sizeof(uint), expected, nanoseconds);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Wait64Body(VmContext* context, uint memory, ulong address, ulong expected, long nanoseconds) =>
        Wait(context, memory, address, sizeof(ulong), expected, nanoseconds);

    private static long Wait(VmContext* context, uint memory, ulong address, int bytes, ulong expected, long nanoseconds)
    {
        try
        {
            LinearMemory target = BuiltinCall.InstanceOf(context).Memory(memory);
            if (!Check(context, target, address, bytes)) return 0;
            if (target.Shared is not { } shared)
            {
                BuiltinCall.Trap(context, Trap.ExpectedSharedMemory);
                return 0;
            }

            Waiter waiter = new(shared.Waiters, address);
            if (!shared.Waiters.TryAdd(waiter, shared.Cell->Base, bytes, expected)) return (long)WaitEnd.NotEqual;
            if (nanoseconds == 0) return (long)(waiter.TryEnd(WaitEnd.TimedOut) ? WaitEnd.TimedOut : WaitEnd.Woken);
            target.Store.SuspendUntil(waiter, nanoseconds);
            return 0;
        }
        catch (Exception exception)
        {
            BuiltinCall.Fail(context, exception);
            return 0;
        }
    }

    // Alignment first, as for all atomic accesses.
    private static bool Check(VmContext* context, LinearMemory memory, ulong address, int bytes)
    {
        ulong size = memory.Length;
        if (address % (ulong)bytes != 0) BuiltinCall.Trap(context, Trap.UnalignedAtomic);
        else if (address > size || size - address < (ulong)bytes) BuiltinCall.Trap(context, Trap.MemoryOutOfBounds);
        else return true;
        return false;
    }
}
