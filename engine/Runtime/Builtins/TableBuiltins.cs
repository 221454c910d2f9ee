using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kiln.Contract;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Tables;
using Kiln.Runtime.Vm;

namespace Kiln.Runtime.Builtins;

/// <summary>Bulk table instructions (core spec, section 4.4.6). All of a range is checked before anything is written.</summary>
internal static unsafe class TableBuiltins
{
    // A large operation looks at the interrupt flag after each piece of this many elements.
    private const ulong Piece = 1 << 18;

    public static ulong Grow => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, ulong, ulong, long>)&GrowBody;

    public static ulong Copy => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, uint, ulong, ulong, ulong, void>)&CopyBody;

    public static ulong Fill => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, ulong, ulong, ulong, void>)&FillBody;

    public static ulong Init => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, uint, ulong, uint, uint, void>)&InitBody;

    public static ulong Drop => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, void>)&DropBody;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long GrowBody(VmContext* context, uint table, ulong element, ulong delta)
    {
        try
        {
            return BuiltinCall.InstanceOf(context).Table(table).Grow(delta, element);
        }
        catch (Exception exception)
        {
            BuiltinCall.Fail(context, exception);
            return -1;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void CopyBody(VmContext* context, uint toTable, uint fromTable, ulong to, ulong from, ulong count)
    {
        try
        {
            GuestInstance instance = BuiltinCall.InstanceOf(context);
            GuestTable target = instance.Table(toTable);
            GuestTable source = instance.Table(fromTable);
            if (!InRange(target, to, count) || !InRange(source, from, count))
            {
                BuiltinCall.Trap(context, Trap.TableOutOfBounds);
                return;
            }

            // Overlapping ranges: pieces go upward when the target lies below the source, downward otherwise.
            bool upward = to <= from;
            for (ulong done = 0; done < count;)
            {
                ulong piece = Math.Min(count - done, Piece);
                ulong at = upward ? done : count - done - piece;
                source.Elements.Slice((int)(from + at), (int)piece).CopyTo(target.Elements[(int)(to + at)..]);
                done += piece;
                if (done != count && BuiltinCall.Interrupted(context)) return;
            }
        }
        catch (Exception exception)
        {
            BuiltinCall.Fail(context, exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void FillBody(VmContext* context, uint table, ulong to, ulong element, ulong count)
    {
        try
        {
            GuestTable target = BuiltinCall.InstanceOf(context).Table(table);
            if (!InRange(target, to, count))
            {
                BuiltinCall.Trap(context, Trap.TableOutOfBounds);
                return;
            }

            for (ulong done = 0; done < count;)
            {
                ulong piece = Math.Min(count - done, Piece);
                target.Elements.Slice((int)(to + done), (int)piece).Fill(element);
                done += piece;
                if (done != count && BuiltinCall.Interrupted(context)) return;
            }
        }
        catch (Exception exception)
        {
            BuiltinCall.Fail(context, exception);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void InitBody(VmContext* context, uint table, uint segment, ulong to, uint from, uint count)
    {
        try
        {
            GuestInstance instance = BuiltinCall.InstanceOf(context);
            if (!instance.TryInitTable(table, segment, to, from, count)) BuiltinCall.Trap(context, Trap.TableOutOfBounds);
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
            BuiltinCall.InstanceOf(context).DropElements(segment);
        }
        catch (Exception exception)
        {
            BuiltinCall.Fail(context, exception);
        }
    }

    private static bool InRange(GuestTable table, ulong start, ulong count)
    {
        ulong length = table.Cell->Length;
        return start <= length && count <= length - start;
    }
}
