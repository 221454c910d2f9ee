using Kiln.Foundation.Collections;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// Bundles that wait for a register, longest first: long ones find room only while the registers are empty,
/// and can still be evicted and split. A binary heap; among equals the lower index comes first, so the order
/// is a function of the input alone.
/// </summary>
internal sealed class BundleQueue
{
    private readonly GrowList<Entry> _heap = new(64);

    private readonly record struct Entry(int Priority, int Bundle)
    {
        public bool Before(in Entry other) => Priority != other.Priority ? Priority > other.Priority : Bundle < other.Bundle;
    }

    public void Clear() => _heap.Clear();

    public void Push(int priority, int bundle)
    {
        Entry entry = new(priority, bundle);
        int at = _heap.Count;
        _heap.Add(entry);
        var heap = _heap.Span;
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (!entry.Before(heap[parent])) break;
            heap[at] = heap[parent];
            at = parent;
        }

        heap[at] = entry;
    }

    public bool TryPop(out int bundle)
    {
        bundle = -1;
        if (_heap.Count == 0) return false;
        var heap = _heap.Span;
        bundle = heap[0].Bundle;
        Entry last = _heap.Pop();
        int count = _heap.Count;
        if (count == 0) return true;
        int at = 0;
        while (true)
        {
            int child = 2 * at + 1;
            if (child >= count) break;
            if (child + 1 < count && heap[child + 1].Before(heap[child])) child++;
            if (!heap[child].Before(last)) break;
            heap[at] = heap[child];
            at = child;
        }

        heap[at] = last;
        return true;
    }
}
