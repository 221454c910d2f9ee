using System;
using Kiln.Wasi.FileSystem;

namespace Kiln.Wasi.Preview1;

/// <summary>The <c>path_*</c> functions but for <c>path_open</c>: making, removing, linking, renaming, asking.</summary>
internal static class PathFunctions
{
    public static Errno CreateDirectory(in WasiCall call)
    {
        Errno error = call.Resolve(0, 1, 2, Rights.PathCreateDirectory, followLast: false, out ResolvedPath path);
        if (error != Errno.Success) return error;
        if (path.Node is not null) return Errno.Exist;
        path.Parent.Add(path.Name, call.Context.FileSystem.NewDirectory(), call.Context.FileSystem.Now);
        return Errno.Success;
    }

    public static Errno FilestatGet(in WasiCall call)
    {
        Errno error = call.Resolve(0, 2, 3, Rights.PathFilestatGet, Follows(call, 1), out ResolvedPath path);
        if (error != Errno.Success) return error;
        if (path.Node is null) return Errno.NoEntry;
        return call.WriteFilestat(call.U32(4), WasiCall.TypeOf(path.Node), path.Node);
    }

    public static Errno FilestatSetTimes(in WasiCall call)
    {
        Errno error = call.Resolve(0, 2, 3, Rights.PathFilestatSetTimes, Follows(call, 1), out ResolvedPath path);
        if (error != Errno.Success) return error;
        if (path.Node is null) return Errno.NoEntry;
        return call.SetTimes(path.Node, call.U64(4), call.U64(5), (TimeFlags)call.U32(6));
    }

    public static Errno Link(in WasiCall call)
    {
        // wasi-libc never follows here and a hard link to a symbolic link's target may not be asked for.
        if (Follows(call, 1)) return Errno.Invalid;
        Errno error = call.Resolve(0, 2, 3, Rights.PathLinkSource, followLast: false, out ResolvedPath source);
        if (error != Errno.Success) return error;
        error = call.Resolve(4, 5, 6, Rights.PathLinkTarget, followLast: false, out ResolvedPath target);
        if (error != Errno.Success) return error;
        if (source.Node is null) return Errno.NoEntry;
        if (source.Node is DirectoryNode) return Errno.NotPermitted;
        if (target.Node is not null) return Errno.Exist;
        if (target.MustBeDirectory) return Errno.NoEntry;
        target.Parent.Add(target.Name, source.Node, call.Context.FileSystem.Now);
        return Errno.Success;
    }

    public static Errno Readlink(in WasiCall call)
    {
        Errno error = call.Resolve(0, 1, 2, Rights.PathReadlink, followLast: false, out ResolvedPath path);
        if (error != Errno.Success) return error;
        if (path.Node is null) return Errno.NoEntry;
        if (path.Node is not SymbolicLinkNode link) return Errno.Invalid;
        byte[] target = System.Text.Encoding.UTF8.GetBytes(link.Target);
        int count = (int)Math.Min((uint)target.Length, call.U32(4));
        if (!call.Memory.InBounds(call.U32(5), 4) || !call.Memory.TryWrite(call.U32(3), target.AsSpan(0, count))) return Errno.Fault;
        call.Memory.WriteU32(call.U32(5), (uint)count);
        return Errno.Success;
    }

    public static Errno RemoveDirectory(in WasiCall call)
    {
        Errno error = call.Resolve(0, 1, 2, Rights.PathRemoveDirectory, followLast: false, out ResolvedPath path);
        if (error != Errno.Success) return error;
        if (path.Node is null) return Errno.NoEntry;
        if (path.Node is not DirectoryNode directory) return Errno.NotDirectory;
        if (!path.HasName) return Errno.Invalid;
        if (!directory.IsEmpty) return Errno.NotEmpty;
        path.Parent.Remove(path.Name, call.Context.FileSystem.Now);
        return Errno.Success;
    }

    public static Errno UnlinkFile(in WasiCall call)
    {
        Errno error = call.Resolve(0, 1, 2, Rights.PathUnlinkFile, followLast: false, out ResolvedPath path);
        if (error != Errno.Success) return error;
        if (path.Node is null) return Errno.NoEntry;
        if (path.Node is DirectoryNode) return Errno.IsDirectory;
        path.Parent.Remove(path.Name, call.Context.FileSystem.Now);
        return Errno.Success;
    }

    public static Errno Symlink(in WasiCall call)
    {
        Errno error = call.Memory.TryReadText(call.U32(0), call.U32(1), out string target);
        if (error != Errno.Success) return error;
        error = call.Resolve(2, 3, 4, Rights.PathSymlink, followLast: false, out ResolvedPath path);
        if (error != Errno.Success) return error;
        if (target.Length == 0) return Errno.NoEntry;
        if (target.Contains('\0')) return Errno.Invalid;
        if (target[0] == '/') return Errno.NotPermitted;
        if (path.Node is not null) return Errno.Exist;
        if (path.MustBeDirectory) return Errno.NoEntry;
        path.Parent.Add(path.Name, call.Context.FileSystem.NewSymbolicLink(target), call.Context.FileSystem.Now);
        return Errno.Success;
    }

    public static Errno Rename(in WasiCall call)
    {
        Errno error = call.Resolve(0, 1, 2, Rights.PathRenameSource, followLast: false, out ResolvedPath source);
        if (error != Errno.Success) return error;
        error = call.Resolve(3, 4, 5, Rights.PathRenameTarget, followLast: false, out ResolvedPath target);
        if (error != Errno.Success) return error;
        if (source.Node is null) return Errno.NoEntry;
        if (!source.HasName || !target.HasName) return Errno.Busy;
        var directory = source.Node as DirectoryNode;
        if (directory is null && target.MustBeDirectory) return Errno.NotDirectory;
        if (directory is not null && target.Parent.IsWithin(directory)) return Errno.Invalid;
        ulong now = call.Context.FileSystem.Now;
        if (target.Node is not null)
        {
            if (target.Node == source.Node) return Errno.Success;
            if (target.Node is DirectoryNode replaced)
            {
                if (directory is null) return Errno.IsDirectory;
                if (!replaced.IsEmpty) return Errno.NotEmpty;
            }
            else if (directory is not null)
            {
                return Errno.NotDirectory;
            }

            target.Parent.Remove(target.Name, now);
        }

        target.Parent.MoveFrom(source.Parent, source.Name, target.Name, now);
        return Errno.Success;
    }

    internal static bool Follows(in WasiCall call, int argument) => ((LookupFlags)call.U32(argument) & LookupFlags.SymbolicLinkFollow) != 0;
}
