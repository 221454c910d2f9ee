// The memory tier: compiled modules, loaded and counted. A module is disposed when it is evicted and nobody holds it.

using System;
using System.Collections.Generic;
using System.Threading;
using Kiln.Service.Modules;
using Kiln.Service.Observability;
using Microsoft.Extensions.Logging;

namespace Kiln.Service.Cache;

/// <summary>A loaded module, shared by all who hold a <see cref="CodeLease"/> on it.</summary>
internal sealed class LoadedModule
{
    private readonly Dictionary<string, ExternType> _exports = [];

    internal LoadedModule(Hash256 key, Hash256 digest, Module module, long artifactBytes)
    {
        Key = key;
        Digest = digest;
        Module = module;
        ArtifactBytes = artifactBytes;
        foreach (ExportType export in module.Exports) _exports[export.Name] = export.Type;
        foreach (ImportType import in module.Imports) NeedsWasi |= import.Module == Execution.WasiWorld.ModuleName;
    }

    /// <summary>The cache key.</summary>
    public Hash256 Key { get; }

    /// <summary>The digest of the module's bytes.</summary>
    public Hash256 Digest { get; }

    /// <summary>The engine's module.</summary>
    public Module Module { get; }

    /// <summary>Bytes of its artifact, which is what it counts as.</summary>
    public long ArtifactBytes { get; }

    /// <summary>Whether it imports WASI.</summary>
    public bool NeedsWasi { get; }

    /// <summary>Exports by name.</summary>
    public IReadOnlyDictionary<string, ExternType> Exports => _exports;

    // Guarded by LoadedCode's gate.
    internal int Holders { get; set; }

    internal bool IsEvicted { get; set; }
}

/// <summary>Keeps a loaded module from being disposed. Dispose exactly once.</summary>
internal readonly struct CodeLease(LoadedCode owner, LoadedModule loaded) : IDisposable
{
    /// <summary>The module.</summary>
    public LoadedModule Loaded => loaded;

    /// <inheritdoc/>
    public void Dispose() => owner.Release(loaded);
}

/// <summary>The loaded modules. Thread-safe.</summary>
internal sealed class LoadedCode(long capacity, Instruments instruments, ILogger log) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Hash256, LinkedListNode<LoadedModule>> _index = [];
    private readonly LinkedList<LoadedModule> _byUse = new(); // most recently used first
    private long _size;

    /// <summary>Whether the code of a key is loaded.</summary>
    public bool Contains(Hash256 key)
    {
        lock (_gate)
        {
            return _index.ContainsKey(key);
        }
    }

    /// <summary>Takes a lease on the code of a key; false if it is not loaded.</summary>
    public bool TryAcquire(Hash256 key, out CodeLease lease)
    {
        lock (_gate)
        {
            if (!_index.TryGetValue(key, out LinkedListNode<LoadedModule>? node))
            {
                lease = default;
                return false;
            }

            if (_byUse.First != node)
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
            }

            node.Value.Holders++;
            lease = new CodeLease(this, node.Value);
            return true;
        }
    }

    /// <summary>Adds a module and evicts others if need be. The key is not loaded yet.</summary>
    public void Add(LoadedModule loaded)
    {
        List<LoadedModule>? disposable = null;
        lock (_gate)
        {
            _index.Add(loaded.Key, _byUse.AddFirst(loaded));
            _size += loaded.ArtifactBytes;
            while (_size > capacity && _byUse.Count > 1)
            {
                LoadedModule last = _byUse.Last!.Value;
                _byUse.RemoveLast();
                _index.Remove(last.Key);
                _size -= last.ArtifactBytes;
                last.IsEvicted = true;
                instruments.CacheEvictions.Add(1, Instruments.Tag("tier", "memory"));
                log.CodeEvicted(last.Digest.ToString(), last.ArtifactBytes);
                if (last.Holders == 0) (disposable ??= []).Add(last);
            }
        }

        foreach (LoadedModule module in disposable ?? []) module.Module.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LoadedModule loaded in _byUse) loaded.Module.Dispose();
        _byUse.Clear();
        _index.Clear();
    }

    internal void Release(LoadedModule loaded)
    {
        bool dispose;
        lock (_gate)
        {
            dispose = --loaded.Holders == 0 && loaded.IsEvicted;
        }

        if (dispose) loaded.Module.Dispose();
    }
}
