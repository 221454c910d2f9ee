using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Kiln.Contract.Artifact;

/// <summary>
/// A compiled module, inert: machine code with all calls inside the module resolved, its side tables, and the
/// module's description. The tables are views of the serialised bytes; nothing is copied. Immutable and safe to
/// share between threads.
/// </summary>
public sealed class ModuleArtifact
{
    private readonly ReadOnlyMemory<byte> _file;
    private readonly Range[] _sections;

    internal ModuleArtifact(ReadOnlyMemory<byte> file, ReadOnlySpan<Range> sections, Tunables tunables)
    {
        _file = file;
        _sections = sections.ToArray();
        Tunables = tunables;
        ReadOnlySpan<byte> bytes = file.Span;
        FunctionCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[ArtifactFormat.FunctionCountAt..]);
        ImportedFunctionCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[ArtifactFormat.ImportCountAt..]);
        Compiler = new BuildId(bytes.Slice(ArtifactFormat.CompilerIdAt, BuildId.Size));
        Target = new CompileTarget(
            (TargetArchitecture)bytes[ArtifactFormat.ArchitectureAt],
            (TargetFeatures)BinaryPrimitives.ReadUInt64LittleEndian(bytes[ArtifactFormat.FeaturesAt..]));
    }

    /// <summary>The serialised form: what to write to a file.</summary>
    public ReadOnlyMemory<byte> File => _file;

    /// <summary>The compiler that made it.</summary>
    public BuildId Compiler { get; }

    /// <summary>The machine it is for.</summary>
    public CompileTarget Target { get; }

    /// <summary>The knobs it was compiled with.</summary>
    public Tunables Tunables { get; }

    /// <summary>Functions of the module, imports included.</summary>
    public uint FunctionCount { get; }

    /// <summary>How many of them are imports.</summary>
    public uint ImportedFunctionCount { get; }

    /// <summary>SHA-256 of the Wasm bytes it was compiled from; 32 bytes.</summary>
    public ReadOnlySpan<byte> ModuleDigest => _file.Span.Slice(ArtifactFormat.ModuleDigestAt, ArtifactFormat.DigestSize);

    /// <summary>The Wasm module without its code section, otherwise verbatim.</summary>
    public ReadOnlyMemory<byte> Module => _file[_sections[(int)SectionKind.Module]];

    /// <summary>The machine code. Starts at a multiple of 4096 in <see cref="File"/>.</summary>
    public ReadOnlyMemory<byte> Text => _file[_sections[(int)SectionKind.Text]];

    /// <summary>Offset of <see cref="Text"/> in <see cref="File"/>, a multiple of 4096.</summary>
    public int TextFileOffset => _sections[(int)SectionKind.Text].Start.Value;

    /// <summary>All pieces of code by offset. The first are the functions that the module defines, by index.</summary>
    public ReadOnlySpan<CodeRange> Code => Rows<CodeRange>(SectionKind.Code);

    /// <summary>Instructions that may trap, by code offset.</summary>
    public ReadOnlySpan<TrapSite> Traps => Rows<TrapSite>(SectionKind.Traps);

    /// <summary>Which code stems from which Wasm instruction, by code offset.</summary>
    public ReadOnlySpan<AddressRow> Addresses => Rows<AddressRow>(SectionKind.Addresses);

    /// <summary>Instructions of inlined bodies, which <see cref="Addresses"/> refers to.</summary>
    public ReadOnlySpan<InlinedRow> Inlined => Rows<InlinedRow>(SectionKind.Inlined);

    /// <summary>Live references at return addresses, by code offset, as ranges of <see cref="StackMapSlots"/>.</summary>
    public ReadOnlySpan<StackMapRow> StackMaps => Rows<StackMapRow>(SectionKind.StackMaps);

    /// <summary>Byte offsets in frames; see <see cref="StackMapRow"/>.</summary>
    public ReadOnlySpan<uint> StackMapSlots => Rows<uint>(SectionKind.StackMapSlots);

    /// <summary>The trampolines of each type index.</summary>
    public ReadOnlySpan<TrampolineRow> Trampolines => Rows<TrampolineRow>(SectionKind.Trampolines);

    /// <summary>Names by function index, as ranges of <see cref="Strings"/>; empty if the module has no names.</summary>
    public ReadOnlySpan<NameRow> Names => Rows<NameRow>(SectionKind.Names);

    /// <summary>The bytes of the names, UTF-8.</summary>
    public ReadOnlySpan<byte> Strings => Section(SectionKind.Strings).Span;

    /// <summary>The code of a defined function, empty if it stands in place of all its calls; <paramref name="function"/> counts imports too.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The function is imported or does not exist.</exception>
    public CodeRange FunctionCode(uint function)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(function, ImportedFunctionCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(function, FunctionCount);
        return Code[(int)(function - ImportedFunctionCount)];
    }

    /// <summary>Name of a function as its module gives it, or null.</summary>
    public string? FunctionName(uint function)
    {
        ReadOnlySpan<NameRow> names = Names;
        if (function >= (uint)names.Length || names[(int)function].Length == 0) return null;
        NameRow row = names[(int)function];
        return Encoding.UTF8.GetString(Strings.Slice((int)row.Offset, (int)row.Length));
    }

    /// <summary>Refuses to run on a machine or with a configuration that the artifact was not made for.</summary>
    /// <exception cref="ArtifactException">It cannot run on <paramref name="host"/>, or its tunables are not <paramref name="tunables"/>.</exception>
    public void CheckUsable(CompileTarget host, Tunables tunables)
    {
        if (!host.CanRun(Target)) throw new ArtifactException(ArtifactFault.ForeignTarget, $"the artifact is for {Target}, this machine is {host}");
        if (Tunables.KeyText() != tunables.KeyText()) throw new ArtifactException(ArtifactFault.ForeignTunables, "the artifact was compiled with other tunables");
    }

    internal ReadOnlyMemory<byte> Section(SectionKind kind) => _file[_sections[(int)kind]];

    private ReadOnlySpan<TRow> Rows<TRow>(SectionKind kind) where TRow : unmanaged => MemoryMarshal.Cast<byte, TRow>(Section(kind).Span);
}
