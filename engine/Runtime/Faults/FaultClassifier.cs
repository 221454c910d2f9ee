using System.Globalization;
using Kiln.Contract;
using Kiln.Contract.Artifact;
using Kiln.Runtime.Code;
using Kiln.Runtime.Stacks;
using Kiln.Runtime.Stores;

namespace Kiln.Runtime.Faults;

// A fault in guest code is a trap only if everything about it fits: the pc has a row in its module's trap table, and the
// address is one at which that instruction may fault. Else compiled code did something it never should, and what it
// touched cannot be known: that is an engine bug.

/// <summary>Tells traps from engine bugs.</summary>
internal static unsafe class FaultClassifier
{
    private const int SignalFromKernel = 0x80;      // SI_KERNEL: a general protection fault, without an address
    private const byte Hlt = 0xF4;
    private const ulong NullPage = 65536;

    /// <summary>The trap that the activation's last fault means, or <see cref="Trap.None"/> for an engine bug.</summary>
    public static Trap Classify(GuestStore store, GuestStack stack, Activation* activation)
    {
        ulong pc = activation->TrapPc;
        CodeImage? image = store.Runtime.Code.FindImage(pc);
        if (image is null) return Trap.None;
        bool explicitTrap = activation->TrapSignalCode == SignalFromKernel;
        ulong address = activation->TrapAddress;
        if (!explicitTrap && address >= (ulong)stack.Start && address < (ulong)stack.GuardEnd) return Trap.StackOverflow;

        Trap trap = CodeLookup.Find(image.Artifact.Traps, (uint)(pc - image.Start));
        if (!TrapTable.IsDefined(trap)) return Trap.None;
        if (explicitTrap) return *(byte*)pc == Hlt ? trap : Trap.None;
        bool expected = address < NullPage || (trap == Trap.MemoryOutOfBounds && store.OwnsReservation(address));
        return expected ? trap : Trap.None;
    }

    /// <summary>The registers and tables of a fault that is an engine bug, for the log.</summary>
    public static string Describe(GuestStore store, Activation* activation)
    {
        ulong pc = activation->TrapPc;
        string? place = PlaceOf(store, pc);
        if (place is null)
        {
            // SAFETY: stubs use none of the guest's stack, so rsp points to the return address that their call has just written.
            string? caller = PlaceOf(store, *(ulong*)activation->TrapRsp);
            place = caller is null ? "in a stub" : $"in a stub called {caller}";
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"pc 0x{pc:x} {place}; address 0x{activation->TrapAddress:x}; rsp 0x{activation->TrapRsp:x}; si_code {activation->TrapSignalCode}");
    }

    // Null of an address in no module's code.
    private static string? PlaceOf(GuestStore store, ulong pc)
    {
        CodeImage? image = store.Runtime.Code.FindImage(pc);
        if (image is null) return null;
        uint offset = (uint)(pc - image.Start);
        int range = CodeLookup.Find(image.Artifact.Code, offset);
        return range < 0
            ? $"in '{image.Name}', code offset 0x{offset:x}, outside of any function"
            : $"in '{image.Name}', {image.Artifact.Code[range].Kind} {image.Artifact.Code[range].Index} + 0x{offset - image.Artifact.Code[range].CodeOffset:x}, trap table: {CodeLookup.Find(image.Artifact.Traps, offset)}";
    }
}
