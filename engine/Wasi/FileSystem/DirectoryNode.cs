using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace Kiln.Wasi.FileSystem;

/// <summary>
/// A directory. Each entry has a sequence number that grows with every insertion, so a reader that resumes
/// after a number sees each surviving entry exactly once however the directory changed in between.
/// </summary>
public sealed class DirectoryNode(ulong inode, ulong now) : Node(inode, now)
{
    private readonly Dictionary<string, long> _sequenceByName = new(StringComparer.Ordinal);
    private readonly SortedList<long, Entry> _entries = [];
    private long _nextSequence;

    /// <summary>One name in a directory.</summary>
    /// <param name="Name">The name, without separators.</param>
    /// <param name="Node">What it names.</param>
    /// <param name="Sequence">Position in reading order.</param>
    public readonly record struct Entry(string Name, Node Node, long Sequence);

    /// <summary>The directory above; null for a root and for a directory that was removed.</summary>
    public DirectoryNode? Parent { get; private set; }

    /// <inheritdoc/>
    public override long Size => 0;

    /// <summary>True if there is no entry.</summary>
    public bool IsEmpty => _entries.Count == 0;

    /// <summary>Number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>Finds an entry by name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out Node? node)
    {
        node = _sequenceByName.TryGetValue(name, out long sequence) ? _entries[sequence].Node : null;
        return node is not null;
    }

    /// <summary>Adds an entry; the name must be free.</summary>
    public void Add(string name, Node node, ulong now)
    {
        long sequence = _nextSequence++;
        _sequenceByName.Add(name, sequence);
        _entries.Add(sequence, new Entry(name, node, sequence));
        node.Link();
        node.ChangeTime = now;
        if (node is DirectoryNode directory) directory.Parent = this;
        ModificationTime = ChangeTime = now;
    }

    /// <summary>Removes an entry, which must exist.</summary>
    public void Remove(string name, ulong now)
    {
        _sequenceByName.Remove(name, out long sequence);
        Node node = _entries[sequence].Node;
        _entries.Remove(sequence);
        if (node is DirectoryNode directory) directory.Parent = null;
        node.ChangeTime = now;
        node.Unlink();
        ModificationTime = ChangeTime = now;
    }

    /// <summary>Moves an entry here under a new name without ever dropping the node's last link.</summary>
    public void MoveFrom(DirectoryNode source, string oldName, string newName, ulong now)
    {
        Node node = source._entries[source._sequenceByName[oldName]].Node;
        node.Link();
        source.Remove(oldName, now);
        Add(newName, node, now);
        node.Unlink();
    }

    /// <summary>The entries with sequence numbers from <paramref name="sequence"/> on, in order.</summary>
    public IEnumerable<Entry> EntriesFrom(long sequence)
    {
        IList<long> keys = _entries.Keys;
        int low = 0, high = keys.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (keys[middle] < sequence) low = middle + 1;
            else high = middle;
        }

        for (int i = low; i < keys.Count; i++) yield return _entries.Values[i];
    }

    /// <summary>True if this directory is <paramref name="other"/> or lies below it.</summary>
    public bool IsWithin(DirectoryNode other)
    {
        for (DirectoryNode? at = this; at is not null; at = at.Parent)
        {
            if (at == other) return true;
        }

        return false;
    }
}
