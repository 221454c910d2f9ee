// An IrFunction as text; the grammar is in README.md beside this file.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Ir.Text;

/// <summary>How a function is printed.</summary>
[Flags]
public enum IrPrintOptions
{
    /// <summary>Entities by their ids.</summary>
    None = 0,

    /// <summary>Values and blocks numbered in the order in which they are printed: stable text for golden files.</summary>
    Renumber = 1,

    /// <summary>Source locations in front of instructions.</summary>
    SourceLocs = 2,
}

/// <summary>
/// Writes a function as text that <see cref="IrParser"/> reads back. The grammar is in Ir/Text/README.md.
/// For people and tests; allocates freely.
/// </summary>
public sealed class IrPrinter
{
    private readonly IrFunction _func;
    private readonly IrPrintOptions _options;
    private readonly StringBuilder _out = new();
    private readonly Dictionary<Value, uint> _valueNumbers = [];
    private readonly Dictionary<Block, uint> _blockNumbers = [];

    private IrPrinter(IrFunction func, IrPrintOptions options)
    {
        _func = func;
        _options = options;
    }

    /// <summary>The text of a function.</summary>
    public static string Print(IrFunction func, IrPrintOptions options = IrPrintOptions.None)
    {
        var printer = new IrPrinter(func, options);
        printer.PrintFunction();
        return printer._out.ToString();
    }

    /// <summary>The text of one instruction, without a line end.</summary>
    public static string Print(IrFunction func, Inst inst)
    {
        var printer = new IrPrinter(func, IrPrintOptions.None);
        printer.PrintInst(inst);
        return printer._out.ToString();
    }

    private void PrintFunction()
    {
        if ((_options & IrPrintOptions.Renumber) != 0) Renumber();
        _out.Append("function %").Append(_func.Name.Length == 0 ? "f" : _func.Name);
        if (!_func.Signature.IsNone()) PrintSignature(_func.Signature);
        _out.Append(" {\n");
        PrintDeclarations();
        foreach (Block block in _func.Layout.Blocks)
        {
            PrintBlockHeader(block);
            foreach (Inst inst in _func.Layout.Insts(block))
            {
                _out.Append("    ");
                if ((_options & IrPrintOptions.SourceLocs) != 0 && _func.SourceLocOf(inst) != default) _out.Append(_func.SourceLocOf(inst)).Append(' ');
                PrintInst(inst);
                _out.Append('\n');
            }
        }

        _out.Append("}\n");
    }

    private void Renumber()
    {
        uint values = 0, blocks = 0;
        foreach (Block block in _func.Layout.Blocks)
        {
            _blockNumbers[block] = ++blocks;
            foreach (Value param in _func.Dfg.Params(block)) _valueNumbers[param] = ++values;
            foreach (Inst inst in _func.Layout.Insts(block))
            {
                foreach (Value result in _func.Dfg.Results(inst)) _valueNumbers[result] = ++values;
            }
        }
    }

    private void PrintDeclarations()
    {
        foreach (StackSlot slot in _func.StackSlots.Keys)
        {
            StackSlotData data = _func.StackSlots[slot];
            _out.Append(CultureInfo.InvariantCulture, $"    {slot} = stack_slot {data.ByteCount}, align {data.Alignment}\n");
        }

        foreach (Constant constant in _func.Constants.Keys)
        {
            _out.Append(CultureInfo.InvariantCulture, $"    {constant} = 0x{_func.Constants[constant]:x32}\n");
        }

        foreach (SigRef sig in _func.Signatures.Keys)
        {
            if (sig == _func.Signature) continue;
            _out.Append("    ").Append(sig).Append(" = ");
            PrintSignature(sig);
            _out.Append('\n');
        }

        foreach (FuncRef function in _func.Functions.Keys)
        {
            ExternalFunc data = _func.Functions[function];
            _out.Append("    ").Append(function).Append(" = ").Append(data.Name).Append(' ');
            _out.Append(data.Sig == _func.Signature ? "self" : data.Sig.ToString()).Append('\n');
        }
    }

    private void PrintSignature(SigRef sig)
    {
        _out.Append('(');
        PrintTypes(_func.ParamTypes(sig));
        _out.Append(')');
        if (_func.ResultTypes(sig).IsEmpty) return;
        _out.Append(" -> ");
        PrintTypes(_func.ResultTypes(sig));
    }

    private void PrintTypes(ReadOnlySpan<IrType> types)
    {
        for (int i = 0; i < types.Length; i++) _out.Append(i == 0 ? "" : ", ").Append(types[i].Mnemonic());
    }

    private void PrintBlockHeader(Block block)
    {
        PrintBlock(block);
        ReadOnlySpan<Value> parameters = _func.Dfg.Params(block);
        for (int i = 0; i < parameters.Length; i++)
        {
            _out.Append(i == 0 ? "(" : ", ");
            PrintValue(parameters[i]);
            _out.Append(": ").Append(_func.Dfg.TypeOf(parameters[i]).Mnemonic());
        }

        if (parameters.Length != 0) _out.Append(')');
        if (_func.Layout.IsCold(block)) _out.Append(" cold");
        _out.Append(":\n");
    }

    private void PrintInst(Inst inst)
    {
        bool first = true;
        foreach (Value result in _func.Dfg.Results(inst))
        {
            if (!first) _out.Append(", ");
            PrintValue(result);
            first = false;
        }

        if (!first) _out.Append(" = ");
        InstData data = _func.Dfg.Insts[inst];
        OpcodeRow row = data.Op.Row();
        _out.Append(row.Mnemonic);
        if (row.Lanes != LaneSet.None) _out.Append('.').Append(data.Lanes.Mnemonic());
        else if (row.Types != IrTypeSet.None) _out.Append('.').Append(data.Type.Mnemonic());
        PrintOperands(inst, data);
    }

    private void PrintOperands(Inst inst, InstData data)
    {
        switch (data.Op.Format())
        {
            case InstFormat.Immediate:
                _out.Append(' ').Append(ConstantText.Print(data));
                break;
            case InstFormat.Constant:
                _out.Append(' ').Append(data.Constant);
                break;
            case InstFormat.Unary:
            case InstFormat.Binary:
            case InstFormat.Ternary:
                _out.Append(' ');
                PrintValues(_func.Dfg.Operands(inst));
                break;
            case InstFormat.IntCompare:
            case InstFormat.Guard:
                _out.Append(' ').Append(data.IntCC.Mnemonic()).Append(' ');
                PrintValues(_func.Dfg.Operands(inst));
                break;
            case InstFormat.FloatCompare:
                _out.Append(' ').Append(data.FloatCC.Mnemonic()).Append(' ');
                PrintValues(_func.Dfg.Operands(inst));
                break;
            case InstFormat.ExtractLane:
            case InstFormat.InsertLane:
                _out.Append(' ');
                PrintValues(_func.Dfg.Operands(inst));
                _out.Append(", ").Append(data.LaneIndex);
                break;
            case InstFormat.Shuffle:
                _out.Append(' ');
                PrintValues(_func.Dfg.Operands(inst));
                _out.Append(", ").Append(data.Constant);
                break;
            case InstFormat.Load:
                PrintAddress(data);
                break;
            case InstFormat.Store:
                PrintAddress(data);
                _out.Append(", ");
                PrintValue(data.B);
                break;
            case InstFormat.AtomicRmw:
                _out.Append(' ').Append(data.AtomicOp.Mnemonic());
                PrintAddress(data);
                _out.Append(", ");
                PrintValue(data.B);
                break;
            case InstFormat.AtomicCas:
                PrintAddress(data);
                _out.Append(", ");
                PrintValue(data.B);
                _out.Append(", ");
                PrintValue(data.C);
                break;
            case InstFormat.Fence:
                break;
            case InstFormat.StackAddr:
                _out.Append(' ').Append(data.StackSlot);
                PrintOffset(data.Offset);
                break;
            case InstFormat.FuncAddr:
                _out.Append(' ').Append(data.FuncRef);
                break;
            case InstFormat.Call:
                _out.Append(' ').Append(data.FuncRef).Append('(');
                PrintValues(_func.Dfg.CallArgs(inst));
                _out.Append(')');
                break;
            case InstFormat.CallIndirect:
                _out.Append(' ').Append(data.SigRef == _func.Signature ? "self" : data.SigRef.ToString()).Append(", ");
                PrintValue(_func.Dfg.Operands(inst)[0]);
                _out.Append('(');
                PrintValues(_func.Dfg.CallArgs(inst));
                _out.Append(')');
                break;
            case InstFormat.Jump:
                _out.Append(' ');
                PrintTarget(_func.Dfg.Targets(inst)[0]);
                break;
            case InstFormat.Brif:
                _out.Append(' ');
                PrintValue(data.A);
                _out.Append(", ");
                PrintTarget(_func.Dfg.Targets(inst)[0]);
                _out.Append(", ");
                PrintTarget(_func.Dfg.Targets(inst)[1]);
                break;
            case InstFormat.BrTable:
                PrintBranchTable(inst, data);
                break;
            case InstFormat.Return:
                if (data.List.Count == 0) break;
                _out.Append(' ');
                PrintValues(_func.Dfg.Operands(inst));
                break;
            case InstFormat.Trap:
                _out.Append(' ').Append(data.Code);
                break;
            case InstFormat.CondTrap:
                _out.Append(' ');
                PrintValue(data.A);
                _out.Append(", ").Append(data.Code);
                break;
        }
    }

    private void PrintBranchTable(Inst inst, InstData data)
    {
        _out.Append(' ');
        PrintValue(data.A);
        _out.Append(", [");
        Span<BlockCall> targets = _func.Dfg.Targets(inst);
        for (int i = 0; i < targets.Length - 1; i++)
        {
            if (i != 0) _out.Append(", ");
            PrintTarget(targets[i]);
        }

        _out.Append("], ");
        PrintTarget(targets[^1]);
    }

    private void PrintAddress(InstData data)
    {
        MemFlags flags = data.MemFlags;
        if (flags.NoTrap) _out.Append(" notrap");
        if (flags.ReadOnly) _out.Append(" readonly");
        if (flags.CanMove) _out.Append(" canmove");
        if (flags.Volatile) _out.Append(" volatile");
        if (flags.Poll) _out.Append(" poll");
        if (flags.Trap != default) _out.Append(' ').Append(flags.Trap);
        if (!flags.Region.IsNone()) _out.Append(' ').Append(flags.Region);
        _out.Append(' ');
        PrintValue(data.A);
        PrintOffset(data.Offset);
    }

    private void PrintOffset(int offset)
    {
        if (offset != 0) _out.Append(offset.ToString("+0;-0", CultureInfo.InvariantCulture));
    }

    private void PrintTarget(in BlockCall call)
    {
        PrintBlock(call.Target);
        if (call.Args.Count == 0) return;
        _out.Append('(');
        PrintValues(_func.Dfg.Args(call));
        _out.Append(')');
    }

    private void PrintValues(ReadOnlySpan<Value> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (i != 0) _out.Append(", ");
            PrintValue(values[i]);
        }
    }

    private void PrintValue(Value value)
    {
        if (_func.Dfg.Values.Contains(value)) value = _func.Dfg.Resolve(value);
        _out.Append('v').Append(_valueNumbers.GetValueOrDefault(value, value.Id));
    }

    private void PrintBlock(Block block) => _out.Append("block").Append(_blockNumbers.GetValueOrDefault(block, block.Id));
}
