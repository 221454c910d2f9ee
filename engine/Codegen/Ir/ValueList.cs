using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using Kiln.Foundation.Collections;

namespace Kiln.Codegen.Ir;

/// <summary>A list of values in a <see cref="ValueListPool"/> that can grow at the end in amortised constant time.</summary>
public struct ValueList
{
    internal int Start;
    internal int Capacity;

    /// <summary>Number of values.</summary>
    public int Count { readonly get; internal set; }
}

/// <summary>
/// Growable lists of values packed into one array: block parameters and branch arguments. A list that
/// outgrows its place moves to one twice as large; the old place is garbage until <see cref="Clear"/>.
/// </summary>
public sealed class ValueListPool
{
    private Value[] _items = new Value[256];
    private int _end;

    /// <summary>Places in use, garbage included: what a limit on the size of a function counts.</summary>
    public int Size => _end;

    /// <summary>The values of a list, writable in place. Invalid after the next growth of any list.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<Value> Get(in ValueList list) => _items.AsSpan(list.Start, list.Count);

    /// <summary>A new list with a copy of <paramref name="values"/>, which may lie in this pool.</summary>
    public ValueList Add(scoped ReadOnlySpan<Value> values)
    {
        if (values.IsEmpty) return default;
        var list = new ValueList { Start = Reserve(values.Length), Count = values.Length, Capacity = values.Length };
        values.CopyTo(_items.AsSpan(list.Start));
        return list;
    }

    /// <summary>Adds a value at the end.</summary>
    public void Append(ref ValueList list, Value value)
    {
        if (list.Count == list.Capacity)
        {
            int capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, list.Count + 1));
            int start = Reserve(capacity);
            _items.AsSpan(list.Start, list.Count).CopyTo(_items.AsSpan(start));
            list.Start = start;
            list.Capacity = capacity;
        }

        _items[list.Start + list.Count++] = value;
    }

    /// <summary>Keeps the first <paramref name="count"/> values.</summary>
    public void Truncate(ref ValueList list, int count) => list.Count = Math.Min(list.Count, count);

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
