using Kiln.Codegen.Ir;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Analysis;

/// <summary>
/// How often each value is an operand of an instruction in the layout or an argument of its targets. Aliases are counted by themselves. A pass that
/// changes uses changes the counts it goes by.
/// </summary>
internal sealed class UseCounts
{
    private readonly SideMap<Value, int> _counts = new(512);

    /// <summary>The uses of a value.</summary>
    public ref int this[Value value] => ref _counts[value];

    /// <summary>Counts anew.</summary>
    public void Compute(IrFunction func)
    {
        DataFlowGraph dfg = func.Dfg;
        _counts.Clear(dfg.Values.IdLimit);
        foreach (Block block in func.Layout.Blocks)
        {
            foreach (Inst inst in func.Layout.Insts(block))
            {
                foreach (Value value in dfg.Operands(inst)) _counts[value]++;
                foreach (ref BlockCall call in dfg.Targets(inst))
                {
                    foreach (Value value in dfg.Args(call)) _counts[value]++;
                }
            }
        }
    }
}
