using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;

namespace Kiln.Codegen.Tests.Analysis;

/// <summary>Functions of random branches, reducible or not, for tests of the control flow analyses.</summary>
internal static class RandomGraph
{
    /// <summary>Block number i (from 0) is the block with id i + 1.</summary>
    public static IrFunction Make(int seed, int blocks)
    {
        var random = new Random(seed);
        var func = new IrFunction();
        func.Signature = func.AddSignature([IrType.I32], []);
        var b = new FunctionBuilder();
        b.Begin(func);
        Block entry = b.CreateEntryBlock();
        Value x = b.BlockParams(entry)[0];
        var all = new Block[blocks];
        all[0] = entry;
        for (int i = 1; i < blocks; i++) all[i] = b.CreateBlock();
        for (int i = 0; i < blocks; i++)
        {
            if (i != 0) b.SwitchToBlock(all[i]);
            switch (random.Next(6))
            {
                case 0: b.Return(); break;
                case 1: b.Jump(Target()); break;
                case 2: b.BrTable(x, [Target(), Target()], Target()); break;
                default: b.Brif(x, Target(), Target()); break;
            }

            // Mostly near and forward, never the entry.
            Block Target() => all[random.Next(3) == 0 ? random.Next(1, blocks) : Math.Clamp(i + random.Next(-2, 4), 1, blocks - 1)];
        }

        return b.Finish();
    }
}
