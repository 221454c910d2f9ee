using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Kiln.Contract.Artifact;

/// <summary>
/// Bytes to <see cref="ModuleArtifact"/>. Checks every bound that a later reader relies on, so that damaged bytes
/// give an <see cref="ArtifactException"/> here and nothing worse anywhere else but in the text itself, which only
/// the digest protects. It does not make foreign artifacts trustworthy: they are native code.
/// </summary>
public static class ArtifactReader
{
    /// <summary>
    /// Opens an artifact over <paramref name="file"/>, which must stay unchanged as long as the artifact is used.
    /// </summary>
    /// <param name="file">The serialised form, in managed memory or mapped.</param>
    /// <param name="verifyContent">
    /// Check the digest and the order of every table. Costs about a millisecond per megabyte; leave it out only for
    /// bytes that were authenticated already.
    /// </param>
    /// <exception cref="ArtifactException">The bytes are damaged, or made by another build of the contract.</exception>
    public static ModuleArtifact Read(ReadOnlyMemory<byte> file, bool verifyContent = true)
    {
        ReadOnlySpan<byte> bytes = file.Span;
        if (bytes.Length < ArtifactFormat.HeaderSize || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != ArtifactFormat.Magic) Damaged("not an artifact");
        if (new BuildId(bytes.Slice(ArtifactFormat.ContractIdAt, BuildId.Size)) != BuildId.Contract)
            throw new ArtifactException(ArtifactFault.ForeignBuild, "the artifact was made by another build of the engine");
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[ArtifactFormat.SectionCountAt..]) != ArtifactFormat.SectionCount) Damaged("wrong number of sections");
        TargetArchitecture architecture = (TargetArchitecture)bytes[ArtifactFormat.ArchitectureAt];
        if (architecture is not (TargetArchitecture.X64 or TargetArchitecture.Arm64)) Damaged("unknown architecture");
        if (verifyContent) CheckDigest(bytes);

        Span<Range> sections = stackalloc Range[ArtifactFormat.SectionCount];
        ReadDirectory(bytes, sections);
        ModuleArtifact artifact = new(file, sections, ReadTunables(bytes[sections[(int)SectionKind.Tunables]]));
        CheckTables(artifact);
        if (verifyContent) CheckOrder(artifact);
        return artifact;
    }

    private static void CheckDigest(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[ArtifactFormat.DigestSize];
        ArtifactWriter.ComputeContentDigest(bytes, digest);
        if (!digest.SequenceEqual(bytes.Slice(ArtifactFormat.ContentDigestAt, ArtifactFormat.DigestSize))) Damaged("wrong digest");
    }

    private static void ReadDirectory(ReadOnlySpan<byte> bytes, Span<Range> sections)
    {
        ulong end = ArtifactFormat.HeaderSize;
        for (int i = 0; i < sections.Length; i++)
        {
            ReadOnlySpan<byte> row = bytes.Slice(ArtifactFormat.DirectoryAt + i * ArtifactFormat.DirectoryRowSize, ArtifactFormat.DirectoryRowSize);
            uint kind = BinaryPrimitives.ReadUInt32LittleEndian(row);
            ulong start = BinaryPrimitives.ReadUInt64LittleEndian(row[8..]);
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(row[16..]);
            ulong alignment = (SectionKind)kind == SectionKind.Text ? ArtifactFormat.PageSize : (ulong)ArtifactFormat.SectionAlignment;
            if (kind != i || start % alignment != 0 || start < end || start > (ulong)bytes.Length || length > (ulong)bytes.Length - start)
                Damaged($"bad directory entry {i}");
            sections[i] = (int)start..(int)(start + length);
            end = start + length;
        }
    }

    private static Tunables ReadTunables(ReadOnlySpan<byte> utf8)
    {
        Tunables tunables = new();
        string text = Encoding.UTF8.GetString(utf8);
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = line.IndexOf('=');
            if (equals < 0) Damaged("bad tunables");
            try
            {
                tunables = tunables.With(line[..equals], line[(equals + 1)..]);
            }
            catch (ArgumentException)
            {
                Damaged("bad tunables");
            }
        }

        if (tunables.KeyText() != text) Damaged("bad tunables");
        return tunables;
    }

    private static void CheckTables(ModuleArtifact artifact)
    {
        CheckRows<CodeRange>(artifact, SectionKind.Code);
        CheckRows<TrapSite>(artifact, SectionKind.Traps);
        CheckRows<AddressRow>(artifact, SectionKind.Addresses);
        CheckRows<InlinedRow>(artifact, SectionKind.Inlined);
        CheckRows<TrampolineRow>(artifact, SectionKind.Trampolines);
        CheckRows<NameRow>(artifact, SectionKind.Names);
        CheckRows<StackMapRow>(artifact, SectionKind.StackMaps);
        CheckRows<uint>(artifact, SectionKind.StackMapSlots);

        uint textLength = (uint)artifact.Text.Length;
        ReadOnlySpan<CodeRange> code = artifact.Code;
        if (artifact.ImportedFunctionCount > artifact.FunctionCount) Damaged("more imported functions than functions");
        uint defined = artifact.FunctionCount - artifact.ImportedFunctionCount;
        if (defined > (uint)code.Length) Damaged("fewer code ranges than functions");
        uint end = 0;
        for (int i = 0; i < code.Length; i++)
        {
            ref readonly CodeRange range = ref code[i];
            if (range.CodeOffset < end || range.CodeOffset > textLength || range.Length > textLength - range.CodeOffset) Damaged($"code range {i} is out of place");
            if (i < defined && (range.Kind != CodeKind.Function || range.Index != artifact.ImportedFunctionCount + (uint)i)) Damaged($"code range {i} is not function {i}");
            if (i >= defined && range.Kind == CodeKind.Function) Damaged($"code range {i} is a function too many");
            if (range.Kind == CodeKind.Veneer && range.Index >= artifact.FunctionCount) Damaged($"code range {i} is a veneer to no function");
            end = range.End;
        }

        foreach (ref readonly TrampolineRow row in artifact.Trampolines)
        {
            if (!StartsOrNone(code, row.EntryOffset, CodeKind.EntryTrampoline) || !StartsOrNone(code, row.ExitOffset, CodeKind.ExitTrampoline)) Damaged("a trampoline is out of place");
        }

        uint slots = 0;
        foreach (ref readonly StackMapRow row in artifact.StackMaps)
        {
            if (row.FirstSlot < slots || row.FirstSlot > (uint)artifact.StackMapSlots.Length) Damaged("a stack map is out of place");
            slots = row.FirstSlot;
        }

        ReadOnlySpan<InlinedRow> inlined = artifact.Inlined;
        for (int i = 0; i < inlined.Length; i++)
        {
            if (inlined[i].Function >= artifact.FunctionCount || !IsLocation(inlined[i].Caller, i)) Damaged("an inlined location is out of place");
        }

        ReadOnlySpan<NameRow> names = artifact.Names;
        if (names.Length != 0 && (uint)names.Length != artifact.FunctionCount) Damaged("wrong number of names");
        uint stringBytes = (uint)artifact.Strings.Length;
        foreach (ref readonly NameRow row in names)
        {
            if (row.Offset > stringBytes || row.Length > stringBytes - row.Offset) Damaged("a name is out of place");
        }
    }

    private static bool IsLocation(uint location, int inlinedRows) =>
        (location & AddressRow.InlinedBit) == 0 || location == AddressRow.NoWasmOffset || (location & ~AddressRow.InlinedBit) < (uint)inlinedRows;

    private static void CheckRows<TRow>(ModuleArtifact artifact, SectionKind kind) where TRow : unmanaged
    {
        if (artifact.Section(kind).Length % Unsafe.SizeOf<TRow>() != 0) Damaged($"section {kind} has a broken row");
    }

    private static void CheckOrder(ModuleArtifact artifact)
    {
        uint textLength = (uint)artifact.Text.Length;
        long last = -1;
        foreach (ref readonly TrapSite site in artifact.Traps)
        {
            if (site.CodeOffset <= last || site.CodeOffset >= textLength || !TrapTable.IsDefined(site.Trap)) Damaged("the trap table is out of order");
            last = site.CodeOffset;
        }

        last = -1;
        foreach (ref readonly AddressRow row in artifact.Addresses)
        {
            if (row.CodeOffset <= last || row.CodeOffset >= textLength) Damaged("the address map is out of order");
            if (!IsLocation(row.WasmOffset, artifact.Inlined.Length)) Damaged("the address map names an inlined location that is not there");
            last = row.CodeOffset;
        }

        last = -1;
        foreach (ref readonly StackMapRow row in artifact.StackMaps)
        {
            int range = row.ReturnOffset <= last || row.ReturnOffset == 0 ? -1 : CodeLookup.Find(artifact.Code, row.ReturnOffset - 1);
            if (range < 0) Damaged("the stack maps are out of order");
            last = row.ReturnOffset;
            foreach (uint slot in CodeLookup.FindLive(artifact, row.ReturnOffset))
            {
                if (slot % 8 != 0 || slot >= artifact.Code[range].FrameSize) Damaged("a stack map names a slot outside of its frame");
            }
        }
    }

    private static bool StartsOrNone(ReadOnlySpan<CodeRange> code, uint codeOffset, CodeKind kind)
    {
        if (codeOffset == TrampolineRow.None) return true;
        int at = CodeLookup.Find(code, codeOffset);
        return at >= 0 && code[at].CodeOffset == codeOffset && code[at].Kind == kind;
    }

    [DoesNotReturn]
    private static void Damaged(string what) => throw new ArtifactException(ArtifactFault.Damaged, $"damaged artifact: {what}");
}
