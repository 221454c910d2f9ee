// Modules by content. A file modules/<sha256> exists exactly when the module is stored: uploads become visible by a
// rename after their digest was checked, and a file whose content no longer has its name's digest is deleted when read.
// The index is in memory; the least recently used modules are evicted when the store exceeds its size.

using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using Kiln.Service.Hosting;
using Kiln.Service.Observability;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kiln.Service.Modules;

/// <summary>The stored modules. Thread-safe.</summary>
internal sealed class ModuleStore
{
    private readonly record struct Entry(Hash256 Digest, long Size);

    private readonly DataDirectory _data;
    private readonly StorageOptions _options;
    private readonly ILogger<ModuleStore> _log;
    private readonly object _gate = new();
    private readonly Dictionary<Hash256, LinkedListNode<Entry>> _index = [];
    private readonly LinkedList<Entry> _byUse = new(); // most recently used first
    private long _size;

    /// <summary>Reads the index from the file names.</summary>
    public ModuleStore(DataDirectory data, IOptions<StorageOptions> options, ILogger<ModuleStore> log)
    {
        _data = data;
        _options = options.Value;
        _log = log;
        var files = new List<FileInfo>(new DirectoryInfo(data.Modules).EnumerateFiles());
        files.Sort(static (a, b) => a.LastWriteTimeUtc.CompareTo(b.LastWriteTimeUtc));
        foreach (FileInfo file in files)
        {
            if (!Hash256.TryParse(file.Name, out Hash256? digest))
            {
                file.Delete();
                _log.ForeignFileDeleted(file.FullName);
                continue;
            }

            Insert(new Entry(digest.Value, file.Length));
        }
    }

    /// <summary>Whether the module is stored.</summary>
    public bool Contains(Hash256 digest)
    {
        lock (_gate)
        {
            return _index.ContainsKey(digest);
        }
    }

    /// <summary>The module's bytes; false if it is not stored.</summary>
    public bool TryRead(Hash256 digest, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        lock (_gate)
        {
            if (!_index.TryGetValue(digest, out LinkedListNode<Entry>? node)) return false;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
        }

        string path = PathOf(digest);
        try
        {
            byte[] content = File.ReadAllBytes(path);
            if (Hash256.Of(content) == digest)
            {
                // The order of use survives a restart in the files' times.
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
                bytes = content;
                return true;
            }

            _log.ModuleDamaged(path);
        }
        catch (FileNotFoundException)
        {
            _log.ModuleDamaged(path);
        }

        Remove(digest);
        return false;
    }

    /// <summary>Makes a complete file visible as a module. The caller has checked its digest and flushed it.</summary>
    public void Add(Hash256 digest, long size, string completeFile)
    {
        File.Move(completeFile, PathOf(digest), overwrite: true);
        _log.ModuleStored(digest.ToString(), size);
        List<Entry>? evicted = null;
        lock (_gate)
        {
            Insert(new Entry(digest, size));
            while (_size > _options.Modules.Bytes && _byUse.Count > 1)
            {
                Entry last = _byUse.Last!.Value;
                Forget(last.Digest);
                (evicted ??= []).Add(last);
            }
        }

        foreach (Entry entry in evicted ?? [])
        {
            File.Delete(PathOf(entry.Digest));
            _log.ModuleEvicted(entry.Digest.ToString(), entry.Size);
        }
    }

    private string PathOf(Hash256 digest) => Path.Combine(_data.Modules, digest.ToString());

    private void Remove(Hash256 digest)
    {
        lock (_gate)
        {
            Forget(digest);
        }

        File.Delete(PathOf(digest));
    }

    private void Insert(Entry entry)
    {
        Forget(entry.Digest);
        _index[entry.Digest] = _byUse.AddFirst(entry);
        _size += entry.Size;
    }

    private void Forget(Hash256 digest)
    {
        if (!_index.Remove(digest, out LinkedListNode<Entry>? node)) return;
        _byUse.Remove(node);
        _size -= node.Value.Size;
    }
}
