using System;
using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Ranges;

/// <summary>An interval of i32 values, read as unsigned: not empty, both ends included. The default says nothing.</summary>
internal readonly record struct ValueRange
{
    private readonly uint _low;
    private readonly uint _belowTop; // complement of the high end, so that the default is everything

    /// <summary>The values from <paramref name="low"/> to <paramref name="high"/>, which is not less.</summary>
    public ValueRange(ulong low, ulong high)
    {
        _low = (uint)low;
        _belowTop = ~(uint)high;
    }

    /// <summary>The least value.</summary>
    public ulong Low => _low;

    /// <summary>The greatest value.</summary>
    public ulong High => ~_belowTop;

    /// <summary>True if there is one value only.</summary>
    public bool IsExact => Low == High;

    /// <summary>True if every value is possible.</summary>
    public bool IsFull => _low == 0 && _belowTop == 0;

    /// <summary>The values that are in both. If there are none, which only code that never runs can say, this one.</summary>
    public ValueRange And(ValueRange other)
    {
        ulong low = Math.Max(Low, other.Low), high = Math.Min(High, other.High);
        return low <= high ? new ValueRange(low, high) : this;
    }

    /// <summary>
    /// The sums with a number modulo 2^32, if they all wrap round or none does; else everything. <paramref name="offset"/>
    /// is what is added as integers: the number, or the number - 2^32.
    /// </summary>
    public bool TryAdd(uint number, out ValueRange sum, out long offset)
    {
        const ulong modulus = 1UL << 32;
        bool lowWraps = Low + number >= modulus, highWraps = High + number >= modulus;
        sum = lowWraps == highWraps ? new ValueRange(Low + number, High + number) : default;
        offset = highWraps ? number - (long)modulus : number;
        return lowWraps == highWraps;
    }

    /// <summary>The complements of the values.</summary>
    public ValueRange Complement() => new(uint.MaxValue - High, uint.MaxValue - Low);

    /// <summary>The values with the sign bit inverted, which turns signed order into unsigned; everything if both signs are possible.</summary>
    public ValueRange SignFlipped()
    {
        TryAdd(1u << 31, out ValueRange flipped, out _);
        return flipped;
    }

    /// <summary>Those of these values that can stand in a relation to one of <paramref name="others"/>.</summary>
    public ValueRange Where(IntCC cc, ValueRange others)
    {
        switch (cc)
        {
            case IntCC.Eq: return And(others);
            case IntCC.Ne: return others.IsExact ? Without(others.Low) : this;
            case IntCC.Ult: return others.High == 0 ? this : And(new ValueRange(0, others.High - 1));
            case IntCC.Ule: return And(new ValueRange(0, others.High));
            case IntCC.Ugt: return others.Low == uint.MaxValue ? this : And(new ValueRange(others.Low + 1, uint.MaxValue));
            case IntCC.Uge: return And(new ValueRange(others.Low, uint.MaxValue));
            default: // signed
                ValueRange signed = SignFlipped().Where(cc.Unsigned(), others.SignFlipped());
                return And(signed.SignFlipped());
        }
    }

    private ValueRange Without(ulong value)
    {
        if (IsExact) return this;
        if (value == Low) return new ValueRange(Low + 1, High);
        return value == High ? new ValueRange(Low, High - 1) : this;
    }
}
