using System.Collections.Immutable;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Modules;

/// <summary>
/// One instruction of a constant expression: a constant (<paramref name="Low"/>, <paramref name="High"/> as in
/// <c>Operator</c>), <c>global.get</c>, <c>ref.func</c>, a type index or a count in
/// <paramref name="Index1"/> and <paramref name="Index2"/>, or the heap type of <c>ref.null</c>.
/// </summary>
public readonly record struct ConstInstruction(
    Opcode Opcode, WasmOffset Offset, uint Index1, uint Index2, ulong Low, ulong High, HeapType HeapType);

/// <summary>A constant expression as a list of instructions for a stack machine, without the final <c>end</c>.</summary>
/// <param name="Instructions">The instructions, first to last.</param>
/// <param name="Range">Its bytes in the module, with the <c>end</c>.</param>
public sealed record ConstExpression(ImmutableArray<ConstInstruction> Instructions, ByteRange Range);
