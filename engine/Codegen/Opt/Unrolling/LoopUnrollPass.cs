using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Unrolling;

// In:  a function with its graph, dominators and loops; every instruction has its place.
// Out: the same function in which an iteration of a small innermost loop is followed by three copies of it. The analyses are stale.
//
// What is gained: the poll of the interrupt flag in the first copy does for all (LoopCopier), so a guest is still stopped within a few
// iterations; and one taken jump in four iterations, not in each. The exits stay in each copy, so fuel is charged and traps happen where they did.

/// <summary>Puts several iterations of small loops behind each other.</summary>
internal sealed class LoopUnrollPass
{
    private const int MaxSize = 14;
    private const int Copies = 3;
    private const int LeastBudget = 256; // instructions that may be added to a function, however small it is

    private readonly LoopBodies _bodies = new();
    private readonly ClosedLoops _closed = new();
    private readonly LoopCopier _copier = new();

    public void Run(IrFunction func, ControlFlowGraph cfg, DominatorTree dominators, LoopAnalysis loops)
    {
        if (loops.Count == 0 || !_bodies.Collect(func, cfg, dominators, loops, MaxSize)) return;
        KeepToBudget(LeastBudget + func.Dfg.Insts.Count / 2);
        _closed.Run(func, cfg, dominators, loops, _bodies);
        foreach (ref LoopBody body in _bodies.Bodies)
        {
            if (!body.Rejected) _copier.Run(func, cfg, dominators, _bodies, body, Copies);
        }
    }

    // Before loops are closed, which costs instructions, too.
    private void KeepToBudget(int budget)
    {
        foreach (ref LoopBody body in _bodies.Bodies)
        {
            if (body.Rejected) continue;
            if (body.InstCount * Copies > budget) body.Rejected = true;
            else budget -= body.InstCount * Copies;
        }
    }
}
