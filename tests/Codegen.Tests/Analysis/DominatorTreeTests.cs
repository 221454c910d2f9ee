using System.Collections.Generic;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Foundation.Entities;
using Xunit;

namespace Kiln.Codegen.Tests.Analysis;

public sealed class DominatorTreeTests
{
    // By definition: a dominates b if b cannot be reached when a is taken out.
    private static HashSet<Block> ReachableWithout(IrFunction func, Block without)
    {
        var reached = new HashSet<Block>();
        var work = new Stack<Block>();
        if (func.Layout.EntryBlock != without) work.Push(func.Layout.EntryBlock);
        while (work.TryPop(out Block block))
        {
            if (!reached.Add(block)) continue;
            foreach (BlockCall call in func.Successors(block))
            {
                if (call.Target != without) work.Push(call.Target);
            }
        }

        return reached;
    }

    [Fact]
    public void Compute_RandomGraphs_AgreesWithTheDefinition()
    {
        var cfg = new ControlFlowGraph();
        var tree = new DominatorTree();
        for (int seed = 0; seed < 150; seed++)
        {
            IrFunction func = RandomGraph.Make(seed, 3 + (seed % 25));
            cfg.Compute(func);
            tree.Compute(cfg);
            HashSet<Block> reachable = ReachableWithout(func, default);
            Assert.Equal(reachable.Count, cfg.Preorder.Length);
            foreach (Block a in reachable)
            {
                HashSet<Block> rest = ReachableWithout(func, a);
                Block idom = tree.ImmediateDominator(a);
                Assert.Equal(a == func.Layout.EntryBlock, idom.IsNone());
                foreach (Block b in reachable)
                {
                    Assert.Equal(!rest.Contains(b), tree.Dominates(a, b));

                    // Every strict dominator dominates the immediate one.
                    if (a != b && tree.Dominates(b, a)) Assert.True(tree.Dominates(b, idom));
                }
            }
        }
    }

    [Fact]
    public void TreePreorder_RandomGraphs_HasScopesAndForwardPredecessorsFirst()
    {
        var cfg = new ControlFlowGraph();
        var tree = new DominatorTree();
        var loops = new LoopAnalysis();
        for (int seed = 0; seed < 100; seed++)
        {
            IrFunction func = RandomGraph.Make(seed, 3 + (seed % 25));
            cfg.Compute(func);
            tree.Compute(cfg);
            loops.Compute(func, cfg, tree);
            var position = new Dictionary<Block, int>();
            foreach (Block block in tree.TreePreorder) position.Add(block, position.Count);
            Assert.Equal(cfg.Preorder.Length, position.Count);
            foreach (Block a in tree.TreePreorder)
            {
                foreach (Block b in tree.TreePreorder)
                {
                    bool inScope = position[b] >= position[a] && position[b] < tree.ScopeEnd(a);
                    Assert.Equal(tree.Dominates(a, b), inScope);
                }
            }
        }
    }

    // A block that 100,000 others, each deeper than the last, branch to: where iteration to a fixpoint is quadratic.
    [Fact]
    public void Compute_ManyExitsAtManyDepths_IsFast()
    {
        var func = new IrFunction();
        func.Signature = func.AddSignature([IrType.I32], []);
        var b = new FunctionBuilder();
        b.Begin(func);
        Block entry = b.CreateEntryBlock();
        Value x = b.BlockParams(entry)[0];
        Block exit = b.CreateBlock();
        for (int i = 0; i < 100_000; i++)
        {
            Block next = b.CreateBlock();
            b.Brif(x, exit, next);
            b.SealBlock(next);
            b.SwitchToBlock(next);
        }

        b.Jump(exit);
        b.SealBlock(exit);
        b.SwitchToBlock(exit);
        b.Return();
        b.Finish();
        var cfg = new ControlFlowGraph();
        var tree = new DominatorTree();
        cfg.Compute(func);
        tree.Compute(cfg);
        Assert.Equal(entry, tree.ImmediateDominator(exit));
        Assert.Equal(100_001, cfg.Predecessors(exit).Length);
    }

    [Fact]
    public void Predecessors_RandomGraphs_AreTheEdges()
    {
        var cfg = new ControlFlowGraph();
        for (int seed = 0; seed < 50; seed++)
        {
            IrFunction func = RandomGraph.Make(seed, 20);
            cfg.Compute(func);
            int edges = 0, found = 0;
            foreach (Block block in func.Layout.Blocks)
            {
                if (!cfg.IsReachable(block)) continue;
                edges += func.Successors(block).Length;
                foreach (PredecessorEdge edge in cfg.Predecessors(block))
                {
                    Assert.Equal(block, func.Dfg.BlockCalls[edge.CallIndex].Target);
                    Assert.True(cfg.IsReachable(edge.From));
                    found++;
                }
            }

            Assert.Equal(edges, found);
        }
    }
}
