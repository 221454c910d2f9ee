using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kiln.Contract;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Memories;
using Kiln.Runtime.Vm;

namespace Kiln.Runtime.Builtins;

/// <summary>
/// Bulk memory instructions (core spec, section 4.4.7), but for copy and fill, which are machine code
/// (<see cref="Stubs.BulkRoutines"/>). All of a range is checked before anything is written.
/// </summary>
internal static unsafe class MemoryBuiltins
{
    // A large operation looks at the interrupt flag after each piece of this many bytes: a millisecond or two, if none of
    // the pages was touched before.
    private const ulong Piece = 2 << 20;

    public static ulong Grow => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, ulong, long>)&GrowBody;

    /// <summary>What copy and fill call to trap: (vmctx, trap).</summary>
    public static ulong Stop => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, void>)&StopBody;

    public static ulong Init => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, uint, ulong, uint, uint, void>)&InitBody;

    public static ulong Drop => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, void>)&DropBody;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long GrowBody(VmContext* context, uint memory, ulong delta)
    {
        try
        {
            return BuiltinCall.InstanceOf(context).Memory(memory).Grow(delta);
        }
        catch (Exception exception)
        {
            BuiltinCall.Fail(context, exception);
            return -1;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void StopBody(VmContext* context, uint trap)
    {
        try
        {
            BuiltinCall.Trap(context, (Trap)trap);
        }
        catch (Exception exception)
        {
            BuiltinCall.Fail(context, exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void InitBody(VmContext* context, uint memory, uint segment, ulong to, uint from, uint count)
    {
        try
        {
            GuestInstance instance = BuiltinCall.InstanceOf(context);
            if (!instance.InitsMemoryInBounds(memory, segment, to, from, count))
            {
                BuiltinCall.Trap(context, Trap.MemoryOutOfBounds);
                return;
            }

            for (Pieces piece = new(context, count, Piece); piece.MoveNext();)
                instance.TryInitMemory(memory, segment, to + piece.Start, from + piece.Start, piece.Length);
        }
        catch (Exception exception)
        {
            BuiltinCall.Fail(context, exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void DropBody(VmContext* context, uint segment)
    {
        try
        {
            BuiltinCall.InstanceOf(context).DropData(segment);
        }
        catch (Exception exception)
        {
            BuiltinCall.Fail(context, exception);
        }
    }
}
