using System;
using Kiln.Foundation.Diagnostics;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Ir.Builder;

/// <summary>
/// Writes one <see cref="IrFunction"/> from start to end: blocks, instructions at the end of the current
/// block (one-line emitters in <see cref="InstEmitters"/>), and variables that become SSA values.
/// </summary>
/// <remarks>
/// Use: <see cref="Begin"/>; set the signature; <see cref="CreateEntryBlock"/>; then for each block
/// <see cref="SwitchToBlock"/>, emit, end with a terminator; <see cref="SealBlock"/> each block as soon as
/// all branches to it were emitted; <see cref="Finish"/>. One builder serves many functions and allocates
/// nothing once its buffers have grown.
/// </remarks>
public sealed class FunctionBuilder
{
    private readonly SsaConstruction _ssa = new();
    private IrFunction? _func;
    private int _blockLimitOfLast = 1;
    private bool _terminated;

    /// <summary>The function being written.</summary>
    public IrFunction Func => _func ?? EngineBug.Throw<IrFunction>("the builder has no function");

    /// <summary>The block that instructions are appended to; none before the first.</summary>
    public Block CurrentBlock { get; private set; }

    /// <summary>Where the instructions emitted from now on come from.</summary>
    public SourceLoc SourceLoc { get; set; }

    /// <summary>True if the current block has its terminator, so that nothing more may be emitted into it.</summary>
    public bool IsTerminated => _terminated;

    /// <summary>Starts writing an empty function.</summary>
    public void Begin(IrFunction func)
    {
        _ssa.Begin(func, _blockLimitOfLast);
        _func = func;
        CurrentBlock = default;
        SourceLoc = default;
        _terminated = false;
    }

    /// <summary>Ends writing: seals what is not sealed yet and leaves no alias in any operand.</summary>
    public IrFunction Finish()
    {
        IrFunction func = Func;
        if (!CurrentBlock.IsNone() && !_terminated) EngineBug.Throw($"{CurrentBlock} has no terminator");
        SealAllBlocks();
        func.ResolveAliases();
        _blockLimitOfLast = func.Dfg.BlockParams.IdLimit;
        _func = null;
        return func;
    }

    // Blocks.

    /// <summary>Creates a block, which gets its place when it is first switched to.</summary>
    public Block CreateBlock() => Func.Dfg.MakeBlock();

    /// <summary>Creates the sealed entry block with the signature's parameters and switches to it.</summary>
    public Block CreateEntryBlock()
    {
        Block block = CreateBlock();
        foreach (IrType type in Func.ParamTypes(Func.Signature)) Func.Dfg.AppendParam(block, type);
        SwitchToBlock(block);
        SealBlock(block);
        return block;
    }

    /// <summary>Gives a block one more parameter. Only before a branch to it was emitted and before a variable was read in it.</summary>
    public Value AppendBlockParam(Block block, IrType type) => Func.Dfg.AppendParam(block, type);

    /// <summary>The parameters of a block, those made for variables among them.</summary>
    public ReadOnlySpan<Value> BlockParams(Block block) => Func.Dfg.Params(block);

    /// <summary>Makes a block the current one; it is placed at the end if it has no place yet. The last one must have its terminator.</summary>
    public void SwitchToBlock(Block block)
    {
        if (!CurrentBlock.IsNone() && !_terminated) EngineBug.Throw($"{CurrentBlock} has no terminator");
        Layout layout = Func.Layout;
        if (!layout.IsInserted(block)) layout.Append(block);
        CurrentBlock = block;
        _terminated = !layout.Last(block).IsNone() && Func.Dfg.Op(layout.Last(block)).IsTerminator();
    }

    /// <summary>Says that all branches to the block were emitted.</summary>
    public void SealBlock(Block block) => _ssa.Seal(block);

    /// <summary>Seals every block.</summary>
    public void SealAllBlocks()
    {
        foreach (Block block in Func.Dfg.BlockParams.Keys) _ssa.Seal(block);
    }

    /// <summary>Marks a block as rarely executed.</summary>
    public void SetCold(Block block) => Func.Layout.SetCold(block);

    /// <summary>Number of branches to the block so far; 0 for a sealed block means that control never gets there.</summary>
    public int PredecessorCount(Block block) => _ssa.PredecessorCount(block);

    // Variables.

    /// <summary>Declares a variable. One that is read before it is written holds zero.</summary>
    public Variable DeclareVariable(IrType type) => _ssa.DeclareVariable(type);

    /// <summary>Id of the variable that is declared next.</summary>
    public uint NextVariable => _ssa.NextVariable;

    /// <summary>The type of a variable.</summary>
    public IrType TypeOf(Variable variable) => _ssa.TypeOf(variable);

    /// <summary>Writes a variable in the current block.</summary>
    public void DefVar(Variable variable, Value value)
    {
        if (TypeOf(value) != _ssa.TypeOf(variable)) EngineBug.Throw($"{variable} is {_ssa.TypeOf(variable)}, {value} is {TypeOf(value)}");
        _ssa.Define(variable, CurrentBlock, value);
    }

    /// <summary>Reads a variable in the current block.</summary>
    public Value UseVar(Variable variable) => _ssa.Use(variable, CurrentBlock);

    // Instructions.

    /// <summary>The type of a value.</summary>
    public IrType TypeOf(Value value) => Func.Dfg.TypeOf(value);

    /// <summary>Appends an instruction without results, not a branch.</summary>
    public Inst Append(in InstData data)
    {
        Inst inst = Func.Dfg.MakeInst(data);
        Place(inst, data.Op);
        return inst;
    }

    /// <summary>Appends an instruction with one result and gives the result.</summary>
    public Value Append(in InstData data, IrType resultType)
    {
        DataFlowGraph dfg = Func.Dfg;
        Inst inst = dfg.MakeInst(data, resultType);
        Place(inst, data.Op);
        return dfg.FirstResult(inst);
    }

    /// <summary>Appends a call with the results of its signature; read them with <see cref="DataFlowGraph.Results"/>.</summary>
    public Inst AppendCall(in InstData data, SigRef sig)
    {
        Inst inst = Append(data);
        foreach (IrType type in Func.ResultTypes(sig)) Func.Dfg.AddResult(inst, type);
        return inst;
    }

    /// <summary>Appends a branch whose targets were added to the graph directly before, and records its edges.</summary>
    public Inst AppendBranch(in InstData data)
    {
        Inst inst = Append(data);
        for (int i = 0; i < data.TargetCount; i++)
        {
            int call = data.FirstTarget + i;
            _ssa.AddPredecessor(Func.Dfg.BlockCalls[call].Target, CurrentBlock, call);
        }

        return inst;
    }

    private void Place(Inst inst, Opcode op)
    {
        if (_terminated) EngineBug.Throw($"{op} after the terminator of {CurrentBlock}");
        IrFunction func = _func!;
        func.Layout.Append(inst, CurrentBlock);
        func.SetSourceLoc(inst, SourceLoc);
        _terminated = op.IsTerminator();
    }
}
