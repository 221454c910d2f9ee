using System;
using System.Collections.Generic;

namespace Kiln.Codegen.Opt;

/// <summary>The parts of the pipeline that can be switched off one by one.</summary>
[Flags]
public enum OptFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>See <see cref="OptPassTable"/>.</summary>
    UnreachableBlocks = 1 << 0,

    /// <inheritdoc cref="UnreachableBlocks"/>
    RedundantParams = 1 << 1,

    /// <inheritdoc cref="UnreachableBlocks"/>
    Branches = 1 << 2,

    /// <inheritdoc cref="UnreachableBlocks"/>
    Simplify = 1 << 3,

    /// <inheritdoc cref="UnreachableBlocks"/>
    Gvn = 1 << 4,

    /// <inheritdoc cref="UnreachableBlocks"/>
    RedundantLoads = 1 << 5,

    /// <inheritdoc cref="UnreachableBlocks"/>
    Licm = 1 << 6,

    /// <inheritdoc cref="UnreachableBlocks"/>
    DeadCode = 1 << 7,

    /// <inheritdoc cref="UnreachableBlocks"/>
    Remat = 1 << 8,

    /// <inheritdoc cref="UnreachableBlocks"/>
    LoopExits = 1 << 9,

    /// <inheritdoc cref="UnreachableBlocks"/>
    DeadStores = 1 << 10,

    /// <inheritdoc cref="UnreachableBlocks"/>
    LoopSteps = 1 << 11,

    /// <inheritdoc cref="UnreachableBlocks"/>
    Ranges = 1 << 12,

    /// <inheritdoc cref="UnreachableBlocks"/>
    DerivedParams = 1 << 13,

    /// <inheritdoc cref="UnreachableBlocks"/>
    CounterTests = 1 << 14,

    /// <inheritdoc cref="UnreachableBlocks"/>
    LoopUnroll = 1 << 15,

    /// <inheritdoc cref="UnreachableBlocks"/>
    IfConvert = 1 << 16,

    /// <summary>Everything.</summary>
    All = (1 << 17) - 1,

    /// <summary>What makes nodes without a place, so that elaboration must follow.</summary>
    Nodes = Simplify | Gvn | Licm | Remat,
}

/// <summary>One row for each flag: its name in file tests and options, and what it switches.</summary>
public readonly record struct OptPassRow(OptFlags Flag, string Name, string Doc);

/// <summary>The names of the passes.</summary>
public static class OptPassTable
{
    /// <summary>The rows, in the order in which the passes first run.</summary>
    public static IReadOnlyList<OptPassRow> Rows => _rows;

    private static readonly OptPassRow[] _rows =
    [
        new(OptFlags.UnreachableBlocks, "unreachable-blocks", "blocks that control cannot reach are removed"),
        new(OptFlags.RedundantParams,   "redundant-params",   "block parameters that only ever get one value are replaced by it"),
        new(OptFlags.Branches,          "branches",           "constant branches, jumps to jumps, blocks with one predecessor"),
        new(OptFlags.DerivedParams,     "derived-params",     "block parameters that are sums and shifts of others are computed from them"),
        new(OptFlags.IfConvert,         "if-convert",         "branches between sides that cost next to nothing are selections"),
        new(OptFlags.Simplify,          "simplify",           "constant folding and the rewrite rules of Opt/Rules"),
        new(OptFlags.Ranges,            "ranges",             "with simplify: what loops and branches say of the ranges of i32 values"),
        new(OptFlags.Gvn,               "gvn",                "equal computations are done once, where that dominates the others"),
        new(OptFlags.RedundantLoads,    "redundant-loads",    "loads of what was just loaded or stored are replaced by the value"),
        new(OptFlags.DeadStores,        "dead-stores",        "stores that are overwritten before anybody could look are removed"),
        new(OptFlags.LoopExits,         "loop-exits",         "loops test the value that they pass to the next iteration"),
        new(OptFlags.DeadCode,          "dead-code",          "computations and parameters that nothing needs are removed"),
        new(OptFlags.CounterTests,      "counter-tests",      "with dead-code: loops test a counter that they need anyway"),
        new(OptFlags.Licm,              "licm",               "loop-invariant computations are moved in front of the loop"),
        new(OptFlags.Remat,             "remat",              "constants are made again in each block that uses them"),
        new(OptFlags.LoopSteps,         "loop-steps",         "what reads a loop's counter behind its step reads the step instead"),
        new(OptFlags.LoopUnroll,        "loop-unroll",        "small loops go through several copies of themselves, of which only the first tests for interruption"),
    ];

    /// <summary>The flag with a name.</summary>
    public static bool TryFind(ReadOnlySpan<char> name, out OptFlags flag)
    {
        foreach (OptPassRow row in _rows)
        {
            if (!name.SequenceEqual(row.Name)) continue;
            flag = row.Flag;
            return true;
        }

        flag = OptFlags.None;
        return false;
    }
}
