using System;
using Kiln.Foundation.Collections;
using Kiln.Wasm;
using Kiln.Wasm.Validation;

namespace Kiln.Compiler.Inlining;

// In:  the call graph.
// Out: for each call of a known function whether the callee's body takes its place. Decided for the whole module before anything is
//      compiled, from sizes in bytes alone, so the code does not depend on who compiles what and when.
//
// Bottom up: when a function is looked at, its callees' sizes include what goes into them. A function goes into its
// callers if it is small, or has one caller and is not large; a caller takes as much as its budget allows. Functions that
// call each other in a circle do not go into one another, except that a small one may go into itself a few times, which
// halves the number of its calls each time. Functions whose every call is replaced, and which nothing else can call, get
// no code.

/// <summary>Which calls are replaced by the body of what they call, and which calls through tables have known targets. Immutable.</summary>
internal sealed class InlinePlan
{
    private const int SmallBytes = 40;
    private const int SingleCallBytes = 250;
    private const int SelfBytes = 80;
    private const int SelfDepth = 3;
    private const int SelfBudget = 500;
    private const int LeastBudget = 200;
    private const int MostBudget = 2000;

    private readonly uint _imported;
    private readonly int[] _firstSite;
    private readonly ulong[] _sites;
    private readonly ConstantTables? _tables;
    private readonly bool[] _isReplaced;

    private InlinePlan(uint imported, int[] firstSite, ulong[] sites, ConstantTables? tables, bool[] isReplaced)
    {
        _isReplaced = isReplaced;
        _tables = tables;
        _imported = imported;
        _firstSite = firstSite;
        _sites = sites;
    }

    /// <summary>Nothing is inlined.</summary>
    public static InlinePlan None { get; } = new(0, [], [], null, []);

    /// <summary>Plans a module, on so many threads; the plan is the same for any number.</summary>
    /// <param name="validated">The module.</param>
    /// <param name="escaping">The functions that others than the module's own direct calls can call; imports counted.</param>
    /// <param name="threads">Threads that read bodies.</param>
    public static InlinePlan Of(ValidatedModule validated, ReadOnlySpan<uint> escaping, int threads)
    {
        CallGraph graph = new(validated, threads);
        StrongComponents components = new(graph);
        int[] callers = new int[graph.Count];
        for (int i = 0; i < graph.Count; i++)
        {
            foreach ((uint Offset, int Callee) call in graph.CallsOf(i)) callers[call.Callee]++;
        }

        int[] size = new int[graph.Count];
        GrowList<(int Function, ulong Site)> chosen = new(256);
        foreach (int function in components.BottomUp)
        {
            int budget = Math.Clamp(graph.ByteCount[function], LeastBudget, MostBudget);
            size[function] = graph.ByteCount[function];
            int most = size[function] + budget;
            foreach ((uint offset, int callee) in graph.CallsOf(function))
            {
                if (!graph.CanInline(callee)) continue;
                if (components.AreTogether(function, callee))
                {
                    if (function == callee && GoesIntoItself(graph, function)) chosen.Add((function, SiteOf(offset, callee)));
                    continue;
                }

                if (size[callee] > (callers[callee] == 1 ? SingleCallBytes : SmallBytes) || size[function] + size[callee] > most) continue;
                chosen.Add((function, SiteOf(offset, callee)));
                size[function] += size[callee];
            }
        }

        return Pack(validated, escaping, graph, chosen.Span);
    }

    /// <summary>
    /// True if nothing calls the function any more, because its body stands in place of every call: it needs no code of its own.
    /// A function that nothing calls to begin with is not meant.
    /// </summary>
    public bool IsReplaced(int position) => _isReplaced.Length != 0 && _isReplaced[position];

    /// <summary>
    /// True if the function that the call at <paramref name="offset"/> calls goes in its place.
    /// <paramref name="depth"/> counts how often the caller stands in itself already, if all that was inlined around the
    /// call is the caller, and is greater otherwise.
    /// </summary>
    public bool IsInlined(uint caller, uint callee, WasmOffset offset, int depth)
    {
        if (_sites.Length == 0 || (caller == callee && depth >= SelfDepth)) return false;
        return Contains((int)(caller - _imported), SiteOf((uint)offset.Value, (int)(callee - _imported)));
    }

    /// <summary>What a <c>call_indirect</c> can meet, if that is known and little; else null.</summary>
    public IndirectTargets? TargetsOf(uint type, uint table) => _tables?.TargetsOf(type, table);

    private static ulong SiteOf(uint offset, int callee) => (ulong)offset << 32 | (uint)callee;

    // Each level has as many copies as the one before has calls.
    private static bool GoesIntoItself(CallGraph graph, int function)
    {
        if (graph.ByteCount[function] > SelfBytes) return false;
        int calls = 0;
        foreach ((uint Offset, int Callee) call in graph.CallsOf(function)) calls += call.Callee == function ? 1 : 0;
        int copies = 0, level = 1;
        for (int depth = 0; depth < SelfDepth; depth++)
        {
            level *= calls;
            copies += level;
        }

        return copies * graph.ByteCount[function] <= SelfBudget;
    }

    private static InlinePlan Pack(ValidatedModule validated, ReadOnlySpan<uint> escaping, CallGraph graph, Span<(int Function, ulong Site)> chosen)
    {
        int count = graph.Count;
        chosen.Sort();
        int[] first = new int[count + 1];
        ulong[] sites = new ulong[chosen.Length];
        for (int i = 0; i < chosen.Length; i++)
        {
            sites[i] = chosen[i].Site;
            first[chosen[i].Function + 1]++;
        }

        for (int i = 0; i < count; i++) first[i + 1] += first[i];
        uint imported = (uint)validated.Module.ImportedFunctionCount;
        bool[] isReplaced = new bool[count];
        InlinePlan plan = new(imported, first, sites, graph.Tables, isReplaced);
        bool[] isCalled = new bool[count];
        foreach (uint function in escaping)
        {
            if (function >= imported) isCalled[function - imported] = true;
        }

        for (int i = 0; i < count; i++)
        {
            isCalled[i] |= graph.IsTailCalled(i);
            foreach ((uint offset, int callee) in graph.CallsOf(i))
            {
                if (callee != i && plan.Contains(i, SiteOf(offset, callee))) isReplaced[callee] = true;
                else isCalled[callee] = true; // what goes into itself calls itself at last
            }
        }

        for (int i = 0; i < count; i++) isReplaced[i] &= !isCalled[i];
        return plan;
    }

    private bool Contains(int position, ulong site) => _sites.AsSpan(_firstSite[position].._firstSite[position + 1]).BinarySearch(site) >= 0;
}
