// In: the bytes of a module. Out: a WasmModule, or a ModuleException at the first byte that is wrong.
// Invariant of the result: every section is well formed and of exactly its size, sections are in order and at
// most once, the numbers of functions and bodies, and of data segments and the data count, agree. Bodies are
// only delimited. Source: core spec, section 5.5.

using System;
using System.Collections.Immutable;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Decoding;

/// <summary>Decodes the binary format.</summary>
public sealed class ModuleDecoder
{
    private const int HeaderBytes = 8;

    // Position of each section in the required order, by section id; 0 is no section.
    private static ReadOnlySpan<byte> Order => [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6];

    private readonly DecodeOptions _options;
    private readonly FeatureSet _features;
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly TypeSectionDecoder _types;
    private readonly ConstExpressionDecoder _expressions = new();
    private readonly SegmentDecoder _segments;
    private readonly ImmutableArray<Import>.Builder _imports = ImmutableArray.CreateBuilder<Import>();
    private readonly ImmutableArray<uint>.Builder _functions = ImmutableArray.CreateBuilder<uint>();
    private readonly ImmutableArray<Table>.Builder _tables = ImmutableArray.CreateBuilder<Table>();
    private readonly ImmutableArray<MemoryType>.Builder _memories = ImmutableArray.CreateBuilder<MemoryType>();
    private readonly ImmutableArray<TagType>.Builder _tags = ImmutableArray.CreateBuilder<TagType>();
    private readonly ImmutableArray<Global>.Builder _globals = ImmutableArray.CreateBuilder<Global>();
    private readonly ImmutableArray<Export>.Builder _exports = ImmutableArray.CreateBuilder<Export>();
    private readonly ImmutableArray<ElementSegment>.Builder _elements = ImmutableArray.CreateBuilder<ElementSegment>();
    private readonly ImmutableArray<DataSegment>.Builder _data = ImmutableArray.CreateBuilder<DataSegment>();
    private readonly ImmutableArray<ByteRange>.Builder _bodies = ImmutableArray.CreateBuilder<ByteRange>();
    private readonly ImmutableArray<CustomSection>.Builder _customSections = ImmutableArray.CreateBuilder<CustomSection>();
    private readonly int[] _imported = new int[5];
    private readonly WasmOffset[] _sections = new WasmOffset[Order.Length];
    private uint? _start;
    private uint? _dataCount;
    private ByteRange _code;

    private ModuleDecoder(ReadOnlyMemory<byte> bytes, FeatureSet features, DecodeOptions options)
    {
        _bytes = bytes;
        _features = features;
        _options = options;
        _types = new TypeSectionDecoder(options);
        _segments = new SegmentDecoder(options, _expressions);
    }

    /// <summary>Decodes a module. The result refers to <paramref name="bytes"/>, which must not change.</summary>
    /// <exception cref="ModuleException">The bytes are not a module, exceed a limit, or use a proposal that is off.</exception>
    public static WasmModule Decode(ReadOnlyMemory<byte> bytes, FeatureSet features, DecodeOptions? options = null)
    {
        ModuleDecoder decoder = new(bytes, features, options ?? DecodeOptions.Default);
        decoder.Run();
        return decoder.Result();
    }

    private void Run()
    {
        ReadOnlySpan<byte> bytes = _bytes.Span;
        if (bytes.Length > _options.MaxModuleBytes)
        {
            throw new ModuleException($"module is too large: {bytes.Length} bytes, at most {_options.MaxModuleBytes} are allowed", default);
        }

        CheckHeader(bytes);
        try
        {
            ReadSections(bytes);
        }
        catch (ModuleException) when (_bodies.Count != 0)
        {
            ReadBodies(bytes);
            throw;
        }
    }

    private void ReadSections(ReadOnlySpan<byte> bytes)
    {
        ByteReader input = new(bytes, new ByteRange(0, bytes.Length), _features);
        input.Skip(HeaderBytes);
        byte last = 0;
        while (!input.IsAtEnd)
        {
            WasmOffset at = input.Offset;
            byte id = input.ReadByte();
            if (id >= Order.Length || (id == 13 && !_features.Contains(Feature.Exceptions) && !_features.Contains(Feature.StackSwitching)))
            {
                input.Fail($"malformed section id: {id}", at);
            }

            uint size = input.ReadU32();
            if (size > (uint)input.Remaining) input.Fail("length out of bounds: a section reaches beyond the module", at);
            if (id != 0)
            {
                if (Order[id] <= last) input.Fail($"unexpected content after last section: section {id}", at);
                last = Order[id];
            }

            _sections[id] = input.Offset;
            ByteReader section = new(bytes, new ByteRange(input.Position, (int)size), _features);
            ReadSection(id, ref section);
            if (!section.IsAtEnd) section.Fail("section size mismatch");
            input.Skip((int)size);
        }

        CheckCounts(input.Offset);
    }

    // The first error counts: one inside a body comes before the one that was found after the code section.
    private void ReadBodies(ReadOnlySpan<byte> bytes)
    {
        OperatorBuffers buffers = new();
        Operator op = default;
        foreach (ByteRange body in _bodies)
        {
            ByteReader input = new(bytes, body, _features);
            for (uint groups = input.ReadU32(); groups > 0; groups--)
            {
                input.ReadU32();
                input.ReadValType();
            }

            OperatorReader reader = new(input, buffers, _options.MaxBranchTableTargets, OperatorReader.EndMessage(bytes.Length, _code, body));
            while (!reader.IsAtEnd) reader.Read(ref op);
        }
    }

    private static void CheckHeader(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> magic = "\0asm"u8;
        if (bytes.Length < magic.Length) throw new ModuleException("unexpected end", new WasmOffset(bytes.Length));
        if (!bytes.StartsWith(magic)) throw new ModuleException("magic header not detected", default);
        if (bytes.Length < HeaderBytes) throw new ModuleException("unexpected end", new WasmOffset(bytes.Length));
        if (!bytes.Slice(magic.Length, 4).SequenceEqual("\x01\0\0\0"u8)) throw new ModuleException("unknown binary version", new WasmOffset(magic.Length));
    }

    private void CheckCounts(WasmOffset end)
    {
        int defined = _functions.Count - _imported[(int)ExternKind.Function];
        if (defined != _bodies.Count && !(_options.BodiesStripped && _bodies.Count == 0))
        {
            throw new ModuleException("function and code section have inconsistent lengths", end);
        }

        if (_dataCount is { } count && count != (uint)_data.Count)
        {
            throw new ModuleException("data count and data section have inconsistent lengths", end);
        }
    }

    private WasmModule Result() => new(_bytes, _features)
    {
        Types = _types.Types.DrainToImmutable(),
        RecGroups = _types.Groups.DrainToImmutable(),
        RecGroupOffsets = _types.GroupOffsets.DrainToImmutable(),
        SectionOffsets = [.. _sections],
        Imports = _imports.DrainToImmutable(),
        Functions = _functions.DrainToImmutable(),
        ImportedFunctionCount = _imported[(int)ExternKind.Function],
        Tables = _tables.DrainToImmutable(),
        ImportedTableCount = _imported[(int)ExternKind.Table],
        Memories = _memories.DrainToImmutable(),
        ImportedMemoryCount = _imported[(int)ExternKind.Memory],
        Tags = _tags.DrainToImmutable(),
        ImportedTagCount = _imported[(int)ExternKind.Tag],
        Globals = _globals.DrainToImmutable(),
        ImportedGlobalCount = _imported[(int)ExternKind.Global],
        Exports = _exports.DrainToImmutable(),
        StartFunction = _start,
        Elements = _elements.DrainToImmutable(),
        Data = _data.DrainToImmutable(),
        DataCount = _dataCount,
        Bodies = _bodies.DrainToImmutable(),
        CodeSection = _code,
        CustomSections = _customSections.DrainToImmutable(),
    };

    private void ReadSection(byte id, ref ByteReader section)
    {
        switch (id)
        {
            case 0:
                ReadCustom(ref section);
                break;
            case 1:
                _types.Read(ref section);
                break;
            case 2:
                ReadImports(ref section);
                break;
            case 3:
                for (int left = Count(ref section, _functions.Count, _options.MaxFunctions, "functions"); left > 0; left--) _functions.Add(section.ReadU32());
                break;
            case 4:
                for (int left = Count(ref section, _tables.Count, _options.MaxTables, "tables"); left > 0; left--) _tables.Add(ReadTable(ref section));
                break;
            case 5:
                for (int left = Count(ref section, _memories.Count, _options.MaxMemories, "memories"); left > 0; left--) _memories.Add(DeclarationDecoder.ReadMemoryType(ref section));
                break;
            case 6:
                for (int left = Count(ref section, _globals.Count, _options.MaxGlobals, "globals"); left > 0; left--) _globals.Add(ReadGlobal(ref section));
                break;
            case 7:
                for (int left = Count(ref section, 0, _options.MaxExports, "exports"); left > 0; left--) _exports.Add(ReadExport(ref section));
                break;
            case 8:
                _start = section.ReadU32();
                break;
            case 9:
                for (int left = Count(ref section, 0, _options.MaxElementSegments, "element segments"); left > 0; left--) _elements.Add(_segments.ReadElement(ref section));
                break;
            case 10:
                ReadCode(ref section);
                break;
            case 11:
                for (int left = Count(ref section, 0, _options.MaxDataSegments, "data segments"); left > 0; left--) _data.Add(_segments.ReadData(ref section));
                break;
            case 12:
                section.Require(Feature.BulkMemory, "data count section");
                _dataCount = section.ReadU32();
                break;
            default:
                for (int left = Count(ref section, _tags.Count, _options.MaxTags, "tags"); left > 0; left--) _tags.Add(DeclarationDecoder.ReadTagType(ref section));
                break;
        }
    }

    private static int Count(ref ByteReader section, int imported, int limit, string what) => section.ReadCount(limit - imported, what);

    private void ReadCustom(ref ByteReader section)
    {
        if (_customSections.Count == _options.MaxCustomSections) section.Fail($"too many custom sections: at most {_options.MaxCustomSections} are allowed");
        string name = section.ReadName();
        _customSections.Add(new CustomSection(name, new ByteRange(section.Offset.Value, section.Remaining)));
        section.Skip(section.Remaining);
    }

    private void ReadImports(ref ByteReader section)
    {
        int count = section.ReadCount(_options.MaxImports, "imports");
        for (int i = 0; i < count; i++)
        {
            string module = section.ReadName();
            string name = section.ReadName();
            ExternKind kind = ReadKind(ref section, "malformed import kind");
            int limit;
            switch (kind)
            {
                case ExternKind.Function:
                    _functions.Add(section.ReadU32());
                    limit = _options.MaxFunctions;
                    break;
                case ExternKind.Table:
                    _tables.Add(new Table(DeclarationDecoder.ReadTableType(ref section), null));
                    limit = _options.MaxTables;
                    break;
                case ExternKind.Memory:
                    _memories.Add(DeclarationDecoder.ReadMemoryType(ref section));
                    limit = _options.MaxMemories;
                    break;
                case ExternKind.Global:
                    GlobalType global = DeclarationDecoder.ReadGlobalType(ref section);
                    if (global.IsMutable) section.Require(Feature.MutableGlobals, "import of a mutable global");
                    _globals.Add(new Global(global, null));
                    limit = _options.MaxGlobals;
                    break;
                default:
                    _tags.Add(DeclarationDecoder.ReadTagType(ref section));
                    limit = _options.MaxTags;
                    break;
            }

            int index = _imported[(int)kind]++;
            if (index >= limit) section.Fail($"too many imports of kind {kind}: at most {limit} are allowed");
            _imports.Add(new Import(module, name, kind, (uint)index));
        }
    }

    private ExternKind ReadKind(ref ByteReader section, string malformed)
    {
        WasmOffset at = section.Offset;
        byte kind = section.ReadByte();
        bool hasTags = _features.Contains(Feature.Exceptions) || _features.Contains(Feature.StackSwitching);
        if (kind > (hasTags ? (byte)ExternKind.Tag : (byte)ExternKind.Global)) section.Fail($"{malformed}: {kind:x2}", at);
        return (ExternKind)kind;
    }

    private Table ReadTable(ref ByteReader section)
    {
        WasmOffset at = section.Offset;
        if (section.Peek() != 0x40) return new Table(DeclarationDecoder.ReadTableType(ref section), null);
        section.Require(Feature.TypedFunctionReferences, "table with an initial value");
        section.ReadByte();
        if (section.ReadByte() != 0) section.Fail("malformed table: zero byte expected", at);
        TableType type = DeclarationDecoder.ReadTableType(ref section);
        return new Table(type, _expressions.Read(ref section));
    }

    private Global ReadGlobal(ref ByteReader section)
    {
        GlobalType type = DeclarationDecoder.ReadGlobalType(ref section);
        return new Global(type, _expressions.Read(ref section));
    }

    private Export ReadExport(ref ByteReader section)
    {
        string name = section.ReadName();
        ExternKind kind = ReadKind(ref section, "malformed export kind");
        return new Export(name, kind, section.ReadU32());
    }

    private void ReadCode(ref ByteReader section)
    {
        _code = new ByteRange(section.Offset.Value, section.Remaining);
        int count = section.ReadCount(_options.MaxFunctions, "function bodies");
        for (int i = 0; i < count; i++)
        {
            WasmOffset at = section.Offset;
            uint size = section.ReadU32();
            if (size > (uint)_options.MaxBodyBytes) section.Fail($"function body is too large: {size} bytes, at most {_options.MaxBodyBytes} are allowed", at);
            ByteRange body = new(section.Offset.Value, (int)size);
            section.Skip(body.Length);
            _bodies.Add(body);
        }
    }
}
