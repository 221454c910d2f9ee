using System;
using Kiln.Text.Lexing;

namespace Kiln.Text.Parsing;

/// <summary>Vector constants: a shape and its lanes, lane 0 first.</summary>
internal static class VectorLiteral
{
    /// <summary>Width in bits of a lane of the shape that a word is; 0 if it is none.</summary>
    public static int LaneWidth(Word shape) => shape switch
    {
        Word.I8x16 => 8,
        Word.I16x8 => 16,
        Word.I32x4 or Word.F32x4 => 32,
        Word.I64x2 or Word.F64x2 => 64,
        _ => 0, // every other word is no shape
    };

    /// <summary>Parses <c>shape lane*</c>.</summary>
    public static UInt128 Parse(TokenCursor cursor)
    {
        Word shape = cursor.NextWord;
        int width = LaneWidth(shape);
        if (width == 0) throw cursor.Unexpected();
        cursor.Position++;
        CheckCount(cursor, 128 / width);
        UInt128 value = 0;
        for (int bit = 0; bit < 128; bit += width)
        {
            ulong lane = shape is Word.F32x4 or Word.F64x2 ? cursor.ExpectFloat(width) : cursor.ExpectInteger(width);
            value |= (UInt128)lane << bit;
        }

        return value;
    }

    // Too many numbers, or too few before the form ends; anything else among them is found when it is parsed.
    private static void CheckCount(TokenCursor cursor, int lanes)
    {
        int end = cursor.Position;
        while (IsNumber(cursor.Buffer.Tokens[end])) end++;
        int count = end - cursor.Position;
        bool isEnd = cursor.Buffer.Tokens[end].Kind is TokenKind.LeftParen or TokenKind.RightParen;
        if (count > lanes || (count < lanes && isEnd)) throw cursor.Error("wrong number of lane literals");
    }

    private static bool IsNumber(in Token token) => token.Kind is TokenKind.Nat or TokenKind.Int or TokenKind.Float;
}
