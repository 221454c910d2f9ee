// The disk tier: artifact files, least recently used first out. An artifact is native code, so a file is used only if
// its authenticator is right: HMAC-SHA256 with the daemon's secret over the cache key and the content. Key and
// authenticator are the file's name,
//
//     code/<key>.<hmac>.kiln
//
// so one rename publishes content and authenticator together, and a file can neither be swapped for another entry's nor
// changed without notice. A file that fails the check is deleted and reported, and the caller compiles anew.

using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Threading;
using Kiln.Service.Hosting;
using Kiln.Service.Modules;
using Kiln.Service.Observability;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kiln.Service.Cache;

/// <summary>The artifact files. Thread-safe.</summary>
internal sealed class ArtifactFiles
{
    private const string Suffix = ".kiln";

    private readonly record struct Entry(Hash256 Key, Hash256 Authenticator, long Size);

    private readonly DataDirectory _data;
    private readonly CacheOptions _options;
    private readonly Instruments _instruments;
    private readonly ILogger<ArtifactFiles> _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<Hash256, LinkedListNode<Entry>> _index = [];
    private readonly LinkedList<Entry> _byUse = new(); // most recently used first
    private long _size;

    /// <summary>Reads the index from the file names; deletes what is not named like an entry.</summary>
    public ArtifactFiles(DataDirectory data, IOptions<CacheOptions> options, Instruments instruments, ILogger<ArtifactFiles> log)
    {
        _data = data;
        _options = options.Value;
        _instruments = instruments;
        _log = log;
        var files = new List<FileInfo>(new DirectoryInfo(data.Code).EnumerateFiles());
        files.Sort(static (a, b) => a.LastWriteTimeUtc.CompareTo(b.LastWriteTimeUtc));
        foreach (FileInfo file in files)
        {
            if (!TryParseName(file, out Entry entry))
            {
                Reject(file.FullName, "foreign name");
                continue;
            }

            if (_index.TryGetValue(entry.Key, out LinkedListNode<Entry>? older))
            {
                File.Delete(PathOf(older.Value));
            }

            Insert(entry);
        }

        _log.CacheOpened(_index.Count, _size);
        Evict();
    }

    /// <summary>Whether there is a file for the key. It may still fail its check.</summary>
    public bool Contains(Hash256 key)
    {
        lock (_gate)
        {
            return _index.ContainsKey(key);
        }
    }

    /// <summary>Loads the module of a key from its file, mapped in place; null if there is no good one.</summary>
    public Module? TryLoad(Engine engine, Hash256 key, out long size)
    {
        size = 0;
        Entry entry;
        lock (_gate)
        {
            if (!_index.TryGetValue(key, out LinkedListNode<Entry>? node)) return null;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            entry = node.Value;
        }

        string path = PathOf(entry);
        try
        {
            if (ComputeAuthenticator(key, path, out size) == entry.Authenticator)
            {
                Module module = Module.DeserializeFile(engine, path, isAuthenticated: true);
                // The order of use survives a restart in the files' times.
                File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
                return module;
            }

            Discard(key, path, "wrong authenticator");
        }
        catch (ArtifactException e)
        {
            // Authentic, yet not loadable: written by us for another engine under this key, which is a mistake worth knowing.
            Discard(key, path, e.Message);
        }
        catch (FileNotFoundException)
        {
            Discard(key, path, "missing");
        }

        size = 0;
        return null;
    }

    /// <summary>Writes the artifact of a key and returns the path of its file.</summary>
    public string Store(Hash256 key, ReadOnlySpan<byte> artifact)
    {
        var entry = new Entry(key, ComputeAuthenticator(key, artifact), artifact.Length);
        string path = PathOf(entry);
        using (FileStream file = _data.CreateTemporary())
        {
            file.Write(artifact);
            file.Flush(flushToDisk: true);
            File.Move(file.Name, path, overwrite: true);
        }

        lock (_gate)
        {
            Insert(entry);
        }

        Evict();
        return path;
    }

    /// <summary>Reads the artifact of a key, checked; null if there is no good one.</summary>
    public byte[]? TryRead(Hash256 key)
    {
        Entry entry;
        lock (_gate)
        {
            if (!_index.TryGetValue(key, out LinkedListNode<Entry>? node)) return null;
            entry = node.Value;
        }

        string path = PathOf(entry);
        try
        {
            byte[] artifact = File.ReadAllBytes(path);
            if (ComputeAuthenticator(key, artifact) == entry.Authenticator) return artifact;
            Discard(key, path, "wrong authenticator");
        }
        catch (FileNotFoundException)
        {
            Discard(key, path, "missing");
        }

        return null;
    }

    private static bool TryParseName(FileInfo file, out Entry entry)
    {
        entry = default;
        ReadOnlySpan<char> name = file.Name;
        if (name.Length != 4 * Hash256.Size + 1 + Suffix.Length || !name.EndsWith(Suffix) || name[2 * Hash256.Size] != '.') return false;
        if (!Hash256.TryParse(name[..(2 * Hash256.Size)], out Hash256? key)) return false;
        if (!Hash256.TryParse(name.Slice(2 * Hash256.Size + 1, 2 * Hash256.Size), out Hash256? authenticator)) return false;
        entry = new Entry(key.Value, authenticator.Value, file.Length);
        return true;
    }

    private string PathOf(Entry entry) => Path.Combine(_data.Code, $"{entry.Key}.{entry.Authenticator}{Suffix}");

    private Hash256 ComputeAuthenticator(Hash256 key, ReadOnlySpan<byte> artifact)
    {
        using IncrementalHash hmac = Begin(key);
        hmac.AppendData(artifact);
        return new Hash256(hmac.GetHashAndReset());
    }

    private Hash256 ComputeAuthenticator(Hash256 key, string path, out long size)
    {
        using IncrementalHash hmac = Begin(key);
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Open, BufferSize = 0, Options = FileOptions.SequentialScan });
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(256 << 10);
        size = 0;
        for (int read; (read = file.Read(buffer)) > 0; size += read) hmac.AppendData(buffer, 0, read);
        System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        return new Hash256(hmac.GetHashAndReset());
    }

    private IncrementalHash Begin(Hash256 key)
    {
        var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _data.Secret);
        Span<byte> keyBytes = stackalloc byte[Hash256.Size];
        key.CopyTo(keyBytes);
        hmac.AppendData(keyBytes);
        return hmac;
    }

    private void Discard(Hash256 key, string path, string reason)
    {
        lock (_gate)
        {
            Forget(key);
        }

        Reject(path, reason);
    }

    private void Reject(string path, string reason)
    {
        File.Delete(path);
        _instruments.CacheRejections.Add(1);
        _log.ArtifactRejected(path, reason);
    }

    private void Evict()
    {
        while (true)
        {
            Entry last;
            lock (_gate)
            {
                if (_size <= _options.Disk.Bytes || _byUse.Count <= 1) return;
                last = _byUse.Last!.Value;
                Forget(last.Key);
            }

            // Code that is loaded from the file stays: the mapping outlives the name.
            File.Delete(PathOf(last));
            _instruments.CacheEvictions.Add(1, Instruments.Tag("tier", "disk"));
            _log.ArtifactEvicted(last.Key.ToString(), last.Size);
        }
    }

    private void Insert(Entry entry)
    {
        Forget(entry.Key);
        _index[entry.Key] = _byUse.AddFirst(entry);
        _size += entry.Size;
    }

    private void Forget(Hash256 key)
    {
        if (!_index.Remove(key, out LinkedListNode<Entry>? node)) return;
        _byUse.Remove(node);
        _size -= node.Value.Size;
    }
}
