using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Contract.Artifact;

/// <summary>
/// Everything an artifact holds, on its way to bytes. What goes in: the outcome of a compilation, side tables sorted
/// by code offset. What goes out: the serialised form, a function of these values alone.
/// </summary>
public ref struct ArtifactWriter
{
    /// <summary>The compiler that made the text.</summary>
    public BuildId Compiler { get; init; }

    /// <summary>The machine the text is for.</summary>
    public CompileTarget Target { get; init; }

    /// <summary>The knobs it was compiled with.</summary>
    public Tunables Tunables { get; init; }

    /// <summary>SHA-256 of the original Wasm bytes.</summary>
    public ReadOnlySpan<byte> ModuleDigest { get; init; }

    /// <summary>Functions of the module, imports included.</summary>
    public uint FunctionCount { get; init; }

    /// <summary>How many of them are imports.</summary>
    public uint ImportedFunctionCount { get; init; }

    /// <summary>The Wasm module without its code section.</summary>
    public ReadOnlySpan<byte> Module { get; init; }

    /// <summary>All pieces of code by offset; the first <c>FunctionCount - ImportedFunctionCount</c> are the defined functions by index.</summary>
    public ReadOnlySpan<CodeRange> Code { get; init; }

    /// <summary>Trap sites by code offset.</summary>
    public ReadOnlySpan<TrapSite> Traps { get; init; }

    /// <summary>Address map by code offset.</summary>
    public ReadOnlySpan<AddressRow> Addresses { get; init; }

    /// <summary>Locations in inlined bodies, callers first.</summary>
    public ReadOnlySpan<InlinedRow> Inlined { get; init; }

    /// <summary>Stack maps by return offset.</summary>
    public ReadOnlySpan<StackMapRow> StackMaps { get; init; }

    /// <summary>Frame offsets that the stack maps list.</summary>
    public ReadOnlySpan<uint> StackMapSlots { get; init; }

    /// <summary>One row for each type index.</summary>
    public ReadOnlySpan<TrampolineRow> Trampolines { get; init; }

    /// <summary>One row for each function index, or empty if the module names none.</summary>
    public ReadOnlySpan<NameRow> Names { get; init; }

    /// <summary>What the names refer to.</summary>
    public ReadOnlySpan<byte> Strings { get; init; }

    /// <summary>The machine code.</summary>
    public ReadOnlySpan<byte> Text { get; init; }

    /// <summary>The serialised artifact.</summary>
    /// <exception cref="ArtifactException">It would exceed 2 GiB.</exception>
    public readonly byte[] ToArray()
    {
        EngineBug.Check(ModuleDigest.Length == ArtifactFormat.DigestSize);
        ReadOnlySpan<byte> tunables = System.Text.Encoding.UTF8.GetBytes(Tunables.KeyText());

        Span<long> starts = stackalloc long[ArtifactFormat.SectionCount];
        Span<long> lengths = stackalloc long[ArtifactFormat.SectionCount];
        long at = ArtifactFormat.HeaderSize;
        for (int i = 0; i < ArtifactFormat.SectionCount; i++)
        {
            int alignment = (SectionKind)i == SectionKind.Text ? ArtifactFormat.PageSize : ArtifactFormat.SectionAlignment;
            at = (at + alignment - 1) & -alignment;
            starts[i] = at;
            lengths[i] = Content((SectionKind)i, tunables).Length;
            at += lengths[i];
        }

        at = (at + ArtifactFormat.PageSize - 1) & -ArtifactFormat.PageSize;
        if (at > Array.MaxLength) throw new ArtifactException(ArtifactFault.Damaged, $"the artifact would have {at} bytes, more than the format allows");

        byte[] file = new byte[at];
        for (int i = 0; i < ArtifactFormat.SectionCount; i++)
        {
            Span<byte> row = file.AsSpan(ArtifactFormat.DirectoryAt + i * ArtifactFormat.DirectoryRowSize, ArtifactFormat.DirectoryRowSize);
            BinaryPrimitives.WriteUInt32LittleEndian(row, (uint)i);
            BinaryPrimitives.WriteUInt64LittleEndian(row[8..], (ulong)starts[i]);
            BinaryPrimitives.WriteUInt64LittleEndian(row[16..], (ulong)lengths[i]);
            Content((SectionKind)i, tunables).CopyTo(file.AsSpan((int)starts[i]));
        }

        WriteHead(file);
        ComputeContentDigest(file, file.AsSpan(ArtifactFormat.ContentDigestAt));
        return file;
    }

    /// <summary>SHA-256 of the file without the digest itself.</summary>
    internal static void ComputeContentDigest(ReadOnlySpan<byte> file, Span<byte> digest)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(file[..ArtifactFormat.ContentDigestAt]);
        hash.AppendData(file[(ArtifactFormat.ContentDigestAt + ArtifactFormat.DigestSize)..]);
        hash.GetHashAndReset(digest);
    }

    private readonly void WriteHead(Span<byte> file)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(file, ArtifactFormat.Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(file[ArtifactFormat.SectionCountAt..], ArtifactFormat.SectionCount);
        file[ArtifactFormat.ArchitectureAt] = (byte)Target.Architecture;
        BinaryPrimitives.WriteUInt64LittleEndian(file[ArtifactFormat.FeaturesAt..], (ulong)Target.Features);
        BinaryPrimitives.WriteUInt32LittleEndian(file[ArtifactFormat.FunctionCountAt..], FunctionCount);
        BinaryPrimitives.WriteUInt32LittleEndian(file[ArtifactFormat.ImportCountAt..], ImportedFunctionCount);
        BuildId.Contract.CopyTo(file[ArtifactFormat.ContractIdAt..]);
        Compiler.CopyTo(file[ArtifactFormat.CompilerIdAt..]);
        ModuleDigest.CopyTo(file[ArtifactFormat.ModuleDigestAt..]);
    }

    private readonly ReadOnlySpan<byte> Content(SectionKind kind, ReadOnlySpan<byte> tunables) => kind switch
    {
        SectionKind.Tunables => tunables,
        SectionKind.Module => Module,
        SectionKind.Code => MemoryMarshal.AsBytes(Code),
        SectionKind.Traps => MemoryMarshal.AsBytes(Traps),
        SectionKind.Addresses => MemoryMarshal.AsBytes(Addresses),
        SectionKind.Inlined => MemoryMarshal.AsBytes(Inlined),
        SectionKind.Trampolines => MemoryMarshal.AsBytes(Trampolines),
        SectionKind.StackMaps => MemoryMarshal.AsBytes(StackMaps),
        SectionKind.StackMapSlots => MemoryMarshal.AsBytes(StackMapSlots),
        SectionKind.Names => MemoryMarshal.AsBytes(Names),
        SectionKind.Strings => Strings,
        SectionKind.Text => Text,
    };
}
