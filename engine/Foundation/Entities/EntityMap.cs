using System;
using System.Runtime.CompilerServices;
using Kiln.Foundation.Collections;

namespace Kiln.Foundation.Entities;

/// <summary>
/// The primary storage of one kind of entity: allocates indices and holds each entity's data. Dense,
/// append-only until <see cref="Clear"/>, which keeps the buffer for the next function.
/// </summary>
/// <remarks>INVARIANT: slot 0 holds <c>default</c> and is never handed out.</remarks>
public sealed class EntityMap<TEntity, TData> where TEntity : struct, IEntity<TEntity>
{
    private TData[] _data;
    private int _end = 1;

    /// <summary>Creates an empty map with room for <paramref name="capacity"/> entities.</summary>
    public EntityMap(int capacity = 64) => _data = new TData[capacity + 1];

    /// <summary>Number of entities allocated so far.</summary>
    public int Count => _end - 1;

    /// <summary>One more than the largest id in use: the size a side array indexed by id needs.</summary>
    public int IdLimit => _end;

    /// <summary>The data of an entity. The reference is invalid after the next <see cref="Add"/>.</summary>
    public ref TData this[TEntity entity]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _data[entity.Id];
    }

    /// <summary>Allocates the next entity with the given data.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TEntity Add(in TData data)
    {
        int id = _end;
        if (id == _data.Length) Grow();
        _data[id] = data;
        _end = id + 1;
        return TEntity.FromId((uint)id);
    }

    /// <summary>True if the entity was allocated by this map since the last <see cref="Clear"/>.</summary>
    public bool Contains(TEntity entity) => entity.Id != 0 && entity.Id < (uint)_end;

    /// <summary>Data of all entities in order of allocation; element 0 belongs to id 1.</summary>
    public Span<TData> Values => _data.AsSpan(1, _end - 1);

    /// <summary>Enumerates the entities in order of allocation.</summary>
    public EntityRange<TEntity> Keys => new(1, (uint)_end);

    /// <summary>Forgets all entities and keeps the buffer.</summary>
    public void Clear()
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<TData>()) Array.Clear(_data, 0, _end);
        _end = 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow() => ArrayBuffer.Resize(ref _data, _data.Length * 2);
}
