using System;
using System.Text;
using Kiln.Foundation.Buffers;
using Kiln.Foundation.Collections;
using Kiln.Text.Literals;

namespace Kiln.Text.Lexing;

/// <summary>
/// A source and all of its tokens. Immutable once the lexer has returned it. Identifiers are interned: two
/// identifiers are the same exactly when their symbols are, however they are spelled.
/// </summary>
internal sealed class TokenBuffer(byte[] source)
{
    private int[]? _lineStarts;

    /// <summary>The text.</summary>
    public byte[] Source { get; } = source;

    /// <summary>The tokens, ending with <see cref="TokenKind.End"/>.</summary>
    public GrowList<Token> Tokens { get; } = new(source.Length / 5 + 4);

    /// <summary>The identifiers without their $, decoded, by symbol.</summary>
    public ByteInterner Symbols { get; } = new();

    /// <summary>Annotations that mean something to the parser, in order.</summary>
    public GrowList<Annotation> Annotations { get; } = new(4);

    /// <summary>The tokens inside those annotations; each annotation's end with <see cref="TokenKind.End"/>.</summary>
    public GrowList<Token> AnnotationTokens { get; } = new(4);

    /// <summary>The bytes of a token.</summary>
    public ReadOnlySpan<byte> TextOf(in Token token) => Source.AsSpan(token.Start, token.Length);

    /// <summary>An identifier with its $, for messages and script names.</summary>
    public string NameOf(int symbol) => "$" + Encoding.UTF8.GetString(Symbols[symbol]);

    /// <summary>Appends the bytes that a string token stands for.</summary>
    public void DecodeString(in Token token, ByteWriter to) => StringLiteral.Decode(TextOf(token), to);

    /// <summary>The name annotation that stands directly before a token.</summary>
    public bool TryGetNameAnnotation(int tokenIndex, out int symbol)
    {
        int low = 0;
        int high = Annotations.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Annotations[middle].Position < tokenIndex) low = middle + 1;
            else high = middle;
        }

        for (; low < Annotations.Count && Annotations[low].Position == tokenIndex; low++)
        {
            if (Annotations[low].Kind != AnnotationKind.Name) continue;
            symbol = Annotations[low].Symbol;
            return true;
        }

        symbol = -1;
        return false;
    }

    /// <summary>Line and column, both from 1, of an offset in the source.</summary>
    public (int Line, int Column) PositionOf(int offset)
    {
        int[] starts = _lineStarts ??= FindLineStarts();
        int index = Array.BinarySearch(starts, offset);
        if (index < 0) index = ~index - 1;
        return (index + 1, offset - starts[index] + 1);
    }

    /// <summary>The error for a place in the source.</summary>
    public TextException ErrorAt(int offset, string fault)
    {
        (int line, int column) = PositionOf(offset);
        return new TextException(fault, line, column);
    }

    // A line ends at \n, \r or \r\n.
    private int[] FindLineStarts()
    {
        var starts = new GrowList<int>(Source.Length / 32 + 4);
        starts.Add(0);
        for (int i = 0; i < Source.Length; i++)
        {
            if (Source[i] == '\n' || (Source[i] == '\r' && (i + 1 == Source.Length || Source[i + 1] != '\n'))) starts.Add(i + 1);
        }

        return starts.ToArray();
    }
}

/// <summary>An annotation: <c>(@name token*)</c>.</summary>
/// <param name="Kind">Which of the annotations the parser knows.</param>
/// <param name="Position">Index of the token that follows the annotation.</param>
/// <param name="FirstToken">Index of its first token in <see cref="TokenBuffer.AnnotationTokens"/>.</param>
/// <param name="Start">Offset of its parenthesis in the source.</param>
/// <param name="Symbol">The symbol of the text of a name annotation; 0 for others.</param>
internal readonly record struct Annotation(AnnotationKind Kind, int Position, int FirstToken, int Start, int Symbol);

/// <summary>The annotations that the parser knows; all others are comments.</summary>
internal enum AnnotationKind : byte
{
    /// <summary>Any other annotation.</summary>
    Unknown,

    /// <summary><c>(@custom "name" place? "bytes"*)</c>: a custom section.</summary>
    Custom,

    /// <summary><c>(@name "text")</c>: a name for the name section in place of the identifier.</summary>
    Name,
}
