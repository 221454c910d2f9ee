using System;

namespace Kiln.Text;

/// <summary>
/// Text that is not a WebAssembly module or script. <see cref="Exception.Message"/> begins with the text that
/// the specification's test suite uses for the fault, where it has one ("unexpected token", "unknown operator",
/// "inline function type", ...), and ends with the position.
/// </summary>
public sealed class TextException : Exception
{
    /// <summary>Creates the error for a place in the source.</summary>
    /// <param name="fault">What is wrong, without the position.</param>
    /// <param name="line">Line, from 1.</param>
    /// <param name="column">Column in bytes, from 1.</param>
    public TextException(string fault, int line, int column) : base($"{fault} at {line}:{column}")
    {
        Fault = fault;
        Line = line;
        Column = column;
    }

    /// <summary>What is wrong, without the position.</summary>
    public string Fault { get; }

    /// <summary>Line of the fault, from 1.</summary>
    public int Line { get; }

    /// <summary>Column of the fault in bytes, from 1.</summary>
    public int Column { get; }
}
