using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt;

// In:  a function with its graph, dominators and loops.
// Out: the same function in which a loop that steps x to x + k and goes on while x != c goes on while
//      x + k != c + k instead. Only == and !=, which hold modulo 2^w; so overflow does not matter.
//
// Compilers for machines without flags like to test the old value. Then old and new value are both alive at
// the branch, need two registers, and the back edge needs a move and a block to stand in.

/// <summary>Makes loops test the value that they pass to the next iteration.</summary>
internal static class LoopExitPass
{
    public static void Run(IrFunction func, ControlFlowGraph cfg, DominatorTree dominators, LoopAnalysis loops)
    {
        foreach (Loop loop in loops.Loops)
        {
            Block header = loops.Header(loop);
            foreach (PredecessorEdge edge in cfg.Predecessors(header))
            {
                if (dominators.Dominates(header, edge.From)) RunBackEdge(func, header, edge);
            }
        }
    }

    private static void RunBackEdge(IrFunction func, Block header, PredecessorEdge edge)
    {
        DataFlowGraph dfg = func.Dfg;
        Inst branch = func.Layout.Last(edge.From);
        if (dfg.Op(branch) != Opcode.Brif) return;
        Inst comparison = dfg.DefInst(dfg.Insts[branch].A);
        if (comparison.IsNone() || func.Layout.BlockOf(comparison) != edge.From) return;
        InstData test = dfg.Insts[comparison];
        if (test.Op != Opcode.Icmp || test.IntCC is not (IntCC.Eq or IntCC.Ne)) return;
        if (dfg.ParamBlock(test.A) != header || !dfg.TryConstant(test.B, out long bound)) return;

        Value next = dfg.Args(dfg.BlockCalls[edge.CallIndex])[dfg.Values[test.A].Number];
        Inst step = dfg.DefInst(next);
        if (step.IsNone()) return;
        InstData sum = dfg.Insts[step];
        if (sum.Op != Opcode.Iadd || sum.A != test.A || !dfg.TryConstant(sum.B, out long stride)) return;

        // The step may stand after the comparison; at the branch it is there in any case.
        Inst constant = dfg.MakeInst(ConstantData.Int(test.Type, unchecked(bound + stride)), test.Type);
        func.Layout.InsertBefore(constant, branch);
        func.SetSourceLoc(constant, func.SourceLocOf(comparison));
        Inst again = dfg.MakeInst(test with { A = next, B = dfg.FirstResult(constant) }, IrType.I32);
        func.Layout.InsertBefore(again, branch);
        func.SetSourceLoc(again, func.SourceLocOf(comparison));
        dfg.Insts[branch].A = dfg.FirstResult(again);
    }
}
