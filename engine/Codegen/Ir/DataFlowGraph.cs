// The values and instructions of a function: what defines each value and what each instruction reads. Where
// instructions stand is in Layout.

using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Diagnostics;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Ir;

/// <summary>How a value came to be.</summary>
public enum ValueKind : byte
{
    /// <summary>Result of an instruction.</summary>
    Result,

    /// <summary>Parameter of a block.</summary>
    Param,

    /// <summary>Another name of a value; see <see cref="DataFlowGraph.Resolve"/>.</summary>
    Alias,
}

/// <summary>One value: 8 bytes, and 4 for the number.</summary>
public struct ValueData
{
    /// <summary>Id of the defining instruction, the owning block or the aliased value, by kind.</summary>
    public uint Owner;

    /// <summary>Number of the result or parameter.</summary>
    public int Number;

    /// <summary>Type of the value.</summary>
    public IrType Type;

    /// <summary>How it came to be.</summary>
    public ValueKind Kind;
}

/// <summary>
/// What instructions compute: instructions with operands and results, values with types and definitions,
/// block parameters and branch arguments. Where instructions stand is the <see cref="Layout"/>'s business.
/// </summary>
/// <remarks>
/// INVARIANTS: the results of an instruction have consecutive ids. A value is defined once. To replace all
/// uses of a value, make it an alias (<see cref="ReplaceWith"/>), and read operands through
/// <see cref="Resolve"/> until <see cref="IrFunction.ResolveAliases"/> has rewritten them. The pipeline
/// hands functions to lowering without aliases in operands.
/// </remarks>
public sealed class DataFlowGraph
{
    /// <summary>Data of each instruction. Get a fresh reference after creating one.</summary>
    public EntityMap<Inst, InstData> Insts { get; } = new(512);

    /// <summary>Data of each value.</summary>
    public EntityMap<Value, ValueData> Values { get; } = new(512);

    /// <summary>Parameters of each block; see <see cref="Params"/>.</summary>
    public EntityMap<Block, ValueList> BlockParams { get; } = new(64);

    /// <summary>Argument lists of calls and returns.</summary>
    public ListPool<Value> ArgPool { get; } = new(512);

    /// <summary>Block parameters and branch arguments.</summary>
    public ValueListPool BlockArgPool { get; } = new();

    /// <summary>Targets of all branches; a branch owns a run of them.</summary>
    public GrowList<BlockCall> BlockCalls { get; } = new(128);

    private readonly GrowList<Value> _firstResults = new(512);
    private readonly GrowList<ushort> _resultCounts = new(512);

    /// <summary>Creates an empty graph.</summary>
    public DataFlowGraph() => Clear();

    /// <summary>Forgets everything and keeps the buffers.</summary>
    public void Clear()
    {
        Insts.Clear();
        Values.Clear();
        BlockParams.Clear();
        ArgPool.Clear();
        BlockArgPool.Clear();
        BlockCalls.Clear();
        _firstResults.Clear();
        _resultCounts.Clear();
        _firstResults.Add(default);
        _resultCounts.Add(0);
    }

    // Instructions.

    /// <summary>Creates an instruction without results and without a place.</summary>
    public Inst MakeInst(in InstData data)
    {
        _firstResults.Add(default);
        _resultCounts.Add(0);
        return Insts.Add(data);
    }

    /// <summary>Creates an instruction with its one result of a type, without a place.</summary>
    public Inst MakeInst(in InstData data, IrType resultType)
    {
        Inst inst = MakeInst(data);
        AddResult(inst, resultType);
        return inst;
    }

    /// <summary>Gives an instruction one more result. Only directly after making it.</summary>
    public Value AddResult(Inst inst, IrType type)
    {
        ref ushort count = ref _resultCounts[(int)inst.Id];
        Value value = Values.Add(new ValueData { Owner = inst.Id, Number = count, Type = type, Kind = ValueKind.Result });
        if (count++ == 0) _firstResults[(int)inst.Id] = value;
        return value;
    }

    /// <summary>The opcode of an instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Opcode Op(Inst inst) => Insts[inst].Op;

    /// <summary>
    /// The value operands of an instruction without its branch arguments, writable in place: A, B, C or the
    /// argument list. Invalid after instructions are made.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<Value> Operands(Inst inst) => Operands(ref Insts[inst]);

    /// <inheritdoc cref="Operands(Inst)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<Value> Operands([UnscopedRef] ref InstData data)
    {
        int count = data.Op.FixedOperandCount();
        if (count != 0) return MemoryMarshal.CreateSpan(ref data.A, count);
        return data.Op.Format() is InstFormat.Call or InstFormat.CallIndirect or InstFormat.Return ? ArgPool.Get(data.List) : default;
    }

    /// <summary>The arguments that a call passes (without the callee's address), or the values returned.</summary>
    public Span<Value> CallArgs(Inst inst)
    {
        ref InstData data = ref Insts[inst];
        Span<Value> list = ArgPool.Get(data.List);
        return data.Op.Format() == InstFormat.CallIndirect ? list[1..] : list;
    }

    /// <summary>Number of results.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ResultCount(Inst inst) => _resultCounts[(int)inst.Id];

    /// <summary>The first result, or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Value FirstResult(Inst inst) => _firstResults[(int)inst.Id];

    /// <summary>All results, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public EntityRange<Value> Results(Inst inst)
    {
        uint first = FirstResult(inst).Id;
        return new EntityRange<Value>(first, first + (uint)ResultCount(inst));
    }

    // Branches.

    /// <summary>The targets of a branch, writable in place; empty for other instructions. Invalid after branches are made.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<BlockCall> Targets(Inst inst)
    {
        ref InstData data = ref Insts[inst];
        return data.Op.IsBranch() ? BlockCalls.Span.Slice(data.FirstTarget, data.TargetCount) : default;
    }

    /// <summary>The arguments of a branch target, writable in place. Invalid after block arguments are added anywhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<Value> Args(in BlockCall call) => BlockArgPool.Get(call.Args);

    /// <summary>Appends a target for a branch that is about to be made; gives its index.</summary>
    public int AddBlockCall(Block target, scoped ReadOnlySpan<Value> args)
    {
        BlockCalls.Add(new BlockCall { Target = target, Args = BlockArgPool.Add(args) });
        return BlockCalls.Count - 1;
    }

    // Blocks.

    /// <summary>Creates a block without a place.</summary>
    public Block MakeBlock() => BlockParams.Add(default);

    /// <summary>The parameters of a block, writable in place. Invalid after block arguments are added anywhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<Value> Params(Block block) => BlockArgPool.Get(BlockParams[block]);

    /// <summary>Gives a block one more parameter; its predecessors must pass one more argument.</summary>
    public Value AppendParam(Block block, IrType type)
    {
        ref ValueList list = ref BlockParams[block];
        Value value = Values.Add(new ValueData { Owner = block.Id, Number = list.Count, Type = type, Kind = ValueKind.Param });
        BlockArgPool.Append(ref list, value);
        return value;
    }

    /// <summary>
    /// Drops the parameters of a block that have become aliases and renumbers the rest. The caller drops the
    /// arguments of the predecessors.
    /// </summary>
    public void DropAliasedParams(Block block)
    {
        ref ValueList list = ref BlockParams[block];
        Span<Value> values = BlockArgPool.Get(list);
        int kept = 0;
        foreach (Value value in values)
        {
            ref ValueData data = ref Values[value];
            if (data.Kind == ValueKind.Alias) continue;
            data.Number = kept;
            values[kept++] = value;
        }

        BlockArgPool.Truncate(ref list, kept);
    }

    // Values.

    /// <summary>The type of a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public IrType TypeOf(Value value) => Values[value].Type;

    /// <summary>The number of an integer constant, of 32 bits with its sign; false, and 0, for any other value.</summary>
    public bool TryConstant(Value value, out long constant)
    {
        Inst def = DefInst(value);
        bool known = !def.IsNone() && Op(def) == Opcode.Iconst;
        constant = known ? Insts[def].Imm : 0;
        return known;
    }

    /// <summary>The low 32 bits of an integer constant; false, and 0, for any other value.</summary>
    public bool TryConstant32(Value value, out uint constant)
    {
        bool known = TryConstant(value, out long number);
        constant = (uint)number;
        return known;
    }

    /// <summary>The instruction that defines a value; none for block parameters. Follows aliases.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Inst DefInst(Value value)
    {
        ref ValueData data = ref Values[value];
        if (data.Kind == ValueKind.Result) return new Inst(data.Owner);
        return data.Kind == ValueKind.Alias ? DefInst(Resolve(value)) : default;
    }

    /// <summary>The block that a value is a parameter of; none for results. Does not follow aliases.</summary>
    public Block ParamBlock(Value value)
    {
        ref ValueData data = ref Values[value];
        return data.Kind == ValueKind.Param ? new Block(data.Owner) : default;
    }

    /// <summary>Makes <paramref name="value"/> another name of <paramref name="other"/>, which has the same type.</summary>
    public void ReplaceWith(Value value, Value other)
    {
        other = Resolve(other);
        if (other == value) EngineBug.Throw($"{value} would be an alias of itself");
        ref ValueData data = ref Values[value];
        if (data.Type != Values[other].Type) EngineBug.Throw($"{value} and {other} have different types");
        data.Kind = ValueKind.Alias;
        data.Owner = other.Id;
    }

    /// <summary>The value behind aliases; shortens the chain it walks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Value Resolve(Value value) => Values[value].Kind == ValueKind.Alias ? ResolveChain(value) : value;

    private Value ResolveChain(Value value)
    {
        Value end = value;
        while (Values[end].Kind == ValueKind.Alias) end = new Value(Values[end].Owner);
        while (value != end)
        {
            ref uint owner = ref Values[value].Owner;
            value = new Value(owner);
            owner = end.Id;
        }

        return end;
    }

    /// <summary>Rewrites the operands and branch arguments of an instruction to the values behind aliases.</summary>
    public void ResolveOperands(Inst inst)
    {
        foreach (ref Value value in Operands(inst)) value = Resolve(value);
        foreach (ref BlockCall call in Targets(inst))
        {
            foreach (ref Value value in Args(call)) value = Resolve(value);
        }
    }
}
