using System;
using System.Text;
using Kiln.Foundation.Buffers;
using Kiln.Text.Literals;
using Kiln.Wasm.Opcodes;

namespace Kiln.Text.Lexing;

/// <summary>
/// A position among the tokens of a buffer, with the small phrases that module and script parsers share. What
/// is "Try" moves only when it succeeds; what is "Expect" throws <see cref="TextException"/>.
/// </summary>
internal sealed class TokenCursor(TokenBuffer buffer, int position)
{
    /// <summary>The tokens.</summary>
    public TokenBuffer Buffer { get; } = buffer;

    /// <summary>Index of the next token.</summary>
    public int Position { get; set; } = position;

    /// <summary>The next token.</summary>
    public ref readonly Token Next => ref Buffer.Tokens[Position];

    /// <summary>The token after the next one; the end if there is none.</summary>
    public ref readonly Token AfterNext => ref Buffer.Tokens[Math.Min(Position + 1, Buffer.Tokens.Count - 1)];

    /// <summary>Line of the next token, from 1.</summary>
    public int Line => Buffer.PositionOf(Next.Start).Line;

    /// <summary>The next token as a word; <see cref="Word.Unknown"/> if it is a mnemonic, an unknown keyword or none.</summary>
    public Word NextWord => WordOf(Next);

    /// <summary>The word that a token is.</summary>
    public static Word WordOf(in Token token) => token.Kind == TokenKind.Keyword && token.Link < Keywords.FirstMnemonic ? (Word)token.Link : Word.Unknown;

    /// <summary>Whether the next token is a mnemonic, and which.</summary>
    public static bool IsMnemonic(in Token token, out Opcode opcode)
    {
        opcode = (Opcode)(token.Link - Keywords.FirstMnemonic);
        return token.Kind == TokenKind.Keyword && token.Link >= Keywords.FirstMnemonic;
    }

    /// <summary>Takes the next token.</summary>
    public Token Take() => Buffer.Tokens[Position++];

    /// <summary>Takes the next token if it is of a kind.</summary>
    public bool TryTake(TokenKind kind)
    {
        if (Next.Kind != kind) return false;
        Position++;
        return true;
    }

    /// <summary>Takes the next token if it is a word.</summary>
    public bool TryTake(Word word)
    {
        if (NextWord != word) return false;
        Position++;
        return true;
    }

    /// <summary>Whether the next tokens are <c>(word</c>.</summary>
    public bool AtForm(Word word) => Next.Kind == TokenKind.LeftParen && WordOf(AfterNext) == word;

    /// <summary>Takes <c>(word</c> if it is next.</summary>
    public bool TryOpen(Word word)
    {
        if (!AtForm(word)) return false;
        Position += 2;
        return true;
    }

    /// <summary>Takes <c>(word</c>.</summary>
    public void ExpectOpen(Word word)
    {
        if (TryOpen(word)) return;
        if (Next.Kind == TokenKind.LeftParen) Position++;
        throw Unexpected();
    }

    /// <summary>Takes <c>)</c>.</summary>
    public void ExpectClose()
    {
        if (!TryTake(TokenKind.RightParen)) throw Unexpected();
    }

    /// <summary>Takes an identifier if one is next.</summary>
    public bool TryTakeId(out int symbol)
    {
        symbol = Next.Link;
        return TryTake(TokenKind.Id);
    }

    /// <summary>Takes an unsigned 32-bit integer.</summary>
    public uint ExpectU32() => (uint)ExpectNat(32, "constant out of range");

    /// <summary>Takes an unsigned integer of a width, with the fault to report when it is larger.</summary>
    public ulong ExpectNat(int bits, string faultIfTooLarge)
    {
        if (Next.Kind != TokenKind.Nat) throw Unexpected();
        if (!IntegerLiteral.TryParse(Buffer.TextOf(Next), bits, out ulong value)) throw Error(faultIfTooLarge);
        Position++;
        return value;
    }

    /// <summary>Takes an integer literal of a width in bits, in two's complement.</summary>
    public ulong ExpectInteger(int bits)
    {
        if (Next.Kind is not (TokenKind.Nat or TokenKind.Int)) throw Unexpected();
        if (!IntegerLiteral.TryParse(Buffer.TextOf(Next), bits, out ulong value)) throw Error("constant out of range");
        Position++;
        return value;
    }

    /// <summary>Takes a float literal of 32 or 64 bits and returns its bits.</summary>
    public ulong ExpectFloat(int width)
    {
        if (Next.Kind is not (TokenKind.Nat or TokenKind.Int or TokenKind.Float)) throw Unexpected();
        ulong bits;
        bool inRange;
        if (width == 32)
        {
            inRange = FloatLiteral.TryParse32(Buffer.TextOf(Next), out uint narrow);
            bits = narrow;
        }
        else
        {
            inRange = FloatLiteral.TryParse64(Buffer.TextOf(Next), out bits);
        }

        if (!inRange) throw Error("constant out of range");
        Position++;
        return bits;
    }

    /// <summary>Takes a string and appends what it stands for.</summary>
    public void ExpectString(ByteWriter to)
    {
        if (Next.Kind != TokenKind.String) throw Unexpected();
        Buffer.DecodeString(Next, to);
        Position++;
    }

    /// <summary>Takes a string that must be UTF-8.</summary>
    public string ExpectName()
    {
        var bytes = new ByteWriter();
        int start = Position;
        ExpectString(bytes);
        if (!System.Text.Unicode.Utf8.IsValid(bytes.Written)) throw ErrorAt(start, "malformed UTF-8 encoding");
        return Encoding.UTF8.GetString(bytes.Written);
    }

    /// <summary>The error that the next token does not belong here; "unknown operator" when it belongs nowhere.</summary>
    public TextException Unexpected()
    {
        Token token = Next;
        if (token.Kind == TokenKind.End) return Error("unexpected token: end of text");
        bool unknown = token.Kind == TokenKind.Reserved || (token.Kind == TokenKind.Keyword && token.Link == 0);
        return Error($"{(unknown ? "unknown operator" : "unexpected token")} {Excerpt(token)}");
    }

    /// <summary>An error at the next token.</summary>
    public TextException Error(string fault) => ErrorAt(Position, fault);

    /// <summary>An error at a token.</summary>
    public TextException ErrorAt(int tokenIndex, string fault) => Buffer.ErrorAt(Buffer.Tokens[tokenIndex].Start, fault);

    private string Excerpt(in Token token)
    {
        const int MaxBytes = 40;
        ReadOnlySpan<byte> text = Buffer.TextOf(token);
        return text.Length <= MaxBytes ? Encoding.UTF8.GetString(text) : Encoding.UTF8.GetString(text[..MaxBytes]) + "...";
    }
}
