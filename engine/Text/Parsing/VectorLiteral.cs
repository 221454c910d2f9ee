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
        UInt128 value = 0;
        for (int bit = 0; bit < 128; bit += width)
        {
            if (!AtNumber(cursor)) throw cursor.Error("wrong number of lane literals");
            ulong lane = shape is Word.F32x4 or Word.F64x2 ? cursor.ExpectFloat(width) : cursor.ExpectInteger(width);
            value |= (UInt128)lane << bit;
        }

        return AtNumber(cursor) ? throw cursor.Error("wrong number of lane literals") : value;
    }

    /// <summary>Whether a number is next.</summary>
    public static bool AtNumber(TokenCursor cursor) => cursor.Next.Kind is TokenKind.Nat or TokenKind.Int or TokenKind.Float;
}
