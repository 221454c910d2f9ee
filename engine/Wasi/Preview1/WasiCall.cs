using System;
using System.Threading;
using Kiln.Wasi.FileSystem;

namespace Kiln.Wasi.Preview1;

/// <summary>The body of one WASI function.</summary>
internal delegate Errno WasiFunction(in WasiCall call);

/// <summary>One call of a WASI function: whose context, which memory, which arguments; and what several functions share.</summary>
internal readonly ref struct WasiCall(WasiContext context, GuestMemory memory, ReadOnlySpan<Value> arguments, CancellationToken cancellation)
{
    private readonly ReadOnlySpan<Value> _arguments = arguments;

    public WasiContext Context { get; } = context;

    public GuestMemory Memory { get; } = memory;

    /// <summary>Fires when the guest is to stop; for everything that waits.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    public uint U32(int argument) => (uint)_arguments[argument].AsInt32();

    public ulong U64(int argument) => (ulong)_arguments[argument].AsInt64();

    /// <summary>The descriptor whose number is an argument, if it has all of <paramref name="needed"/>.</summary>
    public Errno Descriptor(int argument, Rights needed, out Descriptor? descriptor)
    {
        if (!Context.Descriptors.TryGet(U32(argument), out descriptor)) return Errno.BadFile;
        return (descriptor.Base & needed) == needed ? Errno.Success : Errno.NotCapable;
    }

    /// <summary>As <see cref="Descriptor"/>, for what only a regular file can do; EBADF for anything else.</summary>
    public Errno File(int argument, Rights needed, out FileDescriptor? file)
    {
        file = null;
        if (!Context.Descriptors.TryGet(U32(argument), out Descriptor? descriptor)) return Errno.BadFile;
        file = descriptor as FileDescriptor;
        if (file is null) return Errno.BadFile;
        return (descriptor.Base & needed) == needed ? Errno.Success : Errno.NotCapable;
    }

    /// <summary>As <see cref="Descriptor"/>, for what only a directory can do; ENOTDIR for anything else.</summary>
    public Errno Directory(int argument, Rights needed, out DirectoryDescriptor? directory)
    {
        directory = null;
        if (!Context.Descriptors.TryGet(U32(argument), out Descriptor? descriptor)) return Errno.BadFile;
        directory = descriptor as DirectoryDescriptor;
        if (directory is null) return Errno.NotDirectory;
        return (descriptor.Base & needed) == needed ? Errno.Success : Errno.NotCapable;
    }

    /// <summary>Resolves a path given by (directory descriptor, address, length) in three arguments.</summary>
    public Errno Resolve(int directoryArgument, int addressArgument, int lengthArgument, Rights needed, bool followLast, out ResolvedPath path)
    {
        path = default;
        Errno error = Directory(directoryArgument, needed, out DirectoryDescriptor? directory);
        if (error != Errno.Success) return error;
        error = Memory.TryReadText(U32(addressArgument), U32(lengthArgument), out string text);
        if (error != Errno.Success) return error;
        return PathResolver.Resolve(directory!.Directory, text, followLast, out path);
    }

    /// <summary>Notes that a node's content changed now.</summary>
    public Errno Touch(Node node)
    {
        node.ModificationTime = node.ChangeTime = Context.FileSystem.Now;
        return Errno.Success;
    }

    /// <summary>Sets access and modification time as <paramref name="flags"/> say; EINVAL if they contradict themselves.</summary>
    public Errno SetTimes(Node node, ulong access, ulong modification, TimeFlags flags)
    {
        const TimeFlags bothAccess = TimeFlags.AccessTime | TimeFlags.AccessTimeNow;
        const TimeFlags bothModification = TimeFlags.ModificationTime | TimeFlags.ModificationTimeNow;
        if ((flags & ~TimeFlags.All) != 0 || (flags & bothAccess) == bothAccess || (flags & bothModification) == bothModification) return Errno.Invalid;
        ulong now = Context.FileSystem.Now;
        if ((flags & TimeFlags.AccessTime) != 0) node.AccessTime = access;
        if ((flags & TimeFlags.AccessTimeNow) != 0) node.AccessTime = now;
        if ((flags & TimeFlags.ModificationTime) != 0) node.ModificationTime = modification;
        if ((flags & TimeFlags.ModificationTimeNow) != 0) node.ModificationTime = now;
        node.ChangeTime = now;
        return Errno.Success;
    }

    // filestat: 0 device u64, 8 inode u64, 16 filetype u8, 24 links u64, 32 size u64, 40 atim, 48 mtim, 56 ctim.
    /// <summary>Writes a filestat record of 64 bytes; a stream has no node and mostly zeros.</summary>
    public Errno WriteFilestat(uint address, FileType type, Node? node)
    {
        if (!Memory.TryClear(address, 64)) return Errno.Fault;
        Memory.WriteU8(address + 16, (byte)type);
        if (node is null) return Errno.Success;
        Memory.WriteU64(address, WasiContext.Device);
        Memory.WriteU64(address + 8, node.Inode);
        Memory.WriteU64(address + 24, (ulong)node.LinkCount);
        Memory.WriteU64(address + 32, (ulong)node.Size);
        Memory.WriteU64(address + 40, node.AccessTime);
        Memory.WriteU64(address + 48, node.ModificationTime);
        Memory.WriteU64(address + 56, node.ChangeTime);
        return Errno.Success;
    }

    public static FileType TypeOf(Node node) => node switch
    {
        DirectoryNode => FileType.Directory,
        SymbolicLinkNode => FileType.SymbolicLink,
        _ => FileType.RegularFile,
    };
}
