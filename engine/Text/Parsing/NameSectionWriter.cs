using System;
using Kiln.Foundation.Buffers;
using Kiln.Foundation.Collections;
using Kiln.Text.Lexing;

namespace Kiln.Text.Parsing;

/// <summary>The identifiers of parameters and locals, function by function, in the binary form that the name section has.</summary>
internal sealed class LocalNames(TokenBuffer buffer)
{
    /// <summary>Entries of the indirect name map: a function index and its name map.</summary>
    public VectorSection Entries { get; } = new();

    /// <summary>Notes the names of a function's locals; functions come in increasing order.</summary>
    public void Note(uint function, IndexSpace locals)
    {
        if (locals.Named.Count == 0) return;
        ByteWriter to = Entries.AddEntry();
        to.WriteUnsignedLeb(function);
        NameSectionWriter.WriteNameMap(buffer, locals, to);
    }
}

/// <summary>
/// Writes the name section (spec appendix "Name Section", and the subsections 5 to 9 of the extended name section
/// proposal) from the identifiers of the text. A subsection without names is left out.
/// </summary>
internal static class NameSectionWriter
{
    private enum Subsection : byte
    {
        Module = 0, Functions = 1, Locals = 2, Types = 4, Tables = 5, Memories = 6, Globals = 7, Elements = 8, Data = 9, Fields = 10, Tags = 11,
    }

    /// <summary>The content of the section; empty if nothing has a name.</summary>
    /// <param name="buffer">Where the symbols are.</param>
    /// <param name="moduleSymbol">The module's name, or -1.</param>
    /// <param name="scope">The names of what the module declares.</param>
    /// <param name="locals">The names of locals.</param>
    public static ByteWriter Write(TokenBuffer buffer, int moduleSymbol, ModuleScope scope, LocalNames locals)
    {
        var to = new ByteWriter();
        var content = new ByteWriter();
        if (moduleSymbol >= 0)
        {
            WriteName(buffer, moduleSymbol, content);
            WriteSubsection(Subsection.Module, content, to);
        }

        WriteNameMap(Subsection.Functions, scope.Functions);
        if (locals.Entries.Count > 0)
        {
            content.WriteUnsignedLeb(locals.Entries.Count);
            content.WriteBytes(locals.Entries.Bytes.Written);
            WriteSubsection(Subsection.Locals, content, to);
        }

        WriteNameMap(Subsection.Types, scope.Types);
        WriteNameMap(Subsection.Tables, scope.Tables);
        WriteNameMap(Subsection.Memories, scope.Memories);
        WriteNameMap(Subsection.Globals, scope.Globals);
        WriteNameMap(Subsection.Elements, scope.Elements);
        WriteNameMap(Subsection.Data, scope.Data);
        WriteFieldNames(buffer, scope, content, to);
        WriteNameMap(Subsection.Tags, scope.Tags);
        return to;

        void WriteNameMap(Subsection id, IndexSpace space)
        {
            if (space.Named.Count == 0) return;
            NameSectionWriter.WriteNameMap(buffer, space, content);
            WriteSubsection(id, content, to);
        }
    }

    /// <summary>Appends the names of an index space as a name map.</summary>
    public static void WriteNameMap(TokenBuffer buffer, IndexSpace space, ByteWriter to)
    {
        to.WriteUnsignedLeb((uint)space.Named.Count);
        foreach ((uint index, int symbol) in space.Named)
        {
            to.WriteUnsignedLeb(index);
            WriteName(buffer, symbol, to);
        }
    }

    private static void WriteFieldNames(TokenBuffer buffer, ModuleScope scope, ByteWriter content, ByteWriter to)
    {
        var entries = new VectorSection();
        for (uint type = 0; type < (uint)scope.DefinedTypes; type++)
        {
            if (scope.Fields(type) is not { Named.Count: > 0 } fields) continue;
            entries.AddEntry().WriteUnsignedLeb(type);
            WriteNameMap(buffer, fields, entries.Bytes);
        }

        if (entries.Count == 0) return;
        content.WriteUnsignedLeb(entries.Count);
        content.WriteBytes(entries.Bytes.Written);
        WriteSubsection(Subsection.Fields, content, to);
    }

    // Moves the content into a subsection.
    private static void WriteSubsection(Subsection id, ByteWriter content, ByteWriter to)
    {
        to.WriteByte((byte)id);
        to.WriteUnsignedLeb((uint)content.Length);
        to.WriteBytes(content.Written);
        content.Clear();
    }

    private static void WriteName(TokenBuffer buffer, int symbol, ByteWriter to)
    {
        ReadOnlySpan<byte> name = buffer.Symbols[symbol];
        to.WriteUnsignedLeb((uint)name.Length);
        to.WriteBytes(name);
    }
}
