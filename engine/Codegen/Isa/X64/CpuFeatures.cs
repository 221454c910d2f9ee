using System;

namespace Kiln.Codegen.Isa.X64;

/// <summary>
/// Instruction set extensions beyond the baseline (x86-64 with SSE4.1), as lowering asks for them. Artifacts hold the contract's
/// set instead, which is translated to this one; so these values may change.
/// </summary>
[Flags]
public enum CpuFeature : uint
{
    /// <summary>The baseline alone.</summary>
    None = 0,

    /// <summary>POPCNT.</summary>
    Popcnt = 1 << 0,

    /// <summary>LZCNT (without it the encoding means BSR).</summary>
    Lzcnt = 1 << 1,

    /// <summary>BMI1: ANDN, BLSI, BLSR, BLSMSK, TZCNT.</summary>
    Bmi1 = 1 << 2,

    /// <summary>BMI2: SHLX, SHRX, SARX, RORX, MULX.</summary>
    Bmi2 = 1 << 3,

    /// <summary>AVX: three-operand VEX forms on 128-bit registers.</summary>
    Avx = 1 << 4,

    /// <summary>AVX2.</summary>
    Avx2 = 1 << 5,

    /// <summary>FMA3.</summary>
    Fma = 1 << 6,
}

/// <summary>The set of extensions that code may use.</summary>
public readonly record struct CpuFeatures(CpuFeature Set)
{
    /// <summary>SSE4.1 and nothing else.</summary>
    public static CpuFeatures Baseline => default;

    /// <summary>Every extension this code generator knows.</summary>
    public static CpuFeatures All => new(
        CpuFeature.Popcnt | CpuFeature.Lzcnt | CpuFeature.Bmi1 | CpuFeature.Bmi2 | CpuFeature.Avx | CpuFeature.Avx2 | CpuFeature.Fma);

    /// <summary>What the processor this runs on has.</summary>
    public static CpuFeatures Detect()
    {
        CpuFeature set = CpuFeature.None;
        if (System.Runtime.Intrinsics.X86.Popcnt.X64.IsSupported) set |= CpuFeature.Popcnt;
        if (System.Runtime.Intrinsics.X86.Lzcnt.X64.IsSupported) set |= CpuFeature.Lzcnt;
        if (System.Runtime.Intrinsics.X86.Bmi1.X64.IsSupported) set |= CpuFeature.Bmi1;
        if (System.Runtime.Intrinsics.X86.Bmi2.X64.IsSupported) set |= CpuFeature.Bmi2;
        if (System.Runtime.Intrinsics.X86.Avx.IsSupported) set |= CpuFeature.Avx;
        if (System.Runtime.Intrinsics.X86.Avx2.IsSupported) set |= CpuFeature.Avx2;
        if (System.Runtime.Intrinsics.X86.Fma.IsSupported) set |= CpuFeature.Fma;
        return new CpuFeatures(set);
    }

    /// <summary>True if all of <paramref name="feature"/> may be used.</summary>
    public bool Has(CpuFeature feature) => (Set & feature) == feature;

    /// <summary>The set without <paramref name="masked"/>.</summary>
    public CpuFeatures Without(CpuFeature masked) => new(Set & ~masked);

    /// <summary>POPCNT may be used.</summary>
    public bool Popcnt => Has(CpuFeature.Popcnt);

    /// <summary>LZCNT may be used.</summary>
    public bool Lzcnt => Has(CpuFeature.Lzcnt);

    /// <summary>BMI1 may be used.</summary>
    public bool Bmi1 => Has(CpuFeature.Bmi1);

    /// <summary>BMI2 may be used.</summary>
    public bool Bmi2 => Has(CpuFeature.Bmi2);

    /// <summary>AVX may be used.</summary>
    public bool Avx => Has(CpuFeature.Avx);

    /// <summary>AVX2 may be used.</summary>
    public bool Avx2 => Has(CpuFeature.Avx | CpuFeature.Avx2);

    /// <inheritdoc/>
    public override string ToString() => Set == CpuFeature.None ? "sse4.1" : Set.ToString().ToLowerInvariant();
}
