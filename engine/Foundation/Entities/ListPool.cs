using System;
using System.Runtime.CompilerServices;
using Kiln.Foundation.Collections;

namespace Kiln.Foundation.Entities;

/// <summary>A short list that lives in a <see cref="ListPool{T}"/>: 8 bytes, <c>default</c> is the empty list.</summary>
public readonly record struct PooledList(int Start, int Count);

/// <summary>
/// Variable-length lists (instruction arguments, block parameters) packed into one array. Lists are
/// immutable in length except for <see cref="Append"/>, which moves a list that is not the last one.
/// </summary>
public sealed class ListPool<T> where T : struct
{
    private T[] _items;
    private int _end;

    /// <summary>Creates a pool with room for <paramref name="capacity"/> items.</summary>
    public ListPool(int capacity = 256) => _items = new T[capacity];

    /// <summary>Copies <paramref name="items"/> into the pool.</summary>
    public PooledList Add(scoped ReadOnlySpan<T> items)
    {
        if (items.IsEmpty) return default;
        int start = Reserve(items.Length);
        items.CopyTo(_items.AsSpan(start));
        return new PooledList(start, items.Length);
    }

    /// <summary>Copies one item and then <paramref name="rest"/> into the pool as one list.</summary>
    public PooledList Add(T first, scoped ReadOnlySpan<T> rest)
    {
        int start = Reserve(rest.Length + 1);
        _items[start] = first;
        rest.CopyTo(_items.AsSpan(start + 1));
        return new PooledList(start, rest.Length + 1);
    }

    /// <summary>The items of a list, writable in place. Invalid after the next <see cref="Add"/> or <see cref="Append"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Get(PooledList list) => _items.AsSpan(list.Start, list.Count);

    /// <summary>The list with one more item; the old handle must no longer be used.</summary>
    public PooledList Append(PooledList list, T item)
    {
        if (list.Count != 0 && list.Start + list.Count == _end)
        {
            int at = Reserve(1);
            _items[at] = item;
            return new PooledList(list.Start, list.Count + 1);
        }

        int start = Reserve(list.Count + 1);
        _items.AsSpan(list.Start, list.Count).CopyTo(_items.AsSpan(start));
        _items[start + list.Count] = item;
        return new PooledList(start, list.Count + 1);
    }

    /// <summary>Forgets all lists and keeps the buffer.</summary>
    public void Clear() => _end = 0;

    private int Reserve(int count)
    {
        int start = _end;
        int end = start + count;
        if (end > _items.Length) ArrayBuffer.Resize(ref _items, Math.Max(end, _items.Length * 2));
        _end = end;
        return start;
    }
}
