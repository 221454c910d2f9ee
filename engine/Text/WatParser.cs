using System;
using System.Text;
using Kiln.Text.Lexing;
using Kiln.Text.Parsing;

namespace Kiln.Text;

/// <summary>
/// Translates WebAssembly text to the binary format: all of WebAssembly 3.0, and threads, wide arithmetic, custom
/// page sizes and stack switching. Only what the text format itself demands is checked; whether the module is
/// valid is for the decoder and validator. Identifiers go to the name section.
/// </summary>
public static class WatParser
{
    /// <summary>Translates one module, given as <c>(module ...)</c> or as its fields alone.</summary>
    /// <param name="text">UTF-8 text.</param>
    /// <exception cref="TextException">The text is malformed.</exception>
    public static byte[] ParseModule(ReadOnlySpan<byte> text)
    {
        TokenBuffer buffer = WatLexer.Tokenize(text);
        var cursor = new TokenCursor(buffer, 0);
        if (!cursor.AtForm(Word.Module)) return ModuleParser.Parse(buffer, -1, 0, buffer.Tokens.Count - 1);
        int close = cursor.Next.Link;
        byte[] module = ParseModuleForm(buffer, 0);
        cursor.Position = close + 1;
        return cursor.Next.Kind == TokenKind.End ? module : throw cursor.Unexpected();
    }

    /// <summary>Translates one module, given as <c>(module ...)</c> or as its fields alone.</summary>
    /// <exception cref="TextException">The text is malformed.</exception>
    public static byte[] ParseModule(string text) => ParseModule(Encoding.UTF8.GetBytes(text));

    /// <summary>Translates the form <c>(module definition? id? field*)</c> at a token.</summary>
    internal static byte[] ParseModuleForm(TokenBuffer buffer, int position)
    {
        var cursor = new TokenCursor(buffer, position);
        int close = cursor.Next.Link;
        cursor.ExpectOpen(Word.Module);
        cursor.TryTake(Word.Definition);
        if (!cursor.TryTakeId(out int symbol)) symbol = -1;
        if (buffer.TryGetNameAnnotation(cursor.Position, out int name)) symbol = name;
        if (buffer.Tokens[close].Kind == TokenKind.End)
        {
            cursor.Position = close;
            throw cursor.Unexpected();
        }

        return ModuleParser.Parse(buffer, symbol, cursor.Position, close);
    }
}
