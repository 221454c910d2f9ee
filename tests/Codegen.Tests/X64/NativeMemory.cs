using System;
using System.Collections.Concurrent;
using System.IO;
using System.Runtime.InteropServices;
using Iced.Intel;
using Kiln.Codegen.Ir;
using Xunit.Sdk;
using static Iced.Intel.AssemblerRegisters;

namespace Kiln.Codegen.Tests.X64;

/// <summary>
/// Executable memory for tests, and a SIGSEGV handler that turns a fault in it into a return from the running call.
/// One call runs at a time.
/// </summary>
internal static unsafe partial class NativeMemory
{
    private const int ArenaBytes = 64 << 20;
    private const int Sigsegv = 11;
    private const int SigactionBytes = 152;

    // First, because the others' initialisers need it.
    public static object Lock { get; } = new();

    /// <summary>Trap code by address, for all code placed.</summary>
    public static ConcurrentDictionary<nint, TrapCode> Traps { get; } = new();

    // Cell: 0 stack pointer to return to, 8 pc of the fault or 0, 16 address to go on at.
    private static readonly long* _cell = (long*)NativeMemoryPages(4096, writable: true);
    private static readonly byte* _arena = NativeMemoryPages(ArenaBytes, writable: true, executable: true);
    private static int _used;
    private static readonly nint _landing = InstallHandler();

    /// <summary>Where the running call stores its stack pointer, and reads the pc of a fault.</summary>
    public static long* Cell => _cell;

    public static nint Landing => _landing;

    /// <summary>Copies code into executable memory; its address is a multiple of 16.</summary>
    public static nint Place(ReadOnlySpan<byte> code)
    {
        lock (Lock)
        {
            int at = (_used + 15) & ~15;
            if (at + code.Length > ArenaBytes) at = 0; // tests do not keep code for long
            code.CopyTo(new Span<byte>(_arena + at, ArenaBytes - at));
            _used = at + code.Length;
            return (nint)(_arena + at);
        }
    }

    /// <summary>Room for a jump whose target is set later.</summary>
    public static nint PlaceJumpCell() => Place([0xFF, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);

    /// <summary>Sets the target of such a jump: jmp [rip], followed by the address.</summary>
    public static void SetJumpCell(nint cell, nint target) => *(nint*)(cell + 6) = target;

    public static nint Assemble(Action<Assembler> write)
    {
        var assembler = new Assembler(64);
        write(assembler);
        var stream = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(stream), 0);
        return Place(stream.ToArray());
    }

    private static nint InstallHandler()
    {
        byte* old = stackalloc byte[SigactionBytes];
        byte* action = stackalloc byte[SigactionBytes];
        if (Sigaction(Sigsegv, null, old) != 0) throw new XunitException("sigaction");
        nint previous = *(nint*)old;
        new Span<byte>(old, SigactionBytes).CopyTo(new Span<byte>(action, SigactionBytes));

        // Restores what Caller's shim saved; the stack pointer is already the saved one.
        nint landing = Assemble(static c =>
        {
            c.mov(rax, (long)_cell);
            c.jmp(__qword_ptr[rax + 16]);
        });
        nint handler = Assemble(c =>
        {
            Label chain = c.CreateLabel();
            const int Rsp = 160, Rip = 168; // in ucontext_t
            c.mov(rax, __qword_ptr[rdx + Rip]);
            c.mov(rcx, (long)_arena);
            c.cmp(rax, rcx);
            c.jb(chain);
            c.add(rcx, ArenaBytes);
            c.cmp(rax, rcx);
            c.jae(chain);
            c.mov(rcx, (long)_cell);
            c.mov(__qword_ptr[rcx + 8], rax);
            c.mov(rax, __qword_ptr[rcx]);
            c.mov(__qword_ptr[rdx + Rsp], rax);
            c.mov(rax, (long)landing);
            c.mov(__qword_ptr[rdx + Rip], rax);
            c.ret();
            c.Label(ref chain);
            c.mov(rax, (long)previous);
            c.jmp(rax);
        });
        *(nint*)action = handler;
        if (Sigaction(Sigsegv, action, null) != 0) throw new XunitException("sigaction");
        return landing;
    }

    private static byte* NativeMemoryPages(int bytes, bool writable, bool executable = false)
    {
        const int PrivateAnonymous = 0x22;
        nint pages = Mmap(0, (nuint)bytes, 1 | (writable ? 2 : 0) | (executable ? 4 : 0), PrivateAnonymous, -1, 0);
        if (pages == -1) throw new XunitException("mmap");
        return (byte*)pages;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Mmap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static partial int Sigaction(int signal, byte* action, byte* old);
}
