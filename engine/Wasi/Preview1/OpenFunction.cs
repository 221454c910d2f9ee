using Kiln.Wasi.FileSystem;

namespace Kiln.Wasi.Preview1;

/// <summary><c>path_open</c>: the one function that makes descriptors.</summary>
internal static class OpenFunction
{
    // (fd, lookupflags, path, path length, oflags, base rights, inheriting rights, fdflags, result address)
    public static Errno Open(in WasiCall call)
    {
        var open = (OpenFlags)call.U32(4);
        var flags = (FdFlags)call.U32(7);
        if ((open & ~OpenFlags.All) != 0 || (flags & ~FdFlags.All) != 0) return Errno.Invalid;
        if (!call.Memory.InBounds(call.U32(8), 4)) return Errno.Fault;

        bool follow = PathFunctions.Follows(call, 1);
        // With create and exclusive a symbolic link in the last place counts as existing, dangling or not.
        bool exclusive = (open & (OpenFlags.Create | OpenFlags.Exclusive)) == (OpenFlags.Create | OpenFlags.Exclusive);
        Rights needed = Rights.PathOpen
            | ((open & OpenFlags.Create) != 0 ? Rights.PathCreateFile : 0)
            | ((open & OpenFlags.Truncate) != 0 ? Rights.PathFilestatSetSize : 0);
        Errno error = call.Resolve(0, 2, 3, needed, follow && !exclusive, out ResolvedPath path);
        if (error != Errno.Success) return error;
        call.Context.Descriptors.TryGet(call.U32(0), out Descriptor? through);

        Rights wantedBase = (Rights)call.U64(5) & through!.Inheriting;
        Rights wantedInheriting = (Rights)call.U64(6) & through.Inheriting;
        if ((open & OpenFlags.Create) != 0 && (open & OpenFlags.Directory) != 0) return Errno.Invalid;
        if (path.Node is not null && exclusive) return Errno.Exist;

        Descriptor opened;
        switch (path.Node)
        {
            case SymbolicLinkNode:
                return (open & OpenFlags.Directory) != 0 ? Errno.NotDirectory : Errno.Loop;
            case DirectoryNode directory:
                if ((open & (OpenFlags.Truncate | OpenFlags.Create)) != 0) return Errno.IsDirectory;
                if (((Rights)call.U64(5) & Rights.FdWrite) != 0) return Errno.IsDirectory;
                opened = new DirectoryDescriptor(directory, wantedBase & Rights.Directory, wantedInheriting);
                break;
            case FileNode file:
                if ((open & OpenFlags.Directory) != 0) return Errno.NotDirectory;
                if ((open & OpenFlags.Truncate) != 0)
                {
                    file.TryResize(0);
                    call.Touch(file);
                }

                opened = new FileDescriptor(file, wantedBase & Rights.File, wantedInheriting & Rights.File, flags);
                break;
            default:
                if ((open & OpenFlags.Create) == 0) return Errno.NoEntry;
                if (path.MustBeDirectory) return Errno.IsDirectory;
                FileNode created = call.Context.FileSystem.NewFile();
                path.Parent.Add(path.Name, created, call.Context.FileSystem.Now);
                opened = new FileDescriptor(created, wantedBase & Rights.File, wantedInheriting & Rights.File, flags);
                break;
        }

        error = call.Context.Descriptors.Add(opened, out uint fd);
        if (error != Errno.Success)
        {
            opened.Close();
            return error;
        }

        call.Memory.WriteU32(call.U32(8), fd);
        return Errno.Success;
    }
}
