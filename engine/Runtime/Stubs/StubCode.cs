using System.Runtime.Intrinsics.X86;
using Iced.Intel;
using Kiln.Runtime.Stacks;
using static Iced.Intel.AssemblerRegisters;

namespace Kiln.Runtime.Stubs;

// The stubs between guest code and the host. In guest code every register is caller-saved, so a stub may use any of
// them; towards managed code the System V convention holds. None of the stubs can fault: what they touch is mapped.
//
// Entry frame, on the thread's stack, at HostRsp:  [+0] padding  [+8] r15 r14 r13 r12 rbx rbp  [+56] return address
// so rsp is 16-byte aligned at HostRsp, and managed code is called with rsp = HostRsp.

/// <summary>What the entry stub returns.</summary>
internal enum EntryStatus
{
    /// <summary>The guest returned.</summary>
    Returned = 0,

    /// <summary>The guest faulted; the activation says where.</summary>
    Faulted = 1,

    /// <summary>A host function or a builtin asked for the guest to be unwound.</summary>
    Unwound = 2,

    /// <summary>A builtin asked for the guest to be suspended: the resume stub goes on with it, or its stack is given up.</summary>
    Suspended = 3,
}

/// <summary>Machine code of the stubs of one engine, for a stack size baked in.</summary>
internal readonly struct StubCode(ulong stackSize)
{
    /// <summary>
    /// Entry: <c>EntryStatus entry(activation, trampoline, code, vmctx, slots)</c> for managed code. Switches to the
    /// activation's guest stack and calls the entry trampoline with guest signature (code, vmctx, slots).
    /// </summary>
    public byte[] Entry(ulong address, out int returnOffset)
    {
        Assembler a = new(64);
        PushHostFrame(a);
        a.mov(__[rdi + Activation.HostRspAt], rsp);
        a.lea(rsp, __[rdi - Activation.Headroom]);
        a.mov(rax, rsi);
        a.mov(rdi, rdx);
        a.mov(rsi, rcx);
        a.mov(rdx, r8);
        ClearUpperHalves(a);
        a.call(rax);
        Label returned = a.CreateLabel();
        a.Label(ref returned);
        a.mov(rsp, __[rsp + (Activation.Headroom + Activation.HostRspAt)]);
        a.xor(eax, eax);
        PopHostFrame(a);
        return StubEmitter.Assemble(a, address, returned, out returnOffset);
    }

    /// <summary>
    /// Resume: <c>EntryStatus resume(activation, result)</c> for managed code, on any thread. Goes on with a suspended guest,
    /// as if its builtin had returned the result; returns as the entry stub does, whose frame this one's is like.
    /// </summary>
    public byte[] Resume(ulong address)
    {
        Assembler a = new(64);
        PushHostFrame(a);
        a.mov(__[rdi + Activation.HostRspAt], rsp);
        a.mov(rsp, __[rdi + Activation.GuestRspAt]);
        a.mov(rax, rsi);
        ClearUpperHalves(a);
        a.ret();
        return StubEmitter.Assemble(a, address);
    }

    /// <summary>Landing pad: where the fault handler continues, rdi = activation; leaves the entry stub's frame.</summary>
    public byte[] LandingPad(ulong address)
    {
        Assembler a = new(64);
        a.mov(rsp, __[rdi + Activation.HostRspAt]);
        a.mov(eax, (int)EntryStatus.Faulted);
        PopHostFrame(a);
        return StubEmitter.Assemble(a, address);
    }

    /// <summary>
    /// Host call: guest signature (hostctx, slots) -> (), called by exit trampolines. Calls managed
    /// <c>int call(hostctx, slots)</c> on the thread's stack; a result other than 0 unwinds the guest.
    /// </summary>
    public byte[] HostCall(ulong address, ulong managed)
    {
        Assembler a = new(64);
        Label leave = a.CreateLabel();
        SwitchToHost(a);
        a.mov(rax, managed);
        a.call(rax);
        ClearUpperHalves(a);
        a.mov(rsp, __[rbx + Activation.GuestRspAt]);
        a.test(eax, eax);
        a.jnz(leave);
        a.ret();
        a.Label(ref leave);
        Leave(a);
        return StubEmitter.Assemble(a, address);
    }

    /// <summary>Builtin: the guest's integer arguments are already where managed code wants them; leaves the guest if the builtin set a pending trap or suspends it.</summary>
    public byte[] Builtin(ulong address, ulong managed)
    {
        Assembler a = new(64);
        CallManagedBuiltin(a, managed);
        return StubEmitter.Assemble(a, address);
    }

    private void CallManagedBuiltin(Assembler a, ulong managed)
    {
        Label leave = a.CreateLabel();
        SwitchToHost(a);
        a.mov(rax, managed);
        a.call(rax);
        ClearUpperHalves(a);
        a.mov(rsp, __[rbx + Activation.GuestRspAt]);
        a.cmp(__dword_ptr[rbx + Activation.PendingTrapAt], 0);
        a.jne(leave);
        a.ret();
        a.Label(ref leave);
        Leave(a);
    }

    /// <summary>Finds the activation (into rbx, which managed code preserves), saves the guest's rsp, takes the thread's.</summary>
    private void SwitchToHost(Assembler a)
    {
        a.mov(rbx, rsp);
        a.or(rbx, checked((int)(stackSize - 1)));
        a.sub(rbx, Activation.Size - 1);
        a.mov(__[rbx + Activation.GuestRspAt], rsp);
        a.mov(rsp, __[rbx + Activation.HostRspAt]);
    }

    // Guest code mixes legacy SSE and VEX.128 instructions. Both are fast only while the upper halves of the vector
    // registers are known to be zero, and nothing that managed code does promises that.
    private static void ClearUpperHalves(Assembler a)
    {
        if (Avx.IsSupported) a.vzeroupper();
    }

    // To the entry, which the guest's stack is left to. Only here suspending differs from a trap, so it costs other calls nothing.
    private static void Leave(Assembler a)
    {
        a.mov(rsp, __[rbx + Activation.HostRspAt]);
        a.xor(eax, eax);
        a.cmp(__dword_ptr[rbx + Activation.PendingTrapAt], Activation.Suspend);
        a.sete(al);
        a.add(eax, (int)EntryStatus.Unwound);
        PopHostFrame(a);
    }

    private static void PushHostFrame(Assembler a)
    {
        a.push(rbp);
        a.push(rbx);
        a.push(r12);
        a.push(r13);
        a.push(r14);
        a.push(r15);
        a.sub(rsp, 8);
    }

    private static void PopHostFrame(Assembler a)
    {
        a.add(rsp, 8);
        a.pop(r15);
        a.pop(r14);
        a.pop(r13);
        a.pop(r12);
        a.pop(rbx);
        a.pop(rbp);
        a.ret();
    }
}
