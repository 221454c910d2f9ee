using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Kiln.Wasm.Opcodes;

/// <summary>
/// The one table of instructions. Decoder, validator, encoder, text parser and printer all read it; a row is
/// all that a new instruction with a simple signature needs. The rows live in the family files beside this one.
/// </summary>
public static class OpcodeTable
{
    private const ushort NoOpcode = ushort.MaxValue;
    private const int MaxPrefixedCode = 0x140;

    private static readonly OpcodeRow[] Table = Concatenate();
    private static readonly ushort[] SingleByte = IndexByCode(0, 256);
    private static readonly ushort[] Gc = IndexByCode(0xFB, MaxPrefixedCode);
    private static readonly ushort[] Miscellaneous = IndexByCode(0xFC, MaxPrefixedCode);
    private static readonly ushort[] Vector = IndexByCode(0xFD, MaxPrefixedCode);
    private static readonly ushort[] Atomic = IndexByCode(0xFE, MaxPrefixedCode);
    private static readonly FrozenDictionary<string, OpcodeRow> ByName = IndexByName();

    /// <summary>All rows; the row of an opcode is at the opcode's number.</summary>
    public static ReadOnlySpan<OpcodeRow> Rows => Table;

    /// <summary>The row of an opcode.</summary>
    public static OpcodeRow Row(this Opcode opcode) => Table[(int)opcode];

    /// <summary>The unique name of an opcode (<c>i32.add</c>).</summary>
    public static string Name(this Opcode opcode) => Table[(int)opcode].Name;

    /// <summary>Finds a row by its unique name; for an ordinary instruction that is the keyword of the text format.</summary>
    public static bool TryGetByName(string name, [NotNullWhen(true)] out OpcodeRow? row) => ByName.TryGetValue(name, out row);

    /// <summary>Finds a row by its unique name without allocating a string.</summary>
    public static bool TryGetByName(ReadOnlySpan<char> name, [NotNullWhen(true)] out OpcodeRow? row) =>
        ByName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out row);

    /// <summary>Finds the opcode of an encoding; <paramref name="prefix"/> is 0 for a single byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryGetByCode(byte prefix, uint code, out Opcode opcode)
    {
        ushort[] index = prefix switch
        {
            0 => SingleByte,
            0xFB => Gc,
            0xFC => Miscellaneous,
            0xFD => Vector,
            0xFE => Atomic,
            _ => [],
        };
        ushort number = code < (uint)index.Length ? index[code] : NoOpcode;
        opcode = (Opcode)number;
        return number != NoOpcode;
    }

    private static OpcodeRow[] Concatenate() =>
    [
        .. ControlRows.All, .. VariableRows.All, .. MemoryRows.All, .. NumericRows.All, .. ReferenceRows.All,
        .. SimdMemoryRows.All, .. SimdRows.All, .. AtomicRows.All,
    ];

    private static ushort[] IndexByCode(byte prefix, int size)
    {
        ushort[] index = new ushort[size];
        Array.Fill(index, NoOpcode);
        foreach (OpcodeRow row in Table)
        {
            if (row.Prefix == prefix) index[row.Code] = (ushort)row.Opcode;
        }

        return index;
    }

    private static FrozenDictionary<string, OpcodeRow> IndexByName()
    {
        Dictionary<string, OpcodeRow> rows = new(Table.Length, StringComparer.Ordinal);
        foreach (OpcodeRow row in Table) rows.Add(row.Name, row);
        return rows.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
