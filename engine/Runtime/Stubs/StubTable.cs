using System;
using Kiln.Contract;
using Kiln.Runtime.Builtins;
using Kiln.Runtime.Code;
using Kiln.Runtime.Hosts;

namespace Kiln.Runtime.Stubs;

/// <summary>The addresses of an engine's stubs, in the engine's code memory.</summary>
internal sealed unsafe class StubTable
{
    private readonly ulong[] _builtins;

    private StubTable(ulong entry, ulong entryReturn, ulong resume, ulong landingPad, ulong hostCall, ulong[] builtins)
    {
        Entry = entry;
        EntryReturn = entryReturn;
        Resume = resume;
        LandingPad = landingPad;
        HostCall = hostCall;
        _builtins = builtins;
        fixed (ulong* first = builtins) Builtins = first;
    }

    /// <summary>The entry stub.</summary>
    public ulong Entry { get; }

    /// <summary>The address guest code returns to from its outermost frame.</summary>
    public ulong EntryReturn { get; }

    /// <summary>The resume stub.</summary>
    public ulong Resume { get; }

    /// <summary>Where the fault handler continues.</summary>
    public ulong LandingPad { get; }

    /// <summary>What exit trampolines call.</summary>
    public ulong HostCall { get; }

    /// <summary>Code pointers by <see cref="Builtin"/>, for VM contexts; as long as this object lives.</summary>
    public ulong* Builtins { get; }

    /// <summary>
    /// Writes the stubs, for a stack size; bulk routines with vectors of 32 bytes if <paramref name="avx"/>, and with bounds that hold in speculation
    /// if <paramref name="speculationSafe"/>.
    /// </summary>
    public static StubTable Create(CodeMemory memory, ulong stackSize, bool avx, bool speculationSafe)
    {
        const int size = 8192;
        const int alignment = 64;
        ulong start = memory.Allocate(size);
        byte[] page = new byte[size];
        page.AsSpan().Fill(0xF4);
        StubCode stubs = new(stackSize);
        int used = 0;

        ulong Place(byte[] code)
        {
            code.CopyTo(page.AsSpan(used));
            ulong address = start + (ulong)used;
            used = (used + code.Length + alignment - 1) & -alignment;
            return address;
        }

        ulong entry = Place(stubs.Entry(start, out int returnOffset));
        ulong landingPad = Place(stubs.LandingPad(start + (ulong)used));
        ulong hostCall = Place(stubs.HostCall(start + (ulong)used, HostCalls.Address));

        BulkRoutines bulk = new(avx, new BulkBounds(speculationSafe), Place(stubs.Builtin(start + (ulong)used, MemoryBuiltins.Stop)));

        // Pinned: VM contexts hold the array's address.
        ulong[] builtins = GC.AllocateArray<ulong>(BuiltinTable.Rows.Length, pinned: true);
        for (int i = 0; i < builtins.Length; i++) builtins[i] = Place(BuiltinStub(stubs, bulk, (Builtin)i, start + (ulong)used));

        ulong resume = Place(stubs.Resume(start + (ulong)used));

        memory.Write(start, page);
        return new StubTable(entry, entry + (ulong)returnOffset, resume, landingPad, hostCall, builtins);
    }

    private static byte[] BuiltinStub(StubCode stubs, BulkRoutines bulk, Builtin builtin, ulong address) => builtin switch
    {
        Builtin.MemoryCopy => bulk.Copy(address),
        Builtin.MemoryFill => bulk.Fill(address),
        _ => stubs.Builtin(address, BuiltinBodies.Address(builtin)),
    };
}
