using System.Collections.Immutable;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Decoding;

/// <summary>Decodes element and data segments (core spec, section 5.5.12 and 5.5.14).</summary>
internal sealed class SegmentDecoder(DecodeOptions options, ConstExpressionDecoder expressions)
{
    private readonly ImmutableArray<uint>.Builder _functions = ImmutableArray.CreateBuilder<uint>();
    private readonly ImmutableArray<ConstExpression>.Builder _items = ImmutableArray.CreateBuilder<ConstExpression>();
    private int _expressionCount;

    /// <summary>Reads an element segment.</summary>
    public ElementSegment ReadElement(ref ByteReader input)
    {
        WasmOffset start = input.Offset;
        uint flags = input.ReadU32();
        if (flags > 7) input.Fail($"malformed elements segment kind: {flags}", start);
        if (flags != 0) input.Require(Feature.BulkMemory, $"element segment of kind {flags}", start);
        bool isActive = (flags & 1) == 0;
        bool hasExplicitTable = isActive && (flags & 2) != 0;
        bool hasExpressions = (flags & 4) != 0;
        SegmentMode mode = isActive ? SegmentMode.Active : (flags & 2) != 0 ? SegmentMode.Declarative : SegmentMode.Passive;
        uint table = hasExplicitTable ? input.ReadU32() : 0;
        ConstExpression? offset = isActive ? expressions.Read(ref input) : null;
        ValType type = ValType.Ref(HeapKind.Func, hasExpressions);
        if ((flags & 3) != 0)
        {
            if (hasExpressions) type = input.ReadRefType();
            else ReadElementKind(ref input);
        }

        ElementItems items = hasExpressions
            ? new ElementItems(default, ReadExpressions(ref input))
            : new ElementItems(ReadFunctions(ref input), default);
        return new ElementSegment(mode, type, table, offset, items, start);
    }

    /// <summary>Reads a data segment.</summary>
    public DataSegment ReadData(ref ByteReader input)
    {
        WasmOffset start = input.Offset;
        uint flags = input.ReadU32();
        if (flags > 2) input.Fail($"malformed data segment kind: {flags}", start);
        if (flags == 1) input.Require(Feature.BulkMemory, "passive data segment", start);
        uint memory = flags == 2 ? input.ReadU32() : 0;
        ConstExpression? offset = flags == 1 ? null : expressions.Read(ref input);
        uint size = input.ReadU32();
        ByteRange content = new(input.Offset.Value, (int)uint.Min(size, int.MaxValue));
        input.ReadBytes(content.Length);
        return new DataSegment(flags == 1 ? SegmentMode.Passive : SegmentMode.Active, memory, offset, content, start);
    }

    private static void ReadElementKind(ref ByteReader input)
    {
        WasmOffset at = input.Offset;
        if (input.ReadByte() != 0) input.Fail("malformed element kind", at);
    }

    private ImmutableArray<uint> ReadFunctions(ref ByteReader input)
    {
        int count = input.ReadCount(options.MaxElements, "elements");
        _functions.Clear();
        for (int i = 0; i < count; i++) _functions.Add(input.ReadU32());
        return _functions.ToImmutable();
    }

    private ImmutableArray<ConstExpression> ReadExpressions(ref ByteReader input)
    {
        int count = input.ReadCount(int.Min(options.MaxElements, options.MaxElementExpressions - _expressionCount), "element expressions");
        _expressionCount += count;
        _items.Clear();
        for (int i = 0; i < count; i++) _items.Add(expressions.Read(ref input));
        return _items.ToImmutable();
    }
}
