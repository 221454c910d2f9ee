using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Runtime.References;

/// <summary>
/// The host objects that guests of a store refer to, by handle: a number from 1 on, 0 for null. A handle lives until a
/// collection finds no root that holds it; its number is then used again. The same object may have several handles.
/// </summary>
/// <remarks>
/// A collection is <see cref="BeginMarking"/>, a <see cref="Mark"/> for each root, <see cref="Sweep"/>. It is due
/// (<see cref="IsFull"/>) when the handles in use have doubled since the last one, or a quarter as many were added as that one
/// looked at places: so its cost for each handle is constant, and the table no longer than that demands. Handles of a
/// freed object, or out of range, are engine bugs wherever they turn up.
/// </remarks>
internal sealed class HandleTable
{
    private const int Smallest = 1024;

    // In place of the object of a handle that is not in use.
    private static readonly object Free = new();

    private readonly bool _reuse;
    private object?[] _objects = new object?[16];
    private uint[] _next = new uint[16];
    private ulong[] _marks = [];
    private uint _firstFree;
    private int _end = 1;
    private long _limit = Smallest;

    /// <summary>An empty table. Without <paramref name="reuse"/> numbers are never used again, so that no stale handle goes unnoticed.</summary>
    public HandleTable(bool reuse) => _reuse = reuse;

    /// <summary>Number of handles in use.</summary>
    public int InUse { get; private set; }

    /// <summary>Whether a collection is due before <paramref name="more"/> handles are added.</summary>
    public bool IsFull(int more) => (long)InUse + more > _limit;

    /// <summary>A new handle of an object.</summary>
    public ulong Add(object host)
    {
        uint handle = _firstFree;
        if (handle != 0)
        {
            _firstFree = _next[handle];
        }
        else
        {
            if (_end == _objects.Length) Resize(_objects.Length * 2);
            handle = (uint)_end++;
        }

        _objects[handle] = host;
        InUse++;
        return handle;
    }

    /// <summary>The object of a handle that is in use.</summary>
    public object this[ulong handle]
    {
        get
        {
            if (handle - 1 >= (ulong)(_end - 1)) ThrowStale(handle);
            object host = _objects[handle]!;
            if (ReferenceEquals(host, Free)) ThrowStale(handle);
            return host;
        }
    }

    /// <summary>Starts a collection: no handle is marked.</summary>
    public void BeginMarking()
    {
        int words = (_end + 63) / 64;
        if (_marks.Length < words) _marks = new ulong[words];
        else _marks.AsSpan().Clear();
    }

    /// <summary>Keeps the object of a handle that a root holds; 0 is null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Mark(ulong handle)
    {
        if (handle == 0) return;
        if (handle >= (ulong)_end) ThrowStale(handle);
        _marks[handle >> 6] |= 1UL << (int)handle;
    }

    /// <summary>Ends a collection that looked at <paramref name="places"/> places: frees the handles that are not marked.</summary>
    public void Sweep(long places)
    {
        int last = 0;
        int live = 0;
        _firstFree = 0;
        for (int word = (_end + 63) / 64 - 1; word >= 0; word--)
        {
            ulong marks = _marks[word];
            live += BitOperations.PopCount(marks);
            if (last == 0 && marks != 0) last = (word << 6) + 63 - BitOperations.LeadingZeroCount(marks);
            for (int handle = Math.Min((word << 6) + 63, _end - 1); handle >= Math.Max(word << 6, 1); handle--)
            {
                if ((marks >> handle & 1) != 0) CheckMarked(handle);
                else Release(handle, last);
            }
        }

        InUse = live;
        if (_reuse) _end = last + 1;
        _limit = live + Math.Max(Math.Max(live, places / 4), Smallest);
        if (_reuse && _objects.Length > 4 * Math.Max(_limit, _end)) Resize((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(_limit, _end)));
    }

    private void CheckMarked(int handle)
    {
        if (ReferenceEquals(_objects[handle], Free)) ThrowStale((ulong)handle);
    }

    // Free handles behind the last one in use are no part of the table any more; the others are listed, the least first.
    private void Release(int handle, int last)
    {
        _objects[handle] = Free;
        if (!_reuse || handle > last) return;
        _next[handle] = _firstFree;
        _firstFree = (uint)handle;
    }

    private void Resize(int length)
    {
        Array.Resize(ref _objects, length);
        Array.Resize(ref _next, length);
    }

    private static void ThrowStale(ulong handle) => EngineBug.Throw($"a guest holds {handle}, which is the handle of no object");
}
