using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt.Memory;

/// <summary>
/// Which regions each loop writes, as masks over <see cref="RegionNumbering"/>; a call, a barrier or a store
/// without region writes all. Also numbers the regions of the function. One walk over the instructions.
/// </summary>
internal sealed class LoopMemoryEffects
{
    private readonly SideMap<Loop, ulong> _written = new(16);

    public RegionNumbering Regions { get; } = new();

    /// <summary>The regions that the loop writes.</summary>
    public ulong Written(Loop loop) => _written.Get(loop);

    /// <summary>True if the loop may write to what the load reads.</summary>
    public bool MayWrite(Loop loop, MemFlags load)
    {
        ulong written = _written.Get(loop);
        int region = Regions.Number(load.Region);
        return region == RegionNumbering.Any ? written != 0 : (written >> region & 1) != 0;
    }

    public void Compute(IrFunction func, ControlFlowGraph cfg, LoopAnalysis loops)
    {
        Regions.Clear();
        _written.Clear(loops.Count + 1);
        foreach (Block block in cfg.Postorder)
        {
            ulong written = 0;
            foreach (Inst inst in func.Layout.Insts(block))
            {
                ref InstData data = ref func.Dfg.Insts[inst];
                Effects effects = data.Op.Effects();
                if ((effects & (Effects.Call | Effects.Barrier)) != 0) written = ulong.MaxValue;
                else if ((effects & Effects.Store) != 0) written |= MaskOf(Regions.Number(data.MemFlags.Region));
                else if ((effects & Effects.Load) != 0) Regions.Number(data.MemFlags.Region);
            }

            Loop loop = loops.InnermostLoop(block);
            if (!loop.IsNone()) _written[loop] |= written;
        }

        // Inner loops come before outer ones.
        foreach (Loop loop in loops.Loops)
        {
            Loop parent = loops.Parent(loop);
            if (!parent.IsNone()) _written[parent] |= _written[loop];
        }
    }

    private static ulong MaskOf(int region) => region == RegionNumbering.Any ? ulong.MaxValue : 1UL << region;
}
