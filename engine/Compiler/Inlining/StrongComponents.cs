using System;
using Kiln.Foundation.Collections;

namespace Kiln.Compiler.Inlining;

// Tarjan, "Depth-First Search and Linear Graph Algorithms" (1972), with a stack of our own: call chains may be as
// long as the module.

/// <summary>The strongly connected components of a call graph: sets of functions that may call one another in a circle.</summary>
internal sealed class StrongComponents
{
    private struct Frame
    {
        public int Function;
        public int NextCall;
    }

    private readonly int[] _component;
    private readonly int[] _order;

    /// <summary>Finds them.</summary>
    public StrongComponents(CallGraph graph)
    {
        _component = new int[graph.Count];
        _order = new int[graph.Count];
        int[] index = new int[graph.Count]; // 1-based; 0 is not visited
        int[] low = new int[graph.Count];
        GrowList<Frame> frames = new(64);
        GrowList<int> open = new(64);
        int visited = 0, components = 0, ordered = 0;
        for (int root = 0; root < graph.Count; root++)
        {
            if (index[root] != 0) continue;
            frames.Add(new Frame { Function = root });
            while (frames.Count != 0)
            {
                ref Frame frame = ref frames.Last;
                int function = frame.Function;
                if (index[function] == 0)
                {
                    index[function] = low[function] = ++visited;
                    open.Add(function);
                }

                ReadOnlySpan<(uint Offset, int Callee)> calls = graph.CallsOf(function);
                int next = -1;
                while (frame.NextCall < calls.Length)
                {
                    int callee = calls[frame.NextCall].Callee;
                    if (index[callee] == 0)
                    {
                        next = callee;
                        break;
                    }

                    frame.NextCall++;
                    if (_component[callee] == 0) low[function] = Math.Min(low[function], low[callee]);
                }

                if (next >= 0)
                {
                    frames.Add(new Frame { Function = next });
                    continue;
                }

                if (low[function] == index[function])
                {
                    components++;
                    int member;
                    do
                    {
                        member = open.Pop();
                        _component[member] = components;
                        _order[ordered++] = member;
                    }
                    while (member != function);
                }

                frames.Pop();
            }
        }
    }

    /// <summary>All functions, callees before their callers where they are not in one component.</summary>
    public ReadOnlySpan<int> BottomUp => _order;

    /// <summary>True if the functions may call each other in turn, or are the same.</summary>
    public bool AreTogether(int x, int y) => _component[x] == _component[y];
}
