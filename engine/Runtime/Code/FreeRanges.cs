using System.Collections.Generic;

namespace Kiln.Runtime.Code;

/// <summary>The unused parts of a range of offsets: first fit, neighbours merged. Not thread-safe.</summary>
internal sealed class FreeRanges
{
    private readonly List<(ulong Start, ulong Length)> _free = [];

    /// <summary>All of <paramref name="size"/> bytes is unused.</summary>
    public FreeRanges(ulong size) => _free.Add((0, size));

    /// <summary>Takes <paramref name="length"/> bytes, or returns false.</summary>
    public bool TryTake(ulong length, out ulong start)
    {
        for (int i = 0; i < _free.Count; i++)
        {
            (ulong freeStart, ulong freeLength) = _free[i];
            if (freeLength < length) continue;
            if (freeLength == length) _free.RemoveAt(i);
            else _free[i] = (freeStart + length, freeLength - length);
            start = freeStart;
            return true;
        }

        start = 0;
        return false;
    }

    /// <summary>Gives back what was taken.</summary>
    public void Return(ulong start, ulong length)
    {
        int at = 0;
        while (at < _free.Count && _free[at].Start < start) at++;
        if (at < _free.Count && start + length == _free[at].Start)
        {
            length += _free[at].Length;
            _free.RemoveAt(at);
        }

        if (at > 0 && _free[at - 1].Start + _free[at - 1].Length == start)
        {
            _free[at - 1] = (_free[at - 1].Start, _free[at - 1].Length + length);
        }
        else
        {
            _free.Insert(at, (start, length));
        }
    }
}
