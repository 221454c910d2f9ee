using System;
using System.Collections.Generic;
using Kiln.Text.Lexing;

namespace Kiln.Text.Scripts;

/// <summary>A .wast script: a list of commands. Modules in it are parsed only when they are asked for their binary.</summary>
public sealed class WastScript
{
    private WastScript(IReadOnlyList<WastCommand> commands) => Commands = commands;

    /// <summary>The commands, in order.</summary>
    public IReadOnlyList<WastCommand> Commands { get; }

    /// <summary>Parses a script. A script that consists of module fields is one module.</summary>
    /// <param name="text">UTF-8 text.</param>
    /// <exception cref="TextException">A command is malformed; the insides of modules are not looked at.</exception>
    public static WastScript Parse(ReadOnlySpan<byte> text)
    {
        TokenBuffer buffer = WatLexer.Tokenize(text);
        var parser = new CommandParser(new TokenCursor(buffer, 0));
        return new WastScript(parser.ParseScript());
    }
}
