using System.Runtime.CompilerServices;
using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt;

/// <summary>What one instruction may do, its flags and constant operands considered.</summary>
internal static class InstEffects
{
    /// <summary>True for a pure function of the operands: may be shared, moved to where its operands are, and removed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPure(DataFlowGraph dfg, Inst inst)
    {
        ref InstData data = ref dfg.Insts[inst];
        Effects effects = data.Op.Effects();
        return effects == Effects.None || IsPure(dfg, data, effects);
    }

    private static bool IsPure(DataFlowGraph dfg, in InstData data, Effects effects)
    {
        if ((effects & Effects.Load) != 0) return data.MemFlags.IsPureLoad && data.MemFlags.CanMove && !data.MemFlags.Volatile;
        return effects == Effects.CanTrap && IsDivision(data.Op) && CannotTrap(dfg, data);
    }

    /// <summary>
    /// True if the instruction may be removed when nothing uses its result. Loads that may trap may not.
    /// </summary>
    public static bool IsRemovable(DataFlowGraph dfg, Inst inst)
    {
        ref InstData data = ref dfg.Insts[inst];
        Effects effects = data.Op.Effects();
        if (effects == Effects.None) return true;
        if ((effects & Effects.Load) != 0) return data.MemFlags.NoTrap && !data.MemFlags.Volatile;
        return effects == Effects.CanTrap && IsDivision(data.Op) && CannotTrap(dfg, data);
    }

    private static bool IsDivision(Opcode op) => op is Opcode.Udiv or Opcode.Sdiv or Opcode.Urem or Opcode.Srem;

    // By a constant that is neither 0 nor, for sdiv, -1.
    private static bool CannotTrap(DataFlowGraph dfg, in InstData data)
    {
        Inst divisor = dfg.DefInst(data.B);
        if (divisor == default) return false;
        ref InstData constant = ref dfg.Insts[divisor];
        return constant.Op == Opcode.Iconst && constant.Imm != 0 && (constant.Imm != -1 || data.Op != Opcode.Sdiv);
    }
}
