namespace Kiln.Fuzz.Programs;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): the same numbers for a seed on every machine and version.</summary>
internal sealed class Random(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to <paramref name="end"/> - 1.</summary>
    public int Below(int end) => (int)(Next() % (uint)end);

    /// <summary>True once in <paramref name="n"/> times.</summary>
    public bool OneIn(int n) => Below(n) == 0;

    /// <summary>One of the items.</summary>
    public T Pick<T>(T[] items) => items[Below(items.Length)];
}
