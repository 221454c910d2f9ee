using System;
using System.Collections.Generic;

namespace Kiln.Codegen.Tests.X64;

/// <summary>Masks for vshuffle: of each kind that an instruction exists for, close to one, and random ones.</summary>
internal static class ShuffleMasks
{
    public static List<UInt128> All()
    {
        var masks = new List<UInt128>();
        var random = new Random(7);
        for (int size = 1; size <= 8; size *= 2)
        {
            int s = size;
            int lanes = 16 / size;
            for (int start = 0; start < lanes; start += lanes / 2)
            {
                int first = start;
                Add(masks, s, i => (i & 1) * lanes + first + i / 2);       // interleaved
                Add(masks, s, i => (~i & 1) * lanes + first + i / 2);
                Add(masks, s, i => first + i / 2);
            }

            Add(masks, s, i => 2 * i);                                     // every other
            Add(masks, s, i => 2 * i + 1);
            Add(masks, s, i => lanes - 1 - i);                             // reversed
            Add(masks, s, i => 2 * lanes - 1 - i);
            Add(masks, s, static _ => 0);                                  // one for all
            Add(masks, s, _ => 2 * lanes - 1);
            for (int turn = 0; turn < 8; turn++)
            {
                int one = random.Next(lanes), from = random.Next(2 * lanes);
                Add(masks, s, i => i + lanes * random.Next(2));            // blended
                Add(masks, s, i => i == one ? from : i);                   // all but one in place
                Add(masks, s, i => i == one ? from : i + lanes);
                Add(masks, s, _ => random.Next(2 * lanes));                // anything
                Add(masks, s, _ => random.Next(lanes));
                Add(masks, s, i => i < lanes / 2 ? random.Next(lanes) : lanes + random.Next(lanes));
                Add(masks, s, i => i < lanes / 2 ? i : lanes / 2 + random.Next(lanes / 2));
                Add(masks, s, i => i < lanes / 2 ? random.Next(lanes / 2) : i);
            }
        }

        for (int k = 0; k < 32; k++)
        {
            int first = k;
            Add(masks, 1, i => first + i & 31);                            // consecutive bytes
            Add(masks, 1, i => first + i & 15);
            Add(masks, 1, i => (first + i & 15) + 16);
        }

        return masks;
    }

    /// <summary>Of each pair of sizes that a zero extension may have, the mask numbered so; the second source gives the zeros.</summary>
    public static UInt128 ZeroExtension(int number)
    {
        int to = 2 << (number & 3), from = Math.Max(1, to >> (1 + (number >> 2)));
        UInt128 mask = 0;
        for (int i = 0; i < 16; i++)
        {
            int within = i & (Math.Min(to, 8) - 1);
            mask |= (UInt128)(uint)(within < from ? i / Math.Min(to, 8) * from + within : 16 + i) << (8 * i);
        }

        return mask;
    }

    // The mask that moves lanes of `size` bytes; lane numbers are taken modulo those of two sources.
    private static void Add(List<UInt128> masks, int size, Func<int, int> laneOf)
    {
        UInt128 mask = 0;
        for (int lane = 0; lane < 16 / size; lane++)
        {
            int from = laneOf(lane) % (32 / size);
            for (int i = 0; i < size; i++) mask |= (UInt128)(uint)(from * size + i) << (8 * (lane * size + i));
        }

        masks.Add(mask);
    }
}
