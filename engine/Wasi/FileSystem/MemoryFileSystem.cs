using System;
using System.Collections.Generic;

namespace Kiln.Wasi.FileSystem;

/// <summary>
/// The whole file system that a store's guests see. It lives in memory, starts with what the request
/// brought along, and is gone with the store; nothing of the host is reachable from it.
/// </summary>
/// <remarks>Not thread-safe: a store runs one guest at a time.</remarks>
public sealed class MemoryFileSystem
{
    private readonly MemoryBudget _budget;
    private readonly TimeProvider _time;
    private ulong _lastInode;

    /// <summary>Creates an empty file system.</summary>
    /// <param name="budget">Where file contents are charged; null for no limit.</param>
    /// <param name="time">Source of time stamps; null for the system's clock.</param>
    public MemoryFileSystem(MemoryBudget? budget = null, TimeProvider? time = null)
    {
        _budget = budget ?? new MemoryBudget(static _ => true, static _ => { });
        _time = time ?? TimeProvider.System;
        Root = NewDirectory();
        Root.Link();
    }

    /// <summary>The top directory.</summary>
    public DirectoryNode Root { get; }

    /// <summary>Bytes that files hold now.</summary>
    public long HeldBytes => _budget.Held;

    /// <summary>The time now, nanoseconds since 1970.</summary>
    public ulong Now => (ulong)(_time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * 100;

    /// <summary>A directory without a name yet.</summary>
    public DirectoryNode NewDirectory() => new(++_lastInode, Now);

    /// <summary>An empty file without a name yet.</summary>
    public FileNode NewFile() => new(++_lastInode, Now, _budget);

    /// <summary>A symbolic link without a name yet.</summary>
    public SymbolicLinkNode NewSymbolicLink(string target) => new(++_lastInode, Now, target);

    /// <summary>
    /// Creates the directory at an absolute or relative path of plain names (no <c>..</c>) with all its
    /// parents, or returns the one that is there.
    /// </summary>
    /// <exception cref="FileSystemException">A parent is a file, or the path has <c>..</c> or a NUL.</exception>
    public DirectoryNode CreateDirectory(string path)
    {
        DirectoryNode at = Root;
        foreach (string name in PlainNames(path))
        {
            if (!at.TryGet(name, out Node? next))
            {
                next = NewDirectory();
                at.Add(name, next, Now);
            }

            at = next as DirectoryNode ?? throw new FileSystemException($"'{path}': '{name}' is not a directory");
        }

        return at;
    }

    /// <summary>Creates a file with its parents, or replaces the content of the one that is there.</summary>
    /// <exception cref="FileSystemException">The path is not usable or the memory limit does not allow it.</exception>
    public FileNode WriteFile(string path, ReadOnlySpan<byte> content)
    {
        int split = path.TrimEnd('/').LastIndexOf('/');
        DirectoryNode parent = split < 0 ? Root : CreateDirectory(path[..split]);
        List<string> last = PlainNames(path[(split + 1)..]);
        if (last.Count != 1) throw new FileSystemException($"'{path}' does not name a file");
        FileNode file;
        if (parent.TryGet(last[0], out Node? existing))
        {
            file = existing as FileNode ?? throw new FileSystemException($"'{path}' is not a file");
        }
        else
        {
            file = NewFile();
            parent.Add(last[0], file, Now);
        }

        if (!file.TryResize(0) || !file.TryWrite(0, content)) throw new FileSystemException($"'{path}': the memory limit does not allow {content.Length} bytes");
        return file;
    }

    private static List<string> PlainNames(string path)
    {
        var names = new List<string>();
        foreach (string name in path.Split('/'))
        {
            if (name is "" or ".") continue;
            if (name == ".." || name.Contains('\0')) throw new FileSystemException($"'{path}' is not a plain path");
            names.Add(name);
        }

        return names;
    }
}

/// <summary>A file that a request brings along cannot be placed.</summary>
public sealed class FileSystemException(string message) : Exception(message);
