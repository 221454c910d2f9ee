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
    private IrFunction? _uncounted;

    /// <summary>The uses of a value.</summary>
    public ref int this[Value value]
    {
        get
        {
            if (_uncounted is not null) Compute(_uncounted);
            return ref _counts[value];
        }
    }

    /// <summary>Counts anew when a value is first asked for, the function as it is then: for passes that seldom ask.</summary>
    public void ComputeWhenAsked(IrFunction func) => _uncounted = func;

    /// <summary>Counts anew.</summary>
    public void Compute(IrFunction func)
    {
        _uncounted = null;
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
