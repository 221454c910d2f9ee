using System;
using System.Collections.Immutable;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Modules;

/// <summary>
/// A decoded module: its sections are well formed, its bodies are not read yet. Lists are whole index spaces:
/// imports first, then definitions. Indices in it are not checked; <c>ModuleValidator</c> does that.
/// Immutable and free of threads' concerns.
/// </summary>
public sealed class WasmModule
{
    private readonly Lazy<NameSection> _names;

    /// <summary>Creates a module; <c>ModuleDecoder</c> fills it in.</summary>
    internal WasmModule(ReadOnlyMemory<byte> bytes, FeatureSet features)
    {
        Bytes = bytes;
        Features = features;
        _names = new Lazy<NameSection>(() => NameSection.Decode(this));
    }

    /// <summary>The binary it was decoded from; ranges and offsets count in it.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The proposals that were on when it was decoded.</summary>
    public FeatureSet Features { get; }

    /// <summary>The types, by index.</summary>
    public ImmutableArray<SubType> Types { get; internal init; } = [];

    /// <summary>The recursion groups, which partition <see cref="Types"/> in order.</summary>
    public ImmutableArray<RecGroup> RecGroups { get; internal init; } = [];

    /// <summary>Where each recursion group starts, for errors.</summary>
    internal ImmutableArray<WasmOffset> RecGroupOffsets { get; init; } = [];

    /// <summary>The imports, in order.</summary>
    public ImmutableArray<Import> Imports { get; internal init; } = [];

    /// <summary>The type index of every function.</summary>
    public ImmutableArray<uint> Functions { get; internal init; } = [];

    /// <summary>How many of <see cref="Functions"/> are imported.</summary>
    public int ImportedFunctionCount { get; internal init; }

    /// <summary>Every table.</summary>
    public ImmutableArray<Table> Tables { get; internal init; } = [];

    /// <summary>How many of <see cref="Tables"/> are imported.</summary>
    public int ImportedTableCount { get; internal init; }

    /// <summary>Every memory.</summary>
    public ImmutableArray<MemoryType> Memories { get; internal init; } = [];

    /// <summary>How many of <see cref="Memories"/> are imported.</summary>
    public int ImportedMemoryCount { get; internal init; }

    /// <summary>Every tag.</summary>
    public ImmutableArray<TagType> Tags { get; internal init; } = [];

    /// <summary>How many of <see cref="Tags"/> are imported.</summary>
    public int ImportedTagCount { get; internal init; }

    /// <summary>Every global.</summary>
    public ImmutableArray<Global> Globals { get; internal init; } = [];

    /// <summary>How many of <see cref="Globals"/> are imported.</summary>
    public int ImportedGlobalCount { get; internal init; }

    /// <summary>The exports, in order.</summary>
    public ImmutableArray<Export> Exports { get; internal init; } = [];

    /// <summary>The start function, if there is one.</summary>
    public uint? StartFunction { get; internal init; }

    /// <summary>The element segments, by index.</summary>
    public ImmutableArray<ElementSegment> Elements { get; internal init; } = [];

    /// <summary>The data segments, by index.</summary>
    public ImmutableArray<DataSegment> Data { get; internal init; } = [];

    /// <summary>What the data count section says, if there is one.</summary>
    public uint? DataCount { get; internal init; }

    /// <summary>
    /// The bodies of the defined functions (local declarations and code, without the size). Empty if the
    /// module was decoded with <c>DecodeOptions.BodiesStripped</c>.
    /// </summary>
    public ImmutableArray<ByteRange> Bodies { get; internal init; } = [];

    /// <summary>The content of the code section; empty range if there is none.</summary>
    public ByteRange CodeSection { get; internal init; }

    /// <summary>The custom sections, in order.</summary>
    public ImmutableArray<CustomSection> CustomSections { get; internal init; } = [];

    /// <summary>Names for people, decoded at the first use; damaged parts of the section are ignored.</summary>
    public NameSection Names => _names.Value;

    /// <summary>Where the content of each section starts, by section id; 0 if it is not there.</summary>
    internal ImmutableArray<WasmOffset> SectionOffsets { get; init; } = [];

    internal WasmOffset RecGroupOffset(int group) => RecGroupOffsets[group];

    /// <summary>Bytes of the module.</summary>
    public ReadOnlySpan<byte> Slice(ByteRange range) => Bytes.Span.Slice(range.Start, range.Length);

    /// <summary>The function type at a type index; the module must be valid.</summary>
    public FuncType GetFuncType(uint typeIndex) => (FuncType)Types[checked((int)typeIndex)].Composite;

    /// <summary>The type of a function; the module must be valid.</summary>
    public FuncType GetFunctionType(uint functionIndex) => GetFuncType(Functions[checked((int)functionIndex)]);

    /// <summary>The body of a defined function (an index of the whole function space).</summary>
    public ByteRange GetBody(uint functionIndex) => Bodies[checked((int)functionIndex) - ImportedFunctionCount];
}
