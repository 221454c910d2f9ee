using System;
using System.Collections.Generic;
using Kiln.Bench.Corpora;

namespace Kiln.Bench.Peers;

/// <summary>An engine that is measured: how it is started for a case, and what it is called.</summary>
/// <param name="Label">Its column in tables.</param>
/// <param name="Version">What it says about itself; "absent" where it is not installed.</param>
/// <param name="Command">
/// The command line for a case: program and arguments, which prints one JSON line with compile_ms, run_ms, runs_ms, checksum and ok;
/// null where the engine cannot do what the corpus asks.
/// </param>
internal sealed record Peer(string Label, string Version, Func<CorpusKind, BenchmarkCase, Invocation?> Command)
{
    /// <summary>The version of an engine that is not installed.</summary>
    public const string Absent = "absent";

    /// <summary>True where it can be measured.</summary>
    public bool IsPresent => Version != Absent;
}

/// <summary>A process to start.</summary>
/// <param name="Arguments">Program and arguments.</param>
/// <param name="PinsItself">True if the program pins its own child to a core.</param>
/// <param name="Environment">Variables set for the process beside those it inherits; null for none.</param>
internal sealed record Invocation(IReadOnlyList<string> Arguments, bool PinsItself = false, IReadOnlyDictionary<string, string>? Environment = null);
