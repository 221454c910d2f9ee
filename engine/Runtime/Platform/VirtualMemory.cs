using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Kiln.Runtime.Platform;

/// <summary>
/// Address space: reserved without memory behind it, made accessible in parts, given back. Addresses and lengths are
/// multiples of <see cref="PageSize"/>. Failures throw <see cref="OutOfMemoryException"/> where the machine ran out of
/// something, and otherwise do not happen.
/// </summary>
internal static unsafe class VirtualMemory
{
    /// <summary>Size of a hardware page in bytes.</summary>
    public const int PageSize = 4096;

    /// <summary><paramref name="bytes"/> rounded up to whole pages.</summary>
    public static ulong RoundUp(ulong bytes) => (bytes + (PageSize - 1)) & ~(ulong)(PageSize - 1);

    /// <summary>Reserves inaccessible address space.</summary>
    public static byte* Reserve(ulong bytes)
    {
        void* address = Libc.Mmap(null, (nuint)bytes, Libc.ProtNone, Libc.MapPrivate | Libc.MapAnonymous | Libc.MapNoReserve, -1, 0);
        if (address == Libc.MapFailed) Fail("reserve", bytes);
        return (byte*)address;
    }

    /// <summary>Reserves inaccessible address space that starts at a multiple of <paramref name="alignment"/>, a power of two.</summary>
    public static byte* ReserveAligned(ulong bytes, ulong alignment)
    {
        byte* start = Reserve(bytes + alignment);
        byte* aligned = (byte*)(((ulong)start + alignment - 1) & ~(alignment - 1));
        ulong before = (ulong)(aligned - start);
        if (before != 0) Release(start, before);
        ulong after = alignment - before;
        if (after != 0) Release(aligned + bytes, after);
        return aligned;
    }

    /// <summary>Makes a part of a reservation readable and writable; it is zero where it was not accessible before.</summary>
    public static bool TryCommit(byte* start, ulong bytes) =>
        bytes == 0 || Libc.Mprotect(start, (nuint)bytes, Libc.ProtRead | Libc.ProtWrite) == 0;

    /// <summary>As <see cref="TryCommit"/>, but failure is an error.</summary>
    public static void Commit(byte* start, ulong bytes)
    {
        if (!TryCommit(start, bytes)) Fail("commit", bytes);
    }

    /// <summary>Makes a part inaccessible; its content is kept.</summary>
    public static void Protect(byte* start, ulong bytes)
    {
        if (bytes != 0 && Libc.Mprotect(start, (nuint)bytes, Libc.ProtNone) != 0) Fail("protect", bytes);
    }

    /// <summary>Forgets the content of a part of a private reservation: it reads as zero and takes no memory.</summary>
    public static void Zero(byte* start, ulong bytes)
    {
        if (bytes != 0 && Libc.Madvise(start, (nuint)bytes, Libc.MadviseDontNeed) != 0) Fail("reset", bytes);
    }

    /// <summary>
    /// Moves the pages of an accessible part, with their content, to where another one is, which they replace; false if nothing
    /// happened. Where they were, other pages take their place, which read as zero.
    /// </summary>
    public static bool TryMove(byte* from, byte* to, ulong bytes) =>
        Libc.Mremap(from, (nuint)bytes, (nuint)bytes, Libc.MremapMayMove | Libc.MremapFixed | Libc.MremapDontUnmap, to) == to;

    /// <summary>Gives address space back.</summary>
    public static void Release(byte* start, ulong bytes)
    {
        if (bytes != 0) _ = Libc.Munmap(start, (nuint)bytes);
    }

    /// <summary>Maps a page of its own with the given code, readable and executable.</summary>
    public static byte* MapCode(ReadOnlySpan<byte> code)
    {
        ulong bytes = RoundUp((ulong)code.Length);
        byte* start = Reserve(bytes);
        Commit(start, bytes);
        code.CopyTo(new Span<byte>(start, code.Length));
        if (Libc.Mprotect(start, (nuint)bytes, Libc.ProtRead | Libc.ProtExec) != 0) Fail("make executable", bytes);
        return start;
    }

    [DoesNotReturn]
    internal static void Fail(string what, ulong bytes) =>
        throw new OutOfMemoryException($"cannot {what} {bytes} bytes of address space (error {Marshal.GetLastPInvokeError()})");
}
