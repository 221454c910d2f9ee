using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt.EGraph;

/// <summary>
/// The block in front of each loop: the only one from which the loop is entered, by a jump. Made when it is first asked
/// for, if there is none.
/// </summary>
internal sealed class Preheaders
{
    private readonly SideMap<Loop, Block> _blocks = new(16);
    private IrFunction _func = null!;
    private ControlFlowGraph _cfg = null!;
    private DominatorTree _dominators = null!;
    private LoopAnalysis _loops = null!;

    /// <summary>True if a block was made, which the graph and the dominators do not know.</summary>
    public bool AddedBlocks { get; private set; }

    public void Begin(IrFunction func, OptContext context)
    {
        _func = func;
        _cfg = context.Cfg;
        _dominators = context.Dominators;
        _loops = context.Loops;
        _blocks.Clear(_loops.Count + 1);
        AddedBlocks = false;
    }

    public Block Of(Loop loop)
    {
        ref Block preheader = ref _blocks[loop];
        if (preheader.IsNone()) preheader = Find(loop);
        return preheader;
    }

    private Block Find(Loop loop)
    {
        Block header = _loops.Header(loop);
        Block only = default;
        int entries = 0;
        foreach (PredecessorEdge edge in _cfg.Predecessors(header))
        {
            if (_dominators.Dominates(header, edge.From)) continue;
            only = edge.From;
            entries++;
        }

        return entries == 1 && _func.Dfg.Op(_func.Layout.Last(only)) == Opcode.Jump ? only : Add(loop, header);
    }

    // A block with parameters like the header's, to which all edges from outside of the loop go.
    private Block Add(Loop loop, Block header)
    {
        DataFlowGraph dfg = _func.Dfg;
        Block preheader = dfg.MakeBlock();
        int count = dfg.Params(header).Length;
        for (int i = 0; i < count; i++) dfg.AppendParam(preheader, dfg.TypeOf(dfg.Params(header)[i]));
        foreach (PredecessorEdge edge in _cfg.Predecessors(header))
        {
            if (!_dominators.Dominates(header, edge.From)) dfg.BlockCalls[edge.CallIndex].Target = preheader;
        }

        int call = dfg.AddBlockCall(header, dfg.Params(preheader));
        Inst jump = dfg.MakeInst(new InstData { Op = Opcode.Jump, FirstTarget = call, TargetCount = 1 });
        _func.Layout.InsertAfter(preheader, _func.Layout.Previous(header));
        _func.Layout.Append(jump, preheader);
        _func.Layout.SetCold(preheader, _func.Layout.IsCold(header));
        _func.SetSourceLoc(jump, _func.SourceLocOf(_func.Layout.First(header)));
        _loops.AddBlock(preheader, _loops.Parent(loop));
        AddedBlocks = true;
        return preheader;
    }
}
