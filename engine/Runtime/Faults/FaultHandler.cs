using System;
using System.Threading;
using Iced.Intel;
using Kiln.Runtime.Platform;
using Kiln.Runtime.Stacks;
using Kiln.Runtime.Stubs;
using static Iced.Intel.AssemblerRegisters;

namespace Kiln.Runtime.Faults;

// The SIGSEGV handler of the process. It is emitted machine code, because managed code must not run in a signal
// handler, and it is chained in front of CoreCLR's, whose sa_flags and mask it copies exactly.
//
// In:   rdi = signal, rsi = siginfo, rdx = ucontext; on the thread's alternate signal stack.
// Does: looks for the faulting pc among the code ranges of the living engines, and for rsp in that engine's stack arena.
//       Found: writes pc, address and rsp into the activation record at the top of the interrupted stack, makes the
//       interrupted context continue at the engine's landing pad with rdi = activation, and returns. Anything else is
//       not ours: it jumps to the handler that was there before.
// The ranges are a native table that is only ever read by the handler; an entry is published by writing its upper
// code bound last and withdrawn by clearing that first, so a handler on another thread never sees half an entry.

/// <summary>One engine's entry in the table that the fault handler reads.</summary>
/// <remarks>The handler reads the six fields at offsets 0, 8, ... 40.</remarks>
internal record struct FaultRange(ulong CodeStart, ulong CodeEnd, ulong StackStart, ulong StackEnd, ulong StackMask, ulong LandingPad);

/// <summary>
/// The fault handler, installed with the first engine and never removed. A signal disposition belongs to the process,
/// so there is one of these in a process: the runtime's only shared state. Thread-safe.
/// </summary>
internal sealed unsafe class FaultHandler
{
    /// <summary>The process's handler; the first use installs it.</summary>
    public static readonly FaultHandler OfProcess = new();


    private const int Capacity = 1024;
    private const int EntrySize = 48;

    // Of the kernel's ucontext_t on x86-64: general registers start at 40, in the order r8-r15, rdi, rsi, rbp, rbx, rdx,
    // rax, rcx, rsp, rip. Of siginfo_t: si_code at 8, si_addr at 16.
    private const int ContextRdi = 104;
    private const int ContextRsp = 160;
    private const int ContextRip = 168;
    private const int InfoCode = 8;
    private const int InfoAddress = 16;

    private readonly Lock _gate = new();
    private readonly FaultRange* _ranges;
    private int _used;

    private FaultHandler() => _ranges = Install();

    /// <summary>Makes faults in a range of code land on its landing pad.</summary>
    /// <returns>What to give to <see cref="Remove"/>.</returns>
    public int Add(in FaultRange range)
    {
        lock (_gate)
        {
            int index = 0;
            while (index < _used && _ranges[index].LandingPad != 0) index++;
            if (index == Capacity) throw new InvalidOperationException($"more than {Capacity} engines in one process");
            ulong end = range.CodeEnd;
            _ranges[index] = range with { CodeEnd = 0 };
            Volatile.Write(ref CodeEnd(index), end);
            if (index == _used) Volatile.Write(ref *UsedCount, (ulong)++_used);
            return index;
        }
    }

    /// <summary>Withdraws a range; no guest of its engine may run any more.</summary>
    public void Remove(int index)
    {
        lock (_gate)
        {
            Volatile.Write(ref CodeEnd(index), 0);
            _ranges[index] = default;
        }
    }

    private ref ulong CodeEnd(int index) => ref ((ulong*)(_ranges + index))[1];

    private ulong* UsedCount => (ulong*)(_ranges + Capacity);

    private static FaultRange* Install()
    {
        // After the table: the number of entries, and the handler to chain to.
        byte* table = VirtualMemory.Reserve(VirtualMemory.RoundUp(Capacity * EntrySize + 16));
        VirtualMemory.Commit(table, VirtualMemory.RoundUp(Capacity * EntrySize + 16));

        SignalAction old;
        if (Libc.Sigaction(Libc.SigSegv, null, &old) != 0) throw new PlatformNotSupportedException("cannot read the SIGSEGV handler");
        ulong* previous = (ulong*)(table + Capacity * EntrySize + 8);
        *previous = (ulong)old.Handler;

        SignalAction ours = old;
        ours.Handler = (nint)VirtualMemory.MapCode(Emit((ulong)table, (ulong)(table + Capacity * EntrySize), (ulong)previous));
        if (Libc.Sigaction(Libc.SigSegv, &ours, null) != 0) throw new PlatformNotSupportedException("cannot set the SIGSEGV handler");
        return (FaultRange*)table;
    }

    private static byte[] Emit(ulong table, ulong usedCount, ulong previous)
    {
        Assembler a = new(64);
        Label next = a.CreateLabel();
        Label entry = a.CreateLabel();
        Label chain = a.CreateLabel();
        a.mov(rax, __[rdx + ContextRip]);
        a.mov(rcx, table);
        a.mov(r8, usedCount);
        a.mov(r8, __[r8]);
        a.Label(ref next);
        a.test(r8, r8);
        a.jz(chain);
        a.cmp(rax, __[rcx]);                    // CodeStart
        a.jb(entry);
        a.cmp(rax, __[rcx + 8]);                // CodeEnd
        a.jae(entry);
        a.mov(r9, __[rdx + ContextRsp]);
        a.cmp(r9, __[rcx + 16]);                // StackStart
        a.jb(entry);
        a.cmp(r9, __[rcx + 24]);                // StackEnd
        a.jae(entry);
        a.mov(r10, r9);
        a.or(r10, __[rcx + 32]);                // StackMask: the region's last byte
        a.sub(r10, Activation.Size - 1);
        a.mov(__[r10 + Activation.TrapPcAt], rax);
        a.mov(__[r10 + Activation.TrapRspAt], r9);
        a.mov(rax, __[rsi + InfoAddress]);
        a.mov(__[r10 + Activation.TrapAddressAt], rax);
        a.mov(eax, __[rsi + InfoCode]);
        a.mov(__[r10 + Activation.TrapSignalCodeAt], eax);
        a.mov(__[rdx + ContextRdi], r10);
        a.mov(rax, __[rcx + 40]);               // LandingPad
        a.mov(__[rdx + ContextRip], rax);
        a.ret();
        a.Label(ref entry);
        a.add(rcx, EntrySize);
        a.dec(r8);
        a.jmp(next);
        a.Label(ref chain);
        a.mov(rax, previous);
        a.jmp(__qword_ptr[rax]);
        return StubEmitter.Assemble(a, 0);
    }
}
