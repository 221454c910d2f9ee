using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Kiln.Codegen.Machine;

/// <summary>A stage of the compilation of a function, in the order they run.</summary>
public enum CompilationPass : byte
{
    /// <summary>Checks of the IR; only if asked for.</summary>
    Verify,

    /// <summary>The optimisation pipeline.</summary>
    Optimize,

    /// <summary>Order of blocks, splitting of critical edges.</summary>
    BlockOrder,

    /// <summary>Instruction selection.</summary>
    Lower,

    /// <summary>Register allocation.</summary>
    Allocate,

    /// <summary>Check of the allocation; only if asked for.</summary>
    CheckAllocation,

    /// <summary>Encoding, branch shortening, tables.</summary>
    Emit,
}

/// <summary>Time spent in each pass, summed over functions. Kept by each context; sum them for the whole.</summary>
public sealed class CompilationTimings
{
    /// <summary>Number of passes.</summary>
    public const int PassCount = (int)CompilationPass.Emit + 1;

    private readonly long[] _ticks = new long[PassCount];

    /// <summary>Functions compiled.</summary>
    public long Functions { get; internal set; }

    /// <summary>Machine code bytes made.</summary>
    public long CodeBytes { get; internal set; }

    /// <summary>Time spent in a pass.</summary>
    public TimeSpan this[CompilationPass pass] => Stopwatch.GetElapsedTime(0, _ticks[(int)pass]);

    /// <summary>Adds the figures of another context.</summary>
    public void Add(CompilationTimings other)
    {
        for (int i = 0; i < PassCount; i++) _ticks[i] += other._ticks[i];
        Functions += other.Functions;
        CodeBytes += other.CodeBytes;
    }

    /// <summary>Sets everything to zero.</summary>
    public void Clear()
    {
        Array.Clear(_ticks);
        Functions = 0;
        CodeBytes = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long Start(bool enabled) => enabled ? Stopwatch.GetTimestamp() : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Stop(CompilationPass pass, ref long start)
    {
        if (start == 0) return;
        long now = Stopwatch.GetTimestamp();
        _ticks[(int)pass] += now - start;
        start = now;
    }
}
