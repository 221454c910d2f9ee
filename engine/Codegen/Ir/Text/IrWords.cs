using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Kiln.Codegen.Ir.Text;

/// <summary>The words of the grammar, and the names of values and blocks of the function being read.</summary>
internal abstract class IrWords
{
    protected readonly Dictionary<string, Value> _values = [];
    protected readonly Dictionary<string, Block> _blocks = [];
    protected IrFunction _func = new();
    protected int _line; // from 0

    protected void DefineValue(IrTokens at, string name, Value value)
    {
        if (!IsValueName(name)) Fail(at, $"'{name}' is not the name of a value");
        if (!_values.TryAdd(name, value)) Fail(at, $"{name} is defined twice");
    }

    protected Block FindBlock(string name)
    {
        if (!_blocks.TryGetValue(name, out Block block))
        {
            if (!name.StartsWith("block", StringComparison.Ordinal)) throw new IrSyntaxException(_line + 1, 1, $"'{name}' is not the name of a block");
            block = _func.Dfg.MakeBlock();
            _blocks.Add(name, block);
        }

        return block;
    }

    protected TEntity Find<TEntity>(Dictionary<string, TEntity> names, ref IrTokens tokens)
    {
        if (!names.TryGetValue(tokens.Current.ToString(), out TEntity? entity)) Fail(tokens, $"'{tokens.Current}' is not declared");
        tokens.Next();
        return entity;
    }

    protected static bool IsValueName(ReadOnlySpan<char> word) => word.Length >= 2 && word[0] == 'v' && char.IsAsciiDigit(word[1]);

    protected static bool TryType(ReadOnlySpan<char> word, out IrType type)
    {
        for (type = IrType.I32; type <= IrType.Ref; type++)
        {
            if (word.SequenceEqual(type.Mnemonic())) return true;
        }

        return false;
    }

    protected static bool TryLanes(ReadOnlySpan<char> word, out LaneShape lanes)
    {
        for (lanes = LaneShape.I8x16; lanes <= LaneShape.F64x2; lanes++)
        {
            if (word.SequenceEqual(lanes.Mnemonic())) return true;
        }

        lanes = LaneShape.None;
        return false;
    }

    protected IrType ParseType(ref IrTokens tokens)
    {
        if (!TryType(tokens.Current, out IrType type)) Fail(tokens, "type expected");
        tokens.Next();
        return type;
    }

    protected int ParseNumber(ref IrTokens tokens)
    {
        if (!int.TryParse(tokens.Current, CultureInfo.InvariantCulture, out int number)) Fail(tokens, "number expected");
        tokens.Next();
        return number;
    }

    protected int ParseOffset(ref IrTokens tokens) =>
        tokens.Current.StartsWith("+") || tokens.Current.StartsWith("-") ? ParseNumber(ref tokens) : 0;

    protected byte ParseTrapCode(ref IrTokens tokens)
    {
        int code = ParseNumber(ref tokens);
        if (code is < 0 or > 255) Fail(tokens, "a trap code is 0 to 255");
        return (byte)code;
    }

    protected IntCC ParseIntCC(ref IrTokens tokens)
    {
        for (IntCC cc = IntCC.Eq; cc <= IntCC.Ule; cc++)
        {
            if (tokens.TryEat(cc.Mnemonic())) return cc;
        }

        Fail(tokens, "integer condition expected");
        return default;
    }

    protected FloatCC ParseFloatCC(ref IrTokens tokens)
    {
        for (FloatCC cc = FloatCC.Eq; cc <= FloatCC.Ge; cc++)
        {
            if (tokens.TryEat(cc.Mnemonic())) return cc;
        }

        Fail(tokens, "float condition expected");
        return default;
    }

    protected AtomicOp ParseAtomicOp(ref IrTokens tokens)
    {
        for (AtomicOp op = AtomicOp.Add; op <= AtomicOp.Xchg; op++)
        {
            if (tokens.TryEat(op.Mnemonic())) return op;
        }

        Fail(tokens, "atomic operation expected");
        return default;
    }

    protected void Eat(ref IrTokens tokens, string token)
    {
        if (!tokens.TryEat(token)) Fail(tokens, $"'{token}' expected");
    }

    protected void ExpectEnd(IrTokens tokens)
    {
        if (!tokens.AtEnd) Fail(tokens, $"end of line expected, not '{tokens.Current}'");
    }

    [DoesNotReturn]
    protected void Fail(IrTokens tokens, string problem) => throw new IrSyntaxException(_line + 1, tokens.Column, problem);
}
