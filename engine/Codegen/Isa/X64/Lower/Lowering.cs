using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Machine;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Diagnostics;
using Kiln.Foundation.Entities;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>
/// Instruction selection. Comes in: an IR function and its block order. Goes out: sealed VCode.
/// </summary>
/// <remarks>
/// Walks blocks and instructions backward, so that every use is seen before its definition: an instruction is
/// lowered only if it has an effect or some consumer asked for its register (<see cref="RegOf"/>); a consumer may
/// instead do the instruction's work itself (an address, an immediate, a compare, a load as memory operand).
/// INVARIANTS: an i32 in a register has zero upper bits, so <c>uextend</c> is another name of its operand. A load is sunk
/// only into its one use, only within a colour (no store, call or trap in between), and only by an instruction that
/// is itself lowered once. Flags are consumed by the same IR instruction that produces them, so nothing but moves can
/// come between; a lea put there must be one that keeps flags (<see cref="FlagsCheck"/>). One object serves many functions.
/// </remarks>
internal sealed class Lowering : InstWriter
{
    private const int MaxDelay = 12; // instructions between two that are done in one

    private uint[] _regs = new uint[1024];
    private readonly ValueUses _uses = new();
    private readonly BitSet _sunk = new(1024);
    private int _color;

    /// <summary>The function that is lowered.</summary>
    public IrFunction Function { get; private set; } = new();

    /// <summary>Its data flow graph.</summary>
    public DataFlowGraph Dfg { get; private set; } = new();

    /// <summary>Options of the compilation.</summary>
    public CodegenOptions Options { get; private set; } = CodegenOptions.Host;

    /// <summary>Number of the lowered block.</summary>
    public int CurrentBlock { get; private set; }

    /// <summary>The instruction that is lowered.</summary>
    public Inst Current { get; private set; }

    /// <summary>The register with the address of the caller's area for results beyond registers; 0 until one is stored there.</summary>
    public VReg ResultArea { get; set; }

    /// <summary>Offset of each stack slot among the slots, by id.</summary>
    public GrowList<int> SlotOffsets { get; } = new(8);

    /// <summary>Lowers <paramref name="function"/> into <paramref name="code"/>.</summary>
    public void Run(IrFunction function, BlockOrder order, CodegenOptions options, VCode<X64Inst> code)
    {
        Function = function;
        Dfg = function.Dfg;
        Options = options;
        Begin(code, options.Features);
        code.Begin(order);
        _uses.Compute(function, order);
        ClearRegisters();
        LayOutSlots();
        code.IncomingBytes = GuestConvention.ArgumentBytes(function.ParamTypes(function.Signature), function.ResultTypes(function.Signature));
        ResultArea = default;
        for (int block = order.Blocks.Count - 1; block >= 0; block--) LowerBlock(order, block);
        Seal(order);
        X64Operands.Collect(code);
    }

    private void ClearRegisters()
    {
        int values = Dfg.Values.IdLimit;
        if (_regs.Length < values) _regs = new uint[values * 2];
        _regs.AsSpan(0, values).Clear();
        _sunk.Clear();
    }

    private void LayOutSlots()
    {
        SlotOffsets.Clear();
        SlotOffsets.Add(0);
        int offset = 0;
        foreach (ref StackSlotData slot in Function.StackSlots.Values)
        {
            offset = (offset + slot.Alignment - 1) & -slot.Alignment;
            SlotOffsets.Add(offset);
            offset += slot.ByteCount;
        }

        Code.StackSlotBytes = (offset + 15) & ~15;
    }

    private void LowerBlock(BlockOrder order, int index)
    {
        CurrentBlock = index;
        LoweredBlock block = order.Blocks[index];
        DemandBlockArguments(order, index);
        if (block.Ir.IsNone())
        {
            Emit(new X64Inst { Op = X64Op.Jump });
            Flush(default);
        }
        else
        {
            foreach (Inst inst in Function.Layout.InstsReversed(block.Ir)) LowerInst(inst);
            if (index == 0) CallRules.LowerEntry(this);
            Flush(default);
        }

        Code.EndBlock();
    }

    private void DemandBlockArguments(BlockOrder order, int index)
    {
        foreach (LoweredEdge edge in order.SuccessorsOf(index))
        {
            if (edge.Call < 0) continue;
            foreach (Value value in Dfg.Args(Dfg.BlockCalls[edge.Call])) RegOf(value);
        }
    }

    private void LowerInst(Inst inst)
    {
        ref InstData data = ref Dfg.Insts[inst];
        Value result = Dfg.FirstResult(inst);
        Effects effects = data.Op.Effects();
        bool effectful = (effects & (Effects.Terminator | Effects.Call | Effects.Store | Effects.CanTrap)) != 0;
        if (effectful && (effects & Effects.Load) != 0) effectful = !data.MemFlags.NoTrap || data.MemFlags.Volatile;
        if (!effectful && _regs[result.Id] == 0) return;
        if (_sunk.Contains((int)inst.Id)) return;
        _color = _uses.ColorOf(inst);
        Current = inst;
        Dispatch(inst, data, result);
        Flush(Function.SourceLocOf(inst));
    }

    // One method for each family; RyuJIT wants small switches.
    private void Dispatch(Inst inst, in InstData data, Value result)
    {
        if ((data.Op.Effects() & (Effects.Terminator | Effects.Call | Effects.Store)) != 0 || data.Op is Opcode.Trapz or Opcode.Trapnz)
        {
            DispatchEffect(inst, data);
            return;
        }

        VReg dst = RegOf(result);
        switch (data.Op)
        {
            case Opcode.Iconst or Opcode.F32const or Opcode.F64const or Opcode.Vconst:
                ConstantRules.Lower(this, data, dst);
                break;
            case >= Opcode.Iadd and <= Opcode.Imul or Opcode.Umulhi or Opcode.Smulhi or >= Opcode.Band and <= Opcode.Bxor:
                ArithmeticRules.Lower(this, data, dst);
                break;
            case >= Opcode.Udiv and <= Opcode.Srem:
                DivisionRules.Lower(this, data, dst);
                break;
            case >= Opcode.Ishl and <= Opcode.Rotr:
                ShiftRules.Lower(this, data, dst);
                break;
            case >= Opcode.Clz and <= Opcode.Ireduce:
                BitRules.Lower(this, data, dst);
                break;
            case Opcode.Icmp or Opcode.Fcmp or Opcode.Select or Opcode.SpectreGuard:
                CompareRules.Lower(this, data, dst);
                break;
            case >= Opcode.Fadd and <= Opcode.Fdemote:
                FloatRules.Lower(this, data, dst);
                break;
            case >= Opcode.FcvtToSint and <= Opcode.Bitcast:
                ConversionRules.Lower(this, data, dst);
                break;
            case >= Opcode.Viadd and <= Opcode.X86Cvttpd2dq:
                DispatchVector(data, dst);
                break;
            case >= Opcode.VloadSplat and <= Opcode.VloadUextend:
                VectorLaneRules.LowerLoad(this, data, dst);
                break;
            case >= Opcode.Load and <= Opcode.Sload32 or Opcode.StackAddr or Opcode.FuncAddr:
                MemoryRules.LowerLoad(this, data, dst);
                break;
            default:
                ThrowUnknown(data.Op);
                break;
        }
    }

    private void DispatchVector(in InstData data, VReg dst)
    {
        switch (data.Op)
        {
            case >= Opcode.Vishl and <= Opcode.Vsshr:
                VectorShiftRules.Lower(this, data, dst);
                break;
            case >= Opcode.VsextendLow and <= Opcode.Vunarrow:
                VectorWidthRules.Lower(this, data, dst);
                break;
            case >= Opcode.Vand and <= Opcode.Vbitmask:
                VectorBitRules.Lower(this, data, dst);
                break;
            case Opcode.Vicmp or Opcode.Vfcmp:
                VectorCompareRules.Lower(this, data, dst);
                break;
            case >= Opcode.Vsplat and <= Opcode.VinsertLane:
                VectorLaneRules.Lower(this, data, dst);
                break;
            case Opcode.Vshuffle or Opcode.Vswizzle or Opcode.X86Pshufb:
                VectorShuffleRules.Lower(this, data, dst);
                break;
            case >= Opcode.Vfadd and <= Opcode.Vffnma:
                VectorFloatRules.Lower(this, data, dst);
                break;
            case >= Opcode.VfcvtToSintSat and <= Opcode.VfdemoteZero or Opcode.X86Cvttps2dq or Opcode.X86Cvttpd2dq:
                VectorConversionRules.Lower(this, data, dst);
                break;
            case >= Opcode.Viadd and <= Opcode.Vpopcnt or Opcode.X86Pmulhrsw or Opcode.X86Pmaddubsw:
                VectorArithmeticRules.Lower(this, data, dst);
                break;
            default:
                ThrowUnknown(data.Op);
                break;
        }
    }

    private void DispatchEffect(Inst inst, in InstData data)
    {
        switch (data.Op)
        {
            case Opcode.Call or Opcode.CallIndirect:
                CallRules.LowerCall(this, inst, data);
                break;
            case Opcode.ReturnCall or Opcode.ReturnCallIndirect:
                CallRules.LowerTailCall(this, inst, data);
                break;
            case Opcode.Return:
                CallRules.LowerReturn(this, inst);
                break;
            case Opcode.Store or Opcode.Istore8 or Opcode.Istore16 or Opcode.Istore32:
                MemoryRules.LowerStore(this, data);
                break;
            case >= Opcode.AtomicLoad and <= Opcode.Fence:
                AtomicRules.Lower(this, inst, data);
                break;
            case Opcode.Jump or Opcode.Brif or Opcode.BrTable or Opcode.Trap or Opcode.Trapz or Opcode.Trapnz:
                ControlRules.Lower(this, inst, data);
                break;
            default:
                ThrowUnknown(data.Op);
                break;
        }
    }

    /// <summary>An opcode came to rules that do not know it.</summary>
    [DoesNotReturn]
    public static void ThrowUnknown(Opcode op) => EngineBug.Throw($"no x64 lowering of {op.Row().Mnemonic}");

    private void Seal(BlockOrder order)
    {
        for (int i = 0; i < order.Blocks.Count; i++)
        {
            Code.BeginParams();
            Block block = order.Blocks[i].Ir;
            if (i == 0 || block.IsNone()) continue;
            foreach (Value value in Dfg.Params(block)) Code.AddParam(RegOf(value));
        }

        foreach (ref LoweredEdge edge in order.Successors.Span)
        {
            Code.BeginArgs();
            if (edge.Call < 0) continue;
            foreach (Value value in Dfg.Args(Dfg.BlockCalls[edge.Call])) Code.AddArg(RegOf(value));
        }

        Code.Seal();
    }

    // Values and registers.

    /// <summary>The register of a value, whose definition is lowered when the walk gets there.</summary>
    public VReg RegOf(Value value)
    {
        uint reg = _regs[value.Id];
        return reg != 0 ? new VReg(reg) : Demand(value);
    }

    private VReg Demand(Value value)
    {
        Inst inst = Dfg.DefInst(value);
        VReg reg = !inst.IsNone() && Dfg.Op(inst) == Opcode.Uextend
            ? RegOf(Dfg.Insts[inst].A)
            : NewReg(Dfg.TypeOf(value));
        _regs[value.Id] = reg.Id;
        return reg;
    }

    /// <summary>True if some consumer asked for the value's register.</summary>
    public bool IsDemanded(Value value) => _regs[value.Id] != 0;

    /// <summary>A register with the low 32 bits of an i32 value and anything above.</summary>
    public VReg LowOf(Value value)
    {
        while (Is(value, Opcode.Ireduce, out Inst inst)) value = Dfg.Insts[inst].A;
        return RegOf(value);
    }

    /// <summary>A register whose bits of the type's width are the value's: for instructions that ignore those above.</summary>
    public VReg Use(Value value, IrType type) => type == IrType.I32 ? LowOf(value) : RegOf(value);

    /// <summary>Number of uses of a value.</summary>
    public int UsesOf(Value value) => _uses.Of(value);

    /// <summary>
    /// True if the value's register may be overwritten by the instruction that is being lowered, its only user: not if it comes
    /// from outside of a loop, whose next iteration needs it again.
    /// </summary>
    public bool EndsHere(Value value)
    {
        if (_uses.Of(value) != 1) return false;
        int depth = Code.Order.Blocks[CurrentBlock].LoopDepth;
        if (depth == 0) return true;
        Inst def = Dfg.DefInst(value);
        return Code.Order.LoopDepthOf(def.IsNone() ? Dfg.ParamBlock(value) : Function.Layout.BlockOf(def)) >= depth;
    }

    /// <summary>True if the value is the result of an instruction with the opcode.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(Value value, Opcode op, out Inst inst)
    {
        inst = Dfg.DefInst(value);
        return !inst.IsNone() && Dfg.Op(inst) == op;
    }

    /// <summary>True if the value is an integer constant; <paramref name="constant"/> is sign-extended from its type.</summary>
    public bool IsConst(Value value, out long constant)
    {
        if (Is(value, Opcode.Iconst, out Inst inst))
        {
            ref InstData data = ref Dfg.Insts[inst];
            constant = data.Type == IrType.I32 ? (int)data.Imm : data.Imm;
            return true;
        }

        if (inst.IsNone() || Dfg.Op(inst) != Opcode.Uextend)
        {
            constant = 0;
            return false;
        }

        bool known = IsConst(Dfg.Insts[inst].A, out constant);
        constant = (uint)constant;
        return known;
    }

    /// <summary>True if the value is a constant that fits in a sign-extended 32-bit immediate.</summary>
    public bool IsImm32(Value value, out int immediate)
    {
        bool fits = IsConst(value, out long constant) && constant == (int)constant;
        immediate = (int)constant;
        return fits;
    }

    // Memory operands.

    /// <summary>
    /// The value as the M operand of an instruction on <paramref name="type"/>: the memory it is loaded from, if this is its
    /// only use and nothing separates the load from here; else its register.
    /// </summary>
    /// <param name="value">The value.</param>
    /// <param name="type">Its type.</param>
    /// <param name="once">True if the asking instruction is lowered only once.</param>
    public RmOperand UseRm(Value value, IrType type, bool once = true)
    {
        if (once && TrySink(value, type, out RmOperand memory)) return memory;
        if (type.IsFloat() && TryPoolConstant(value, out memory)) return memory;
        return Use(value, type);
    }

    /// <summary>
    /// A vector as M operand: the memory it is loaded from, with VEX, whose operands need no alignment; a constant of the pool;
    /// else its register.
    /// </summary>
    public RmOperand UseVector(Value value)
    {
        if (Features.Avx && TrySink(value, IrType.V128, out RmOperand memory)) return memory;
        return TryPoolConstant(value, out memory) ? memory : RegOf(value);
    }

    /// <summary>True if <see cref="UseVector"/> would give memory.</summary>
    public bool IsVectorMemory(Value value)
    {
        if (Features.Avx && CanSink(value, Opcode.Load, out Inst inst)) return true;
        return _regs[value.Id] == 0 && Is(value, Opcode.Vconst, out inst) && IsPooled(Function.Constants[Dfg.Insts[inst].Constant]);
    }

    // All zeros and all ones are made by an instruction.
    private static bool IsPooled(UInt128 bits) => bits != 0 && bits != UInt128.MaxValue;

    // A float constant is read from the pool where it is used, unless it is in a register anyway. Zero is made, not read.
    private bool TryPoolConstant(Value value, out RmOperand memory)
    {
        memory = default;
        if (_regs[value.Id] != 0) return false;
        Inst inst = Dfg.DefInst(value);
        if (inst.IsNone()) return false;
        ref InstData data = ref Dfg.Insts[inst];
        if (data.Op == Opcode.Vconst)
        {
            UInt128 bits = Function.Constants[data.Constant];
            if (!IsPooled(bits)) return false;
            memory = PoolConstant(bits, 16);
            return true;
        }

        if (data.Op is not (Opcode.F32const or Opcode.F64const) || data.Imm == 0) return false;
        memory = data.Op == Opcode.F32const ? PoolConstant((uint)data.Imm, 4) : PoolConstant((ulong)data.Imm, 8);
        return true;
    }

    /// <summary>Sinks the full-width load that defines a value into the instruction that is being lowered, if that is allowed.</summary>
    /// <param name="value">The value.</param>
    /// <param name="type">Its type.</param>
    /// <param name="memory">What it is loaded from.</param>
    /// <param name="uses">Number of uses that the instruction stands for.</param>
    public bool TrySink(Value value, IrType type, out RmOperand memory, int uses = 1)
    {
        if (CanSink(value, Opcode.Load, out Inst inst, uses) && Dfg.Insts[inst].Type == type)
        {
            memory = Sink(inst);
            return true;
        }

        memory = default;
        return false;
    }

    /// <summary>True if a value comes from a load of an opcode that may move to the instruction that is being lowered.</summary>
    public bool CanSink(Value value, Opcode load, out Inst inst, int uses = 1) =>
        Is(value, load, out inst) && _uses.Of(value) == uses && _regs[value.Id] == 0
        && _uses.ColorOf(inst) == _color && !_sunk.Contains((int)inst.Id);

    /// <summary>Moves a load here: it is not lowered by itself any more.</summary>
    public RmOperand Sink(Inst load)
    {
        _sunk.Add((int)load.Id);
        return MemoryRules.AddressOf(this, Dfg.Insts[load]);
    }

    /// <summary>
    /// True if the value is a sum of another value and a constant that nothing but the branch <paramref name="branch"/> needs: its
    /// arguments, and <paramref name="otherUses"/> further uses. Then the branch may compute it by itself.
    /// </summary>
    public bool IsStepOf(Value value, Inst branch, int otherUses, out Inst step, out int amount)
    {
        amount = 0;
        step = Dfg.DefInst(value);
        if (step.IsNone() || _sunk.Contains((int)step.Id) || Function.Layout.BlockOf(step) != Function.Layout.BlockOf(branch)) return false;
        InstData data = Dfg.Insts[step];
        if (data.Op is not (Opcode.Iadd or Opcode.Isub) || !IsImm32(data.B, out amount) || amount == int.MinValue) return false;
        if (data.Op == Opcode.Isub) amount = -amount;
        int uses = otherUses;
        foreach (ref BlockCall call in Dfg.Targets(branch))
        {
            foreach (Value argument in Dfg.Args(call))
            {
                if (argument == value) uses++;
            }
        }

        return uses == _uses.Of(value);
    }

    /// <summary>
    /// True if a pure instruction stands shortly before the one that is lowered and nothing in between needs its result, so
    /// that both may be done here by the same machine instructions.
    /// </summary>
    /// <param name="inst">The earlier instruction.</param>
    /// <param name="folded">An instruction that is not lowered by itself, whatever its operands; may be none.</param>
    public bool CanDelay(Inst inst, Inst folded)
    {
        if (_sunk.Contains((int)inst.Id) || Function.Layout.BlockOf(inst) != Function.Layout.BlockOf(Current)) return false;
        Value result = Dfg.FirstResult(inst);
        Inst between = Function.Layout.Previous(Current);
        for (int i = 0; i < MaxDelay && !between.IsNone(); i++)
        {
            if (between == inst) return true;
            if (Dfg.Op(between).IsCall() || (between != folded && Dfg.Operands(between).Contains(result))) return false;
            between = Function.Layout.Previous(between);
        }

        return false;
    }

    /// <summary>The instruction that computes <paramref name="a"/> op <paramref name="b"/>, if <see cref="CanDelay"/> holds of it and something needs it.</summary>
    public bool TryFindDelayable(Opcode op, Value a, Value b, Inst folded, out Inst found)
    {
        found = Function.Layout.Previous(Current);
        for (int i = 0; i < MaxDelay && !found.IsNone(); i++)
        {
            ref InstData data = ref Dfg.Insts[found];
            if (data.Op == op && ((data.A == a && data.B == b) || (data.A == b && data.B == a && op.IsCommutative())))
                return IsDemanded(Dfg.FirstResult(found)) && CanDelay(found, folded);
            found = Function.Layout.Previous(found);
        }

        return false;
    }

    /// <summary>Says that an instruction was lowered together with a later one.</summary>
    public void MarkLowered(Inst inst) => _sunk.Add((int)inst.Id);
}
