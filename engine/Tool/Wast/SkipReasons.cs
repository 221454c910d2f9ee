using System.Collections.Generic;
using System.Linq;

namespace Kiln.Tool.Wast;

/// <summary>Why assertions were skipped, and how many for each reason.</summary>
public sealed class SkipReasons
{
    private readonly SortedDictionary<string, int> _counts = [];

    /// <summary>Reasons with their counts, most frequent first.</summary>
    public IEnumerable<KeyValuePair<string, int>> Counts => _counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key);

    /// <summary>Notes one skipped assertion.</summary>
    public void Add(string reason) => _counts[reason] = _counts.GetValueOrDefault(reason) + 1;

    /// <summary>Adds another file's reasons.</summary>
    public void Add(SkipReasons other)
    {
        foreach ((string reason, int count) in other._counts) _counts[reason] = _counts.GetValueOrDefault(reason) + count;
    }
}
