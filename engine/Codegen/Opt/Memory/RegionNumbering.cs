using System;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;

namespace Kiln.Codegen.Opt.Memory;

/// <summary>
/// Small numbers for the regions that a function accesses, so that sets of them are 64-bit masks. 0 is "any
/// region"; when there are more than 62 the rest share 63, which only says that they may overlap.
/// </summary>
internal sealed class RegionNumbering
{
    public const int Any = 0;

    private const int Shared = 63;

    private readonly byte[] _numbers = new byte[65536];
    private readonly GrowList<int> _used = new(32);

    /// <summary>One more than the largest number given.</summary>
    public int Limit { get; private set; } = 1;

    public void Clear()
    {
        foreach (int region in _used.Span) _numbers[region] = 0;
        _used.Clear();
        Limit = 1;
    }

    /// <summary>The number of a region, given now if it has none.</summary>
    public int Number(Region region)
    {
        if (region == default) return Any;
        ref byte number = ref _numbers[region.Id];
        if (number == 0)
        {
            number = (byte)Math.Min(Limit, Shared);
            Limit = number + 1;
            _used.Add((int)region.Id);
        }

        return number;
    }
}
