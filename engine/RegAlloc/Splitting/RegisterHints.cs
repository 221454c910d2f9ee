using System;
using System.Numerics;

namespace Kiln.RegAlloc.Splitting;

/// <summary>Registers in which a bundle would save moves, each with how often these would run.</summary>
internal ref struct RegisterHints(Span<float> weights)
{
    private readonly Span<float> _weights = weights;

    /// <summary>The registers that have a hint, as a set of bits.</summary>
    public ulong Hinted { get; private set; }

    /// <summary>The weight of a register's hint.</summary>
    public readonly float Weight(int register) => _weights[register];

    /// <summary>
    /// Adds the hints of a bundle: registers of fixed operands, of parameters its values are passed for, of other parts of the same
    /// spill set, and the one that a split found free.
    /// </summary>
    public void Collect(RegAllocContext context, in BundleRow row)
    {
        ReadOnlySpan<PieceRow> pieces = context.Pieces.Span;
        ReadOnlySpan<UseRow> uses = context.Uses.Span;
        byte last = context.SpillSets[row.SpillSet].LastRegister;
        for (int p = row.First; p >= 0; p = pieces[p].Next)
        {
            ref readonly PieceRow piece = ref pieces[p];
            if (piece.AtDef)
            {
                ref VRegRow vreg = ref context.VRegs[piece.VReg];
                if (vreg.Def == DefKind.Fixed) Add(vreg.FixedRegister, context.Blocks[vreg.DefBlock].Weight);
            }
            else if (last != VRegRow.NoRegister) Add(last, context.Blocks[context.BlockOfPosition[piece.From >> 1]].Weight * 0.25f);

            for (int u = piece.UseStart; u < piece.UseEnd; u++)
            {
                ref readonly UseRow use = ref uses[u];
                if (use.Kind == UseKind.Fixed) Add(use.Register, use.Weight);
                else if (use.Kind == UseKind.BranchArg) Add(context.VRegs[use.Operand].LastRegister, use.Weight);
            }
        }

        Add(row.Hint, 0.1f);
    }

    /// <summary>Forgets all hints.</summary>
    public void Clear()
    {
        for (ulong rest = Hinted; rest != 0; rest &= rest - 1) _weights[BitOperations.TrailingZeroCount(rest)] = 0;
        Hinted = 0;
    }

    private void Add(byte register, float weight)
    {
        if (register == VRegRow.NoRegister) return;
        Hinted |= 1UL << register;
        _weights[register] += weight;
    }
}
