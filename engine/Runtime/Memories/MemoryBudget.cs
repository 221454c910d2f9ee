using System.Threading;

namespace Kiln.Runtime.Memories;

/// <summary>Counts the bytes a store uses against its limit. Thread-safe.</summary>
public sealed class MemoryBudget(long limit)
{
    private long _used;
    private long _peak;

    /// <summary>Bytes in use.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>The most that was ever in use.</summary>
    public long Peak => Interlocked.Read(ref _peak);

    /// <summary>Counts <paramref name="bytes"/> (not negative) more; false, and nothing counted, if that would exceed the limit.</summary>
    public bool TryCharge(long bytes)
    {
        long used = Interlocked.Read(ref _used);
        while (true)
        {
            if (bytes < 0 || bytes > limit - used) return false;
            long seen = Interlocked.CompareExchange(ref _used, used + bytes, used);
            if (seen == used) break;
            used = seen;
        }

        used += bytes;
        long peak = Interlocked.Read(ref _peak);
        while (used > peak)
        {
            long seen = Interlocked.CompareExchange(ref _peak, used, peak);
            if (seen == peak) break;
            peak = seen;
        }

        return true;
    }

    /// <summary>Takes back what was counted.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
