namespace Kiln.Wasm.Operators;

/// <summary>The immediate of a memory access.</summary>
/// <param name="AlignLog2">Base-2 logarithm of the alignment hint in bytes.</param>
/// <param name="MemoryIndex">The memory.</param>
/// <param name="Offset">Static offset in bytes; below 2^32 for a 32-bit memory.</param>
public readonly record struct MemArg(byte AlignLog2, uint MemoryIndex, ulong Offset);
