using System;
using System.IO;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Kiln.Bench.Boundary;

/// <summary>
/// The least that crossing into a guest can cost: stubs that switch stacks and do nothing else, called through a function
/// pointer from a loop. On the machine for which the targets were set, <see cref="EnterAndLeave"/> takes 2.5 ns and one of
/// <see cref="HostCalls"/> 5.9 ns; a slower machine is as much slower in the product, so the ratio is what can be compared.
/// </summary>
internal sealed unsafe class StackSwitchYardstick : IDisposable
{
    private const int CodeBytes = 4096;
    private const int StackBytes = 64 * 1024;
    private const int Headroom = 64;
    private const int ProtectReadWriteExecute = 7;
    private const int MapPrivateAnonymous = 0x22;

    private readonly byte* _code;
    private readonly byte* _stack;
    private readonly byte* _record;
    private readonly delegate* unmanaged[Cdecl]<byte*, ulong> _enter;
    private readonly delegate* unmanaged[Cdecl]<byte*, ulong, ulong> _callHost;

    public StackSwitchYardstick()
    {
        // SAFETY: the mappings are this object's own, and everything below writes inside them.
        _code = Map(CodeBytes, ProtectReadWriteExecute);
        _stack = Map(StackBytes, 3);
        _record = _stack + StackBytes - 256;
        byte* next = _code;
        _enter = (delegate* unmanaged[Cdecl]<byte*, ulong>)Emit(ref next, Enter);
        _callHost = (delegate* unmanaged[Cdecl]<byte*, ulong, ulong>)Emit(ref next, CallHost);
    }

    /// <summary>Switches to another stack, calls an empty function there and comes back, <paramref name="times"/> times.</summary>
    public void EnterAndLeave(int times)
    {
        // SAFETY: the stub preserves what the System V convention asks for and uses only this object's stack.
        for (int i = 0; i < times; i++) _enter(_record);
    }

    /// <summary>Enters once and calls managed code on the thread's own stack <paramref name="times"/> times.</summary>
    // SAFETY: as above.
    public void HostCalls(int times) => _callHost(_record, (ulong)times);

    public void Dispose()
    {
        // SAFETY: nobody runs the stubs any more.
        Unmap(_code, CodeBytes);
        Unmap(_stack, StackBytes);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static ulong Host(ulong value) => value + 1;

    private static void Enter(Assembler a)
    {
        Label guest = a.CreateLabel();
        Push(a);
        a.call(guest);
        Pop(a);
        a.Label(ref guest);
        a.ret();
    }

    private static void CallHost(Assembler a)
    {
        Label loop = a.CreateLabel();
        Push(a);
        a.mov(rbx, rsi);
        a.mov(rbp, rdi);
        a.Label(ref loop);
        a.mov(r12, rsp);
        a.mov(rsp, __[rbp]);
        a.mov(rdi, rbx);
        a.mov(rax, (ulong)(delegate* unmanaged[Cdecl]<ulong, ulong>)&Host);
        a.call(rax);
        a.mov(rsp, r12);
        a.dec(rbx);
        a.jnz(loop);
        Pop(a);
    }

    private static void Push(Assembler a)
    {
        a.push(rbp);
        a.push(rbx);
        a.push(r12);
        a.push(r13);
        a.push(r14);
        a.push(r15);
        a.sub(rsp, 8);
        a.mov(__[rdi], rsp);
        a.lea(rsp, __[rdi - Headroom]);
    }

    private static void Pop(Assembler a)
    {
        a.mov(rsp, __[rsp + Headroom]);
        a.add(rsp, 8);
        a.pop(r15);
        a.pop(r14);
        a.pop(r13);
        a.pop(r12);
        a.pop(rbx);
        a.pop(rbp);
        a.ret();
    }

    private static byte* Emit(ref byte* next, Action<Assembler> body)
    {
        var assembler = new Assembler(64);
        body(assembler);
        using var bytes = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(bytes), (ulong)next);
        byte* start = next;
        // SAFETY: the stubs together are far below CodeBytes.
        bytes.ToArray().CopyTo(new Span<byte>(start, (int)bytes.Length));
        next += (bytes.Length + 63) & ~63;
        return start;
    }

    private static byte* Map(int bytes, int protection)
    {
        byte* start = mmap(null, (nuint)bytes, protection, MapPrivateAnonymous, -1, 0);
        return (nint)start == -1 ? throw new OutOfMemoryException() : start;
    }

    private static void Unmap(byte* start, int bytes) => _ = munmap(start, (nuint)bytes);

    [DllImport("libc")]
    private static extern byte* mmap(void* address, nuint bytes, int protection, int flags, int file, long offset);

    [DllImport("libc")]
    private static extern int munmap(void* address, nuint bytes);
}
