using System;
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

    /// <summary>An exception in a builtin is an engine bug: the guest is unwound and the store poisoned.</summary>
    public static void Fail(VmContext* context, Exception exception)
    {
        GuestStore store = HostCalls.StoreOf(context->Store);
        store.Poison("a builtin failed", exception.ToString());
        store.UnwindWith(new EngineBug("a builtin failed", exception.ToString(), exception));
        store.UnwindWith(Contract.Trap.Unreachable);
    }
}
