using System;
using System.Text;

namespace Kiln.Wasm;

/// <summary>A set of proposals, one bit for each; <c>default</c> is WebAssembly 1.0.</summary>
public readonly record struct FeatureSet(ulong Bits)
{
    /// <summary>WebAssembly 1.0 alone.</summary>
    public static FeatureSet Wasm1 => default;

    /// <summary>WebAssembly 2.0: everything up to SIMD.</summary>
    public static FeatureSet Wasm2 => new(Through(Feature.Simd));

    /// <summary>WebAssembly 3.0.</summary>
    public static FeatureSet Wasm3 => new(Through(Feature.ExtendedConst));

    /// <summary>Every proposal that this decoder knows.</summary>
    public static FeatureSet All => new(Through(Feature.StackSwitching));

    /// <summary>True if the proposal is in the set; always true for <see cref="Feature.Mvp"/>.</summary>
    public bool Contains(Feature feature) => ((Bits | 1) >> (int)feature & 1) != 0;

    /// <summary>True if every proposal of <paramref name="other"/> is in this set.</summary>
    public bool ContainsAll(FeatureSet other) => (other.Bits & ~(Bits | 1)) == 0;

    /// <summary>The set with one more proposal.</summary>
    public FeatureSet With(Feature feature) => new(Bits | 1UL << (int)feature);

    /// <summary>The set without a proposal.</summary>
    public FeatureSet Without(Feature feature) => new(Bits & ~(1UL << (int)feature));

    /// <summary>Names of the members, separated by commas.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach (Feature feature in Enum.GetValues<Feature>())
        {
            if (!Contains(feature)) continue;
            if (text.Length != 0) text.Append(", ");
            text.Append(feature);
        }

        return text.ToString();
    }

    private static ulong Through(Feature last) => (2UL << (int)last) - 1;
}
