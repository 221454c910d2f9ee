using System;
using Kiln.Foundation.Buffers;

namespace Kiln.Text.Parsing;

/// <summary>A section that is a vector: its entries as written so far, and how many.</summary>
internal sealed class VectorSection
{
    /// <summary>The entries, without the count.</summary>
    public ByteWriter Bytes { get; } = new();

    /// <summary>Number of entries.</summary>
    public uint Count { get; set; }

    /// <summary>Begins an entry: counts it and returns where its bytes go.</summary>
    public ByteWriter AddEntry()
    {
        Count++;
        return Bytes;
    }
}

/// <summary>The sections of a module under construction. Fields may come in any order; <see cref="Assemble"/> puts the sections in theirs.</summary>
internal sealed class ModuleSections
{
    /// <summary>Recursion groups.</summary>
    public VectorSection Types { get; } = new();

    /// <summary>Imports.</summary>
    public VectorSection Imports { get; } = new();

    /// <summary>Type indices of the defined functions.</summary>
    public VectorSection Functions { get; } = new();

    /// <summary>Tables.</summary>
    public VectorSection Tables { get; } = new();

    /// <summary>Memories.</summary>
    public VectorSection Memories { get; } = new();

    /// <summary>Tags.</summary>
    public VectorSection Tags { get; } = new();

    /// <summary>Globals.</summary>
    public VectorSection Globals { get; } = new();

    /// <summary>Exports.</summary>
    public VectorSection Exports { get; } = new();

    /// <summary>The start function, if there is one.</summary>
    public uint? Start { get; set; }

    /// <summary>Element segments.</summary>
    public VectorSection Elements { get; } = new();

    /// <summary>Bodies, each with its size.</summary>
    public VectorSection Code { get; } = new();

    /// <summary>Data segments.</summary>
    public VectorSection Data { get; } = new();

    /// <summary>True once an instruction names a data segment: then the data count section must be there.</summary>
    public bool NeedsDataCount { get; set; }

    /// <summary>The whole module.</summary>
    /// <param name="custom">Custom sections that annotations ask for.</param>
    /// <param name="nameSection">The content of the name section, empty for none.</param>
    public byte[] Assemble(CustomSections custom, ReadOnlySpan<byte> nameSection)
    {
        var module = new ByteWriter(Code.Bytes.Length + Data.Bytes.Length + 1024);
        module.WriteBytes("\0asm\u0001\0\0\0"u8);
        custom.WriteAt(CustomPlace.BeforeFirst, module);
        WriteVector(module, custom, SectionId.Type, Types);
        WriteVector(module, custom, SectionId.Import, Imports);
        WriteVector(module, custom, SectionId.Function, Functions);
        WriteVector(module, custom, SectionId.Table, Tables);
        WriteVector(module, custom, SectionId.Memory, Memories);
        WriteVector(module, custom, SectionId.Tag, Tags);
        WriteVector(module, custom, SectionId.Global, Globals);
        WriteVector(module, custom, SectionId.Export, Exports);
        WriteNumber(module, custom, SectionId.Start, Start);
        WriteVector(module, custom, SectionId.Element, Elements);
        WriteNumber(module, custom, SectionId.DataCount, NeedsDataCount ? Data.Count : null);
        WriteVector(module, custom, SectionId.Code, Code);
        WriteVector(module, custom, SectionId.Data, Data);
        if (!nameSection.IsEmpty) CustomSections.Write(module, "name"u8, nameSection);
        custom.WriteAt(CustomPlace.AfterLast, module);
        return module.ToArray();
    }

    private static void WriteVector(ByteWriter module, CustomSections custom, SectionId id, VectorSection section)
    {
        custom.WriteAt(new CustomPlace(id, IsAfter: false), module);
        if (section.Count > 0)
        {
            module.WriteByte((byte)id);
            module.WriteUnsignedLeb((uint)(LebSize(section.Count) + section.Bytes.Length));
            module.WriteUnsignedLeb(section.Count);
            module.WriteBytes(section.Bytes.Written);
        }

        custom.WriteAt(new CustomPlace(id, IsAfter: true), module);
    }

    private static void WriteNumber(ByteWriter module, CustomSections custom, SectionId id, uint? number)
    {
        custom.WriteAt(new CustomPlace(id, IsAfter: false), module);
        if (number is { } value)
        {
            module.WriteByte((byte)id);
            module.WriteUnsignedLeb((uint)LebSize(value));
            module.WriteUnsignedLeb(value);
        }

        custom.WriteAt(new CustomPlace(id, IsAfter: true), module);
    }

    private static int LebSize(uint value)
    {
        int size = 1;
        while ((value >>= 7) != 0) size++;
        return size;
    }
}

/// <summary>The numbers of the sections.</summary>
internal enum SectionId : byte
{
    Custom = 0, Type = 1, Import = 2, Function = 3, Table = 4, Memory = 5, Global = 6, Export = 7, Start = 8, Element = 9, Code = 10,
    Data = 11, DataCount = 12, Tag = 13,
}
