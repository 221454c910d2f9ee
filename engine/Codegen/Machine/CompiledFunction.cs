// The result of compiling one function: its bytes and the tables beside them (relocations, traps, addresses, stack maps).

using System;
using Kiln.Codegen.Ir;
using Kiln.Foundation.Buffers;
using Kiln.Foundation.Collections;

namespace Kiln.Codegen.Machine;

/// <summary>A byte offset from the start of a function's code.</summary>
public readonly record struct CodeOffset(uint Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"+0x{Value:x}";
}

/// <summary>How the linker fills in the bytes of a relocation.</summary>
public enum RelocationKind : byte
{
    /// <summary>4 bytes, part of a direct call: target + addend - address of the 4 bytes. May go through a veneer.</summary>
    CallRelative32 = 1,

    /// <summary>4 bytes, part of an address computation: target + addend - address of the 4 bytes.</summary>
    AddressRelative32 = 2,
}

/// <summary>A place in the code that depends on where another function ends up.</summary>
public readonly record struct Relocation(CodeOffset Offset, RelocationKind Kind, ExternalName Target, int Addend);

/// <summary>An instruction that may trap: a fault at exactly this offset means <paramref name="Code"/>.</summary>
public readonly record struct TrapRecord(CodeOffset Offset, TrapCode Code);

/// <summary>From this offset up to the next entry's, code comes from the given source location.</summary>
public readonly record struct AddressMapEntry(CodeOffset Offset, SourceLoc Source);

/// <summary>
/// Where the live references are while a call runs: <paramref name="SlotCount"/> items of
/// <see cref="CompiledFunction.StackMapSlots"/> from <paramref name="FirstSlot"/> on. <paramref name="Offset"/> is the call's
/// return address. A call across which no reference is live has no entry.
/// </summary>
public readonly record struct StackMapEntry(CodeOffset Offset, int FirstSlot, int SlotCount);

/// <summary>
/// The result of compiling one function: position-independent bytes, the constants it refers to at their tail,
/// and what the runtime must know about them.
/// </summary>
/// <remarks>
/// Owned by the <see cref="CompilationContext"/> that made it and overwritten by its next compilation: copy
/// what you keep. INVARIANTS: <see cref="Code"/> must be placed at an address aligned to
/// <see cref="Alignment"/>; traps, address map and relocations ascend by offset.
/// </remarks>
public sealed class CompiledFunction
{
    /// <summary>The alignment in bytes that the first byte needs: as much as jumps, loops and constants in the code are aligned to.</summary>
    public const int Alignment = 32;

    internal ByteWriter Bytes { get; } = new(4096);
    internal GrowList<Relocation> RelocationList { get; } = new();
    internal GrowList<TrapRecord> TrapList { get; } = new();
    internal GrowList<AddressMapEntry> AddressList { get; } = new(64);
    internal GrowList<StackMapEntry> StackMapList { get; } = new(4);
    internal GrowList<uint> StackMapSlotList { get; } = new(8);

    /// <summary>Machine code, then padding, then constants and jump tables.</summary>
    public ReadOnlySpan<byte> Code => Bytes.Written;

    /// <summary>How many bytes of <see cref="Code"/> are instructions; constants start at or after this.</summary>
    public int InstructionBytes { get; internal set; }

    /// <summary>
    /// Bytes between the stack pointer in the body and the return address: constant from the end of the prologue to
    /// the return. 0 for functions without a frame.
    /// </summary>
    public int FrameSize { get; internal set; }

    /// <summary>Bytes of the function's stack arguments, above its return address, which it pops when it returns.</summary>
    public int ArgumentBytes { get; internal set; }

    /// <summary>
    /// Offset of the first instruction after the prologue: before it, the stack pointer still points to the return
    /// address.
    /// </summary>
    public CodeOffset PrologueEnd { get; internal set; }

    /// <summary>Places that the linker fills in.</summary>
    public ReadOnlySpan<Relocation> Relocations => RelocationList.Span;

    /// <summary>Instructions that may trap.</summary>
    public ReadOnlySpan<TrapRecord> Traps => TrapList.Span;

    /// <summary>Source locations, run-length coded.</summary>
    public ReadOnlySpan<AddressMapEntry> AddressMap => AddressList.Span;

    /// <summary>Stack maps of return addresses, by offset.</summary>
    public ReadOnlySpan<StackMapEntry> StackMaps => StackMapList.Span;

    /// <summary>
    /// What the stack maps list: byte offsets from the stack pointer of the function's body (after the prologue) to an
    /// 8-byte slot with a reference, ascending within a map.
    /// </summary>
    public ReadOnlySpan<uint> StackMapSlots => StackMapSlotList.Span;

    internal void Clear()
    {
        Bytes.Clear();
        RelocationList.Clear();
        TrapList.Clear();
        AddressList.Clear();
        StackMapList.Clear();
        StackMapSlotList.Clear();
        InstructionBytes = 0;
        FrameSize = 0;
        ArgumentBytes = 0;
        PrologueEnd = default;
    }
}
