using System;
using Kiln.Text.Lexing;
using Kiln.Text.Parsing;

namespace Kiln.Text.Scripts;

/// <summary>A module as a script gives it: text, bytes or quoted text. Nothing of it is parsed before <see cref="ToBinary"/>.</summary>
/// <param name="Line">Line of the module, from 1.</param>
/// <param name="Name">Its name with the $, or null.</param>
public abstract record WastModule(int Line, string? Name)
{
    /// <summary>The module in the binary format.</summary>
    /// <exception cref="TextException">The text is malformed. (Bytes are returned as they are, well formed or not.)</exception>
    public abstract byte[] ToBinary();
}

/// <summary>A module given as bytes: <c>(module binary "...")</c>.</summary>
public sealed record WastBinaryModule(int Line, string? Name, ReadOnlyMemory<byte> Bytes) : WastModule(Line, Name)
{
    /// <inheritdoc/>
    public override byte[] ToBinary() => Bytes.ToArray();
}

/// <summary>A module whose text is given in strings: <c>(module quote "...")</c>. Positions in its errors count from the start of the quoted text.</summary>
public sealed record WastQuotedModule(int Line, string? Name, ReadOnlyMemory<byte> Text) : WastModule(Line, Name)
{
    /// <inheritdoc/>
    public override byte[] ToBinary() => WatParser.ParseModule(Text.Span);
}

/// <summary>A module written in the script itself. Positions in its errors are those of the script.</summary>
public sealed record WastTextModule : WastModule
{
    private readonly TokenBuffer _buffer;
    private readonly int _position;
    private readonly bool _isWholeScript;

    internal WastTextModule(int line, string? name, TokenBuffer buffer, int position, bool isWholeScript) : base(line, name)
    {
        _buffer = buffer;
        _position = position;
        _isWholeScript = isWholeScript;
    }

    /// <inheritdoc/>
    public override byte[] ToBinary() =>
        _isWholeScript ? ModuleParser.Parse(_buffer, -1, 0, _buffer.Tokens.Count - 1) : WatParser.ParseModuleForm(_buffer, _position);
}
