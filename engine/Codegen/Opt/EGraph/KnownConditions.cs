using Kiln.Codegen.Ir;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt.EGraph;

/// <summary>
/// What the branches and traps that dominate a point say about conditions: facts "c is not 0" and "c is 0", kept
/// in the scopes of the walk's table under keys that no instruction has.
/// </summary>
internal sealed class KnownConditions(InstTable table, InstTable nodes)
{
    /// <summary>From here on in this scope the condition is known.</summary>
    public void Learn(Value condition, bool truth) => table.Add(Fact(condition, truth), condition);

    /// <summary>Whether the condition holds (is not 0) wherever control gets here; null if that is not known.</summary>
    public bool? Known(DataFlowGraph dfg, Value condition)
    {
        Inst def = dfg.DefInst(condition);
        if (!def.IsNone() && dfg.Op(def) == Opcode.Iconst) return (int)dfg.Insts[def].Imm != 0;
        if (table.TryFind(Fact(condition, true), out _)) return true;
        if (table.TryFind(Fact(condition, false), out _)) return false;

        // What is known about the inverse comparison, if there is one.
        if (def.IsNone() || dfg.Op(def) != Opcode.Icmp) return null;
        InstData inverse = dfg.Insts[def];
        inverse.IntCC = inverse.IntCC.Inverse();
        if (!nodes.TryFind(inverse, out Value opposite)) return null;
        if (table.TryFind(Fact(opposite, true), out _)) return false;
        if (table.TryFind(Fact(opposite, false), out _)) return true;
        return null;
    }

    /// <summary>True for <c>x == 0</c>, which as a condition is the inverse of x.</summary>
    public static bool IsZeroTest(DataFlowGraph dfg, Value condition, out Value tested)
    {
        tested = default;
        Inst def = dfg.DefInst(condition);
        if (def.IsNone()) return false;
        ref InstData data = ref dfg.Insts[def];
        if (data.Op != Opcode.Icmp || data.Type != IrType.I32 || data.IntCC != IntCC.Eq || !IsZero(dfg, data.B)) return false;
        tested = dfg.Resolve(data.A);
        return true;
    }

    /// <summary>True for the integer constant 0.</summary>
    public static bool IsZero(DataFlowGraph dfg, Value value)
    {
        Inst def = dfg.DefInst(value);
        return !def.IsNone() && dfg.Op(def) == Opcode.Iconst && dfg.Insts[def].Imm == 0;
    }

    private static InstData Fact(Value condition, bool truth) => new() { Op = Opcode.Brif, Code = truth ? (byte)1 : (byte)2, A = condition };
}
