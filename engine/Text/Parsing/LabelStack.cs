using System;
using Kiln.Foundation.Collections;
using Kiln.Text.Lexing;

namespace Kiln.Text.Parsing;

/// <summary>The labels in scope, innermost last. A label without identifier has the symbol -1.</summary>
internal sealed class LabelStack
{
    private readonly GrowList<int> _symbols = new();

    /// <summary>Enters a block.</summary>
    public void Push(int symbol) => _symbols.Add(symbol);

    /// <summary>Leaves the innermost block.</summary>
    public void Pop() => _symbols.Pop();

    /// <summary>Takes a label, by number or identifier, and returns its number: 0 is the innermost.</summary>
    public uint Expect(TokenCursor cursor)
    {
        if (cursor.Next.Kind != TokenKind.Id) return cursor.ExpectU32();
        int symbol = cursor.Next.Link;
        int index = _symbols.Span.LastIndexOf(symbol);
        if (index < 0) throw cursor.Error($"unknown label {cursor.Buffer.NameOf(symbol)}");
        cursor.Position++;
        return (uint)(_symbols.Count - 1 - index);
    }

    /// <summary>Forgets all labels.</summary>
    public void Clear() => _symbols.Clear();
}
