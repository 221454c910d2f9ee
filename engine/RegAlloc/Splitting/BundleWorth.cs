using System;

namespace Kiln.RegAlloc.Splitting;

/// <summary>
/// What a bundle needs and is worth, and thereby whether it waits for a register and who may take it away again.
/// </summary>
/// <remarks>
/// The benefit is what the bundle's uses save by finding their value in a register, each weighted by how often it
/// runs; the weight is the benefit per point, so that a long bundle does not hold its register for the sake of a few
/// uses. A minimal bundle outweighs all others.
/// </remarks>
internal static class BundleWorth
{
    private const float MinimalWeight = 1e30f;
    private const float MaxWeight = 1e29f;

    /// <summary>What making a value again costs, relative to loading it.</summary>
    private const float RematFactor = 0.4f;

    /// <summary>Measures a bundle and lets it wait for a register, unless it is empty or its slot will do.</summary>
    public static void Enqueue(RegAllocContext context, int bundle)
    {
        ref BundleRow row = ref context.Bundles[bundle];
        if (row.First < 0) return;
        float entryCost = Measure(context, ref row);
        if (!row.NeedsRegister && row.Benefit <= entryCost) return;
        row.Weight = row.Minimal
            ? MinimalWeight * (row.Length > 1 ? 2 : 1)
            : Math.Min(row.Benefit / row.Length, MaxWeight);
        context.Queue.Push(row.Length, bundle);
    }

    /// <summary>
    /// Computes what a bundle needs and is worth; returns what it costs to load it where it starts. Constants that no instruction
    /// must have in a register of its choice are worth none: they are made where they go.
    /// </summary>
    private static float Measure(RegAllocContext context, ref BundleRow row)
    {
        bool needsRegister = false, onlyConstants = true;
        int needEnd = 0, length = 0;
        float benefit = 0, entryCost = 0;
        ReadOnlySpan<PieceRow> pieces = context.Pieces.Span;
        ReadOnlySpan<UseRow> uses = context.Uses.Span;
        for (int p = row.First; p >= 0; p = pieces[p].Next)
        {
            ref readonly PieceRow piece = ref pieces[p];
            ref VRegRow vreg = ref context.VRegs[piece.VReg];
            length += piece.To - piece.From;
            onlyConstants &= vreg.Remat;
            float scale = vreg.Remat ? RematFactor : 1f;
            float worth = 0;
            if (piece.AtDef)
            {
                float weight = context.Blocks[vreg.DefBlock].Weight;
                benefit += vreg.Def == DefKind.Reg ? weight * scale : weight * 0.5f;
                if (vreg.Def == DefKind.Reg && (!vreg.Remat || piece.UseEnd > piece.UseStart))
                {
                    needsRegister = true;
                    needEnd = (piece.From | 1) + 1;
                }
            }
            else if (p == row.First)
            {
                entryCost = context.Blocks[context.BlockOfPosition[piece.From >> 1]].Weight * scale;
            }

            for (int u = piece.UseStart; u < piece.UseEnd; u++)
            {
                ref readonly UseRow use = ref uses[u];
                worth += use.Weight * WorthOf(use.Kind);
                if (!NeedsRegister(use, vreg.Remat)) continue;
                needsRegister = true;
                needEnd = use.Point + 1;
            }

            benefit += worth * scale;
        }

        row.Length = length;
        row.Benefit = benefit;
        row.NeedsRegister = needsRegister;
        ref readonly PieceRow only = ref pieces[row.First];
        row.Minimal = row.Count == 1 && only.To == needEnd && only.From >> 1 == (only.To - 1) >> 1;
        return onlyConstants ? float.PositiveInfinity : entryCost;
    }

    /// <summary>What a use saves by finding its value in a register, relative to a load.</summary>
    private static float WorthOf(UseKind kind) => kind switch
    {
        UseKind.Reg => 1f,
        UseKind.Any or UseKind.Reused => 0.8f,
        UseKind.Fixed or UseKind.BranchArg => 0.6f,
        UseKind.Stack => 0f,
    };

    /// <summary>True for a use that nothing but a register will do for. A constant has no slot that could be read instead.</summary>
    public static bool NeedsRegister(in UseRow use, bool remat) => use.Kind == UseKind.Reg || (remat && use.Kind == UseKind.Any);
}
