using System;
using System.Threading;
using Kiln.Contract;
using Kiln.Foundation.Diagnostics;
using Kiln.Runtime.Hosts;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;

namespace Kiln.Runtime.Builtins;

/// <summary>What every builtin does before and after its work.</summary>
internal static unsafe class BuiltinCall
{
    /// <summary>The instance that calls.</summary>
    public static GuestInstance InstanceOf(VmContext* context) => HostCalls.StoreOf(context->Store).Instance(GuestInstance.NumberOf(context));

    /// <summary>Makes the caller trap.</summary>
    public static void Trap(VmContext* context, Trap trap) => HostCalls.StoreOf(context->Store).UnwindWith(trap);

    /// <summary>For builtins that take long: true if the guest is to stop, which the caller then does.</summary>
    public static bool Interrupted(VmContext* context)
    {
        if (Volatile.Read(ref context->Store->Interrupt) == 0) return false;
        Trap(context, Contract.Trap.Interrupted);
        return true;
    }

    /// <summary>An exception in a builtin is an engine bug: the guest is unwound and the store poisoned.</summary>
    public static void Fail(VmContext* context, Exception exception)
    {
        GuestStore store = HostCalls.StoreOf(context->Store);
        store.Poison("a builtin failed", exception.ToString());
        store.UnwindWith(new EngineBug("a builtin failed", exception.ToString(), exception));
        store.UnwindWith(Contract.Trap.Unreachable);
    }
}
