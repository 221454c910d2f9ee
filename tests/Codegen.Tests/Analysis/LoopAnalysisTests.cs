using System.Collections.Generic;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Text;
using Kiln.Foundation.Entities;
using Xunit;

namespace Kiln.Codegen.Tests.Analysis;

public sealed class LoopAnalysisTests
{
    private readonly ControlFlowGraph _cfg = new();
    private readonly DominatorTree _tree = new();
    private readonly LoopAnalysis _loops = new();

    private void Compute(IrFunction func)
    {
        _cfg.Compute(func);
        _tree.Compute(_cfg);
        _loops.Compute(func, _cfg, _tree);
    }

    [Fact]
    public void Compute_NestedLoops_GivesDepthsAndHeaders()
    {
        Compute(IrParser.Parse("""
            function %f(i32) {
            block1(v1: i32):
                jump block2
            block2:
                jump block3
            block3:
                brif v1, block3, block4
            block4:
                brif v1, block2, block5
            block5:
                return
            }
            """));
        Assert.Equal(2, _loops.Count);
        Assert.Equal(0, _loops.Depth(new Block(1)));
        Assert.Equal(1, _loops.Depth(new Block(2)));
        Assert.Equal(2, _loops.Depth(new Block(3)));
        Assert.Equal(1, _loops.Depth(new Block(4)));
        Assert.Equal(0, _loops.Depth(new Block(5)));
        Assert.True(_loops.IsHeader(new Block(2)));
        Assert.True(_loops.IsHeader(new Block(3)));
        Assert.False(_loops.IsHeader(new Block(4)));
        Assert.Equal(_loops.InnermostLoop(new Block(2)), _loops.Parent(_loops.InnermostLoop(new Block(3))));
    }

    // By definition: the natural loop of a header is what reaches its back edges without passing it.
    [Fact]
    public void Compute_RandomGraphs_AgreesWithTheDefinition()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            IrFunction func = RandomGraph.Make(seed, 3 + (seed % 20));
            Compute(func);
            var depths = new Dictionary<Block, int>();
            foreach (Block header in _cfg.Preorder)
            {
                HashSet<Block> body = BodyOf(header);
                foreach (Block block in body) depths[block] = depths.GetValueOrDefault(block) + 1;
                Assert.Equal(body.Count != 0, _loops.IsHeader(header));
                if (body.Count == 0) continue;
                Loop loop = _loops.InnermostLoop(header);
                foreach (Block block in _cfg.Preorder) Assert.Equal(body.Contains(block), _loops.Contains(loop, block));
            }

            foreach (Block block in _cfg.Preorder) Assert.Equal(depths.GetValueOrDefault(block), _loops.Depth(block));
        }
    }

    private HashSet<Block> BodyOf(Block header)
    {
        var body = new HashSet<Block>();
        var work = new Stack<Block>();
        foreach (PredecessorEdge edge in _cfg.Predecessors(header))
        {
            if (_tree.Dominates(header, edge.From)) work.Push(edge.From);
        }

        if (work.Count != 0) body.Add(header);
        while (work.TryPop(out Block block))
        {
            if (!body.Add(block)) continue;
            foreach (PredecessorEdge edge in _cfg.Predecessors(block)) work.Push(edge.From);
        }

        return body;
    }
}
