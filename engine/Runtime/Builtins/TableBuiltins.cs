using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kiln.Contract;
using Kiln.Contract.Layout;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Tables;
using Kiln.Runtime.Vm;

namespace Kiln.Runtime.Builtins;

/// <summary>
/// Bulk table instructions (core spec, section 4.4.6), and what tables and funcref records look like when they are looked at for
/// the first time. All of a range is checked before anything is written. An element that a guest passes is no root here: a
/// collection comes after it was stored.
/// </summary>
internal static unsafe class TableBuiltins
{
    // A large operation looks at the interrupt flag after each piece of this many elements.
    private const ulong Piece = 1 << 18;

    public static ulong Grow => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, ulong, ulong, long>)&GrowBody;

    public static ulong Copy => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, uint, ulong, ulong, ulong, void>)&CopyBody;

    public static ulong Fill => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, ulong, ulong, ulong, void>)&FillBody;

    public static ulong Init => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, uint, ulong, uint, uint, void>)&InitBody;

    public static ulong Element => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, ulong, ulong>)&ElementBody;

    public static ulong FuncRef => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, VmFuncRef*>)&FuncRefBody;

    public static ulong Drop => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, void>)&DropBody;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long GrowBody(VmContext* context, uint table, ulong element, ulong delta)
    {
        try
        {
            GuestInstance instance = BuiltinCall.InstanceOf(context);
            long before = instance.Table(table).Grow(delta, element);
            instance.Store.Safepoint();
            return before;
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
            if (!target.Cell->Contains(to, count) || !source.Cell->Contains(from, count))
            {
                BuiltinCall.Trap(context, Trap.TableOutOfBounds);
                return;
            }

            for (Pieces piece = new(context, count, Piece, to <= from); piece.MoveNext();)
                GuestTable.TryCopy(target, to + piece.Start, source, from + piece.Start, piece.Length);
            instance.Store.Safepoint();
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
            GuestInstance instance = BuiltinCall.InstanceOf(context);
            GuestTable target = instance.Table(table);
            if (!target.Cell->Contains(to, count))
            {
                BuiltinCall.Trap(context, Trap.TableOutOfBounds);
                return;
            }

            for (Pieces piece = new(context, count, Piece); piece.MoveNext();) target.TryFill(to + piece.Start, element, piece.Length);
            instance.Store.Safepoint();
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
            instance.Store.Safepoint();
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

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static ulong ElementBody(VmContext* context, uint table, ulong index)
    {
        try
        {
            GuestInstance instance = BuiltinCall.InstanceOf(context);
            ulong element = instance.Table(table).Initialize(index);
            instance.Store.Safepoint();
            return element;
        }
        catch (Exception exception)
        {
            BuiltinCall.Fail(context, exception);
            return VmTableLayout.Initialized;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static VmFuncRef* FuncRefBody(VmContext* context, uint function)
    {
        try
        {
            GuestInstance instance = BuiltinCall.InstanceOf(context);
            VmFuncRef* record = instance.FuncRef(function);
            instance.Store.Safepoint();
            return record;
        }
        catch (Exception exception)
        {
            BuiltinCall.Fail(context, exception);
            return null;
        }
    }
}
