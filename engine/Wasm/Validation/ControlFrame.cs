using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Validation;

/// <summary>The parameters and results of a block, without allocation.</summary>
public readonly struct BlockSignature
{
    private readonly FuncType? _type;
    private readonly ValType _result;

    internal BlockSignature(FuncType type) => _type = type;

    internal BlockSignature(ValType result) => _result = result;

    /// <summary>The types that the block takes from the operand stack.</summary>
    public ReadOnlySpan<ValType> Parameters => _type is null ? [] : _type.Parameters.AsSpan();

    /// <summary>The types that the block leaves on it. The span refers to this value.</summary>
    [UnscopedRef]
    public ReadOnlySpan<ValType> Results => _type is null
        ? MemoryMarshal.CreateReadOnlySpan(in _result, _result.IsBottom ? 0 : 1)
        : _type.Results.AsSpan();
}

/// <summary>An open block.</summary>
[SuppressMessage("Design", "CA1051", Justification = "Read in place through a reference.")]
public struct ControlFrame
{
    /// <summary>The opcode that opened it: block, loop, if, else (the second arm of an if), try_table; block for the function itself.</summary>
    public Opcode Opcode;

    /// <summary>True if the instructions from here to its end cannot run.</summary>
    public bool IsUnreachable;

    /// <summary>Operands on the stack when it was opened, its parameters not counted.</summary>
    public int Height;

    /// <summary>Its type.</summary>
    public BlockSignature Signature;

    /// <summary>Locals initialised since the function began, when it was opened.</summary>
    internal int InitializedHeight;

    /// <summary>Serial number of the last <c>br_table</c> that checked this label.</summary>
    internal int LastBranchTable;

    /// <summary>The types that a branch to it carries: the parameters of a loop, the results of any other block.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<ValType> LabelTypes => Opcode == Opcode.Loop ? Signature.Parameters : Signature.Results;
}
