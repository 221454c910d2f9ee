using System;
using System.Collections.Generic;
using System.Linq;
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
    private readonly NodeRunner? _node;

    /// <summary>Calls made by the first configuration.</summary>
    public long Calls { get; private set; }

    /// <summary>How many of them trapped.</summary>
    public long Traps { get; private set; }

    /// <param name="node">Path of node, or null to do without.</param>
    /// <param name="verify">Whether the IR verifier and the allocation checker look at every function.</param>
    public Comparison(string? node, bool verify)
    {
        Config Base() => new() { VerifyCompiler = verify, Interruption = false };
        Config unoptimised = Base(), fuel = Base(), baseline = Base();
        unoptimised.Optimize = false;
        fuel.Fuel = fuel.Interruption = true;
        baseline.CpuFeatures = CpuFeatures.Sse3 | CpuFeatures.Ssse3 | CpuFeatures.Sse41;
        _runners.Add(new KilnRunner("optimised", Base()));
        _runners.Add(new KilnRunner("unoptimised", unoptimised));
        _runners.Add(new KilnRunner("with fuel", fuel));
        _runners.Add(new KilnRunner("SSE4.1", baseline));
        if (node is not null) _node = new NodeRunner(node);
    }

    /// <summary>What differs, and between which; null if all agree.</summary>
    public string? Check(FuzzProgram program)
    {
        byte[] wasm = WatParser.ParseModule(program.ToText());
        Observation? first = null;
        foreach (KilnRunner runner in _runners)
        {
            try
            {
                Observation observation = runner.Run(program, wasm);
                if (first is null)
                {
                    first = observation;
                    Calls += observation.Lines.Count(line => line.StartsWith("run", StringComparison.Ordinal));
                    Traps += observation.Lines.Count(line => line.Contains(" trap", StringComparison.Ordinal));
                }
                else if (Observation.Difference(first, observation, compareTrapCodes: true) is { } difference) return $"{_runners[0].Name} / {runner.Name}: {difference}";
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                return $"{runner.Name}: {exception.GetType().Name}: {exception.Message}";
            }
        }

        return _node is not null && Observation.Difference(first!, _node.Run(program, wasm), compareTrapCodes: false) is { } other
            ? $"{_runners[0].Name} / node: {other}"
            : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (KilnRunner runner in _runners) runner.Dispose();
        _node?.Dispose();
    }
}
