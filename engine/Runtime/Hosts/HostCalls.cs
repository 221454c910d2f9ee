using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kiln.Contract;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Vm;

namespace Kiln.Runtime.Hosts;

/// <summary>Where guests arrive when they call the host; runs on the thread's own stack.</summary>
internal static unsafe class HostCalls
{
    /// <summary>What the host call stub calls.</summary>
    public static ulong Address => (ulong)(delegate* unmanaged[Cdecl]<HostContext*, ValueSlot*, int>)&Call;

    // 0 lets the guest go on; anything else unwinds it. Nothing may leave this method but by return: an exception would
    // have to cross guest frames.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Call(HostContext* context, ValueSlot* slots)
    {
        GuestStore store = StoreOf(context->Store);
        try
        {
            HostBinding binding = store.Binding(context->Binding);
            binding.Body(binding, new Span<ValueSlot>(slots, binding.SlotCount));
            if (context->Store->Interrupt == 0) return 0;
            store.UnwindWith(Trap.Interrupted);
            return 1;
        }
        catch (Exception exception)
        {
            store.UnwindWith(exception);
            return 1;
        }
    }

    /// <summary>The managed store of a native store context; alive because a call into it is running.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static GuestStore StoreOf(VmStoreContext* context) => Unsafe.As<GuestStore>(GCHandle.FromIntPtr(context->Store).Target!);
}
