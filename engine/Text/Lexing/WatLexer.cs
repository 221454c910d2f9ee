// Source bytes in, a TokenBuffer out. Comments and white space disappear; annotations do too, but for those the
// parser knows, whose tokens go to a list of their own. Parentheses are linked to their partners, so that the
// parser can skip a form in one step. Source: spec sections 6.2 (values) and 6.3 (lexical format).
//
// A token is the longest run of identifier characters and strings; a run that is no token by itself is reserved
// and an error where it is met. Faults that no later stage could make sense of (illegal characters, malformed
// UTF-8, unclosed strings and comments) are thrown here.
using System;
using System.Buffers;
using System.Text.Unicode;
using Kiln.Foundation.Buffers;
using Kiln.Foundation.Collections;
using Kiln.Text.Literals;

namespace Kiln.Text.Lexing;

/// <summary>Splits WebAssembly text into tokens.</summary>
internal sealed class WatLexer
{
    private static readonly SearchValues<byte> s_idCharacters =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&'*+-./:<=>?@\\^_`|~"u8);

    private readonly byte[] _source;
    private readonly TokenBuffer _buffer;
    private readonly GrowList<int> _open = new(); // indices of left parentheses without partner
    private readonly ByteWriter _decoded = new();
    private int _at;

    private WatLexer(byte[] source)
    {
        _source = source;
        _buffer = new TokenBuffer(source);
    }

    /// <summary>All tokens of a source, which is copied.</summary>
    /// <exception cref="TextException">The source has a character or string that belongs to no token.</exception>
    public static TokenBuffer Tokenize(ReadOnlySpan<byte> source)
    {
        var lexer = new WatLexer(source.ToArray());
        lexer.CheckUtf8();
        lexer.Run();
        return lexer._buffer;
    }

    private void Run()
    {
        GrowList<Token> tokens = _buffer.Tokens;
        while (SkipSpace())
        {
            byte c = _source[_at];
            if (c == '(')
            {
                if (Peek(1) == '@')
                {
                    ReadAnnotation();
                    continue;
                }

                _open.Add(tokens.Count);
                Add(tokens, TokenKind.LeftParen, 1);
            }
            else if (c == ')')
            {
                if (_open.Count > 0)
                {
                    ref Token partner = ref tokens[_open.Pop()];
                    partner = partner with { Link = tokens.Count };
                }

                Add(tokens, TokenKind.RightParen, 1);
            }
            else
            {
                ReadAtom(tokens);
            }
        }

        foreach (int open in _open.Span) tokens[open] = tokens[open] with { Link = tokens.Count };
        tokens.Add(new Token(TokenKind.End, _source.Length, 0, 0));
    }

    // Moves to the next byte that is neither space nor comment; false at the end of the source.
    private bool SkipSpace()
    {
        while (_at < _source.Length)
        {
            switch (_source[_at])
            {
                case (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r':
                    _at++;
                    break;
                case (byte)';' when Peek(1) == ';':
                    int length = _source.AsSpan(_at).IndexOfAny((byte)'\n', (byte)'\r');
                    _at = length < 0 ? _source.Length : _at + length;
                    break;
                case (byte)'(' when Peek(1) == ';':
                    SkipBlockComment();
                    break;
                default:
                    return true;
            }
        }

        return false;
    }

    private void SkipBlockComment()
    {
        int start = _at;
        int depth = 0;
        while (true)
        {
            int next = _source.AsSpan(_at).IndexOfAny((byte)'(', (byte)';');
            if (next < 0) throw _buffer.ErrorAt(start, "unclosed comment");
            _at += next;
            if (_source[_at] == '(' && Peek(1) == ';')
            {
                depth++;
                _at += 2;
            }
            else if (_source[_at] == ';' && Peek(1) == ')')
            {
                _at += 2;
                if (--depth == 0) return;
            }
            else
            {
                _at++;
            }
        }
    }

    private void ReadAtom(GrowList<Token> tokens)
    {
        int start = _at;
        if (_source[start] == '"')
        {
            int length = ScanString(start) - start;
            AddOrExtend(tokens, TokenKind.String, length, 0);
            return;
        }

        int idLength = IdCharactersAt(start);
        if (idLength == 0)
        {
            if (_source[start] is not ((byte)',' or (byte)';' or (byte)'[' or (byte)']' or (byte)'{' or (byte)'}'))
            {
                throw _buffer.ErrorAt(start, "illegal character");
            }

            Add(tokens, TokenKind.Reserved, 1);
            return;
        }

        ReadOnlySpan<byte> text = _source.AsSpan(start, idLength);
        if (text[0] == '$')
        {
            if (idLength > 1)
            {
                AddOrExtend(tokens, TokenKind.Id, idLength, _buffer.Symbols.Intern(text[1..]));
                return;
            }

            if (Peek(1) != '"') throw _buffer.ErrorAt(start, "empty identifier");
            int end = ScanQuotedName(start + 1, "empty identifier");
            AddOrExtend(tokens, TokenKind.Id, end - start, _buffer.Symbols.Intern(_decoded.Written));
        }
        else if (text[0] is >= (byte)'a' and <= (byte)'z')
        {
            TokenKind kind = text[0] is (byte)'i' or (byte)'n' && NumberLiteral.Classify(text) == TokenKind.Float ? TokenKind.Float : TokenKind.Keyword;
            AddOrExtend(tokens, kind, idLength, kind == TokenKind.Keyword ? Keywords.CodeOf(text) : 0);
        }
        else
        {
            AddOrExtend(tokens, NumberLiteral.Classify(text), idLength, 0);
        }
    }

    // Adds the token, or a reserved one if further identifier characters or strings follow at once.
    private void AddOrExtend(GrowList<Token> tokens, TokenKind kind, int length, int link)
    {
        int end = _at + length;
        while (end < _source.Length)
        {
            if (_source[end] == '"') end = ScanString(end);
            else if (IdCharactersAt(end) is > 0 and int more) end += more;
            else break;
            kind = TokenKind.Reserved;
        }

        tokens.Add(new Token(kind, _at, end - _at, kind == TokenKind.Reserved ? 0 : link));
        _at = end;
    }

    private void Add(GrowList<Token> tokens, TokenKind kind, int length)
    {
        tokens.Add(new Token(kind, _at, length, 0));
        _at += length;
    }

    private void ReadAnnotation()
    {
        int start = _at;
        _at += 2;
        AnnotationKind kind;
        if (Peek(0) == '"')
        {
            _at = ScanQuotedName(_at, "empty annotation id");
            kind = KindOf(_decoded.Written);
        }
        else
        {
            int length = IdCharactersAt(_at);
            if (length == 0) throw _buffer.ErrorAt(start, "empty annotation id");
            kind = KindOf(_source.AsSpan(_at, length));
            _at += length;
        }

        GrowList<Token> tokens = _buffer.AnnotationTokens;
        int first = tokens.Count;
        for (int depth = 1; depth > 0;)
        {
            if (!SkipSpace()) throw _buffer.ErrorAt(start, "unclosed annotation");
            byte c = _source[_at];
            if (c == '(')
            {
                depth++;
                Add(tokens, TokenKind.LeftParen, 1);
            }
            else if (c == ')')
            {
                if (--depth > 0) Add(tokens, TokenKind.RightParen, 1);
                else _at++;
            }
            else
            {
                ReadAtom(tokens);
            }
        }

        if (kind == AnnotationKind.Unknown)
        {
            tokens.Truncate(first);
            return;
        }

        tokens.Add(new Token(TokenKind.End, _at - 1, 1, 0));
        int symbol = kind == AnnotationKind.Name ? InternName(tokens.Span[first..], start) : 0;
        _buffer.Annotations.Add(new Annotation(kind, _buffer.Tokens.Count, first, start, symbol));
    }

    // The text of a name annotation, which consists of one string.
    private int InternName(ReadOnlySpan<Token> tokens, int start)
    {
        if (tokens.Length != 2 || tokens[0].Kind != TokenKind.String) throw _buffer.ErrorAt(start, "malformed name annotation");
        _decoded.Clear();
        _buffer.DecodeString(tokens[0], _decoded);
        if (!Utf8.IsValid(_decoded.Written)) throw _buffer.ErrorAt(start, "malformed UTF-8 encoding");
        return _buffer.Symbols.Intern(_decoded.Written);
    }

    private static AnnotationKind KindOf(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("custom"u8)) return AnnotationKind.Custom;
        return name.SequenceEqual("name"u8) ? AnnotationKind.Name : AnnotationKind.Unknown;
    }

    // Scans a string that must be a name of at least one character, decodes it and returns the offset after it.
    private int ScanQuotedName(int start, string faultIfEmpty)
    {
        StringLiteral.Status status = StringLiteral.Scan(_source, start, out int end);
        if (status != StringLiteral.Status.Ok) throw _buffer.ErrorAt(start, faultIfEmpty);
        _decoded.Clear();
        StringLiteral.Decode(_source.AsSpan(start, end - start), _decoded);
        if (_decoded.Length == 0) throw _buffer.ErrorAt(start, faultIfEmpty);
        if (!Utf8.IsValid(_decoded.Written)) throw _buffer.ErrorAt(start, "malformed UTF-8 encoding");
        return end;
    }

    private int ScanString(int start) => StringLiteral.Scan(_source, start, out int end) switch
    {
        StringLiteral.Status.Ok => end,
        StringLiteral.Status.Unclosed => throw _buffer.ErrorAt(start, "unclosed string"),
        StringLiteral.Status.IllegalCharacter => throw _buffer.ErrorAt(end, "illegal character in string"),
        StringLiteral.Status.IllegalEscape => throw _buffer.ErrorAt(end, "illegal escape"),
    };

    private int IdCharactersAt(int at)
    {
        ReadOnlySpan<byte> rest = _source.AsSpan(at);
        int length = rest.IndexOfAnyExcept(s_idCharacters);
        return length < 0 ? rest.Length : length;
    }

    // The byte at a distance from here, or 0 beyond the end.
    private byte Peek(int distance) => _at + distance < _source.Length ? _source[_at + distance] : (byte)0;

    private void CheckUtf8()
    {
        if (Utf8.IsValid(_source)) return;
        ReadOnlySpan<byte> rest = _source;
        while (System.Text.Rune.DecodeFromUtf8(rest, out _, out int length) == OperationStatus.Done) rest = rest[length..];
        throw _buffer.ErrorAt(_source.Length - rest.Length, "malformed UTF-8 encoding");
    }
}
