using System;

namespace Kiln.Wasi.FileSystem;

/// <summary>
/// What a directory entry names: a file, a directory or a symbolic link. A node lives as long as an entry
/// or an open descriptor refers to it; its bytes are given back when the last of both is gone.
/// </summary>
public abstract class Node(ulong inode, ulong now)
{
    /// <summary>Identity within the file system, never reused.</summary>
    public ulong Inode { get; } = inode;

    /// <summary>Number of directory entries that name this node.</summary>
    public int LinkCount { get; internal set; }

    /// <summary>Time of last access, nanoseconds since 1970.</summary>
    public ulong AccessTime { get; set; } = now;

    /// <summary>Time of last modification of the content, nanoseconds since 1970.</summary>
    public ulong ModificationTime { get; set; } = now;

    /// <summary>Time of last change of the content or the attributes, nanoseconds since 1970.</summary>
    public ulong ChangeTime { get; set; } = now;

    /// <summary>Size in bytes: of a file's content, of a link's target, 0 for a directory.</summary>
    public abstract long Size { get; }

    private int _openCount;

    /// <summary>Notes one more open descriptor.</summary>
    public void Open() => _openCount++;

    /// <summary>Notes that a descriptor was closed.</summary>
    public void Close()
    {
        _openCount--;
        ReleaseIfUnreachable();
    }

    internal void Link() => LinkCount++;

    internal void Unlink()
    {
        LinkCount--;
        ReleaseIfUnreachable();
    }

    /// <summary>Gives the node's bytes back to the budget.</summary>
    protected virtual void Release()
    {
    }

    private void ReleaseIfUnreachable()
    {
        if (LinkCount == 0 && _openCount == 0) Release();
    }
}

/// <summary>A symbolic link; its target is interpreted when it is followed.</summary>
public sealed class SymbolicLinkNode(ulong inode, ulong now, string target) : Node(inode, now)
{
    /// <summary>The path as it was given.</summary>
    public string Target { get; } = target;

    /// <inheritdoc/>
    public override long Size => System.Text.Encoding.UTF8.GetByteCount(Target);
}

/// <summary>A regular file: bytes in one growing array, charged to the budget by capacity.</summary>
public sealed class FileNode(ulong inode, ulong now, MemoryBudget budget) : Node(inode, now)
{
    private byte[] _bytes = [];
    private long _charged;
    private int _size;

    /// <inheritdoc/>
    public override long Size => _size;

    /// <summary>The content. Valid until the next write or resize.</summary>
    public ReadOnlySpan<byte> Content => _bytes.AsSpan(0, _size);

    /// <summary>Copies bytes from <paramref name="offset"/> on into <paramref name="destination"/>; returns how many, 0 at the end.</summary>
    public int Read(long offset, Span<byte> destination)
    {
        if (offset >= _size) return 0;
        int count = (int)Math.Min(destination.Length, _size - offset);
        _bytes.AsSpan((int)offset, count).CopyTo(destination);
        return count;
    }

    /// <summary>Writes bytes at <paramref name="offset"/>, filling a gap with zeros; false if the budget refuses.</summary>
    public bool TryWrite(long offset, ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty) return true;
        long end = offset + source.Length;
        if (end > _size && !TryResize(end)) return false;
        source.CopyTo(_bytes.AsSpan((int)offset));
        return true;
    }

    /// <summary>Sets the size, cutting or adding zeros; false if the budget refuses or a file cannot be that large (2 GiB).</summary>
    public bool TryResize(long size)
    {
        if (size > Array.MaxLength) return false;
        if (size > _bytes.Length)
        {
            long capacity = Math.Min(Array.MaxLength, Math.Max(size, size < 1 << 26 ? Math.Max(256, _bytes.Length * 2L) : size + size / 4));
            if (!budget.TryChange(_charged, capacity))
            {
                capacity = size;
                if (!budget.TryChange(_charged, capacity)) return false;
            }

            _charged = capacity;
            Array.Resize(ref _bytes, (int)capacity);
        }
        else if (size < _size)
        {
            Array.Clear(_bytes, (int)size, _size - (int)size);
        }

        _size = (int)size;
        return true;
    }

    /// <inheritdoc/>
    protected override void Release()
    {
        budget.TryChange(_charged, 0);
        _charged = 0;
        _bytes = [];
        _size = 0;
    }
}
