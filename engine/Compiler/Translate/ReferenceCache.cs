using System;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;

namespace Kiln.Compiler.Translate;

/// <summary>
/// Module index to the entity that stands for it in the function being translated, for signatures and callees.
/// Clearing costs what the last function used.
/// </summary>
internal sealed class ReferenceCache<TEntity> where TEntity : struct, IEntity<TEntity>
{
    private readonly GrowList<uint> _used = new();
    private TEntity[] _entities = [];

    /// <summary>Forgets everything and makes room for <paramref name="count"/> indices.</summary>
    public void Clear(int count)
    {
        foreach (uint index in _used) _entities[index] = default;
        _used.Clear();
        if (_entities.Length < count) _entities = new TEntity[count];
    }

    /// <summary>The entity of an index, or none.</summary>
    public TEntity Get(uint index) => _entities[index];

    /// <summary>Remembers the entity of an index that has none.</summary>
    public TEntity Add(uint index, TEntity entity)
    {
        _entities[index] = entity;
        _used.Add(index);
        return entity;
    }
}
