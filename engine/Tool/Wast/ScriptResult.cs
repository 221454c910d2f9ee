using System.Collections.Generic;

namespace Kiln.Tool.Wast;

/// <summary>What running one script gave.</summary>
public sealed class ScriptResult(string file)
{
    /// <summary>Failures that are kept with their text; further ones are only counted.</summary>
    public const int KeptFailures = 50;

    private readonly List<string> _failures = [];

    /// <summary>The script's path.</summary>
    public string File { get; } = file;

    /// <summary>Assertions that held.</summary>
    public int Passed { get; private set; }

    /// <summary>Assertions that did not hold, and commands outside of assertions that failed.</summary>
    public int Failed { get; private set; }

    /// <summary>Assertions that an unsupported feature kept from being tried.</summary>
    public int Skipped { get; private set; }

    /// <summary>Texts of the first failures, with line numbers.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Why assertions were skipped.</summary>
    public SkipReasons Reasons { get; } = new();

    internal void Pass() => Passed++;

    internal void Skip(string reason)
    {
        Skipped++;
        Reasons.Add(reason);
    }

    internal void Fail(int line, string what)
    {
        Failed++;
        if (_failures.Count < KeptFailures) _failures.Add($"{File}:{line}: {what}");
    }
}
