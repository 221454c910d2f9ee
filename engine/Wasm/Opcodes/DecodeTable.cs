using System.Runtime.CompilerServices;

namespace Kiln.Wasm.Opcodes;

/// <summary>
/// What the reader needs of a row, packed in one word and indexed by encoding: bits 0..15 opcode, bits 16..23
/// immediate kind, bits 24..31 feature.
/// </summary>
internal static class DecodeTable
{
    /// <summary>No instruction has this encoding.</summary>
    public const uint Illegal = uint.MaxValue;

    private const uint PrefixEntry = uint.MaxValue - 1;
    private const byte FirstPrefix = 0xFB;
    private const byte LastPrefix = 0xFE;
    private const int PrefixedCodes = 0x140;

    private static readonly uint[] SingleByte = BuildSingle();
    private static readonly uint[] TwoPart = BuildPrefixed();

    /// <summary>The entry of a first byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Single(byte code) => SingleByte[code];

    /// <summary>The entry of a prefixed instruction.</summary>
    public static uint Prefixed(byte prefix, uint code) =>
        code < PrefixedCodes ? TwoPart[(prefix - FirstPrefix) * PrefixedCodes + (int)code] : Illegal;

    /// <summary>True if a code follows the first byte.</summary>
    public static bool IsPrefix(uint entry) => entry == PrefixEntry;

    /// <summary>The opcode of an entry.</summary>
    public static Opcode OpcodeOf(uint entry) => (Opcode)(ushort)(entry & 0xFFFF);

    /// <summary>The immediate kind of an entry.</summary>
    public static ImmediateKind ImmediateOf(uint entry) => (ImmediateKind)(byte)(entry >> 16 & 0xFF);

    /// <summary>The feature of an entry.</summary>
    public static Feature FeatureOf(uint entry) => (Feature)(byte)(entry >> 24);

    private static uint[] BuildSingle()
    {
        uint[] entries = new uint[256];
        for (int code = 0; code < entries.Length; code++) entries[code] = Entry(0, (uint)code);
        for (int prefix = FirstPrefix; prefix <= LastPrefix; prefix++) entries[prefix] = PrefixEntry;
        return entries;
    }

    private static uint[] BuildPrefixed()
    {
        uint[] entries = new uint[(LastPrefix - FirstPrefix + 1) * PrefixedCodes];
        for (int i = 0; i < entries.Length; i++) entries[i] = Entry((byte)(FirstPrefix + i / PrefixedCodes), (uint)(i % PrefixedCodes));
        return entries;
    }

    private static uint Entry(byte prefix, uint code)
    {
        if (!OpcodeTable.TryGetByCode(prefix, code, out Opcode opcode)) return Illegal;
        OpcodeRow row = opcode.Row();
        return (uint)opcode | (uint)row.Immediate << 16 | (uint)row.Feature << 24;
    }
}
