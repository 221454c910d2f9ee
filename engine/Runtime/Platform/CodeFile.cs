using System;
using System.Threading;

namespace Kiln.Runtime.Platform;

/// <summary>
/// Memory for code that is never writable and executable at once, because it is never mapped writable at all: an
/// anonymous file (memfd) is written with <c>pwrite</c> and mapped inaccessible, then readable and executable part by
/// part.
/// </summary>
internal sealed unsafe class CodeFile : IDisposable
{
    private readonly ulong _size;
    private int _file;
    private byte* _start;

    /// <summary>Reserves <paramref name="size"/> bytes of address space over an empty file.</summary>
    public CodeFile(ulong size)
    {
        _size = size;
        fixed (byte* name = "kiln-code\0"u8) _file = Libc.MemfdCreate(name, Libc.MemfdCloseOnExec);
        if (_file < 0) VirtualMemory.Fail("create a file for", size);
        if (Libc.Ftruncate(_file, (long)size) != 0) VirtualMemory.Fail("size a file for", size);
        void* start = Libc.Mmap(null, (nuint)size, Libc.ProtNone, Libc.MapShared | Libc.MapNoReserve, _file, 0);
        if (start == Libc.MapFailed) VirtualMemory.Fail("map", size);
        _start = (byte*)start;
    }

    ~CodeFile() => Free();

    /// <summary>Where the reservation starts.</summary>
    public byte* Start => _start;

    /// <summary>Its size in bytes.</summary>
    public ulong Size => _size;

    /// <summary>Writes code at an offset; it is not visible before <see cref="Publish"/>.</summary>
    public void Write(ulong offset, ReadOnlySpan<byte> code)
    {
        fixed (byte* bytes = code)
        {
            nuint done = 0;
            while (done < (nuint)code.Length)
            {
                nint written = Libc.Pwrite(_file, bytes + done, (nuint)code.Length - done, (long)(offset + done));
                if (written <= 0) VirtualMemory.Fail("write", (ulong)code.Length);
                done += (nuint)written;
            }
        }
    }

    /// <summary>Makes whole pages readable and executable.</summary>
    public void Publish(ulong offset, ulong bytes)
    {
        if (Libc.Mprotect(_start + offset, (nuint)bytes, Libc.ProtRead | Libc.ProtExec) != 0) VirtualMemory.Fail("make executable", bytes);
    }

    /// <summary>Makes whole pages inaccessible and gives their memory back.</summary>
    public void Discard(ulong offset, ulong bytes)
    {
        VirtualMemory.Protect(_start + offset, bytes);
        _ = Libc.Fallocate(_file, Libc.FallocateKeepSize | Libc.FallocatePunchHole, (long)offset, (long)bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_start != null) VirtualMemory.Release(_start, _size);
        _start = null;
        int file = Interlocked.Exchange(ref _file, -1);
        if (file >= 0) _ = Libc.Close(file);
    }
}
