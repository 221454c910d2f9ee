using System;
using Kiln.Wasi.FileSystem;

namespace Kiln.Wasi.Preview1;

/// <summary>The <c>fd_*</c> functions that ask about descriptors or change them; reading and writing is in <see cref="TransferFunctions"/>.</summary>
internal static class FdFunctions
{
    public static Errno Advise(in WasiCall call)
    {
        Errno error = call.File(0, Rights.FdAdvise, out _);
        if (error != Errno.Success) return error;
        // Advice has no effect on memory, but is checked: offset + length must fit, the advice be known.
        if ((long)call.U64(1) < 0 || (long)call.U64(2) < 0 || call.U64(1) + call.U64(2) > long.MaxValue) return Errno.Invalid;
        return call.U32(3) <= 5 ? Errno.Success : Errno.Invalid;
    }

    public static Errno Allocate(in WasiCall call)
    {
        Errno error = call.File(0, Rights.FdAllocate, out FileDescriptor? file);
        if (error != Errno.Success) return error;
        ulong offset = call.U64(1), length = call.U64(2);
        if (length == 0 || (long)offset < 0 || (long)length < 0) return Errno.Invalid;
        ulong end = offset + length;
        if (end > long.MaxValue) return Errno.FileTooLarge;
        if ((long)end <= file!.File.Size) return Errno.Success;
        return file.File.TryResize((long)end) ? call.Touch(file.Node) : Errno.NoSpace;
    }

    public static Errno Close(in WasiCall call) => call.Context.Descriptors.Close(call.U32(0));

    public static Errno Sync(in WasiCall call) => call.Descriptor(0, Rights.None, out _);

    public static Errno Renumber(in WasiCall call) => call.Context.Descriptors.Renumber(call.U32(0), call.U32(1));

    // fdstat: 0 filetype u8, 2 flags u16, 8 base rights u64, 16 inheriting rights u64.
    public static Errno FdstatGet(in WasiCall call)
    {
        Errno error = call.Descriptor(0, Rights.None, out Descriptor? descriptor);
        if (error != Errno.Success) return error;
        if (!call.Memory.TryClear(call.U32(1), 24)) return Errno.Fault;
        call.Memory.WriteU8(call.U32(1), (byte)descriptor!.Type);
        call.Memory.WriteU16(call.U32(1) + 2, (ushort)descriptor.Flags);
        call.Memory.WriteU64(call.U32(1) + 8, (ulong)descriptor.Base);
        call.Memory.WriteU64(call.U32(1) + 16, (ulong)descriptor.Inheriting);
        return Errno.Success;
    }

    public static Errno FdstatSetFlags(in WasiCall call)
    {
        Errno error = call.Descriptor(0, Rights.FdFdstatSetFlags, out Descriptor? descriptor);
        if (error != Errno.Success) return error;
        var flags = (FdFlags)call.U32(1);
        if ((flags & ~FdFlags.All) != 0) return Errno.Invalid;
        // Files are in memory: synchronised writing is a promise that could not be broken, but nothing keeps it.
        if ((flags & (FdFlags.DSync | FdFlags.RSync | FdFlags.Sync)) != 0) return Errno.NotSupported;
        descriptor!.Flags = flags;
        return Errno.Success;
    }

    public static Errno FdstatSetRights(in WasiCall call)
    {
        Errno error = call.Descriptor(0, Rights.None, out Descriptor? descriptor);
        if (error != Errno.Success) return error;
        var wantedBase = (Rights)call.U64(1);
        var wantedInheriting = (Rights)call.U64(2);
        if ((wantedBase & ~descriptor!.Base) != 0 || (wantedInheriting & ~descriptor.Inheriting) != 0) return Errno.NotCapable;
        descriptor.Base = wantedBase;
        descriptor.Inheriting = wantedInheriting;
        return Errno.Success;
    }

    public static Errno FilestatGet(in WasiCall call)
    {
        Errno error = call.Descriptor(0, Rights.FdFilestatGet, out Descriptor? descriptor);
        if (error != Errno.Success) return error;
        return call.WriteFilestat(call.U32(1), descriptor!.Type, (descriptor as NodeDescriptor)?.Node);
    }

    public static Errno FilestatSetSize(in WasiCall call)
    {
        Errno error = call.File(0, Rights.FdFilestatSetSize, out FileDescriptor? file);
        if (error != Errno.Success) return error;
        if ((long)call.U64(1) < 0) return Errno.Invalid;
        return file!.File.TryResize((long)call.U64(1)) ? call.Touch(file.Node) : Errno.NoSpace;
    }

    public static Errno FilestatSetTimes(in WasiCall call)
    {
        Errno error = call.Descriptor(0, Rights.FdFilestatSetTimes, out Descriptor? descriptor);
        if (error != Errno.Success) return error;
        if (descriptor is not NodeDescriptor { Node: var node }) return Errno.BadFile;
        return call.SetTimes(node, call.U64(1), call.U64(2), (TimeFlags)call.U32(3));
    }

    // prestat: 0 tag u8 (0 = directory), 4 length of the name u32.
    public static Errno PrestatGet(in WasiCall call)
    {
        if (!call.Context.Descriptors.TryGet(call.U32(0), out Descriptor? descriptor)) return Errno.BadFile;
        if (descriptor is not DirectoryDescriptor { PreopenName: { } name }) return Errno.BadFile;
        if (!call.Memory.TryClear(call.U32(1), 8)) return Errno.Fault;
        call.Memory.WriteU32(call.U32(1) + 4, (uint)System.Text.Encoding.UTF8.GetByteCount(name));
        return Errno.Success;
    }

    public static Errno PrestatDirName(in WasiCall call)
    {
        if (!call.Context.Descriptors.TryGet(call.U32(0), out Descriptor? descriptor)) return Errno.BadFile;
        if (descriptor is not DirectoryDescriptor { PreopenName: { } name }) return Errno.NotDirectory;
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(name);
        if (bytes.Length > call.U32(2)) return Errno.NameTooLong;
        return call.Memory.TryWrite(call.U32(1), bytes) ? Errno.Success : Errno.Fault;
    }

    public static Errno Seek(in WasiCall call)
    {
        Errno error = call.Descriptor(0, Rights.None, out Descriptor? descriptor);
        if (error != Errno.Success) return error;
        if (descriptor is StreamDescriptor) return Errno.InvalidSeek;
        if (descriptor is not FileDescriptor file) return Errno.BadFile;
        var whence = (Whence)call.U32(2);
        long delta = (long)call.U64(1);
        // Telling the position needs less than moving it.
        Rights needed = whence == Whence.Current && delta == 0 ? Rights.FdTell : Rights.FdSeek;
        if ((file.Base & needed) == 0 && (file.Base & Rights.FdSeek) == 0) return Errno.NotCapable;
        long from = 0;
        if (whence == Whence.Current) from = file.Position;
        else if (whence == Whence.End) from = file.File.Size;
        else if (whence != Whence.Set) return Errno.Invalid;
        Int128 target = (Int128)from + delta;
        if (target < 0) return Errno.Invalid;
        if (target > long.MaxValue) return Errno.Overflow;
        if (!call.Memory.TryWriteU64(call.U32(3), (ulong)target)) return Errno.Fault;
        file.Position = (long)target;
        return Errno.Success;
    }

    public static Errno Tell(in WasiCall call)
    {
        Errno error = call.Descriptor(0, Rights.None, out Descriptor? descriptor);
        if (error != Errno.Success) return error;
        if (descriptor is StreamDescriptor) return Errno.InvalidSeek;
        if (descriptor is not FileDescriptor file) return Errno.BadFile;
        if ((file.Base & (Rights.FdTell | Rights.FdSeek)) == 0) return Errno.NotCapable;
        return call.Memory.TryWriteU64(call.U32(1), (ulong)file.Position) ? Errno.Success : Errno.Fault;
    }

    // dirent: 0 next u64, 8 inode u64, 16 name length u32, 20 type u8; 24 bytes, then the name.
    public static Errno Readdir(in WasiCall call)
    {
        Errno error = call.Directory(0, Rights.FdReaddir, out DirectoryDescriptor? directory);
        if (error != Errno.Success) return error;
        uint buffer = call.U32(1), length = call.U32(2), used = 0;
        ulong cookie = call.U64(3);
        if (!call.Memory.InBounds(buffer, length) || !call.Memory.InBounds(call.U32(4), 4)) return Errno.Fault;
        DirectoryNode node = directory!.Directory;
        // Cookies 1 and 2 are behind "." and ".."; an entry's is its sequence number plus 3.
        bool room = true;
        if (cookie < 1) room = WriteEntry(call, ".", node, 1, buffer, length, ref used);
        if (room && cookie < 2) room = WriteEntry(call, "..", node.Parent ?? node, 2, buffer, length, ref used);
        if (room)
        {
            foreach (DirectoryNode.Entry entry in node.EntriesFrom(cookie < 2 ? 0 : (long)(cookie - 2)))
            {
                if (!WriteEntry(call, entry.Name, entry.Node, (ulong)entry.Sequence + 3, buffer, length, ref used)) break;
            }
        }

        node.AccessTime = call.Context.FileSystem.Now;
        call.Memory.WriteU32(call.U32(4), used);
        return Errno.Success;
    }

    // Writes as much of an entry as fits, as the ABI asks; false when the buffer is full.
    private static bool WriteEntry(in WasiCall call, string name, Node node, ulong next, uint buffer, uint length, ref uint used)
    {
        byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(name);
        Span<byte> header = stackalloc byte[24];
        header.Clear();
        BitConverter.TryWriteBytes(header, next);
        BitConverter.TryWriteBytes(header[8..], node.Inode);
        BitConverter.TryWriteBytes(header[16..], utf8.Length);
        header[20] = (byte)WasiCall.TypeOf(node);
        return Put(call, header, buffer, length, ref used) && Put(call, utf8, buffer, length, ref used);
    }

    private static bool Put(in WasiCall call, ReadOnlySpan<byte> bytes, uint buffer, uint length, ref uint used)
    {
        int count = (int)Math.Min((uint)bytes.Length, length - used);
        call.Memory.TryWrite(buffer + used, bytes[..count]);
        used += (uint)count;
        return count == bytes.Length && used < length;
    }
}
