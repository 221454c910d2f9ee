using System;
using System.Collections.Generic;

namespace Kiln.Tool.Exec;

/// <summary>What <c>kiln tool exec</c> is asked to do.</summary>
/// <param name="File">The module, binary or text.</param>
public sealed record ExecRequest(string File)
{
    /// <summary>Export to call; null for <c>_start</c>.</summary>
    public string? Invoke { get; init; }

    /// <summary>Arguments: numbers for <see cref="Invoke"/>, otherwise the program's own.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Runs, each in a fresh instance; the shortest counts.</summary>
    public int Repeat { get; init; } = 1;

    /// <summary>Folder of the host that is copied in and preopened as <c>.</c>; null for an empty one.</summary>
    public string? Directory { get; init; }

    /// <summary>Compile <see cref="Repeat"/> times and run nothing.</summary>
    public bool CompileOnly { get; init; }

    /// <summary>Report one JSON object; the guest's output is only compared and hashed.</summary>
    public bool Json { get; init; }

    /// <summary>Threads that compile; 0 for all.</summary>
    public int Threads { get; init; }

    /// <summary>Fuel, or null to not count it.</summary>
    public long? Fuel { get; init; }

    /// <summary>Extensions that code may use, of those the machine has.</summary>
    public CpuFeatures CpuFeatures { get; init; } = CpuFeatures.All;

    /// <summary>Knobs of the code generator by their names.</summary>
    public Dictionary<string, string> Tunables { get; init; } = [];
}
