using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kiln.Runtime.Hosts;
using Kiln.Runtime.Vm;

namespace Kiln.Runtime.Builtins;

/// <summary>Questions about types that compiled code cannot answer by comparing their numbers.</summary>
internal static unsafe class TypeBuiltins
{
    public static ulong IsSubtype => (ulong)(delegate* unmanaged[Cdecl]<VmContext*, uint, uint, ulong>)&IsSubtypeBody;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static ulong IsSubtypeBody(VmContext* context, uint type, uint super)
    {
        try
        {
            return HostCalls.StoreOf(context->Store).Runtime.Types.IsSubtype(type, super) ? 1UL : 0;
        }
        catch (Exception exception)
        {
            BuiltinCall.Fail(context, exception);
            return 0;
        }
    }
}
