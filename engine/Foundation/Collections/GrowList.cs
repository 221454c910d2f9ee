using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Kiln.Foundation.Collections;

/// <summary>
/// A growable array whose elements are reached by reference and whose buffer survives <see cref="Clear"/>.
/// What <c>List&lt;T&gt;</c> would be without versioning and copies; for hot paths.
/// </summary>
public sealed class GrowList<T>
{
    private T[] _items;

    /// <summary>Creates an empty list with room for <paramref name="capacity"/> items.</summary>
    public GrowList(int capacity = 16) => _items = new T[Math.Max(capacity, 4)];

    /// <summary>Number of items.</summary>
    public int Count { get; private set; }

    /// <summary>An item by reference. Invalid after the next <see cref="Add"/>.</summary>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)index >= (uint)Count) ThrowRange(index);
            return ref _items[index];
        }
    }

    /// <summary>The last item by reference; the list must not be empty.</summary>
    public ref T Last => ref this[Count - 1];

    /// <summary>All items, writable in place. Invalid after the next <see cref="Add"/>.</summary>
    public Span<T> Span => _items.AsSpan(0, Count);

    /// <summary>Appends an item.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in T item)
    {
        if (Count == _items.Length) Grow(Count + 1);
        _items[Count++] = item;
    }

    /// <summary>Appends all of <paramref name="items"/>.</summary>
    public void AddRange(scoped ReadOnlySpan<T> items)
    {
        if (Count + items.Length > _items.Length) Grow(Count + items.Length);
        items.CopyTo(_items.AsSpan(Count));
        Count += items.Length;
    }

    /// <summary>Removes and returns the last item; the list must not be empty.</summary>
    public T Pop()
    {
        T last = this[Count - 1];
        Count--;
        return last;
    }

    /// <summary>Keeps the first <paramref name="count"/> items.</summary>
    public void Truncate(int count)
    {
        if ((uint)count > (uint)Count) ThrowRange(count);
        Count = count;
    }

    /// <summary>Sets the length; new items are <paramref name="value"/>.</summary>
    public void Resize(int count, T value)
    {
        if (count > _items.Length) Grow(count);
        ArrayBuffer.Fill(_items, Count, count, value);
        Count = count;
    }

    /// <summary>Removes all items and keeps the buffer.</summary>
    public void Clear()
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>()) Array.Clear(_items, 0, Count);
        Count = 0;
    }

    /// <summary>A new array with the items.</summary>
    public T[] ToArray() => Span.ToArray();

    /// <summary>Enumerates by reference, for <c>foreach (ref var x in list)</c>.</summary>
    public Span<T>.Enumerator GetEnumerator() => Span.GetEnumerator();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int atLeast) => ArrayBuffer.Resize(ref _items, Math.Max(atLeast, _items.Length * 2));

    [DoesNotReturn]
    private static void ThrowRange(int index) => throw new ArgumentOutOfRangeException(nameof(index), index, "index is outside the list");
}
