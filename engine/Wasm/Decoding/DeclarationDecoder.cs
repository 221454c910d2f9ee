using Kiln.Wasm.Types;

namespace Kiln.Wasm.Decoding;

/// <summary>Decodes the types of tables, memories, globals and tags (core spec, section 5.3.5 to 5.3.11).</summary>
internal static class DeclarationDecoder
{
    private const byte HasMaximum = 1;
    private const byte IsShared = 2;
    private const byte Is64 = 4;
    private const byte HasPageSize = 8;

    /// <summary>Reads a table type.</summary>
    public static TableType ReadTableType(ref ByteReader input)
    {
        ValType element = input.ReadRefType();
        byte flags = ReadLimitsFlags(ref input, HasMaximum | Is64);
        return new TableType(element, ReadLimits(ref input, flags), (flags & Is64) != 0);
    }

    /// <summary>Reads a memory type.</summary>
    public static MemoryType ReadMemoryType(ref ByteReader input)
    {
        byte flags = ReadLimitsFlags(ref input, HasMaximum | IsShared | Is64 | HasPageSize);
        Limits limits = ReadLimits(ref input, flags);
        byte pageSize = MemoryType.DefaultPageSizeLog2;
        if ((flags & HasPageSize) != 0)
        {
            WasmOffset at = input.Offset;
            uint log = input.ReadU32();
            if (log is not (0 or MemoryType.DefaultPageSizeLog2)) input.Fail("invalid custom page size: it must be 1 or 65536", at);
            pageSize = (byte)log;
        }

        return new MemoryType(limits, (flags & Is64) != 0, (flags & IsShared) != 0, pageSize);
    }

    /// <summary>Reads a global type.</summary>
    public static GlobalType ReadGlobalType(ref ByteReader input)
    {
        ValType type = input.ReadValType();
        return new GlobalType(type, ReadMutability(ref input));
    }

    /// <summary>Reads a tag type.</summary>
    public static TagType ReadTagType(ref ByteReader input)
    {
        WasmOffset at = input.Offset;
        if (input.ReadByte() != 0) input.Fail("malformed tag attribute", at);
        return new TagType(input.ReadU32());
    }

    /// <summary>Reads whether something can be written.</summary>
    public static bool ReadMutability(ref ByteReader input)
    {
        WasmOffset at = input.Offset;
        byte mutability = input.ReadByte();
        if (mutability > 1) input.Fail("malformed mutability", at);
        return mutability == 1;
    }

    private static byte ReadLimitsFlags(ref ByteReader input, int allowed)
    {
        WasmOffset at = input.Offset;
        byte flags = input.ReadByte();
        if ((flags & ~allowed) != 0) input.Fail($"malformed limits flags: {flags:x2}", at);
        if ((flags & IsShared) != 0) input.Require(Feature.Threads, "malformed limits flags: shared memory", at);
        if ((flags & Is64) != 0) input.Require(Feature.Memory64, "malformed limits flags: 64-bit address type", at);
        if ((flags & HasPageSize) != 0) input.Require(Feature.CustomPageSizes, "malformed limits flags: custom page size", at);
        return flags;
    }

    private static Limits ReadLimits(ref ByteReader input, byte flags)
    {
        ulong min = ReadLimit(ref input);
        return new Limits(min, (flags & HasMaximum) != 0 ? ReadLimit(ref input) : null);
    }

    // With memory64 the format has 64-bit limits for every memory; validation bounds those of 32-bit ones.
    private static ulong ReadLimit(ref ByteReader input) =>
        input.Features.Contains(Feature.Memory64) ? input.ReadU64() : input.ReadU32();
}
