using System;

namespace Kiln.Codegen.Ir.Text;

/// <summary>
/// The tokens of one line: words (letters, digits, <c>_ . % @</c>, inner colons and a sign before a digit at the start of
/// an operand), and single characters of punctuation.
/// </summary>
internal ref struct IrTokens
{
    private readonly ReadOnlySpan<char> _line;
    private int _at;

    public IrTokens(ReadOnlySpan<char> line)
    {
        int comment = line.IndexOf(';');
        _line = comment < 0 ? line : line[..comment];
        _at = 0;
        Current = default;
        Next();
    }

    /// <summary>The token stood on; empty at the end of the line.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>Column of the token, from 1.</summary>
    public int Column { get; private set; }

    public readonly bool AtEnd => Current.IsEmpty;

    /// <summary>Steps to the next token and gives the one stood on before.</summary>
    public ReadOnlySpan<char> Next()
    {
        ReadOnlySpan<char> last = Current;
        while (_at < _line.Length && char.IsWhiteSpace(_line[_at])) _at++;
        Column = _at + 1;
        int start = _at;
        if (_at < _line.Length)
        {
            _at++;
            char first = _line[start];
            if (IsWord(first) || (first is '-' or '+' && _at < _line.Length && IsWord(_line[_at])))
            {
                while (_at < _line.Length && (IsWord(_line[_at]) || IsInnerColon() || IsExponentSign(start))) _at++;
            }
            else if (first == '-' && _at < _line.Length && _line[_at] == '>')
            {
                _at++;
            }
        }

        Current = _line[start.._at];
        return last;
    }

    /// <summary>Steps over the token if it is the given one.</summary>
    public bool TryEat(ReadOnlySpan<char> token)
    {
        if (!Current.SequenceEqual(token)) return false;
        Next();
        return true;
    }

    // u0:5 and nan:0x7fc00000, but not v1: i32.
    private readonly bool IsInnerColon() => _line[_at] == ':' && _at + 1 < _line.Length && char.IsAsciiLetterOrDigit(_line[_at + 1]);

    // 1.5E-07 and 1E+20, but not v1-8: a number does not start with a letter.
    private readonly bool IsExponentSign(int start)
    {
        int digit = _line[start] is '-' or '+' ? start + 1 : start;
        return _line[_at] is '-' or '+' && _line[_at - 1] == 'E' && char.IsAsciiDigit(_line[digit]) && !_line[digit.._at].StartsWith("0x");
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '%' or '@';
}
