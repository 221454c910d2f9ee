// Machine instructions on virtual registers, in blocks: what lowering makes, the register allocator reads, Emission writes out.

using System;
using System.Runtime.CompilerServices;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Collections;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Machine;

/// <summary>What the register allocator and Emission know of a virtual register, one byte.</summary>
[Flags]
internal enum VRegFlags : byte
{
    /// <summary>An integer register.</summary>
    None = 0,

    /// <summary>A float register.</summary>
    Float = 1,

    /// <summary>Its spill slot has 16 bytes.</summary>
    Wide = 2,

    /// <summary>Its definition can be repeated anywhere.</summary>
    Rematerializable = 4,

    /// <summary>It holds a reference that stack maps must list.</summary>
    Reference = 8,
}

/// <summary>
/// A function as machine instructions on virtual registers. Written backward, from the last block's last
/// instruction to the entry, by Lowering; immutable after <see cref="Seal"/>.
/// </summary>
/// <remarks>
/// INVARIANTS after sealing: those that <see cref="IAllocatable"/> lists. Blocks are those of the
/// <see cref="BlockOrder"/>, in its order. Operands stand in the order the instruction set's collector gives them, which
/// is the order in which Emission reads locations.
/// </remarks>
internal sealed class VCode<TInst> where TInst : unmanaged
{
    private TInst[] _insts = new TInst[1024];
    private uint[] _sources = new uint[1024];
    private int _first = 1024;                              // instructions are in [_first, _insts.Length)
    private readonly GrowList<int> _blockEnds = new(64);    // while building: instructions written, from the end
    private readonly GrowList<int> _blockStarts = new(64);
    private readonly GrowList<VRegFlags> _vregs = new(512);
    private readonly GrowList<VReg> _params = new(64);
    private readonly GrowList<int> _firstParam = new(64);
    private readonly GrowList<VReg> _args = new(64);
    private readonly GrowList<int> _firstArg = new(64);
    private readonly GrowList<BlockIndex> _successors = new(64);
    private readonly GrowList<int> _firstSuccessor = new(64);
    private readonly GrowList<BlockIndex> _predecessors = new(64);
    private readonly GrowList<int> _firstPredecessor = new(64);
    private readonly GrowList<Operand> _operands = new(1024);
    private readonly GrowList<int> _operandStarts = new(1024);
    private readonly GrowList<TInst> _rematerializations = new();
    private readonly GrowList<uint> _rematerializedVRegs = new();

    /// <summary>Blocks with their attributes, in the same order.</summary>
    public BlockOrder Order { get; private set; } = new();

    /// <summary>Operands of calls, entry and returns, in runs that instructions name by start and length.</summary>
    public GrowList<Operand> OperandLists { get; } = new(128);

    /// <summary>Constants for the pool, with their size in bytes.</summary>
    public GrowList<(UInt128 Bits, int Size)> Constants { get; } = new();

    /// <summary>Target blocks of jump table items, table after table.</summary>
    public GrowList<int> TableItems { get; } = new();

    /// <summary>The first item of each jump table.</summary>
    public GrowList<int> TableStarts { get; } = new();

    /// <summary>Target blocks of a jump table's items.</summary>
    public ReadOnlySpan<int> Table(int table) =>
        TableItems.Span[TableStarts[table]..(table + 1 < TableStarts.Count ? TableStarts[table + 1] : TableItems.Count)];

    /// <summary>Bytes at the bottom of the frame for arguments and results of calls; a multiple of 16.</summary>
    public int OutgoingBytes { get; set; }

    /// <summary>Bytes of the stack slots, above the outgoing area; a multiple of 16.</summary>
    public int StackSlotBytes { get; set; }

    /// <summary>Bytes of the function's own stack arguments, which it pops when it returns; a multiple of 16.</summary>
    public int IncomingBytes { get; set; }

    /// <summary>Bytes at the top of the frame into which the stack arguments of tail calls may reach; a multiple of 16.</summary>
    public int TailBytes { get; set; }

    /// <summary>True if any register holds a reference.</summary>
    public bool HasReferences { get; private set; }

    /// <summary>True if there is a call.</summary>
    public bool HasCalls { get; set; }

    /// <summary>Starts a new function.</summary>
    public void Begin(BlockOrder order)
    {
        Order = order;
        _first = _insts.Length;
        _blockEnds.Clear();
        _blockStarts.Clear();
        _vregs.Clear();
        _vregs.Add(VRegFlags.None);
        _params.Clear();
        _firstParam.Clear();
        _args.Clear();
        _firstArg.Clear();
        _successors.Clear();
        _firstSuccessor.Clear();
        _predecessors.Clear();
        _firstPredecessor.Clear();
        _operands.Clear();
        _operandStarts.Clear();
        _rematerializations.Clear();
        _rematerializedVRegs.Clear();
        OperandLists.Clear();
        Constants.Clear();
        TableItems.Clear();
        TableStarts.Clear();
        OutgoingBytes = 0;
        StackSlotBytes = 0;
        IncomingBytes = 0;
        TailBytes = 0;
        HasCalls = false;
        HasReferences = false;
    }

    // Building, backward.

    /// <summary>A new virtual register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public VReg NewVReg(VRegFlags flags)
    {
        _vregs.Add(flags);
        if ((flags & VRegFlags.Reference) != 0) HasReferences = true;
        return new VReg((uint)_vregs.Count - 1);
    }

    /// <summary>Puts instructions, in forward order, before all that were written so far.</summary>
    public void Prepend(ReadOnlySpan<TInst> insts, SourceLoc source)
    {
        if (_first < insts.Length) Grow(insts.Length);
        _first -= insts.Length;
        insts.CopyTo(_insts.AsSpan(_first));
        _sources.AsSpan(_first, insts.Length).Fill(source.Offset);
    }

    /// <summary>Says that the block whose instructions were written last is complete; blocks end from last to first.</summary>
    public void EndBlock() => _blockEnds.Add(_insts.Length - _first);

    /// <summary>Says that the only definition of a register is an instruction that can be repeated anywhere without changing flags.</summary>
    public void SetRematerializable(VReg vreg, in TInst definition)
    {
        _vregs[(int)vreg.Id] |= VRegFlags.Rematerializable;
        _rematerializations.Add(definition);
        _rematerializedVRegs.Add(vreg.Id);
    }

    private void Grow(int count)
    {
        int used = _insts.Length - _first;
        int length = Math.Max(_insts.Length * 2, used + count);
        var insts = new TInst[length];
        var sources = new uint[length];
        _insts.AsSpan(_first).CopyTo(insts.AsSpan(length - used));
        _sources.AsSpan(_first).CopyTo(sources.AsSpan(length - used));
        _insts = insts;
        _sources = sources;
        _first = length - used;
    }

    // Control flow, forward, after all instructions are written.

    /// <summary>Completes the block starts and the control flow graph; parameters and arguments follow.</summary>
    public void Seal()
    {
        int total = InstCount;
        for (int i = _blockEnds.Count - 1; i >= 0; i--) _blockStarts.Add(total - _blockEnds[i]);
        int blocks = Order.Blocks.Count;
        foreach (ref LoweredBlock block in Order.Blocks.Span) _firstSuccessor.Add(block.FirstSuccessor);
        _firstSuccessor.Add(Order.Successors.Count);
        _firstPredecessor.Resize(blocks + 1, 0);
        foreach (ref LoweredEdge edge in Order.Successors.Span)
        {
            _successors.Add(new BlockIndex(edge.Target));
            _firstPredecessor[edge.Target]++;
        }

        int sum = 0;
        foreach (ref int first in _firstPredecessor.Span)
        {
            sum += first;
            first = sum;
        }

        _predecessors.Resize(sum, default);
        for (int block = blocks - 1; block >= 0; block--)
        {
            for (int e = _firstSuccessor[block + 1] - 1; e >= _firstSuccessor[block]; e--)
                _predecessors[--_firstPredecessor[_successors[e].Value]] = new BlockIndex(block);
        }
    }

    /// <summary>Begins the parameters of the next block.</summary>
    public void BeginParams() => _firstParam.Add(_params.Count);

    /// <summary>Adds a parameter to the block begun last.</summary>
    public void AddParam(VReg vreg) => _params.Add(vreg);

    /// <summary>Begins the arguments of the next edge.</summary>
    public void BeginArgs() => _firstArg.Add(_args.Count);

    /// <summary>Adds an argument to the edge begun last.</summary>
    public void AddArg(VReg vreg) => _args.Add(vreg);

    // Operands, forward, by the instruction set's collector.

    /// <summary>Begins the operands of the next instruction.</summary>
    public void BeginOperands() => _operandStarts.Add(_operands.Count);

    /// <summary>Adds an operand to the instruction begun last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddOperand(Operand operand) => _operands.Add(operand);

    // Reading.

    /// <summary>Number of instructions.</summary>
    public int InstCount => _insts.Length - _first;

    /// <summary>All instructions.</summary>
    public ReadOnlySpan<TInst> Insts => _insts.AsSpan(_first);

    /// <summary>Source location of each instruction.</summary>
    public ReadOnlySpan<uint> Sources => _sources.AsSpan(_first);

    /// <summary>Number of blocks.</summary>
    public int BlockCount => Order.Blocks.Count;

    /// <summary>First instruction of a block.</summary>
    public int BlockStart(int block) => _blockStarts[block];

    /// <summary>One more than the last instruction of a block.</summary>
    public int BlockEnd(int block) => block + 1 < _blockStarts.Count ? _blockStarts[block + 1] : InstCount;

    /// <summary>One more than the largest register id.</summary>
    public int VRegLimit => _vregs.Count;

    /// <summary>Attributes of a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public VRegFlags FlagsOf(VReg vreg) => _vregs[(int)vreg.Id];

    /// <summary>All operands.</summary>
    public ReadOnlySpan<Operand> Operands => _operands.Span;

    /// <summary>First operand of an instruction; for the number of instructions, the number of operands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int OperandStart(int inst) => inst < _operandStarts.Count ? _operandStarts[inst] : _operands.Count;

    /// <summary>Successors of a block.</summary>
    public ReadOnlySpan<BlockIndex> Successors(int block) => _successors.Span[_firstSuccessor[block].._firstSuccessor[block + 1]];

    /// <summary>Predecessors of a block.</summary>
    public ReadOnlySpan<BlockIndex> Predecessors(int block) => _predecessors.Span[_firstPredecessor[block].._firstPredecessor[block + 1]];

    /// <summary>Parameters of a block.</summary>
    public ReadOnlySpan<VReg> Params(int block) => _params.Span[_firstParam[block]..(block + 1 < _firstParam.Count ? _firstParam[block + 1] : _params.Count)];

    /// <summary>Arguments on an edge.</summary>
    public ReadOnlySpan<VReg> Args(int block, int successor)
    {
        int edge = _firstSuccessor[block] + successor;
        return _args.Span[_firstArg[edge]..(edge + 1 < _firstArg.Count ? _firstArg[edge + 1] : _args.Count)];
    }

    /// <summary>The instruction that defines a rematerializable register.</summary>
    public ref readonly TInst RematerializationOf(VReg vreg)
    {
        // Definitions were recorded while registers were numbered upward or not at all; few functions have many.
        ReadOnlySpan<uint> ids = _rematerializedVRegs.Span;
        int at = ids.LastIndexOf(vreg.Id);
        return ref _rematerializations[at];
    }
}
