using System;
using System.Runtime.Intrinsics.X86;

namespace Kiln.Contract;

/// <summary>The instruction set that an artifact's code is written in.</summary>
public enum TargetArchitecture : byte
{
    /// <summary>x86-64 with at least SSE4.1.</summary>
    X64 = 1,

    /// <summary>AArch64.</summary>
    Arm64 = 2,
}

/// <summary>Optional x86-64 instructions that code may use. Values are frozen: artifacts hold them.</summary>
[Flags]
public enum TargetFeatures : ulong
{
    /// <summary>Plain x86-64 (SSE2), which is less than the compiler needs.</summary>
    None = 0,

    /// <summary>SSE3.</summary>
    Sse3 = 1 << 0,

    /// <summary>SSSE3.</summary>
    Ssse3 = 1 << 1,

    /// <summary>SSE4.1; code for x86-64 always uses it and what came before.</summary>
    Sse41 = 1 << 2,

    /// <summary>SSE4.2.</summary>
    Sse42 = 1 << 3,

    /// <summary>POPCNT.</summary>
    Popcnt = 1 << 4,

    /// <summary>AVX.</summary>
    Avx = 1 << 5,

    /// <summary>AVX2.</summary>
    Avx2 = 1 << 6,

    /// <summary>FMA3.</summary>
    Fma = 1 << 7,

    /// <summary>BMI1.</summary>
    Bmi1 = 1 << 8,

    /// <summary>BMI2.</summary>
    Bmi2 = 1 << 9,

    /// <summary>LZCNT.</summary>
    Lzcnt = 1 << 10,
}

/// <summary>A machine that code can be compiled for.</summary>
public readonly record struct CompileTarget(TargetArchitecture Architecture, TargetFeatures Features)
{
    /// <summary>The machine this process runs on, as far as the engine makes use of it.</summary>
    public static CompileTarget Host
    {
        get
        {
            TargetFeatures features = TargetFeatures.None;
            if (Sse3.IsSupported) features |= TargetFeatures.Sse3;
            if (Ssse3.IsSupported) features |= TargetFeatures.Ssse3;
            if (Sse41.IsSupported) features |= TargetFeatures.Sse41;
            if (Sse42.IsSupported) features |= TargetFeatures.Sse42;
            if (Popcnt.IsSupported) features |= TargetFeatures.Popcnt;
            if (Avx.IsSupported) features |= TargetFeatures.Avx;
            if (Avx2.IsSupported) features |= TargetFeatures.Avx2;
            if (Fma.IsSupported) features |= TargetFeatures.Fma;
            if (Bmi1.IsSupported) features |= TargetFeatures.Bmi1;
            if (Bmi2.IsSupported) features |= TargetFeatures.Bmi2;
            if (Lzcnt.IsSupported) features |= TargetFeatures.Lzcnt;
            return new CompileTarget(TargetArchitecture.X64, features);
        }
    }

    /// <summary>True if a machine like this can run code that was compiled for <paramref name="other"/>.</summary>
    public bool CanRun(CompileTarget other) => Architecture == other.Architecture && (other.Features & ~Features) == 0;

    /// <inheritdoc/>
    public override string ToString() => $"{Architecture.ToString().ToLowerInvariant()}:{(ulong)Features:x}";
}
