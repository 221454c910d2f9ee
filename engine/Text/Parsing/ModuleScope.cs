using System;
using Kiln.Foundation.Collections;
using Kiln.Text.Lexing;

namespace Kiln.Text.Parsing;

/// <summary>The index spaces of a module and what text needs to know of its types: signatures, to match and to count parameters, and field names.</summary>
internal sealed class ModuleScope
{
    private readonly ByteInterner _signatures = new();
    private readonly GrowList<int> _plainTypes = new(); // by signature: the first type that an inline signature stands for, or -1
    private readonly GrowList<TypeEntry> _types = new();

    /// <summary>Types. Implicit ones come after all that are written.</summary>
    public IndexSpace Types { get; } = new("type");

    /// <summary>Functions.</summary>
    public IndexSpace Functions { get; } = new("func");

    /// <summary>Tables.</summary>
    public IndexSpace Tables { get; } = new("table");

    /// <summary>Memories.</summary>
    public IndexSpace Memories { get; } = new("memory");

    /// <summary>Globals.</summary>
    public IndexSpace Globals { get; } = new("global");

    /// <summary>Tags.</summary>
    public IndexSpace Tags { get; } = new("tag");

    /// <summary>Element segments.</summary>
    public IndexSpace Elements { get; } = new("elem segment");

    /// <summary>Data segments.</summary>
    public IndexSpace Data { get; } = new("data segment");

    /// <summary>Number of types defined so far; while bodies are parsed, of all.</summary>
    public int DefinedTypes => _types.Count;

    /// <summary>Notes the next function type.</summary>
    /// <param name="signature">Its parameters and results as encoded.</param>
    /// <param name="parameterCount">Number of parameters.</param>
    /// <param name="isPlain">Final, without supertype, and alone in its group: what an inline signature means.</param>
    public void DefineFunction(ReadOnlySpan<byte> signature, uint parameterCount, bool isPlain)
    {
        int id = InternSignature(signature);
        if (isPlain && _plainTypes[id] < 0) _plainTypes[id] = _types.Count;
        _types.Add(new TypeEntry(id, parameterCount, null));
    }

    /// <summary>Notes the next type, which is not a function type.</summary>
    public void DefineOther(IndexSpace? fields) => _types.Add(new TypeEntry(-1, 0, fields));

    /// <summary>The first plain function type with a signature.</summary>
    public bool TryFindPlain(ReadOnlySpan<byte> signature, out uint typeIndex)
    {
        int type = _plainTypes[InternSignature(signature)];
        typeIndex = (uint)type;
        return type >= 0;
    }

    /// <summary>Whether a type is a function type with exactly this signature; false too if it does not exist.</summary>
    public bool HasSignature(uint typeIndex, ReadOnlySpan<byte> signature) =>
        typeIndex < (uint)_types.Count && _types[(int)typeIndex].SignatureId == InternSignature(signature);

    /// <summary>Number of parameters of a function type, 0 for anything else.</summary>
    public uint ParameterCount(uint typeIndex) => typeIndex < (uint)_types.Count ? _types[(int)typeIndex].ParameterCount : 0;

    /// <summary>The fields of a struct type, null for anything else.</summary>
    public IndexSpace? Fields(uint typeIndex) => typeIndex < (uint)_types.Count ? _types[(int)typeIndex].Fields : null;

    private int InternSignature(ReadOnlySpan<byte> signature)
    {
        int id = _signatures.Intern(signature);
        if (id == _plainTypes.Count) _plainTypes.Add(-1);
        return id;
    }

    private readonly record struct TypeEntry(int SignatureId, uint ParameterCount, IndexSpace? Fields);
}
