// Places in a function: instructions, blocks, and the points before and after an instruction.

using System;
using System.Runtime.CompilerServices;

namespace Kiln.RegAlloc;

/// <summary>An instruction by its place in the layout, counted from 0. Block after block, without holes.</summary>
public readonly record struct InstIndex(int Value)
{
    /// <summary>Spelling in dumps: <c>inst7</c>.</summary>
    public override string ToString() => $"inst{Value}";
}

/// <summary>A block by its place in the layout, counted from 0; block 0 is the entry.</summary>
public readonly record struct BlockIndex(int Value)
{
    /// <summary>Spelling in dumps: <c>block2</c>.</summary>
    public override string ToString() => $"block{Value}";
}

/// <summary>
/// A moment of the program. Each instruction has two: <i>before</i>, when it reads early uses and writes
/// early defs, and <i>after</i>, when it reads late uses, writes late defs and destroys what it clobbers.
/// </summary>
/// <remarks>Bits: instruction index * 2, plus 1 for "after"; so points compare and step as integers.</remarks>
public readonly record struct ProgPoint(int Bits) : IComparable<ProgPoint>
{
    /// <summary>The moment before an instruction.</summary>
    public static ProgPoint Before(InstIndex inst) => new(inst.Value << 1);

    /// <summary>The moment after an instruction.</summary>
    public static ProgPoint After(InstIndex inst) => new(inst.Value << 1 | 1);

    /// <summary>The instruction the moment belongs to.</summary>
    public InstIndex Inst => new(Bits >> 1);

    /// <summary>True for the moment after the instruction.</summary>
    public bool IsAfter => (Bits & 1) != 0;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int CompareTo(ProgPoint other) => Bits.CompareTo(other.Bits);

    /// <summary>Spelling in dumps: <c>before inst7</c>.</summary>
    public override string ToString() => IsAfter ? $"after {Inst}" : $"before {Inst}";
}
