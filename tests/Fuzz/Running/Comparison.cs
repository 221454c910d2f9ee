using System;
using System.Collections.Generic;
using System.Linq;
using Kiln.Codegen.Opt;
using Kiln.Fuzz.Programs;
using Kiln.Text;

namespace Kiln.Fuzz.Running;

/// <summary>
/// Runs a program in every configuration and in node, and says what differs. The first configuration is the reference for the
/// others; a crash or an engine bug in any is a difference.
/// </summary>
internal sealed class Comparison : IDisposable
{
    private readonly List<KilnRunner> _runners = [];
    private readonly List<KilnRunner> _deterministic = [];
    private readonly KilnRunner _baseline;
    private readonly NodeRunner? _node;

    // A program is compiled without one of these.
    private readonly string[] _passes = [.. OptPassTable.Rows.Select(row => row.Name)];
    private readonly KilnRunner?[] _withoutPass;
    private readonly Func<Config> _base;

    /// <summary>Calls made by the first configuration.</summary>
    public long Calls { get; private set; }

    /// <summary>How many of them trapped.</summary>
    public long Traps { get; private set; }

    /// <param name="node">Path of node, or null to do without.</param>
    /// <param name="verify">Whether the IR verifier and the allocation checker look at every function.</param>
    /// <param name="withoutPasses">Passes of the optimiser that the last configuration leaves out, as <c>gvn+licm</c>; null for each alone, in turn.</param>
    public Comparison(string? node, bool verify, string? withoutPasses = null)
    {
        if (withoutPasses is { Length: > 0 }) _passes = [withoutPasses];
        _withoutPass = new KilnRunner?[_passes.Length];
        _base = Base;
        Config Base() => new() { VerifyCompiler = verify };
        Config unoptimised = Base(), fuel = Base(), baseline = Base();
        unoptimised.Optimize = false;
        unoptimised.Interruption = false; // without it, no loop is unrolled
        fuel.Fuel = fuel.Interruption = true;
        fuel.Tunables["speculation-safe"] = "0"; // all that ranges allow
        baseline.CpuFeatures = CpuFeatures.Sse3 | CpuFeatures.Ssse3 | CpuFeatures.Sse41;
        _runners.Add(new KilnRunner("optimised", Base()));
        _runners.Add(new KilnRunner("unoptimised", unoptimised));
        _runners.Add(new KilnRunner("with fuel", fuel));
        _baseline = new KilnRunner("SSE4.1", baseline);

        // Relaxed vector operations give the same on every machine only in the deterministic profile.
        Config fixedResults = Base(), fixedBaseline = Base();
        fixedResults.RelaxedSimdDeterministic = fixedBaseline.RelaxedSimdDeterministic = true;
        fixedBaseline.CpuFeatures = baseline.CpuFeatures;
        fixedBaseline.Optimize = false;
        _deterministic.Add(new KilnRunner("deterministic", fixedResults));
        _deterministic.Add(new KilnRunner("deterministic unoptimised SSE4.1", fixedBaseline));
        if (node is not null) _node = new NodeRunner(node);
    }

    /// <summary>What differs, and between which; null if all agree.</summary>
    public string? Check(FuzzProgram program)
    {
        byte[] wasm = WatParser.ParseModule(program.ToText());
        bool relaxed = program is { Vectors: true, OursOnly: true };
        List<KilnRunner> runners = [.. _runners, WithoutPass(program.Seed)];
        if (!relaxed) runners.Add(_baseline);
        string? difference = Agree(program, wasm, runners, out Observation? first);
        if (difference is not null) return difference;
        Calls += first!.Lines.Count(line => line.StartsWith("run", StringComparison.Ordinal));
        Traps += first.Lines.Count(line => line.Contains(" trap", StringComparison.Ordinal));
        if (relaxed) return Agree(program, wasm, _deterministic, out _);
        return _node is not null && !program.OursOnly && Observation.Difference(first, _node.Run(program, wasm), compareTrapCodes: false) is { } other
            ? $"{runners[0].Name} / node: {other}"
            : null;
    }

    private static string? Agree(FuzzProgram program, byte[] wasm, List<KilnRunner> runners, out Observation? first)
    {
        first = null;
        foreach (KilnRunner runner in runners)
        {
            try
            {
                Observation observation = runner.Run(program, wasm);
                first ??= observation;
                if (Observation.Difference(first, observation, compareTrapCodes: true) is { } difference) return $"{runners[0].Name} / {runner.Name}: {difference}";
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                return $"{runner.Name}: {exception.GetType().Name}: {exception.Message}";
            }
        }

        return null;
    }

    private KilnRunner WithoutPass(ulong seed)
    {
        int index = (int)(seed % (ulong)_withoutPass.Length);
        if (_withoutPass[index] is { } made) return made;
        Config config = _base();
        config.Tunables["without-passes"] = _passes[index];
        return _withoutPass[index] = new KilnRunner("without " + _passes[index], config);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (KilnRunner? runner in _withoutPass) runner?.Dispose();
        foreach (KilnRunner runner in _deterministic) runner.Dispose();
        _baseline.Dispose();
        foreach (KilnRunner runner in _runners) runner.Dispose();
        _node?.Dispose();
    }
}
