using System;
using System.Collections.Generic;
using Kiln.Wasi.Preview1;

namespace Kiln.Wasi.FileSystem;

/// <summary>What a path leads to: the directory that holds its last name, the name, and the node if there is one.</summary>
/// <param name="Parent">The directory that has, or would have, the entry.</param>
/// <param name="Name">The entry's name; <c>.</c> if the path leads to a directory by <c>.</c> or <c>..</c>.</param>
/// <param name="Node">The node, or null if there is no such entry.</param>
/// <param name="MustBeDirectory">True if the path ended in a slash.</param>
public readonly record struct ResolvedPath(DirectoryNode Parent, string Name, Node? Node, bool MustBeDirectory)
{
    /// <summary>True if the path has a last name that can be created, removed or renamed.</summary>
    public bool HasName => Name != ".";
}

/// <summary>
/// Walks a path from a directory that the guest holds a descriptor of. That directory is the boundary:
/// neither <c>..</c> nor a symbolic link nor an absolute path leads out of it (the "beneath" rule of
/// capability-based file systems).
/// </summary>
public static class PathResolver
{
    /// <summary>Symbolic links followed in one walk before it is called a loop, as on Linux.</summary>
    public const int MaxLinks = 40;

    /// <summary>Longest path, in characters.</summary>
    public const int MaxPath = 4096;

    /// <summary>Longest name, in characters.</summary>
    public const int MaxName = 255;

    /// <summary>Resolves a path.</summary>
    /// <param name="start">The directory to start from and never to leave.</param>
    /// <param name="path">The path as the guest gave it.</param>
    /// <param name="followLast">Whether a symbolic link in the last place is followed; one before a trailing slash always is.</param>
    /// <param name="resolved">Where it leads.</param>
    public static Errno Resolve(DirectoryNode start, string path, bool followLast, out ResolvedPath resolved)
    {
        resolved = default;
        if (path.Length == 0) return Errno.NoEntry;
        if (path.Length > MaxPath) return Errno.NameTooLong;
        if (path.Contains('\0')) return Errno.Invalid;
        if (path[0] == '/') return Errno.NotPermitted;

        var pending = new Stack<string>();
        bool mustBeDirectory = Push(pending, path);
        var walked = new Stack<DirectoryNode>();
        DirectoryNode at = start;
        int links = 0;
        string name = ".";
        Node? node = at;
        DirectoryNode parent = at;

        while (pending.TryPop(out string? next))
        {
            // INVARIANT: node is the result of the names walked so far; all but the last must be directories.
            if (node is null) return Errno.NoEntry;
            if (node is not DirectoryNode directory) return Errno.NotDirectory;
            if (directory != at)
            {
                walked.Push(at);
                at = directory;
            }

            if (next == ".")
            {
                (parent, name, node) = (at, ".", at);
                continue;
            }

            if (next == "..")
            {
                if (!walked.TryPop(out DirectoryNode? above)) return Errno.NotPermitted;
                at = above;
                (parent, name, node) = (at, ".", at);
                continue;
            }

            if (next.Length > MaxName) return Errno.NameTooLong;
            parent = at;
            name = next;
            if (!at.TryGet(next, out node)) continue;
            bool last = pending.Count == 0;
            if (node is SymbolicLinkNode link && (!last || followLast || mustBeDirectory))
            {
                if (++links > MaxLinks) return Errno.Loop;
                if (link.Target.Length == 0) return Errno.NoEntry;
                if (link.Target[0] == '/') return Errno.NotPermitted;
                bool slash = Push(pending, link.Target);
                if (last) mustBeDirectory |= slash;
                (parent, name, node) = (at, ".", at);
            }
        }

        if (mustBeDirectory && node is not (null or DirectoryNode)) return Errno.NotDirectory;
        resolved = new ResolvedPath(parent, name, node, mustBeDirectory);
        return Errno.Success;
    }

    // Pushes the names of a path so that the first is popped first; true if the path ends in a slash.
    private static bool Push(Stack<string> pending, string path)
    {
        string[] names = path.Split('/');
        for (int i = names.Length - 1; i >= 0; i--)
        {
            if (names[i].Length != 0) pending.Push(names[i]);
        }

        return path[^1] == '/';
    }
}
