using System;
using Kiln.Codegen.Isa.X64;
using Kiln.Codegen.Machine;
using Kiln.Codegen.Opt;
using Kiln.Codegen.Opt.Ranges;
using Kiln.Contract;
using Kiln.Wasm;

namespace Kiln.Compiler.Modules;

/// <summary>The contract's options in the words of the code generator.</summary>
internal static class CodegenSettings
{
    private static readonly (TargetFeatures Contract, CpuFeature Codegen)[] Features =
    [
        (TargetFeatures.Popcnt, CpuFeature.Popcnt),
        (TargetFeatures.Lzcnt, CpuFeature.Lzcnt),
        (TargetFeatures.Bmi1, CpuFeature.Bmi1),
        (TargetFeatures.Bmi2, CpuFeature.Bmi2),
        (TargetFeatures.Avx, CpuFeature.Avx),
        (TargetFeatures.Avx2, CpuFeature.Avx2),
        (TargetFeatures.Fma, CpuFeature.Fma),
    ];

    // What the code generator takes for granted, whatever the mask.
    private const TargetFeatures Baseline = TargetFeatures.Sse3 | TargetFeatures.Ssse3 | TargetFeatures.Sse41;

    /// <summary>The machine that code may assume: the target, narrowed by the tunables, but not below SSE4.1.</summary>
    public static CompileTarget Narrow(CompileOptions options) =>
        options.Target with { Features = options.Target.Features & (options.Tunables.FeatureMask | Baseline) };

    private static OptFlags Named(string passes)
    {
        OptFlags flags = OptFlags.None;
        foreach (string name in passes.Split('+', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!OptPassTable.TryFind(name, out OptFlags flag)) throw new ArgumentException($"no pass is called '{name}'", nameof(passes));
            flags |= flag;
        }

        return flags;
    }

    /// <summary>Options for the code generator.</summary>
    /// <exception cref="UnsupportedFeatureException">There is no code generator for the target.</exception>
    public static CodegenOptions Of(CompileOptions options)
    {
        CompileTarget target = Narrow(options);
        if (target.Architecture != Contract.TargetArchitecture.X64 || (target.Features & Baseline) != Baseline) throw new UnsupportedFeatureException($"target {target}", Feature.Mvp, default);
        CpuFeature set = CpuFeature.None;
        foreach ((TargetFeatures contract, CpuFeature codegen) in Features)
        {
            if ((target.Features & contract) != 0) set |= codegen;
        }

        return new CodegenOptions
        {
            Architecture = Codegen.Machine.TargetArchitecture.X64,
            Features = new CpuFeatures(set),
            Passes = OptFlags.All & ~Named(options.Tunables.WithoutPasses),
            Optimization = options.Tunables.Optimize ? OptimizationLevel.Speed : OptimizationLevel.None,
            SpeculativeReach = options.Tunables.SpeculationSafe ? new IndexReach((int)Tunables.MemoryFrontGuard, (int)Math.Min(options.Tunables.MemoryGuard, int.MaxValue)) : null,
            KeepBranchesInLine = options.Tunables.PadBranches,
            VerifyIr = options.VerifyIr,
            CheckAllocation = options.CheckAllocation,
        };
    }
}
