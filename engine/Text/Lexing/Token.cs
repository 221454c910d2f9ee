namespace Kiln.Text.Lexing;

/// <summary>The kinds of token (spec section 6.3).</summary>
internal enum TokenKind : byte
{
    /// <summary>The end of the source; every buffer has it once, last.</summary>
    End,

    /// <summary><c>(</c>; the link is the index of its closing token, or of the end when it has none.</summary>
    LeftParen,

    /// <summary><c>)</c></summary>
    RightParen,

    /// <summary>Begins with a lower case letter; the link is its code in <see cref="Keywords"/>, 0 if unknown.</summary>
    Keyword,

    /// <summary>An identifier, plain or quoted; the link is its symbol.</summary>
    Id,

    /// <summary>A string with its quotes, escapes well formed.</summary>
    String,

    /// <summary>An unsigned integer literal.</summary>
    Nat,

    /// <summary>An integer literal with a sign.</summary>
    Int,

    /// <summary>A literal that only a float can be: with a point or an exponent, inf or nan.</summary>
    Float,

    /// <summary>Characters that belong together and mean nothing.</summary>
    Reserved,
}

/// <summary>A token: its bytes in the source and what the lexer knows of it.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Start">Offset of its first byte.</param>
/// <param name="Length">Number of its bytes.</param>
/// <param name="Link">See the kinds; 0 for those that do not say.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int Length, int Link);
