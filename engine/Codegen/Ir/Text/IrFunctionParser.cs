using System;
using System.Collections.Generic;
using System.Globalization;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Ir.Text;

/// <summary>
/// Reads one function after the other. One pass over the lines: a value used before its definition is left as
/// none and filled in at the end of the function (<see cref="Fixup"/>).
/// </summary>
internal sealed class IrFunctionParser : IrWords
{
    private enum FixupPlace : byte
    {
        Operand,
        TargetArg,
    }

    private readonly record struct Fixup(FixupPlace Place, uint Owner, int Index, string Name, int Line, int Column);

    private static readonly Dictionary<string, OpcodeRow> _rowsByMnemonic = RowsByMnemonic();

    private readonly string[] _lines;
    private readonly Dictionary<string, SigRef> _sigs = [];
    private readonly Dictionary<string, FuncRef> _functions = [];
    private readonly Dictionary<string, StackSlot> _slots = [];
    private readonly Dictionary<string, Constant> _constants = [];
    private readonly List<Fixup> _fixups = [];
    private readonly List<Value> _list = [];
    private readonly List<string?> _listNames = [];
    private Block _block;

    /// <summary>A parser that stands before the first line of a text.</summary>
    public IrFunctionParser(string text) => _lines = text.Split('\n');

    /// <summary>Steps to the next function; false at the end of the text.</summary>
    public bool SkipToFunction()
    {
        for (; _line < _lines.Length; _line++)
        {
            var tokens = new IrTokens(_lines[_line]);
            if (tokens.AtEnd) continue;
            if (!tokens.Current.SequenceEqual("function")) Fail(tokens, "'function' expected");
            return true;
        }

        return false;
    }

    /// <summary>Reads the function stood on.</summary>
    public IrFunction ParseFunction()
    {
        _func = new IrFunction();
        _values.Clear();
        _blocks.Clear();
        _sigs.Clear();
        _functions.Clear();
        _slots.Clear();
        _constants.Clear();
        _fixups.Clear();
        _block = default;

        var header = new IrTokens(_lines[_line]);
        header.Next();
        if (!header.Current.StartsWith("%")) Fail(header, "function name expected, like %f");
        _func.Name = header.Next()[1..].ToString();
        _func.Signature = ParseSignature(ref header);
        _sigs["self"] = _func.Signature;
        Eat(ref header, "{");
        ExpectEnd(header);

        for (_line++; ; _line++)
        {
            if (_line == _lines.Length) throw new IrSyntaxException(_line, 1, "'}' expected");
            var tokens = new IrTokens(_lines[_line]);
            if (tokens.AtEnd) continue;
            if (tokens.TryEat("}"))
            {
                ExpectEnd(tokens);
                _line++;
                break;
            }

            if (tokens.Current.StartsWith("block")) ParseBlockHeader(ref tokens);
            else if (_block.IsNone()) ParseDeclaration(ref tokens);
            else ParseInst(ref tokens);
            ExpectEnd(tokens);
        }

        ApplyFixups();
        return _func;
    }

    private static Dictionary<string, OpcodeRow> RowsByMnemonic()
    {
        var rows = new Dictionary<string, OpcodeRow>();
        foreach (OpcodeRow row in OpcodeTable.Rows) rows.Add(row.Mnemonic, row);
        return rows;
    }

    // Declarations.

    private SigRef ParseSignature(ref IrTokens tokens)
    {
        Eat(ref tokens, "(");
        List<IrType> parameters = [], results = [];
        while (!tokens.TryEat(")"))
        {
            if (parameters.Count != 0) Eat(ref tokens, ",");
            parameters.Add(ParseType(ref tokens));
        }

        if (tokens.TryEat("->"))
        {
            do results.Add(ParseType(ref tokens));
            while (tokens.TryEat(","));
        }

        return _func.AddSignature(parameters.ToArray(), results.ToArray());
    }

    private void ParseDeclaration(ref IrTokens tokens)
    {
        string name = tokens.Next().ToString();
        Eat(ref tokens, "=");
        if (name.StartsWith("sig", StringComparison.Ordinal))
        {
            _sigs[name] = ParseSignature(ref tokens);
        }
        else if (name.StartsWith("fn", StringComparison.Ordinal))
        {
            ExternalName external = ParseExternalName(ref tokens);
            _functions[name] = _func.AddFunction(Find(_sigs, ref tokens), external);
        }
        else if (name.StartsWith("ss", StringComparison.Ordinal))
        {
            Eat(ref tokens, "stack_slot");
            int byteCount = ParseNumber(ref tokens);
            Eat(ref tokens, ",");
            Eat(ref tokens, "align");
            _slots[name] = _func.AddStackSlot(byteCount, ParseNumber(ref tokens));
        }
        else if (name.StartsWith("const", StringComparison.Ordinal))
        {
            if (!tokens.Current.StartsWith("0x")
                || !UInt128.TryParse(tokens.Current[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out UInt128 value))
            {
                Fail(tokens, "hexadecimal constant expected");
                return;
            }

            _constants[name] = _func.Constants.Add(value);
            tokens.Next();
        }
        else
        {
            Fail(tokens, $"declaration of a sig, fn, ss or const expected, not of {name}");
        }
    }

    private ExternalName ParseExternalName(ref IrTokens tokens)
    {
        ReadOnlySpan<char> text = tokens.Current;
        int colon = text.IndexOf(':');
        if (!text.StartsWith("u") || colon < 0
            || !uint.TryParse(text[1..colon], CultureInfo.InvariantCulture, out uint space)
            || !uint.TryParse(text[(colon + 1)..], CultureInfo.InvariantCulture, out uint index))
        {
            Fail(tokens, "external name expected, like u0:5");
            return default;
        }

        tokens.Next();
        return new ExternalName(space, index);
    }

    private void ParseBlockHeader(ref IrTokens tokens)
    {
        _block = FindBlock(tokens.Next().ToString());
        if (_func.Layout.IsInserted(_block)) Fail(tokens, "the block is defined twice");
        _func.Layout.Append(_block);
        if (tokens.TryEat("("))
        {
            do
            {
                string name = tokens.Next().ToString();
                Eat(ref tokens, ":");
                DefineValue(tokens, name, _func.Dfg.AppendParam(_block, ParseType(ref tokens)));
            }
            while (tokens.TryEat(","));
            Eat(ref tokens, ")");
        }

        if (tokens.TryEat("cold")) _func.Layout.SetCold(_block);
        Eat(ref tokens, ":");
    }

    // Instructions.

    private void ParseInst(ref IrTokens tokens)
    {
        SourceLoc loc = default;
        if (tokens.Current.StartsWith("@"))
        {
            if (!uint.TryParse(tokens.Current[1..], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out uint offset)) Fail(tokens, "source location expected");
            loc = new SourceLoc(offset);
            tokens.Next();
        }

        var resultNames = new List<string>();
        while (IsValueName(tokens.Current))
        {
            resultNames.Add(tokens.Next().ToString());
            if (!tokens.TryEat(",")) break;
        }

        if (resultNames.Count != 0) Eat(ref tokens, "=");
        IrTokens start = tokens;
        string word = tokens.Next().ToString();
        string mnemonic = word;
        var data = new InstData();
        int point = word.IndexOf('.');
        if (point >= 0)
        {
            mnemonic = word[..point];
            if (TryLanes(word.AsSpan(point + 1), out data.Lanes)) data.Type = IrType.V128;
            else if (!TryType(word.AsSpan(point + 1), out data.Type)) Fail(start, $"no type is called '{word[(point + 1)..]}'");
        }

        if (!_rowsByMnemonic.TryGetValue(mnemonic, out OpcodeRow? row))
        {
            Fail(start, $"no instruction is called '{mnemonic}'");
            return;
        }

        if (row.Types == IrTypeSet.None ? point >= 0 : !row.Types.Contains(data.Type)) Fail(start, $"{mnemonic} does not exist for this type");
        if (row.Lanes == LaneSet.None ? data.Lanes != LaneShape.None : !row.Lanes.Contains(data.Lanes)) Fail(start, $"{mnemonic} does not exist for these lanes");
        data.Op = row.Op;
        _list.Clear();
        _listNames.Clear();
        int firstFixup = _fixups.Count;
        ParseOperands(ref tokens, ref data);
        Inst inst = _func.Dfg.MakeInst(data);
        for (int i = firstFixup; i < _fixups.Count; i++)
        {
            if (_fixups[i].Place == FixupPlace.Operand) _fixups[i] = _fixups[i] with { Owner = inst.Id };
        }

        _func.Layout.Append(inst, _block);
        _func.SetSourceLoc(inst, loc);
        AddResults(start, inst, row, data, resultNames);
    }

    private void AddResults(IrTokens start, Inst inst, OpcodeRow row, InstData data, List<string> names)
    {
        if (data.Op.IsCall() && !data.Op.IsTerminator())
        {
            IrType[] types = _func.ResultTypes(_func.CalleeSignature(inst)).ToArray();
            foreach (IrType type in types) _func.Dfg.AddResult(inst, type);
        }
        else if (row.Result != TypeRule.None)
        {
            _func.Dfg.AddResult(inst, data.ResultType);
        }

        if (names.Count != _func.Dfg.ResultCount(inst)) Fail(start, $"{row.Mnemonic} has {_func.Dfg.ResultCount(inst)} results here, {names.Count} are named");
        int next = 0;
        foreach (Value result in _func.Dfg.Results(inst)) DefineValue(start, names[next++], result);
    }

    private void ParseOperands(ref IrTokens tokens, ref InstData data)
    {
        switch (data.Op.Format())
        {
            case InstFormat.Immediate:
                if (!ConstantText.TryParse(tokens.Current, data.Type, out data.Imm)) Fail(tokens, $"{data.Type.Mnemonic()} constant expected");
                tokens.Next();
                break;
            case InstFormat.Constant:
                data.Constant = Find(_constants, ref tokens);
                break;
            case InstFormat.Unary:
                data.A = ParseOperand(ref tokens, 0);
                break;
            case InstFormat.Binary:
                data.A = ParseOperand(ref tokens, 0);
                data.B = ParseNextOperand(ref tokens, 1);
                break;
            case InstFormat.Ternary:
                data.A = ParseOperand(ref tokens, 0);
                data.B = ParseNextOperand(ref tokens, 1);
                data.C = ParseNextOperand(ref tokens, 2);
                break;
            case InstFormat.IntCompare:
                data.IntCC = ParseIntCC(ref tokens);
                data.A = ParseOperand(ref tokens, 0);
                data.B = ParseNextOperand(ref tokens, 1);
                break;
            case InstFormat.Guard:
                data.IntCC = ParseIntCC(ref tokens);
                data.A = ParseOperand(ref tokens, 0);
                data.B = ParseNextOperand(ref tokens, 1);
                data.C = ParseNextOperand(ref tokens, 2);
                break;
            case InstFormat.FloatCompare:
                data.FloatCC = ParseFloatCC(ref tokens);
                data.A = ParseOperand(ref tokens, 0);
                data.B = ParseNextOperand(ref tokens, 1);
                break;
            case InstFormat.ExtractLane:
                data.A = ParseOperand(ref tokens, 0);
                Eat(ref tokens, ",");
                data.LaneIndex = ParseNumber(ref tokens);
                break;
            case InstFormat.InsertLane:
                data.A = ParseOperand(ref tokens, 0);
                data.B = ParseNextOperand(ref tokens, 1);
                Eat(ref tokens, ",");
                data.LaneIndex = ParseNumber(ref tokens);
                break;
            case InstFormat.Shuffle:
                data.A = ParseOperand(ref tokens, 0);
                data.B = ParseNextOperand(ref tokens, 1);
                Eat(ref tokens, ",");
                data.Constant = Find(_constants, ref tokens);
                break;
            case InstFormat.Load:
                ParseAddress(ref tokens, ref data);
                break;
            case InstFormat.Store:
                ParseAddress(ref tokens, ref data);
                data.B = ParseNextOperand(ref tokens, 1);
                break;
            case InstFormat.AtomicRmw:
                data.AtomicOp = ParseAtomicOp(ref tokens);
                ParseAddress(ref tokens, ref data);
                data.B = ParseNextOperand(ref tokens, 1);
                break;
            case InstFormat.AtomicCas:
                ParseAddress(ref tokens, ref data);
                data.B = ParseNextOperand(ref tokens, 1);
                data.C = ParseNextOperand(ref tokens, 2);
                break;
            case InstFormat.Fence:
                break;
            case InstFormat.StackAddr:
                data.StackSlot = Find(_slots, ref tokens);
                data.Offset = ParseOffset(ref tokens);
                break;
            case InstFormat.FuncAddr:
                data.FuncRef = Find(_functions, ref tokens);
                break;
            case InstFormat.Call:
                data.FuncRef = Find(_functions, ref tokens);
                ParseList(ref tokens, inParentheses: true);
                data.List = FinishList();
                break;
            case InstFormat.CallIndirect:
                data.SigRef = Find(_sigs, ref tokens);
                Eat(ref tokens, ",");
                AddToList(ref tokens);
                ParseList(ref tokens, inParentheses: true);
                data.List = FinishList();
                break;
            case InstFormat.Jump:
                data.FirstTarget = ParseTarget(ref tokens);
                data.TargetCount = 1;
                break;
            case InstFormat.Brif:
                data.A = ParseOperand(ref tokens, 0);
                Eat(ref tokens, ",");
                data.FirstTarget = ParseTarget(ref tokens);
                Eat(ref tokens, ",");
                ParseTarget(ref tokens);
                data.TargetCount = 2;
                break;
            case InstFormat.BrTable:
                ParseBranchTable(ref tokens, ref data);
                break;
            case InstFormat.Return:
                if (!tokens.AtEnd) ParseList(ref tokens, inParentheses: false);
                data.List = FinishList();
                break;
            case InstFormat.Trap:
                data.Code = ParseTrapCode(ref tokens);
                break;
            case InstFormat.CondTrap:
                data.A = ParseOperand(ref tokens, 0);
                Eat(ref tokens, ",");
                data.Code = ParseTrapCode(ref tokens);
                break;
        }
    }

    private void ParseBranchTable(ref IrTokens tokens, ref InstData data)
    {
        data.A = ParseOperand(ref tokens, 0);
        Eat(ref tokens, ",");
        Eat(ref tokens, "[");
        data.FirstTarget = _func.Dfg.BlockCalls.Count;
        int count = 0;
        while (!tokens.TryEat("]"))
        {
            if (count++ != 0) Eat(ref tokens, ",");
            ParseTarget(ref tokens);
        }

        Eat(ref tokens, ",");
        ParseTarget(ref tokens);
        data.TargetCount = count + 1;
    }

    private void ParseAddress(ref IrTokens tokens, ref InstData data)
    {
        MemFlags flags = default;
        while (!IsValueName(tokens.Current))
        {
            ReadOnlySpan<char> word = tokens.Current;
            if (word.SequenceEqual("notrap")) flags = flags.WithNoTrap();
            else if (word.SequenceEqual("readonly")) flags = flags.WithReadOnly();
            else if (word.SequenceEqual("canmove")) flags = flags.WithCanMove();
            else if (word.SequenceEqual("volatile")) flags = flags.WithVolatile();
            else if (word.SequenceEqual("poll")) flags = flags.WithPoll();
            else if (word.StartsWith("trap") && byte.TryParse(word[4..], CultureInfo.InvariantCulture, out byte code)) flags = flags.WithTrap(new TrapCode(code));
            else if (word.StartsWith("region") && ushort.TryParse(word[6..], CultureInfo.InvariantCulture, out ushort region)) flags = flags.WithRegion(new Region(region));
            else Fail(tokens, "memory flag or address expected");
            tokens.Next();
        }

        data.MemFlags = flags;
        data.A = ParseOperand(ref tokens, 0);
        data.Offset = ParseOffset(ref tokens);
    }

    private int ParseTarget(ref IrTokens tokens)
    {
        Block target = FindBlock(tokens.Next().ToString());
        _list.Clear();
        _listNames.Clear();
        if (tokens.Current.SequenceEqual("(")) ParseList(ref tokens, inParentheses: true);
        int call = _func.Dfg.AddBlockCall(target, _list.ToArray());
        AddListFixups(FixupPlace.TargetArg, (uint)call);
        return call;
    }

    private void ParseList(ref IrTokens tokens, bool inParentheses)
    {
        if (inParentheses)
        {
            Eat(ref tokens, "(");
            if (tokens.TryEat(")")) return;
        }

        do AddToList(ref tokens);
        while (tokens.TryEat(","));
        if (inParentheses) Eat(ref tokens, ")");
    }

    private void AddToList(ref IrTokens tokens)
    {
        if (!IsValueName(tokens.Current)) Fail(tokens, "value expected");
        string name = tokens.Next().ToString();
        bool known = _values.TryGetValue(name, out Value value);
        _list.Add(value);
        _listNames.Add(known ? null : name);
    }

    private PooledList FinishList()
    {
        AddListFixups(FixupPlace.Operand, 0);
        return _func.Dfg.ArgPool.Add(_list.ToArray());
    }

    private void AddListFixups(FixupPlace place, uint owner)
    {
        for (int i = 0; i < _list.Count; i++)
        {
            if (_listNames[i] is { } name) _fixups.Add(new Fixup(place, owner, i, name, _line + 1, 1));
        }
    }

    private Value ParseNextOperand(ref IrTokens tokens, int index)
    {
        Eat(ref tokens, ",");
        return ParseOperand(ref tokens, index);
    }

    private Value ParseOperand(ref IrTokens tokens, int index)
    {
        if (!IsValueName(tokens.Current)) Fail(tokens, "value expected");
        int column = tokens.Column;
        string name = tokens.Next().ToString();
        if (!_values.TryGetValue(name, out Value value)) _fixups.Add(new Fixup(FixupPlace.Operand, 0, index, name, _line + 1, column));
        return value;
    }

    private void ApplyFixups()
    {
        foreach (Fixup fixup in _fixups)
        {
            if (!_values.TryGetValue(fixup.Name, out Value value)) throw new IrSyntaxException(fixup.Line, fixup.Column, $"{fixup.Name} is not defined");
            if (fixup.Place == FixupPlace.Operand) _func.Dfg.Operands(new Inst(fixup.Owner))[fixup.Index] = value;
            else _func.Dfg.Args(_func.Dfg.BlockCalls[(int)fixup.Owner])[fixup.Index] = value;
        }

        foreach ((string name, Block block) in _blocks)
        {
            if (!_func.Layout.IsInserted(block)) throw new IrSyntaxException(_line, 1, $"{name} is not defined");
        }
    }
}
