// The two stacks of the validation algorithm (core spec, appendix "Validation Algorithm"): operand types and
// open blocks, with the failure messages of the specification's test suite. Below the height of the innermost
// block nothing can be popped; in unreachable code an operand that is missing there has the type Bottom.

using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using Kiln.Foundation.Collections;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Validation;

/// <summary>Operand types and open blocks of the function that is being validated. Reused between functions.</summary>
internal sealed class ValidationStack
{
    private ValType[] _operands = new ValType[256];
    private ControlFrame[] _frames = new ControlFrame[32];
    private ModuleTypes _types = null!;
    private long _function;
    private int _maxNesting;

    /// <summary>Number of operands.</summary>
    public int Height { get; private set; }

    /// <summary>Height of the innermost block.</summary>
    public int FrameHeight { get; private set; }

    /// <summary>True if the next instruction cannot run.</summary>
    public bool IsUnreachable { get; private set; }

    /// <summary>Number of open blocks, the function itself included.</summary>
    public int Depth { get; private set; }

    /// <summary>Where the current instruction is, for errors.</summary>
    public WasmOffset Offset { get; set; }

    /// <summary>The types of the module.</summary>
    public ModuleTypes Types => _types;

    /// <summary>Forgets everything and starts a function.</summary>
    public void Reset(ModuleTypes types, long function, int maxNesting)
    {
        (_types, _function, _maxNesting) = (types, function, maxNesting);
        (Height, FrameHeight, IsUnreachable, Depth) = (0, 0, false, 0);
    }

    /// <summary>Operand <paramref name="fromTop"/>, 0 being the top; Bottom if unreachable code lacks it.</summary>
    public ValType Operand(int fromTop) => Height - FrameHeight > fromTop ? _operands[Height - 1 - fromTop] : ValType.Bottom;

    /// <summary>The innermost blocks: 0 is the innermost, <c>Depth - 1</c> the function.</summary>
    public ref ControlFrame Frame(uint label)
    {
        if (label >= (uint)Depth) FailUnknown("label", label);
        return ref _frames[Depth - 1 - (int)label];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push(ValType type)
    {
        if (Height == _operands.Length) GrowOperands();
        _operands[Height++] = type;
    }

    public void Push(ReadOnlySpan<ValType> types)
    {
        foreach (ValType type in types) Push(type);
    }

    /// <summary>Pops an operand of any type; Bottom if unreachable code lacks it.</summary>
    public ValType Pop()
    {
        if (Height > FrameHeight) return _operands[--Height];
        if (!IsUnreachable) Fail("type mismatch: instruction requires an operand but stack has []");
        return ValType.Bottom;
    }

    /// <summary>Pops an operand that must match <paramref name="expected"/> and returns its own type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValType Pop(ValType expected)
    {
        int top = Height - 1;
        ValType[] operands = _operands;
        if (top >= FrameHeight && (uint)top < (uint)operands.Length && operands[top] == expected)
        {
            Height = top;
            return expected;
        }

        return PopSubtype(expected);
    }

    /// <summary>Pops a reference; Bottom if unreachable code lacks it.</summary>
    public ValType PopRef()
    {
        ValType type = Pop();
        if (!type.IsRef && !type.IsBottom) FailNoReference(type);
        return type;
    }

    /// <summary>Pops operands that must match, the last one first.</summary>
    public void Pop(ReadOnlySpan<ValType> expected)
    {
        Check(expected);
        Height = Math.Max(FrameHeight, Height - expected.Length);
    }

    /// <summary>Checks that the topmost operands match, and leaves them.</summary>
    public void Check(ReadOnlySpan<ValType> expected)
    {
        int at = Height;
        for (int i = expected.Length - 1; i >= 0; i--)
        {
            if (at == FrameHeight)
            {
                if (!IsUnreachable) FailMismatch(expected);
                return;
            }

            ValType actual = _operands[--at];
            if (actual != expected[i] && !Subtyping.Matches(_types, actual, expected[i])) FailMismatch(expected);
        }
    }

    /// <summary>Pops and pushes what a plain signature says if the operands are just those; else does nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryApply(in Signature signature)
    {
        int bottom = Height - signature.ParameterCount;
        if (bottom < FrameHeight) return false;
        ValType[] operands = _operands;
        switch (signature.ParameterCount)
        {
            case 0:
                break;
            case 1:
                if (operands[bottom].Bits != signature.P0) return false;
                break;
            case 2:
                if (operands[bottom + 1].Bits != signature.P1 || operands[bottom].Bits != signature.P0) return false;
                break;
            default:
                if (operands[bottom + 2].Bits != signature.P2 || operands[bottom + 1].Bits != signature.P1
                    || operands[bottom].Bits != signature.P0) return false;
                break;
        }

        Height = bottom;
        if (signature.ResultCount != 0) Push(new ValType(signature.R0));
        return true;
    }

    /// <summary>The same for a load or store of numbers, whose first parameter is an address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryApplyAccess(in Signature signature, ValType address)
    {
        int bottom = Height - signature.ParameterCount;
        if (bottom < FrameHeight || signature.ParameterCount > 2) return false;
        ValType[] operands = _operands;
        if (operands[bottom] != address) return false;
        if (signature.ParameterCount == 2 && operands[bottom + 1].Bits != signature.P1) return false;
        Height = bottom;
        if (signature.ResultCount != 0) Push(new ValType(signature.R0));
        return true;
    }

    /// <summary>Pops and pushes what a signature says; <paramref name="address"/> stands for its address type.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Apply(in Signature signature, ValType address)
    {
        Span<ValType> parameters = stackalloc ValType[4];
        for (int i = 0; i < signature.ParameterCount; i++) parameters[i] = Signature.TypeOf(signature.Parameter(i), address);
        Pop(parameters[..signature.ParameterCount]);
        if (signature.ResultCount > 0) Push(Signature.TypeOf(signature.R0, address));
        if (signature.ResultCount > 1) Push(Signature.TypeOf(signature.R1, address));
    }

    /// <summary>Opens a block whose parameters have been popped, and pushes them again.</summary>
    public void PushFrame(Opcode opcode, in BlockSignature signature, int initializedHeight)
    {
        if (Depth == _maxNesting) FailTooDeep();
        if (Depth == _frames.Length) ArrayBuffer.Resize(ref _frames, Depth * 2);
        ref ControlFrame frame = ref _frames[Depth++];
        frame.Opcode = opcode;
        frame.Signature = signature;
        frame.Height = FrameHeight = Height;
        frame.IsUnreachable = IsUnreachable = false;
        frame.InitializedHeight = initializedHeight;
        frame.LastBranchTable = 0;
        Push(signature.Parameters);
    }

    /// <summary>Closes the innermost block: its results, and nothing else, must be on the stack. They are popped.</summary>
    public ref ControlFrame PopFrame()
    {
        ref ControlFrame frame = ref _frames[Depth - 1];
        ReadOnlySpan<ValType> results = frame.Signature.Results;
        Check(results);
        if (Height - FrameHeight > results.Length) FailLeftOver(results);
        Height = frame.Height;
        Depth--;
        if (Depth > 0)
        {
            ref ControlFrame outer = ref _frames[Depth - 1];
            (FrameHeight, IsUnreachable) = (outer.Height, outer.IsUnreachable);
        }

        return ref frame;
    }

    /// <summary>Marks the rest of the innermost block as unreachable and drops its operands.</summary>
    public void SetUnreachable()
    {
        _frames[Depth - 1].IsUnreachable = IsUnreachable = true;
        Height = FrameHeight;
    }

    /// <summary>Fails because an index names nothing.</summary>
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void FailUnknown(string what, uint index) => Fail($"unknown {what} {index}");

    /// <summary>Fails at the current instruction.</summary>
    [DoesNotReturn]
    public void Fail(string reason) => throw new ModuleException(reason, Offset, _function < 0 ? null : (uint)_function);

    /// <summary>Fails because the topmost operands are not <paramref name="expected"/>.</summary>
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void FailMismatch(ReadOnlySpan<ValType> expected)
    {
        int count = Math.Min(expected.Length, Height - FrameHeight);
        Fail($"type mismatch: instruction requires {Text(expected)} but stack has {Text(_operands.AsSpan(Height - count, count))}");
    }

    /// <summary>A list of types as the specification writes it.</summary>
    public static string Text(ReadOnlySpan<ValType> types)
    {
        StringBuilder text = new("[");
        for (int i = 0; i < types.Length; i++) text.Append(i == 0 ? "" : " ").Append(types[i]);
        return text.Append(']').ToString();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValType PopSubtype(ValType expected)
    {
        if (Height > FrameHeight)
        {
            ValType actual = _operands[Height - 1];
            if (!Subtyping.Matches(_types, actual, expected)) FailMismatch([expected]);
            Height--;
            return actual;
        }

        if (!IsUnreachable) FailMismatch([expected]);
        return ValType.Bottom;
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FailNoReference(ValType type) => Fail($"type mismatch: instruction requires a reference but stack has [{type}]");

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FailTooDeep() => Fail($"blocks are nested too deeply: at most {_maxNesting} levels are allowed");

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FailLeftOver(ReadOnlySpan<ValType> results) => Fail(
        $"type mismatch: block requires {Text(results)} but stack has {Text(_operands.AsSpan(FrameHeight, Height - FrameHeight))}");

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void GrowOperands() => ArrayBuffer.Resize(ref _operands, _operands.Length * 2);
}
