using System;

namespace Kiln.Codegen.Ir.Text;

/// <summary>A text is not a function: where (from 1) and why.</summary>
public sealed class IrSyntaxException(int line, int column, string problem) : Exception($"{line}:{column}: {problem}")
{
    /// <summary>Line in the text, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>Column in the line, from 1.</summary>
    public int Column { get; } = column;
}
