using System;
using Kiln.Wasi.FileSystem;

namespace Kiln.Wasi.Preview1;

/// <summary>Reading and writing: <c>fd_read</c>, <c>fd_write</c> and their forms at an offset.</summary>
internal static class TransferFunctions
{
    /// <summary>Buffers that one call may name (IOV_MAX on Linux).</summary>
    private const uint MaxVectors = 1024;

    public static Errno Read(in WasiCall call)
    {
        Errno error = call.Descriptor(0, Rights.FdRead, out Descriptor? descriptor);
        if (error != Errno.Success) return error;
        switch (descriptor)
        {
            case FileDescriptor file:
                error = ReadAt(call, file.File, file.Position, call.U32(1), call.U32(2), call.U32(3), out long count);
                file.Position += count;
                return error;
            case StreamDescriptor { Input: { } input }:
                return ReadStream(call, input);
            case DirectoryDescriptor:
                return Errno.IsDirectory;
            default:
                return Errno.BadFile;
        }
    }

    public static Errno Pread(in WasiCall call)
    {
        Errno error = call.Descriptor(0, Rights.FdRead, out Descriptor? descriptor);
        if (error != Errno.Success) return error;
        if (descriptor is StreamDescriptor) return Errno.InvalidSeek;
        if (descriptor is not FileDescriptor file) return Errno.BadFile;
        if ((file.Base & Rights.FdSeek) == 0) return Errno.NotCapable;
        if ((long)call.U64(3) < 0) return Errno.Invalid;
        return ReadAt(call, file.File, (long)call.U64(3), call.U32(1), call.U32(2), call.U32(4), out _);
    }

    public static Errno Write(in WasiCall call)
    {
        Errno error = call.Descriptor(0, Rights.FdWrite, out Descriptor? descriptor);
        if (error != Errno.Success) return error;
        switch (descriptor)
        {
            case FileDescriptor file:
                long offset = (file.Flags & FdFlags.Append) != 0 ? file.File.Size : file.Position;
                error = WriteAt(call, file.File, offset, call.U32(1), call.U32(2), call.U32(3), out long count);
                file.Position = offset + count;
                return error;
            case StreamDescriptor { Output: { } output }:
                return WriteStream(call, output);
            default:
                return Errno.BadFile;
        }
    }

    public static Errno Pwrite(in WasiCall call)
    {
        Errno error = call.Descriptor(0, Rights.FdWrite, out Descriptor? descriptor);
        if (error != Errno.Success) return error;
        if (descriptor is StreamDescriptor) return Errno.InvalidSeek;
        if (descriptor is not FileDescriptor file) return Errno.BadFile;
        if ((file.Base & Rights.FdSeek) == 0) return Errno.NotCapable;
        if ((long)call.U64(3) < 0) return Errno.Invalid;
        // As on Linux, a descriptor opened for appending appends whatever the offset.
        long offset = (file.Flags & FdFlags.Append) != 0 ? file.File.Size : (long)call.U64(3);
        return WriteAt(call, file.File, offset, call.U32(1), call.U32(2), call.U32(4), out _);
    }

    private static Errno ReadAt(in WasiCall call, FileNode file, long offset, uint vectors, uint count, uint resultAddress, out long total)
    {
        total = 0;
        if (!call.Memory.InBounds(resultAddress, 4)) return Errno.Fault;
        Errno error = CheckVectors(call, vectors, count);
        if (error != Errno.Success) return error;
        for (uint i = 0; i < count; i++)
        {
            Span<byte> buffer = Vector(call, vectors, i);
            int got = file.Read(offset + total, buffer);
            total += got;
            if (got < buffer.Length) break;
        }

        file.AccessTime = call.Context.FileSystem.Now;
        call.Memory.WriteU32(resultAddress, (uint)total);
        return Errno.Success;
    }

    private static Errno WriteAt(in WasiCall call, FileNode file, long offset, uint vectors, uint count, uint resultAddress, out long total)
    {
        total = 0;
        if (!call.Memory.InBounds(resultAddress, 4)) return Errno.Fault;
        Errno error = CheckVectors(call, vectors, count);
        if (error != Errno.Success) return error;
        for (uint i = 0; i < count; i++)
        {
            Span<byte> buffer = Vector(call, vectors, i);
            if (offset > long.MaxValue - total - buffer.Length) return Errno.FileTooLarge;
            if (!file.TryWrite(offset + total, buffer))
            {
                if (total == 0) return Errno.NoSpace;
                break;
            }

            total += buffer.Length;
        }

        call.Memory.WriteU32(resultAddress, (uint)total);
        return total == 0 ? Errno.Success : call.Touch(file);
    }

    // A stream gives what one read gives: the guest must not wait for more than it can already have.
    private static Errno ReadStream(in WasiCall call, IGuestInput input)
    {
        uint vectors = call.U32(1), count = call.U32(2);
        if (!call.Memory.InBounds(call.U32(3), 4)) return Errno.Fault;
        Errno error = CheckVectors(call, vectors, count);
        if (error != Errno.Success) return error;
        int got = 0;
        for (uint i = 0; i < count; i++)
        {
            Span<byte> buffer = Vector(call, vectors, i);
            if (buffer.IsEmpty) continue;
            got = input.Read(buffer, call.Cancellation);
            break;
        }

        call.Memory.WriteU32(call.U32(3), (uint)got);
        return Errno.Success;
    }

    private static Errno WriteStream(in WasiCall call, IGuestOutput output)
    {
        uint vectors = call.U32(1), count = call.U32(2), total = 0;
        if (!call.Memory.InBounds(call.U32(3), 4)) return Errno.Fault;
        Errno error = CheckVectors(call, vectors, count);
        if (error != Errno.Success) return error;
        for (uint i = 0; i < count; i++)
        {
            Span<byte> buffer = Vector(call, vectors, i);
            if (buffer.IsEmpty) continue;
            if (!output.Write(buffer, call.Cancellation)) return Errno.BrokenPipe;
            total += (uint)buffer.Length;
        }

        call.Memory.WriteU32(call.U32(3), total);
        return Errno.Success;
    }

    // iovec: 0 address u32, 4 length u32. All must be in bounds and their sum a u32 before any byte moves.
    private static Errno CheckVectors(in WasiCall call, uint vectors, uint count)
    {
        if (count > MaxVectors) return Errno.Invalid;
        if (!call.Memory.InBounds(vectors, count * 8)) return Errno.Fault;
        ulong sum = 0;
        for (uint i = 0; i < count; i++)
        {
            uint length = call.Memory.ReadU32(vectors + i * 8 + 4);
            if (!call.Memory.InBounds(call.Memory.ReadU32(vectors + i * 8), length)) return Errno.Fault;
            sum += length;
        }

        return sum <= int.MaxValue ? Errno.Success : Errno.Invalid;
    }

    private static Span<byte> Vector(in WasiCall call, uint vectors, uint index) =>
        call.Memory.Slice(call.Memory.ReadU32(vectors + index * 8), call.Memory.ReadU32(vectors + index * 8 + 4));
}
