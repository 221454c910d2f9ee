using System;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Diagnostics;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Ir.Builder;

// In:  reads and writes of variables, block by block, while the control flow graph grows.
// Out: SSA values; block parameters (and arguments at the predecessors) where several values meet.
//
// The algorithm is that of Braun et al., "Simple and Efficient Construction of Static Single Assignment
// Form" (CC 2013). A block is *sealed* when all its predecessors are known. Reading a variable that its block
// does not define
//   - in an unsealed block makes a parameter at once, whose arguments are found when the block is sealed;
//   - in a sealed block with one predecessor asks that predecessor;
//   - in a sealed block with several makes a parameter (which breaks cycles), asks all predecessors, and
//     drops the parameter again if only one value (and itself) came back.
// Recursion is replaced by a stack of frames, so depth is bounded by memory only.
//
// INVARIANTS: arguments are appended to branches in the order of the parameters; only one variable is being
// looked up at any time, so that a parameter dropped as redundant is always the last one of its block.
internal sealed class SsaConstruction
{
    private struct BlockState
    {
        public int FirstPredecessor; // index + 1 into _predecessors, most recent first
        public int PredecessorCount;
        public int FirstIncomplete;  // index + 1 into _incompletes, oldest first
        public int LastIncomplete;
        public bool Sealed;
    }

    private struct Predecessor
    {
        public Block From;
        public int CallIndex; // of the block call whose arguments are passed
        public int Next;
    }

    private struct IncompleteParam
    {
        public Variable Variable;
        public Value Param;
        public int Next;
    }

    private struct Frame
    {
        public Block Block;
        public Value Param;
        public int NextPredecessor;
        public int FirstArg; // into _args
    }

    private readonly DefinitionTable _definitions = new();
    private readonly GrowList<IrType> _variableTypes = new(64);
    private readonly SideMap<Block, BlockState> _blocks = new(64);
    private readonly GrowList<Predecessor> _predecessors = new(128);
    private readonly GrowList<IncompleteParam> _incompletes = new(64);
    private readonly GrowList<Frame> _frames = new(64);
    private readonly GrowList<Value> _args = new(64);
    private IrFunction _func = null!;

    public void Begin(IrFunction func, int blockLimitOfLast)
    {
        _func = func;
        _definitions.Clear();
        _variableTypes.Clear();
        _blocks.Clear(blockLimitOfLast);
        _predecessors.Clear();
        _incompletes.Clear();
    }

    public Variable DeclareVariable(IrType type)
    {
        _variableTypes.Add(type);
        return new Variable((uint)_variableTypes.Count);
    }

    public uint NextVariable => (uint)_variableTypes.Count + 1;

    public IrType TypeOf(Variable variable) => _variableTypes[(int)variable.Id - 1];

    public void Define(Variable variable, Block block, Value value) => _definitions.Set(block, variable, value);

    public bool IsSealed(Block block) => _blocks[block].Sealed;

    public int PredecessorCount(Block block) => _blocks[block].PredecessorCount;

    public void AddPredecessor(Block block, Block from, int callIndex)
    {
        ref BlockState state = ref _blocks[block];
        if (state.Sealed) EngineBug.Throw($"{block} gets a predecessor after it was sealed");
        _predecessors.Add(new Predecessor { From = from, CallIndex = callIndex, Next = state.FirstPredecessor });
        state.FirstPredecessor = _predecessors.Count;
        state.PredecessorCount++;
    }

    public void Seal(Block block)
    {
        ref BlockState state = ref _blocks[block];
        if (state.Sealed) return;
        state.Sealed = true;
        if (state.FirstIncomplete == 0) return;

        bool dropped = false;
        for (int at = state.FirstIncomplete; at != 0;)
        {
            IncompleteParam incomplete = _incompletes[at - 1];
            at = incomplete.Next;
            PushFrame(block, incomplete.Param);
            RunFrames(incomplete.Variable, keepsPlace: true);
            dropped |= _func.Dfg.Values[incomplete.Param].Kind == ValueKind.Alias;
        }

        if (dropped) _func.Dfg.DropAliasedParams(block);
    }

    public Value Use(Variable variable, Block block)
    {
        Value value = Lookup(variable, block);
        if (_frames.Count != 0) RunFrames(variable, keepsPlace: false);
        return _func.Dfg.Resolve(value);
    }

    // The value of a variable at the end of a block. May push a frame, after which the value is a parameter
    // that RunFrames may still replace by an alias.
    private Value Lookup(Variable variable, Block start)
    {
        int stepsLeft = _func.Dfg.BlockParams.Count;
        Value value;
        Block block = start;
        while (true)
        {
            value = _definitions.Get(block, variable);
            if (!value.IsNone()) break;

            ref BlockState state = ref _blocks[block];
            if (!state.Sealed)
            {
                value = AppendIncomplete(variable, block, ref state);
                break;
            }

            // A chain longer than there are blocks is a cycle that control never enters.
            if (state.PredecessorCount == 0 || stepsLeft-- == 0)
            {
                value = InsertZero(TypeOf(variable), block);
                _definitions.Set(block, variable, value);
                break;
            }

            if (state.PredecessorCount > 1)
            {
                value = _func.Dfg.AppendParam(block, TypeOf(variable));
                _definitions.Set(block, variable, value);
                PushFrame(block, value);
                break;
            }

            block = _predecessors[state.FirstPredecessor - 1].From;
        }

        if (block != start) _definitions.Set(start, variable, value);
        return value;
    }

    private Value AppendIncomplete(Variable variable, Block block, ref BlockState state)
    {
        Value param = _func.Dfg.AppendParam(block, TypeOf(variable));
        _definitions.Set(block, variable, param);
        _incompletes.Add(new IncompleteParam { Variable = variable, Param = param });
        int index = _incompletes.Count;
        if (state.FirstIncomplete == 0) state.FirstIncomplete = index;
        else _incompletes[state.LastIncomplete - 1].Next = index;
        state.LastIncomplete = index;
        return param;
    }

    private void PushFrame(Block block, Value param) =>
        _frames.Add(new Frame { Block = block, Param = param, NextPredecessor = _blocks[block].FirstPredecessor, FirstArg = _args.Count });

    // Finds the arguments of the parameter on top of the stack, and of those that this makes in turn.
    // With keepsPlace, the bottom frame's parameter stays in its block's list even if it becomes an alias.
    private void RunFrames(Variable variable, bool keepsPlace)
    {
        while (_frames.Count != 0)
        {
            int top = _frames.Count - 1;
            ref Frame frame = ref _frames[top];
            if (frame.NextPredecessor != 0)
            {
                ref Predecessor predecessor = ref _predecessors[frame.NextPredecessor - 1];
                frame.NextPredecessor = predecessor.Next;

                // A frame pushed here fills its own part of _args and leaves ours as it is, so reserve ours first.
                _args.Add(default);
                int slot = _args.Count - 1;
                Value value = Lookup(variable, predecessor.From);
                _args[slot] = value;
                if (_frames.Count - 1 > top) _frames.Last.FirstArg = _args.Count;
                continue;
            }

            FinishFrame(in frame, keepsPlace && top == 0);
            _args.Truncate(frame.FirstArg);
            _frames.Pop();
        }
    }

    private void FinishFrame(in Frame frame, bool keepsPlace)
    {
        DataFlowGraph dfg = _func.Dfg;
        Span<Value> args = _args.Span[frame.FirstArg..];
        Value only = default;
        bool several = false;
        foreach (ref Value arg in args)
        {
            arg = dfg.Resolve(arg);
            if (arg == frame.Param || arg == only) continue;
            several |= !only.IsNone();
            only = arg;
        }

        if (!several)
        {
            // No value at all: a loop that control never enters.
            if (only.IsNone()) only = InsertZero(dfg.TypeOf(frame.Param), frame.Block);
            dfg.ReplaceWith(frame.Param, only);
            if (!keepsPlace) dfg.DropAliasedParams(frame.Block);
            return;
        }

        int at = _blocks[frame.Block].FirstPredecessor;
        foreach (Value arg in args)
        {
            Predecessor predecessor = _predecessors[at - 1];
            dfg.BlockArgPool.Append(ref dfg.BlockCalls[predecessor.CallIndex].Args, arg);
            at = predecessor.Next;
        }
    }

    private Value InsertZero(IrType type, Block block)
    {
        InstData data = ConstantData.Zero(_func, type);
        Inst inst = _func.Dfg.MakeInst(data, type);
        Inst first = _func.Layout.First(block);
        if (first.IsNone()) _func.Layout.Append(inst, block);
        else _func.Layout.InsertBefore(inst, first);
        return _func.Dfg.FirstResult(inst);
    }
}
