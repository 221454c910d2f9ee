using System;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt;

// In:  a function and its graph.
// Out: no block parameter (up to the rounds allowed) whose arguments are all one value, or the parameter
//      itself, and of parameters that always hold the same only one; no aliases in operands.
//
// A round looks at every block in reverse postorder, so that one value passed down many blocks is found in
// one round. Values passed around nested loops may need one more round for each level; rounds are limited,
// because what is left over costs a move and nothing else.
//
// Two parameters hold the same if every edge passes the same to both, under the assumption that they do: equal
// values, equal constants, the two parameters themselves, or the same computation on those. So two counters
// that start and step alike are one. The assumption holds by induction over the entries of the block.

/// <summary>Replaces block parameters that only ever get one value by it.</summary>
internal sealed class RedundantParamsPass
{
    private const int MaxRounds = 4;
    private const int MaxParamsToCompare = 32; // pairs are compared

    public void Run(IrFunction func, ControlFlowGraph cfg)
    {
        bool any = false;
        for (int round = 0; round < MaxRounds && RunRound(func, cfg); round++) any = true;
        if (any) func.ResolveAliases();
    }

    private static bool RunRound(IrFunction func, ControlFlowGraph cfg)
    {
        bool changed = false;
        ReadOnlySpan<Block> postorder = cfg.Postorder;
        for (int i = postorder.Length - 2; i >= 0; i--) // the entry's parameters are the function's
        {
            Block block = postorder[i];
            if (func.Dfg.Params(block).Length != 0) changed |= RunBlock(func, block, cfg.Predecessors(block));
        }

        return changed;
    }

    private static bool RunBlock(IrFunction func, Block block, ReadOnlySpan<PredecessorEdge> predecessors)
    {
        DataFlowGraph dfg = func.Dfg;
        Span<Value> parameters = dfg.Params(block);
        int redundant = 0;
        for (int i = 0; i < parameters.Length; i++)
        {
            Value only = OnlyArgument(dfg, parameters[i], i, predecessors);
            if (only == default) continue;
            dfg.ReplaceWith(parameters[i], only);
            redundant++;
        }

        if (parameters.Length <= MaxParamsToCompare && predecessors.Length > 1) redundant += MergeCongruent(dfg, parameters, predecessors);
        if (redundant == 0) return false;
        foreach (PredecessorEdge edge in predecessors) DropArguments(dfg, parameters, edge.CallIndex);
        dfg.DropAliasedParams(block);
        return true;
    }

    // INVARIANT: the one value is available in the block: it dominates every predecessor that passes it, and
    // those that pass the parameter itself are dominated by the block.
    private static Value OnlyArgument(DataFlowGraph dfg, Value param, int index, ReadOnlySpan<PredecessorEdge> predecessors)
    {
        Value only = default;
        foreach (PredecessorEdge edge in predecessors)
        {
            Value arg = dfg.Resolve(dfg.Args(dfg.BlockCalls[edge.CallIndex])[index]);
            if (arg == param || arg == only) continue;
            if (only != default) return default;
            only = arg;
        }

        return only;
    }

    private static int MergeCongruent(DataFlowGraph dfg, ReadOnlySpan<Value> parameters, ReadOnlySpan<PredecessorEdge> predecessors)
    {
        int merged = 0;
        for (int i = 0; i < parameters.Length; i++)
        {
            for (int j = i + 1; j < parameters.Length; j++)
            {
                if (dfg.Values[parameters[i]].Kind == ValueKind.Alias) break;
                if (dfg.Values[parameters[j]].Kind == ValueKind.Alias || !AreCongruent(dfg, parameters, i, j, predecessors)) continue;
                dfg.ReplaceWith(parameters[j], parameters[i]);
                merged++;
            }
        }

        return merged;
    }

    private static bool AreCongruent(DataFlowGraph dfg, ReadOnlySpan<Value> parameters, int i, int j, ReadOnlySpan<PredecessorEdge> predecessors)
    {
        Value x = parameters[i], y = parameters[j];
        if (dfg.TypeOf(x) != dfg.TypeOf(y)) return false;
        foreach (PredecessorEdge edge in predecessors)
        {
            ReadOnlySpan<Value> args = dfg.Args(dfg.BlockCalls[edge.CallIndex]);
            if (!AreSame(dfg, dfg.Resolve(args[i]), dfg.Resolve(args[j]), x, y, depth: 1)) return false;
        }

        return true;
    }

    // True if a and b are the same wherever x and y are.
    private static bool AreSame(DataFlowGraph dfg, Value a, Value b, Value x, Value y, int depth)
    {
        if (a == b || (a == x && b == y)) return true;
        Inst defA = dfg.DefInst(a), defB = dfg.DefInst(b);
        if (defA == default || defB == default) return false;
        ref InstData dataA = ref dfg.Insts[defA];
        ref InstData dataB = ref dfg.Insts[defB];
        if (dataA.Op != dataB.Op || dataA.Type != dataB.Type || dataA.Code != dataB.Code || dataA.Imm != dataB.Imm) return false;
        if (dataA.Op.Effects() != Effects.None) return false;
        if (dataA.Op.Format() == InstFormat.Immediate) return true;
        if (depth == 0 || dataA.Op.FixedOperandCount() == 0) return false;
        ReadOnlySpan<Value> operandsA = dfg.Operands(ref dataA), operandsB = dfg.Operands(ref dataB);
        for (int i = 0; i < operandsA.Length; i++)
        {
            if (!AreSame(dfg, dfg.Resolve(operandsA[i]), dfg.Resolve(operandsB[i]), x, y, depth - 1)) return false;
        }

        return true;
    }

    /// <summary>Keeps the arguments whose parameter is still one; the block's list is not compacted yet.</summary>
    public static void DropArguments(DataFlowGraph dfg, ReadOnlySpan<Value> parameters, int callIndex)
    {
        ref BlockCall call = ref dfg.BlockCalls[callIndex];
        Span<Value> args = dfg.Args(call);
        int kept = 0;
        for (int i = 0; i < args.Length; i++)
        {
            if (dfg.Values[parameters[i]].Kind != ValueKind.Alias) args[kept++] = args[i];
        }

        dfg.BlockArgPool.Truncate(ref call.Args, kept);
    }
}
