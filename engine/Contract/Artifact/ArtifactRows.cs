using System.Runtime.InteropServices;

namespace Kiln.Contract.Artifact;

// The rows of an artifact's side tables, exactly as they lie in the file: little-endian, no padding, read in place.
// All code offsets are bytes from the start of the text.

/// <summary>What a range of text holds.</summary>
public enum CodeKind : byte
{
    /// <summary>A function that the module defines.</summary>
    Function = 0,

    /// <summary>An entry trampoline: host to guest.</summary>
    EntryTrampoline = 1,

    /// <summary>An exit trampoline: guest to host.</summary>
    ExitTrampoline = 2,

    /// <summary>A jump to a function that direct calls do not reach; has no frame.</summary>
    Veneer = 3,
}

/// <summary>
/// A piece of code that has one frame layout. At a call instruction inside it, the return address of its own frame
/// lies at <c>[rsp + FrameSize]</c>, rsp being the value at the call instruction.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct CodeRange(uint codeOffset, uint length, uint frameSize, CodeKind kind, uint index, uint argumentBytes = 0)
{
    /// <summary>Where it starts.</summary>
    public readonly uint CodeOffset = codeOffset;

    /// <summary>Its bytes, constants included, padding not.</summary>
    public readonly uint Length = length;

    /// <summary>Bytes between rsp in the body and the return address; a multiple of 8.</summary>
    public readonly uint FrameSize = frameSize;

    /// <summary>Bytes of stack arguments above the return address, which the code pops when it returns; a multiple of 16.</summary>
    public readonly uint ArgumentBytes = argumentBytes;

    private readonly uint _owner = ((uint)kind << 30) | index;

    /// <summary>What it is.</summary>
    public CodeKind Kind => (CodeKind)(_owner >> 30);

    /// <summary>Function index (imports included) of a function or of a veneer's target; type index of a trampoline.</summary>
    public uint Index => _owner & 0x3FFFFFFF;

    /// <summary>Where it ends.</summary>
    public uint End => unchecked(CodeOffset + Length);
}

/// <summary>An instruction that may trap, and the trap it means.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct TrapSite(uint codeOffset, Trap trap)
{
    /// <summary>Start of the instruction.</summary>
    public readonly uint CodeOffset = codeOffset;

    private readonly uint _trap = (uint)trap;

    /// <summary>The trap; undefined in a damaged artifact that was not verified.</summary>
    public Trap Trap => (Trap)(_trap & 0xFF);
}

/// <summary>From this code offset to the next row's, code stems from the instruction at the given offset of the Wasm module.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct AddressRow(uint codeOffset, uint wasmOffset)
{
    /// <summary>Marks code that stems from no instruction (prologues, trampolines).</summary>
    public const uint NoWasmOffset = uint.MaxValue;

    /// <summary>Set in a <see cref="WasmOffset"/> that is the number of an <see cref="InlinedRow"/>; no module is that long.</summary>
    public const uint InlinedBit = 1u << 31;

    /// <summary>First byte of the range.</summary>
    public readonly uint CodeOffset = codeOffset;

    /// <summary>
    /// Offset of the instruction in the original module's bytes, or <see cref="NoWasmOffset"/>, or with
    /// <see cref="InlinedBit"/> the number of a row that has it.
    /// </summary>
    public readonly uint WasmOffset = wasmOffset;
}

/// <summary>An instruction of a function whose body stands in another's code.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct InlinedRow(uint wasmOffset, uint function, uint caller)
{
    /// <summary>Its offset in the original module's bytes.</summary>
    public readonly uint WasmOffset = wasmOffset;

    /// <summary>The function it belongs to, imports counted.</summary>
    public readonly uint Function = function;

    /// <summary>The call that the body replaces, as in <see cref="AddressRow.WasmOffset"/>; an earlier row, if it is one.</summary>
    public readonly uint Caller = caller;
}

/// <summary>
/// Where the frame of a function holds live references while a call in it runs: the items of the artifact's stack map slots
/// from <see cref="FirstSlot"/> up to the next row's, each the byte offset of an 8-byte slot from rsp at the call
/// instruction. A call without live references has no row.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct StackMapRow(uint returnOffset, uint firstSlot)
{
    /// <summary>Code offset of the call's return address.</summary>
    public readonly uint ReturnOffset = returnOffset;

    /// <summary>The first of its items.</summary>
    public readonly uint FirstSlot = firstSlot;
}

/// <summary>
/// The trampolines of a function type, as far as the module needs them: an entry if a function of the type is exported,
/// referred to or the start function, an exit if one is imported.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct TrampolineRow(uint entryOffset, uint exitOffset)
{
    /// <summary>Stands for a trampoline that the module does not need.</summary>
    public const uint None = uint.MaxValue;

    /// <summary>Code offset of the entry trampoline, guest signature (code: i64, vmctx: i64, args: i64) -> (); or <see cref="None"/>.</summary>
    public readonly uint EntryOffset = entryOffset;

    /// <summary>Code offset of the exit trampoline, guest signature of the type with a host context first; or <see cref="None"/>.</summary>
    public readonly uint ExitOffset = exitOffset;
}

/// <summary>A function's name: a range of the artifact's string bytes, UTF-8. Empty if it has none.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly struct NameRow(uint offset, uint length)
{
    /// <summary>First byte.</summary>
    public readonly uint Offset = offset;

    /// <summary>Number of bytes.</summary>
    public readonly uint Length = length;
}
