using System.Runtime.InteropServices;

namespace Kiln.Runtime.Platform;

// The only P/Invoke declarations of the runtime: the Linux calls it needs, with the constants of x86-64. Memory and files
// go through VirtualMemory, CodeFile and MappedFile beside this one, randomness through KernelRandom; the fault handler and
// the stubs use the rest directly.

/// <summary>Linux system calls through the C library.</summary>
internal static unsafe partial class Libc
{
    public const int ProtNone = 0;
    public const int ProtRead = 1;
    public const int ProtWrite = 2;
    public const int ProtExec = 4;

    public const int MapShared = 0x01;
    public const int MapPrivate = 0x02;
    public const int MapFixed = 0x10;
    public const int MapAnonymous = 0x20;
    public const int MapNoReserve = 0x4000;

    public const int MremapMayMove = 1;
    public const int MremapFixed = 2;
    public const int MremapDontUnmap = 4;

    public const int MadviseDontNeed = 4;
    public const int FallocateKeepSize = 1;
    public const int FallocatePunchHole = 2;
    public const uint MemfdCloseOnExec = 1;

    public const int SigSegv = 11;

    /// <summary>EINTR: a signal came before anything was done.</summary>
    public const int Interrupted = 4;

    /// <summary>What <see cref="Mmap"/> returns on failure.</summary>
    public static readonly void* MapFailed = (void*)-1;

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial void* Mmap(void* address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Munmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "mremap", SetLastError = true)]
    public static partial void* Mremap(void* from, nuint oldLength, nuint length, int flags, void* to);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    public static partial int Mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    public static partial int Madvise(void* address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true)]
    public static partial int MemfdCreate(byte* name, uint flags);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Ftruncate(int file, long length);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint Pwrite(int file, byte* bytes, nuint count, long offset);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Fallocate(int file, int mode, long offset, long length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    public static partial nint GetRandom(byte* buffer, nuint length, uint flags);

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    public static partial int Sigaction(int signal, SignalAction* action, SignalAction* old);
}

/// <summary>The C library's <c>struct sigaction</c> on x86-64 Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SignalAction
{
    public nint Handler;
    public fixed ulong Mask[16];
    public int Flags;
    public nint Restorer;
}
