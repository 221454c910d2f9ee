using System.Collections.Generic;
using System.Text;

namespace Kiln.Fuzz.Programs;

/// <summary>
/// A folded instruction of the text format: <c>(op immediate args… body…)</c>. A tree, so that the reducer can replace
/// any part of a program by something smaller of the same kind.
/// </summary>
internal sealed class Term(Kind kind, string head, params Term[] args)
{
    /// <summary>What it leaves on the stack.</summary>
    public Kind Kind => kind;

    /// <summary>Operator and immediates, as in the text.</summary>
    public string Head => head;

    /// <summary>Operands, in their order.</summary>
    public Term[] Args { get; } = args;

    /// <summary>Statements within a block, loop or the first arm of an if; null for other terms.</summary>
    public List<Term>? Body { get; init; }

    /// <summary>Statements of the else arm.</summary>
    public List<Term>? Else { get; init; }

    /// <summary>Number of terms.</summary>
    public int Size
    {
        get
        {
            int size = 1;
            foreach (Term arg in Args) size += arg.Size;
            foreach (Term statement in Body ?? []) size += statement.Size;
            foreach (Term statement in Else ?? []) size += statement.Size;
            return size;
        }
    }

    /// <summary>Writes the term as text.</summary>
    public void Print(StringBuilder text, int depth)
    {
        text.Append('\n').Append(' ', 2 * depth).Append('(').Append(head);
        foreach (Term arg in Args) arg.Print(text, depth + 1);
        if (Body is not null)
        {
            bool isIf = head.StartsWith("if", System.StringComparison.Ordinal);
            if (isIf) text.Append(" (then");
            foreach (Term statement in Body) statement.Print(text, depth + 1);
            if (isIf) text.Append(')');
        }

        if (Else is { Count: > 0 })
        {
            text.Append(" (else");
            foreach (Term statement in Else) statement.Print(text, depth + 1);
            text.Append(')');
        }

        text.Append(')');
    }
}
