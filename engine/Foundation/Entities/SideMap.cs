using System;
using System.Runtime.CompilerServices;
using Kiln.Foundation.Collections;

namespace Kiln.Foundation.Entities;

/// <summary>
/// Facts about entities that another map owns. Reads of ids never written give <c>default</c>; writes grow
/// the map. <see cref="Reset"/> makes it ready for the next function without giving back its buffer.
/// </summary>
public sealed class SideMap<TEntity, TData> where TEntity : struct, IEntity<TEntity>
{
    private TData[] _data;

    /// <summary>Creates a map in which every entity has <c>default</c>.</summary>
    public SideMap(int capacity = 64) => _data = new TData[capacity + 1];

    /// <summary>The fact about an entity, growing the map to hold it. Invalid after the next growth.</summary>
    public ref TData this[TEntity entity]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            uint id = entity.Id;
            if (id >= (uint)_data.Length) Grow(id);
            return ref _data[id];
        }
    }

    /// <summary>The fact about an entity without growing: <c>default</c> where none was written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TData Get(TEntity entity) => entity.Id < (uint)_data.Length ? _data[entity.Id] : default!;

    /// <summary>Sets every fact to <c>default</c> and makes room for ids below <paramref name="idLimit"/>.</summary>
    public void Reset(int idLimit)
    {
        if (_data.Length < idLimit)
        {
            _data = new TData[Math.Max(idLimit, _data.Length * 2)];
            return;
        }

        Array.Clear(_data);
    }

    /// <summary>
    /// Sets the facts of ids below <paramref name="idLimit"/> to <c>default</c> and makes room for them.
    /// Cheaper than <see cref="Reset"/> when the map once held a far larger function.
    /// </summary>
    public void Clear(int idLimit)
    {
        if (_data.Length < idLimit) _data = new TData[Math.Max(idLimit, _data.Length * 2)];
        else Array.Clear(_data, 0, idLimit);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(uint id) => ArrayBuffer.Resize(ref _data, (int)Math.Max(id + 1, (uint)_data.Length * 2));
}
