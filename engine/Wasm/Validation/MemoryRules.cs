using System.Numerics;
using System.Runtime.CompilerServices;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Validation;

/// <summary>Checks of memory and lane immediates (core spec, section 3.4.4 and 3.4.2).</summary>
internal static class MemoryRules
{
    private static readonly AccessRow[] Accesses = Build();

    private readonly record struct AccessRow(byte AlignLog2, byte LaneCount, bool IsAtomic);

    /// <summary>Checks a memory access and returns the address type of its memory.</summary>
    public static ValType CheckAccess(ValidationStack stack, WasmModule module, in Operator op)
    {
        ValType address = AddressType(stack, module, op.Index1);
        AccessRow access = Accesses[(int)op.Opcode];
        if (op.AlignLog2 != access.AlignLog2)
        {
            if (op.AlignLog2 > access.AlignLog2) stack.Fail("alignment must not be larger than natural");
            if (access.IsAtomic) stack.Fail("alignment must be natural: an atomic access");
        }

        if (op.Low > uint.MaxValue && address == ValType.I32) stack.Fail("offset out of range");
        if (access.LaneCount != 0 && op.Index2 >= access.LaneCount) FailLane(stack, op.Index2);
        return address;
    }

    /// <summary>Checks the lanes of a lane access or a shuffle.</summary>
    public static void CheckLanes(ValidationStack stack, in Operator op)
    {
        if (op.Opcode == Opcode.I8x16Shuffle)
        {
            const ulong AboveThirtyOne = 0xE0E0E0E0E0E0E0E0;
            if (((op.Low | op.High) & AboveThirtyOne) != 0) stack.Fail("invalid lane index: a lane of a shuffle is below 32");
        }
        else if (op.Index2 >= Accesses[(int)op.Opcode].LaneCount)
        {
            FailLane(stack, op.Index2);
        }
    }

    /// <summary>The address type of a memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ValType AddressType(ValidationStack stack, WasmModule module, uint index)
    {
        if (index >= (uint)module.Memories.Length) stack.FailUnknown("memory", index);
        return module.Memories[(int)index].AddressType;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FailLane(ValidationStack stack, uint lane) => stack.Fail($"invalid lane index {lane}");

    private static AccessRow[] Build()
    {
        AccessRow[] rows = new AccessRow[OpcodeTable.Rows.Length];
        foreach (OpcodeRow row in OpcodeTable.Rows)
        {
            rows[(int)row.Opcode] = new AccessRow((byte)BitOperations.Log2((uint)row.AccessBytes | 1), row.LaneCount, row.IsAtomic);
        }

        // BitOperations.Log2(n | 1) is the logarithm of a power of two above 1, and 0 for 0 and 1.
        return rows;
    }
}
