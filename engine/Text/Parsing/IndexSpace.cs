using System.Collections.Generic;
using Kiln.Foundation.Collections;
using Kiln.Text.Lexing;

namespace Kiln.Text.Parsing;

/// <summary>One index space of a module, function or type: how many entries it has, and which identifiers they go by.</summary>
/// <param name="noun">What an entry is called in messages: "func", "local".</param>
internal sealed class IndexSpace(string noun)
{
    private readonly Dictionary<int, uint> _indices = [];
    private readonly GrowList<(uint Index, int Symbol)> _named = new(4);

    /// <summary>Number of entries.</summary>
    public uint Count { get; private set; }

    /// <summary>The entries with a name, by index: the name of an annotation, else the identifier.</summary>
    public GrowList<(uint Index, int Symbol)> Named => _named;

    /// <summary>Adds an entry, and takes its identifier if that is the next token. Returns its index.</summary>
    public uint Declare(TokenCursor cursor)
    {
        int at = cursor.Position;
        bool hasName = cursor.TryTakeId(out int symbol);
        if (hasName && !_indices.TryAdd(symbol, Count)) throw cursor.ErrorAt(at, $"duplicate {noun} {cursor.Buffer.NameOf(symbol)}");
        if (cursor.Buffer.Annotations.Count > 0 && cursor.Buffer.TryGetNameAnnotation(cursor.Position, out int name))
        {
            symbol = name;
            hasName = true;
        }

        if (hasName) _named.Add((Count, symbol));
        return Count++;
    }

    /// <summary>Adds entries without identifiers.</summary>
    public void DeclareAnonymous(uint count) => Count += count;

    /// <summary>Takes an index or an identifier and returns the index, which need not exist if it is a number.</summary>
    public uint Expect(TokenCursor cursor)
    {
        if (cursor.Next.Kind == TokenKind.Id)
        {
            if (!_indices.TryGetValue(cursor.Next.Link, out uint index)) throw cursor.Error($"unknown {noun} {cursor.Buffer.NameOf(cursor.Next.Link)}");
            cursor.Position++;
            return index;
        }

        return cursor.ExpectU32();
    }

    /// <summary>Forgets all entries.</summary>
    public void Clear()
    {
        Count = 0;
        _named.Clear();
        if (_indices.Count > 0) _indices.Clear();
    }
}
