using System;

namespace Kiln.Contract.Artifact;

/// <summary>Binary searches over side tables that are sorted by code offset. Total: unsorted rows give wrong answers, never errors.</summary>
public static class CodeLookup
{
    /// <summary>Index of the range that contains <paramref name="codeOffset"/>, or -1.</summary>
    public static int Find(ReadOnlySpan<CodeRange> code, uint codeOffset)
    {
        int low = 0;
        int high = code.Length - 1;
        while (low <= high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            ref readonly CodeRange range = ref code[middle];
            if (codeOffset < range.CodeOffset) high = middle - 1;
            else if (codeOffset >= range.End) low = middle + 1;
            else return middle;
        }

        return -1;
    }

    /// <summary>The trap of the instruction that starts at <paramref name="codeOffset"/>, or <see cref="Trap.None"/>.</summary>
    public static Trap Find(ReadOnlySpan<TrapSite> traps, uint codeOffset)
    {
        int low = 0;
        int high = traps.Length - 1;
        while (low <= high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            ref readonly TrapSite site = ref traps[middle];
            if (codeOffset < site.CodeOffset) high = middle - 1;
            else if (codeOffset > site.CodeOffset) low = middle + 1;
            else return site.Trap;
        }

        return Trap.None;
    }

    /// <summary>
    /// The slots with live references in the frame whose call returns to <paramref name="returnOffset"/>, as
    /// <see cref="StackMapRow"/> says; empty if there are none.
    /// </summary>
    public static ReadOnlySpan<uint> FindLive(ModuleArtifact artifact, uint returnOffset)
    {
        ReadOnlySpan<StackMapRow> maps = artifact.StackMaps;
        int low = 0;
        int high = maps.Length - 1;
        while (low <= high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            uint found = maps[middle].ReturnOffset;
            if (returnOffset < found)
            {
                high = middle - 1;
            }
            else if (returnOffset > found)
            {
                low = middle + 1;
            }
            else
            {
                ReadOnlySpan<uint> slots = artifact.StackMapSlots;
                int end = middle + 1 < maps.Length ? (int)maps[middle + 1].FirstSlot : slots.Length;
                return slots[(int)maps[middle].FirstSlot..end];
            }
        }

        return default;
    }

    /// <summary>
    /// Offset in the Wasm module of the instruction that the code at <paramref name="codeOffset"/> stems from, or
    /// <see cref="AddressRow.NoWasmOffset"/>. For a return address look up the byte before it.
    /// </summary>
    public static uint Find(ReadOnlySpan<AddressRow> addresses, uint codeOffset)
    {
        int low = 0;
        int high = addresses.Length - 1;
        uint found = AddressRow.NoWasmOffset;
        while (low <= high)
        {
            int middle = (int)(((uint)low + (uint)high) >> 1);
            ref readonly AddressRow row = ref addresses[middle];
            if (codeOffset < row.CodeOffset)
            {
                high = middle - 1;
            }
            else
            {
                found = row.WasmOffset;
                low = middle + 1;
            }
        }

        return found;
    }
}
