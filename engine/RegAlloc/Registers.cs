// Register files, virtual and physical registers, sets of physical registers.

using System.Numerics;
using System.Runtime.CompilerServices;
using Kiln.Foundation.Entities;

namespace Kiln.RegAlloc;

/// <summary>A register file. Every virtual and physical register belongs to exactly one.</summary>
public enum RegClass : byte
{
    /// <summary>General-purpose registers: integers, addresses, references.</summary>
    Int = 0,

    /// <summary>Vector registers: floats and 128-bit vectors.</summary>
    Float = 1,
}

/// <summary>A virtual register: one SSA value of the function that is allocated.</summary>
public readonly record struct VReg(uint Id) : IEntity<VReg>
{
    /// <inheritdoc/>
    public static VReg FromId(uint id) => new(id);

    /// <summary>Spelling in dumps: <c>v12</c>.</summary>
    public override string ToString() => Id == 0 ? "v?" : $"v{Id}";
}

/// <summary>
/// A physical register, numbered over all classes: 0-15 integer, 16-31 float, each in the order of the
/// hardware encoding. Numbers up to 63 fit everywhere; 32 and up are free for other machines.
/// </summary>
public readonly record struct PReg(byte Index)
{
    /// <summary>No physical register has this index or a greater one.</summary>
    public const int Limit = 64;

    private const int FloatBase = 16;

    /// <summary>The integer register with hardware encoding <paramref name="encoding"/> (0-15).</summary>
    public static PReg Int(int encoding) => new((byte)encoding);

    /// <summary>The float register with hardware encoding <paramref name="encoding"/> (0-15).</summary>
    public static PReg Float(int encoding) => new((byte)(FloatBase + encoding));

    /// <summary>The file this register belongs to.</summary>
    public RegClass Class => (RegClass)(Index >> 4 & 1);

    /// <summary>The number that instructions carry for it (0-15).</summary>
    public int Encoding => Index & 15;

    /// <summary>Spelling in dumps: <c>p3i</c>, <c>p3f</c>.</summary>
    public override string ToString() => Class == RegClass.Int ? $"p{Encoding}i" : $"p{Encoding}f";
}

/// <summary>A set of physical registers: bit n is the register with index n.</summary>
public readonly record struct PRegSet(ulong Bits)
{
    /// <summary>The set with no member.</summary>
    public static PRegSet Empty => default;

    /// <summary>True if there is no member.</summary>
    public bool IsEmpty => Bits == 0;

    /// <summary>Number of members.</summary>
    public int Count => BitOperations.PopCount(Bits);

    /// <summary>True if <paramref name="register"/> is a member.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(PReg register) => (Bits >> register.Index & 1) != 0;

    /// <summary>This set and <paramref name="register"/>.</summary>
    public PRegSet With(PReg register) => new(Bits | 1UL << register.Index);

    /// <summary>This set without <paramref name="register"/>.</summary>
    public PRegSet Without(PReg register) => new(Bits & ~(1UL << register.Index));

    /// <summary>Members of either set.</summary>
    public static PRegSet operator |(PRegSet a, PRegSet b) => new(a.Bits | b.Bits);

    /// <summary>Members of both sets.</summary>
    public static PRegSet operator &(PRegSet a, PRegSet b) => new(a.Bits & b.Bits);

    /// <summary>Enumerates the members in order of their index.</summary>
    public Enumerator GetEnumerator() => new(Bits);

    /// <summary>Walks the members in order of their index.</summary>
    public struct Enumerator(ulong rest)
    {
        private ulong _rest = rest;

        /// <summary>The member the enumerator stands on.</summary>
        public PReg Current { get; private set; }

        /// <summary>Steps to the next member.</summary>
        public bool MoveNext()
        {
            if (_rest == 0) return false;
            Current = new PReg((byte)BitOperations.TrailingZeroCount(_rest));
            _rest &= _rest - 1;
            return true;
        }
    }
}
