using System;
using System.Collections.Generic;
using System.Text;
using Kiln.Text.Lexing;
using Kiln.Text.Parsing;
using Kiln.Wasm.Opcodes;

namespace Kiln.Text.Scripts;

/// <summary>Parses the arguments of invocations and the results that assertions expect.</summary>
internal sealed class ResultParser(TokenCursor cursor)
{
    /// <summary>Parses constants up to the closing parenthesis.</summary>
    public List<WastValue> ParseArguments()
    {
        var values = new List<WastValue>();
        while (cursor.Next.Kind != TokenKind.RightParen) values.Add(ParseArgument());
        return values;
    }

    /// <summary>Parses expectations up to the closing parenthesis.</summary>
    public List<WastExpected> ParseAll()
    {
        var results = new List<WastExpected>();
        while (cursor.Next.Kind != TokenKind.RightParen) results.Add(ParseResult());
        return results;
    }

    private WastValue ParseArgument()
    {
        if (!cursor.TryTake(TokenKind.LeftParen)) throw cursor.Unexpected();
        WastValue value;
        if (cursor.TryTake(Word.RefExtern)) value = new WastValue(WastValueKind.RefExtern, cursor.ExpectU32());
        else if (cursor.TryTake(Word.RefHost)) value = new WastValue(WastValueKind.RefHost, cursor.ExpectU32());
        else if (TryTake(Opcode.I32Const)) value = new WastValue(WastValueKind.I32, cursor.ExpectInteger(32));
        else if (TryTake(Opcode.I64Const)) value = new WastValue(WastValueKind.I64, cursor.ExpectInteger(64));
        else if (TryTake(Opcode.F32Const)) value = new WastValue(WastValueKind.F32, cursor.ExpectFloat(32));
        else if (TryTake(Opcode.F64Const)) value = new WastValue(WastValueKind.F64, cursor.ExpectFloat(64));
        else if (TryTake(Opcode.V128Const)) value = new WastValue(WastValueKind.V128, VectorLiteral.Parse(cursor));
        else if (TryTake(Opcode.RefNull)) value = new WastValue(WastValueKind.RefNull, 0, TakeHeapType());
        else throw cursor.Unexpected();
        cursor.ExpectClose();
        return value;
    }

    private WastExpected ParseResult()
    {
        if (!cursor.TryTake(TokenKind.LeftParen)) throw cursor.Unexpected();
        WastExpected result;
        if (cursor.TryTake(Word.Either)) result = new WastExpectedEither(ParseAll());
        else if (TryTake(Opcode.I32Const)) result = Number(WastValueKind.I32, new WastNumberPattern(NanPattern.Exact, cursor.ExpectInteger(32), 32));
        else if (TryTake(Opcode.I64Const)) result = Number(WastValueKind.I64, new WastNumberPattern(NanPattern.Exact, cursor.ExpectInteger(64), 64));
        else if (TryTake(Opcode.F32Const)) result = Number(WastValueKind.F32, ParseFloat(32));
        else if (TryTake(Opcode.F64Const)) result = Number(WastValueKind.F64, ParseFloat(64));
        else if (TryTake(Opcode.V128Const)) result = ParseVector();
        else result = ParseReference();
        cursor.ExpectClose();
        return result;
    }

    private static WastExpectedNumber Number(WastValueKind kind, WastNumberPattern pattern) => new(kind, pattern);

    private WastNumberPattern ParseFloat(int width)
    {
        if (cursor.TryTake(Word.NanCanonical)) return new WastNumberPattern(NanPattern.Canonical, 0, width);
        if (cursor.TryTake(Word.NanArithmetic)) return new WastNumberPattern(NanPattern.Arithmetic, 0, width);
        return new WastNumberPattern(NanPattern.Exact, cursor.ExpectFloat(width), width);
    }

    private WastExpectedVector ParseVector()
    {
        Word shape = cursor.NextWord;
        int width = VectorLiteral.LaneWidth(shape);
        if (width == 0) throw cursor.Unexpected();
        cursor.Position++;
        var lanes = new WastNumberPattern[128 / width];
        foreach (ref WastNumberPattern lane in lanes.AsSpan())
        {
            lane = shape is Word.F32x4 or Word.F64x2 ? ParseFloat(width) : new WastNumberPattern(NanPattern.Exact, cursor.ExpectInteger(width), width);
        }

        return new WastExpectedVector(lanes);
    }

    private WastExpectedReference ParseReference()
    {
        WastReferenceKind kind;
        uint? number = null;
        string? heapType = null;
        if (TryTake(Opcode.RefNull))
        {
            kind = WastReferenceKind.Null;
            if (cursor.Next.Kind != TokenKind.RightParen) heapType = TakeHeapType();
        }
        else if (cursor.TryTake(Word.RefExtern))
        {
            kind = WastReferenceKind.Extern;
            if (cursor.Next.Kind == TokenKind.Nat) number = cursor.ExpectU32();
        }
        else if (cursor.TryTake(Word.RefHost))
        {
            kind = WastReferenceKind.Host;
            number = cursor.ExpectU32();
        }
        else
        {
            kind = TakePlainKind();
        }

        return new WastExpectedReference(kind, number, heapType);
    }

    private WastReferenceKind TakePlainKind()
    {
        if (TryTake(Opcode.RefFunc))
        {
            if (cursor.Next.Kind is TokenKind.Nat or TokenKind.Id) cursor.Position++; // which function it is cannot be observed
            return WastReferenceKind.Func;
        }

        if (TryTake(Opcode.RefEq)) return WastReferenceKind.Eq;
        if (TryTake(Opcode.RefI31)) return WastReferenceKind.I31;
        WastReferenceKind kind = cursor.NextWord switch
        {
            Word.RefAny => WastReferenceKind.Any,
            Word.RefStruct => WastReferenceKind.Struct,
            Word.RefArray => WastReferenceKind.Array,
            Word.RefExn => WastReferenceKind.Exn,
            Word.RefCont => WastReferenceKind.Cont,
            _ => throw cursor.Unexpected(), // every other word is no reference
        };
        cursor.Position++;
        return kind;
    }

    private string TakeHeapType()
    {
        if (cursor.Next.Kind is not (TokenKind.Keyword or TokenKind.Id or TokenKind.Nat)) throw cursor.Unexpected();
        return Encoding.UTF8.GetString(cursor.Buffer.TextOf(cursor.Take()));
    }

    private bool TryTake(Opcode opcode)
    {
        if (!TokenCursor.IsMnemonic(cursor.Next, out Opcode next) || next != opcode) return false;
        cursor.Position++;
        return true;
    }
}
