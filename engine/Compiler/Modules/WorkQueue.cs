using System;
using System.Collections.Immutable;
using System.Threading;
using Kiln.Wasm.Modules;

namespace Kiln.Compiler.Modules;

/// <summary>
/// The functions of a module in portions of about equal size, which threads take one after the other, the largest
/// first. Which thread compiles a function has no influence on the result.
/// </summary>
internal sealed class WorkQueue
{
    private const int PortionsPerThread = 16;
    private const int FunctionOverhead = 64; // bytes of body that compiling any function costs besides its body

    private readonly Range[] _portions;
    private int _next = -1;

    /// <summary>Divides the bodies among <paramref name="threads"/>; with a seed, portions come in an order of that seed (for tests).</summary>
    public WorkQueue(ImmutableArray<ByteRange> bodies, int threads, int? shuffleSeed)
    {
        long total = 0;
        foreach (ByteRange body in bodies) total += body.Length + FunctionOverhead;
        long target = Math.Max(1, total / (threads * PortionsPerThread));

        int count = 0;
        Range[] portions = new Range[bodies.Length];
        long[] sizes = new long[bodies.Length];
        int first = 0;
        long size = 0;
        for (int i = 0; i < bodies.Length; i++)
        {
            size += bodies[i].Length + FunctionOverhead;
            if (size < target && i + 1 < bodies.Length) continue;
            portions[count] = first..(i + 1);
            sizes[count++] = -size;
            first = i + 1;
            size = 0;
        }

        _portions = portions[..count];
        if (shuffleSeed is { } seed) new Random(seed).Shuffle(_portions);
        else Array.Sort(sizes, _portions, 0, count);
    }

    /// <summary>Takes the next portion, a range of positions among the bodies.</summary>
    public bool TryTake(out Range portion)
    {
        int at = Interlocked.Increment(ref _next);
        portion = at < _portions.Length ? _portions[at] : default;
        return at < _portions.Length;
    }
}
