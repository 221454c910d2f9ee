using System.Runtime.InteropServices;

namespace Kiln.Runtime.Stacks;

/// <summary>
/// The record at the top of a guest stack: what the stubs and the fault handler need to know of one entry from the host
/// into guest code. Found from any rsp on the stack: the last <see cref="Size"/> bytes of its region.
/// </summary>
/// <remarks>
/// The stubs and the handler write the fields at fixed offsets; <c>ActivationTests</c> compares the constants with the
/// struct. HostRsp is valid while the guest runs; GuestRsp while the guest waits for a host function or a builtin, or is
/// suspended: then it is all that is needed to go on.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = Size)]
public unsafe struct Activation
{
    /// <summary>Size in bytes, a power of two.</summary>
    public const int Size = 256;

    /// <summary>The guest's first rsp lies this far below the record; 16-byte aligned.</summary>
    public const int Headroom = 64;

    /// <summary>In <see cref="PendingTrap"/>: the guest is not to trap, but to leave its stack as it is, to be resumed later.</summary>
    public const uint Suspend = uint.MaxValue;

    internal const int HostRspAt = 0;
    internal const int GuestRspAt = 8;
    internal const int PendingTrapAt = 16;
    internal const int TrapPcAt = 24;
    internal const int TrapAddressAt = 32;
    internal const int TrapRspAt = 40;
    internal const int TrapSignalCodeAt = 48;

    /// <summary>The thread's own rsp, in the entry stub's frame.</summary>
    [FieldOffset(HostRspAt)] public ulong HostRsp;

    /// <summary>The guest's rsp at the last switch to the host: it points to the return address of the stub's caller.</summary>
    [FieldOffset(GuestRspAt)] public ulong GuestRsp;

    /// <summary>Not zero: the builtin that runs wants the guest to trap with this code, or it is <see cref="Suspend"/>.</summary>
    [FieldOffset(PendingTrapAt)] public uint PendingTrap;

    /// <summary>Program counter of the last fault.</summary>
    [FieldOffset(TrapPcAt)] public ulong TrapPc;

    /// <summary>Address whose access faulted; 0 for a privileged instruction.</summary>
    [FieldOffset(TrapAddressAt)] public ulong TrapAddress;

    /// <summary>rsp at the last fault.</summary>
    [FieldOffset(TrapRspAt)] public ulong TrapRsp;

    /// <summary><c>si_code</c> of the last fault.</summary>
    [FieldOffset(TrapSignalCodeAt)] public int TrapSignalCode;

    /// <summary>The activation whose host function entered this one, or null.</summary>
    [FieldOffset(56)] public Activation* Parent;
}
