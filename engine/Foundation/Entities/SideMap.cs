using System;
using System.Runtime.CompilerServices;
using Kiln.Foundation.Collections;

namespace Kiln.Foundation.Entities;

/// <summary>
/// Facts about entities that another map owns. Ids never written since the last <see cref="Clear"/> have <c>default</c>, ids of entities
/// that were made after it included.
/// </summary>
/// <remarks>Elements from <see cref="_limit"/> on are what functions before left there; they are cleared when the limit passes them.</remarks>
public sealed class SideMap<TEntity, TData> where TEntity : struct, IEntity<TEntity>
{
    private TData[] _data;
    private int _limit;

    /// <summary>Creates a map in which every entity has <c>default</c>.</summary>
    public SideMap(int capacity = 64)
    {
        _data = new TData[capacity + 1];
        _limit = _data.Length;
    }

    /// <summary>The fact about an entity, growing the map to hold it. Invalid after the next growth.</summary>
    public ref TData this[TEntity entity]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            uint id = entity.Id;
            if (id >= (uint)_limit) Grow((int)id);
            return ref _data[id];
        }
    }

    /// <summary>The fact about an entity without growing: <c>default</c> where none was written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TData Get(TEntity entity) => entity.Id < (uint)_limit ? _data[entity.Id] : default!;

    /// <summary>
    /// Sets every fact to <c>default</c> and makes room for ids below <paramref name="idLimit"/>. Takes time in proportion to those,
    /// however large the map once was.
    /// </summary>
    public void Clear(int idLimit)
    {
        if (_data.Length < idLimit) _data = new TData[Math.Max(idLimit, _data.Length * 2)];
        else Array.Clear(_data, 0, idLimit);
        _limit = idLimit;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int id)
    {
        int limit = Math.Max(id + 1, _limit + (_limit / 2));
        if (limit > _data.Length) ArrayBuffer.Resize(ref _data, Math.Max(limit, _data.Length * 2));
        Array.Clear(_data, _limit, limit - _limit);
        _limit = limit;
    }
}
