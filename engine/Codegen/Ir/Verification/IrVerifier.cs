using System;
using System.Collections.Generic;
using System.Text;
using Kiln.Codegen.Analysis;
using Kiln.Codegen.Ir.Text;
using Kiln.Foundation.Diagnostics;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Ir.Verification;

/// <summary>One thing wrong with a function.</summary>
public readonly record struct IrError(Block Block, Inst Inst, string Problem);

// In:  any IrFunction whose entity tables are intact.
// Out: the list of broken invariants (IrFunction states them), empty if the function is well formed.
//
// Order: shape of the blocks, then each instruction alone (entities exist, operand and result types follow
// the opcode table, arguments match parameters and signatures), then dominance. A stage that would read
// through broken data of the stage before is skipped. Allocates only when something is wrong.

/// <summary>Checks that a function is well formed. For tests, fuzzing and debugging; reusable.</summary>
public sealed class IrVerifier
{
    // The bits that may be set in the mask of a shuffle: each byte is below 32.
    private static readonly UInt128 ShuffleMaskBits = new(0x1F1F_1F1F_1F1F_1F1F, 0x1F1F_1F1F_1F1F_1F1F);

    private readonly ControlFlowGraph _cfg = new();
    private readonly DominatorTree _dominators = new();
    private readonly SideMap<Inst, int> _positions = new(512);
    private readonly List<IrError> _errors = [];
    private IrFunction _func = null!;
    private Block _block;
    private Inst _inst;

    /// <summary>What was found wrong by the last <see cref="Verify"/>.</summary>
    public IReadOnlyList<IrError> Errors => _errors;

    /// <summary>True if the function is well formed; otherwise see <see cref="Errors"/>.</summary>
    public bool Verify(IrFunction func)
    {
        _func = func;
        _errors.Clear();
        CheckShape();
        if (_errors.Count == 0) CheckInstructions();
        if (_errors.Count == 0) CheckDominance();
        return _errors.Count == 0;
    }

    /// <summary>Throws an <see cref="EngineBug"/> with the errors and the function's text if it is not well formed.</summary>
    public void Check(IrFunction func, string after)
    {
        if (!Verify(func)) EngineBug.Throw($"{func.Name} is not well formed after {after}: {Report()}", IrPrinter.Print(func));
    }

    /// <summary>The errors as text, one a line.</summary>
    public string Report()
    {
        var text = new StringBuilder();
        foreach (IrError error in _errors)
        {
            if (!error.Block.IsNone()) text.Append(error.Block).Append(": ");
            if (!error.Inst.IsNone()) text.Append('`').Append(Spell(error.Inst)).Append("`: ");
            text.Append(error.Problem).Append('\n');
        }

        return text.ToString();
    }

    private string Spell(Inst inst)
    {
        try
        {
            return IrPrinter.Print(_func, inst);
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException)
        {
            return inst.ToString(); // it refers to what does not exist
        }
    }

    private void Error(string problem) => _errors.Add(new IrError(_block, _inst, problem));

    // Shape.

    private void CheckShape()
    {
        _block = default;
        _inst = default;
        Layout layout = _func.Layout;
        if (!_func.Signatures.Contains(_func.Signature)) Error("the function has no signature");
        if (layout.EntryBlock.IsNone()) Error("the function has no blocks");
        foreach (Block block in layout.Blocks)
        {
            _block = block;
            _inst = default;
            if (layout.First(block).IsNone()) Error("the block is empty");
            int position = 0;
            foreach (Inst inst in layout.Insts(block))
            {
                _inst = inst;
                _positions[inst] = position++;
                bool last = inst == layout.Last(block);
                if (layout.BlockOf(inst) != block) Error("the instruction thinks it is in another block");
                if (_func.Dfg.Op(inst).IsTerminator() != last) Error(last ? "the block does not end with a terminator" : "a terminator is not the last instruction");
            }
        }
    }

    // Instructions.

    private void CheckInstructions()
    {
        _block = _func.Layout.EntryBlock;
        _inst = default;
        CheckTypes("entry block parameters", _func.Params, _func.ParamTypes(_func.Signature));
        foreach (Block block in _func.Layout.Blocks)
        {
            _block = block;
            _inst = default;
            CheckParams();
            foreach (Inst inst in _func.Layout.Insts(block))
            {
                _inst = inst;
                CheckInst(_func.Dfg.Insts[inst]);
            }
        }
    }

    private void CheckParams()
    {
        Span<Value> parameters = _func.Dfg.Params(_block);
        for (int i = 0; i < parameters.Length; i++)
        {
            ref ValueData data = ref _func.Dfg.Values[parameters[i]];
            if (data.Kind != ValueKind.Param || data.Owner != _block.Id || data.Number != i) Error($"{parameters[i]} is not parameter {i}");
            if (data.Type is IrType.None or > IrType.Ref) Error($"{parameters[i]} has no type");
        }
    }

    private void CheckInst(InstData data)
    {
        OpcodeRow row = data.Op.Row();
        if (row.Types == IrTypeSet.None ? data.Type != IrType.None : !row.Types.Contains(data.Type))
        {
            Error($"{row.Mnemonic} does not exist for {data.Type.Mnemonic()}");
            return;
        }

        if (row.Lanes == LaneSet.None ? data.Lanes != LaneShape.None : !row.Lanes.Contains(data.Lanes))
        {
            Error($"{row.Mnemonic} does not exist for lanes {data.Lanes.Mnemonic()}");
            return;
        }

        foreach (Value operand in _func.Dfg.Operands(_inst))
        {
            if (!CheckValue(operand)) return;
        }

        int count = data.Op.FixedOperandCount();
        if (count > 0) CheckOperand(data.A, row.A, data);
        if (count > 1) CheckOperand(data.B, row.B, data);
        if (count > 2) CheckOperand(data.C, row.C, data);
        CheckFormat(data);
        CheckTargets();
    }

    private bool CheckValue(Value value)
    {
        if (!_func.Dfg.Values.Contains(value))
        {
            Error(value.IsNone() ? "an operand is missing" : $"{value} does not exist");
            return false;
        }

        if (_func.Dfg.Resolve(value) != value)
        {
            Error($"{value} is an alias");
            return false;
        }

        return true;
    }

    private void CheckOperand(Value value, TypeRule rule, in InstData data)
    {
        IrType type = _func.Dfg.TypeOf(value);
        switch (rule)
        {
            case TypeRule.AnyInt:
                if (!type.IsInt()) Error($"{value} is {type.Mnemonic()}, an integer is needed");
                break;
            case TypeRule.AnyFloat:
                if (!type.IsFloat()) Error($"{value} is {type.Mnemonic()}, a float is needed");
                break;
            default: // the rules that name one type
                IrType needed = rule.Apply(data.Type, data.Lanes);
                if (type != needed) Error($"{value} is {type.Mnemonic()}, {needed.Mnemonic()} is needed");
                break;
        }
    }

    private void CheckFormat(in InstData data)
    {
        switch (data.Op.Format())
        {
            case InstFormat.Immediate:
                if (data.Type is IrType.I32 && data.Imm != (int)data.Imm) Error("an i32 constant is not sign-extended");
                if (data.Type is IrType.Ref && data.Imm != 0) Error("null is the only constant reference");
                if (data.Type is IrType.F32 && data.Imm != (uint)data.Imm) Error("an f32 constant has more than 32 bits");
                break;
            case InstFormat.Constant:
                if (!_func.Constants.Contains(data.Constant)) Error($"{data.Constant} does not exist");
                break;
            case InstFormat.IntCompare:
                if (data.IntCC > IntCC.Ule || (data.Lanes == LaneShape.I64x2 && data.IntCC >= IntCC.Ult)) Error("the condition does not exist");
                if (data.Type is IrType.Ref && data.IntCC is not (IntCC.Eq or IntCC.Ne)) Error("references have no order");
                break;
            case InstFormat.Guard:
                if (data.IntCC > IntCC.Ule) Error("the condition does not exist");
                break;
            case InstFormat.FloatCompare:
                if (data.FloatCC > FloatCC.Ge) Error("the condition does not exist");
                break;
            case InstFormat.ExtractLane:
            case InstFormat.InsertLane:
                if ((ulong)data.Imm >= (ulong)data.Lanes.LaneCount()) Error("the lane does not exist");
                break;
            case InstFormat.Shuffle:
                if (!_func.Constants.Contains(data.Constant)) Error($"{data.Constant} does not exist");
                else if ((_func.Constants[data.Constant] & ~ShuffleMaskBits) != 0) Error("the mask has a byte above 31");
                break;
            case InstFormat.AtomicRmw:
                if (data.AtomicOp > AtomicOp.Xchg) Error("there is no such atomic operation");
                break;
            case InstFormat.StackAddr:
                if (!_func.StackSlots.Contains(data.StackSlot)) Error($"{data.StackSlot} does not exist");
                break;
            case InstFormat.FuncAddr:
                if (!_func.Functions.Contains(data.FuncRef)) Error($"{data.FuncRef} does not exist");
                break;
            case InstFormat.Call:
                if (!_func.Functions.Contains(data.FuncRef)) Error($"{data.FuncRef} does not exist");
                else CheckCall(_func.Functions[data.FuncRef].Sig);
                return;
            case InstFormat.CallIndirect:
                if (data.List.Count == 0) Error("the callee's address is missing");
                else if (_func.Dfg.TypeOf(_func.Dfg.Operands(_inst)[0]) != IrType.I64) Error("the callee's address is not i64");
                else CheckCall(data.SigRef);
                return;
            case InstFormat.Return:
                CheckTypes("returned values", _func.Dfg.Operands(_inst), _func.ResultTypes(_func.Signature));
                break;
            case InstFormat.Trap:
            case InstFormat.CondTrap:
                if (data.Code == 0) Error("the trap code is missing");
                break;
            case InstFormat.Unary:
            case InstFormat.Binary:
            case InstFormat.Ternary:
            case InstFormat.Load:
            case InstFormat.Store:
            case InstFormat.AtomicCas:
            case InstFormat.Fence:
            case InstFormat.Jump:
            case InstFormat.Brif:
            case InstFormat.BrTable:
                break;
        }

        CheckResult(data.ResultType);
    }

    private void CheckResult(IrType type)
    {
        int count = _func.Dfg.ResultCount(_inst);
        if (count != (type == IrType.None ? 0 : 1)) Error($"there are {count} results");
        else if (count == 1) CheckResult(_func.Dfg.FirstResult(_inst), 0, type);
    }

    private void CheckResult(Value value, int number, IrType type)
    {
        ref ValueData data = ref _func.Dfg.Values[value];

        // A result that was replaced is an alias; nothing uses it.
        if (data.Kind == ValueKind.Alias) return;
        if (data.Kind != ValueKind.Result || data.Owner != _inst.Id || data.Number != number) Error($"{value} is not result {number}");
        if (data.Type != type) Error($"{value} is {data.Type.Mnemonic()}, the result is {type.Mnemonic()}");
    }

    private void CheckCall(SigRef sig)
    {
        if (!_func.Signatures.Contains(sig))
        {
            Error($"{sig} does not exist");
            return;
        }

        CheckTypes("arguments", _func.Dfg.CallArgs(_inst), _func.ParamTypes(sig));
        ReadOnlySpan<IrType> types = _func.ResultTypes(sig);
        if (_func.Dfg.Op(_inst).IsTerminator())
        {
            if (!types.SequenceEqual(_func.ResultTypes(_func.Signature))) Error("a tail call has other results than the function");
            if (_func.Dfg.ResultCount(_inst) != 0) Error("a tail call defines nothing");
            return;
        }

        int number = 0;
        foreach (Value result in _func.Dfg.Results(_inst))
        {
            if (number < types.Length) CheckResult(result, number, types[number]);
            number++;
        }

        if (number != types.Length) Error($"the call has {number} results, the signature {types.Length}");
    }

    private void CheckTargets()
    {
        foreach (BlockCall call in _func.Dfg.Targets(_inst))
        {
            if (!_func.Dfg.BlockParams.Contains(call.Target) || !_func.Layout.IsInserted(call.Target))
            {
                Error($"{call.Target} is not in the function");
                continue;
            }

            if (call.Target == _func.Layout.EntryBlock) Error("the entry block is a branch target");
            Span<Value> args = _func.Dfg.Args(call), parameters = _func.Dfg.Params(call.Target);
            if (args.Length != parameters.Length)
            {
                Error($"{call.Target} has {parameters.Length} parameters, {args.Length} arguments are passed");
                continue;
            }

            for (int i = 0; i < args.Length; i++)
            {
                if (!CheckValue(args[i])) continue;
                IrType type = _func.Dfg.TypeOf(args[i]), needed = _func.Dfg.TypeOf(parameters[i]);
                if (type != needed) Error($"{args[i]} is {type.Mnemonic()}, parameter {i} of {call.Target} is {needed.Mnemonic()}");
            }
        }
    }

    private void CheckTypes(string what, ReadOnlySpan<Value> values, ReadOnlySpan<IrType> types)
    {
        if (values.Length != types.Length)
        {
            Error($"{what}: {values.Length} where the signature has {types.Length}");
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            IrType type = _func.Dfg.TypeOf(values[i]);
            if (type != types[i]) Error($"{what}: {values[i]} is {type.Mnemonic()}, the signature has {types[i].Mnemonic()}");
        }
    }

    // Dominance.

    private void CheckDominance()
    {
        _cfg.Compute(_func);
        _dominators.Compute(_cfg);
        foreach (Block block in _func.Layout.Blocks)
        {
            if (!_cfg.IsReachable(block)) continue;
            _block = block;
            foreach (Inst inst in _func.Layout.Insts(block))
            {
                _inst = inst;
                foreach (Value operand in _func.Dfg.Operands(inst)) CheckAvailable(operand);
                foreach (ref BlockCall call in _func.Dfg.Targets(inst))
                {
                    foreach (Value arg in _func.Dfg.Args(call)) CheckAvailable(arg);
                }
            }
        }
    }

    private void CheckAvailable(Value value)
    {
        ref ValueData data = ref _func.Dfg.Values[value];
        Block home;
        if (data.Kind == ValueKind.Param)
        {
            home = new Block(data.Owner);
            bool listed = _func.Layout.IsInserted(home) && data.Number < _func.Dfg.Params(home).Length && _func.Dfg.Params(home)[data.Number] == value;
            if (!listed) Error($"{value} is a parameter of {home} no more");
            if (!listed) return;
        }
        else
        {
            var def = new Inst(data.Owner);
            home = _func.Layout.BlockOf(def);
            if (home.IsNone())
            {
                Error($"{value} is the result of an instruction that is not in the function");
                return;
            }

            if (home == _block)
            {
                if (_positions[def] >= _positions[_inst]) Error($"{value} is used before it is defined");
                return;
            }
        }

        if (!_cfg.IsReachable(home) || !_dominators.Dominates(home, _block)) Error($"{value} is defined in {home}, which does not dominate the use");
    }
}
