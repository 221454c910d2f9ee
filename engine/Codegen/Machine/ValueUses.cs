using System;
using System.Runtime.CompilerServices;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Machine;

/// <summary>
/// What instruction selection asks about the IR as a whole: how often each value is used, and between which
/// instructions a load may move. Computed in one forward walk over the reachable blocks.
/// </summary>
/// <remarks>
/// Each instruction has a colour: a new one begins with each block and behind each store, call and instruction that
/// traps by itself. Loads may change places with each other, but not with these: so a load may move down to another
/// instruction exactly if both have the same colour.
/// </remarks>
internal sealed class ValueUses
{
    private int[] _uses = new int[1024];
    private int[] _colors = new int[1024];

    /// <summary>Computes both for a function.</summary>
    public void Compute(IrFunction function, BlockOrder order)
    {
        DataFlowGraph dfg = function.Dfg;
        int values = dfg.Values.IdLimit;
        int insts = dfg.Insts.IdLimit;
        if (_uses.Length < values) _uses = new int[values * 2];
        if (_colors.Length < insts) _colors = new int[insts * 2];
        _uses.AsSpan(0, values).Clear();
        int color = 0;
        foreach (ref LoweredBlock block in order.Blocks.Span)
        {
            if (block.Ir.IsNone()) continue;
            color++;
            foreach (Inst inst in function.Layout.Insts(block.Ir))
            {
                ref InstData data = ref dfg.Insts[inst];
                _colors[inst.Id] = color;
                foreach (Value value in dfg.Operands(ref data)) _uses[value.Id]++;
                if (data.Op.IsBranch()) CountArguments(dfg, inst);
                if (SeparatesLoads(data.Op)) color++;
            }
        }
    }

    private void CountArguments(DataFlowGraph dfg, Inst branch)
    {
        foreach (ref BlockCall call in dfg.Targets(branch))
        {
            foreach (Value value in dfg.Args(call)) _uses[value.Id]++;
        }
    }

    private static bool SeparatesLoads(Opcode op)
    {
        Effects effects = op.Effects();
        return (effects & (Effects.Store | Effects.Call)) != 0 || ((effects & Effects.CanTrap) != 0 && (effects & Effects.Load) == 0);
    }

    /// <summary>Number of uses of a value as operand or branch argument.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(Value value) => _uses[value.Id];

    /// <summary>The colour of an instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ColorOf(Inst inst) => _colors[inst.Id];
}
