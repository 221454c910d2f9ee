// In: a module whose declarations are valid, and the operators of one body in order. Out: nothing, or a
// ModuleException; and between two operators the types of operands, the open blocks and reachability, which is
// all that a translator needs to work in the same walk. Instructions with a simple signature are checked
// straight from the opcode table; the others have a rule in ControlRules, TableRules, ReferenceRules,
// AggregateRules or ContinuationRules. Source: core spec, section 3.4 and appendix "Validation Algorithm".
//
//     OperatorReader reader = validator.Begin(module, functionIndex);
//     Operator op = default;
//     while (!validator.IsFinished)
//     {
//         reader.Read(ref op);
//         validator.Validate(in op);
//     }
//
//     validator.Finish(in reader);

using System;
using System.Runtime.CompilerServices;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Diagnostics;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Validation;

/// <summary>Validates function bodies, one after the other; one per worker. Allocates nothing once its buffers have grown.</summary>
public sealed class FunctionValidator
{
    private readonly ValidationStack _stack = new();
    private readonly LocalTypes _locals = new();
    private readonly OperatorBuffers _buffers = new();
    private readonly ControlRules _control;
    private ValidatedModule _module = null!;

    /// <summary>Creates a validator.</summary>
    public FunctionValidator() => _control = new ControlRules(_stack, _locals);

    /// <summary>True after the <c>end</c> of the function.</summary>
    public bool IsFinished => _stack.Depth == 0;

    /// <summary>True if the next instruction cannot run: a translator skips it, except for the block structure.</summary>
    public bool IsUnreachable => _stack.IsUnreachable;

    /// <summary>Number of operands on the stack.</summary>
    public int OperandCount => _stack.Height;

    /// <summary>Number of open blocks, the function itself included.</summary>
    public int ControlDepth => _stack.Depth;

    /// <summary>The types of all locals, parameters first.</summary>
    public ReadOnlySpan<ValType> Locals => _locals.Types;

    /// <summary>
    /// The type that the last <c>drop</c>, <c>select</c>, <c>ref.as_non_null</c>, <c>br_on_null</c> or
    /// <c>ref.is_null</c> found on the stack; Bottom in unreachable code.
    /// </summary>
    public ValType OperandType { get; private set; }

    /// <summary>The type of operand <paramref name="fromTop"/>, 0 being the top; Bottom if unreachable code lacks it.</summary>
    public ValType Operand(int fromTop) => _stack.Operand(fromTop);

    /// <summary>An open block: 0 is the innermost, <c>ControlDepth - 1</c> the function. Invalid after the next <see cref="Validate"/>.</summary>
    public ref readonly ControlFrame Frame(uint label) => ref _stack.Frame(label);

    /// <summary>The parameters and results of a block type of the current module.</summary>
    public BlockSignature Resolve(BlockType type) => _control.Resolve(_module, type);

    /// <summary>Starts a body: reads its local declarations and returns a reader of its instructions.</summary>
    /// <param name="module">The module.</param>
    /// <param name="functionIndex">A defined function, in the module's function index space.</param>
    /// <exception cref="ModuleException">The local declarations are malformed or too many.</exception>
    public OperatorReader Begin(ValidatedModule module, uint functionIndex)
    {
        _module = module;
        ByteRange body = module.Module.GetBody(functionIndex);
        ByteReader input = new(module.Module.Bytes.Span, body, module.Module.Features, functionIndex);
        FuncType type = module.GetFunctionType(functionIndex);
        _stack.Reset(module.Types, functionIndex, module.Options.MaxNesting);
        _locals.Read(type, ref input, module);
        _stack.Offset = input.Offset;
        _stack.PushFrame(Opcode.Block, new BlockSignature(type.WithoutParameters), 0);
        return new OperatorReader(input, _buffers, module.Options.MaxBranchTableTargets, OperatorReader.EndMessage(module.Module.Bytes.Length, module.Module.CodeSection, body));
    }

    /// <summary>A reader of the instructions of a body, which need not be validated, with room for lists of its own.</summary>
    /// <param name="module">The module.</param>
    /// <param name="functionIndex">A defined function, in the module's function index space.</param>
    /// <param name="buffers">Room for lists.</param>
    /// <param name="localCount">Number of locals that it declares.</param>
    /// <exception cref="ModuleException">The local declarations are malformed.</exception>
    public static OperatorReader ReaderOf(ValidatedModule module, uint functionIndex, OperatorBuffers buffers, out ulong localCount)
    {
        ByteRange body = module.Module.GetBody(functionIndex);
        ByteReader input = new(module.Module.Bytes.Span, body, module.Module.Features, functionIndex);
        localCount = LocalTypes.Skip(ref input);
        return new OperatorReader(input, buffers, module.Options.MaxBranchTableTargets, OperatorReader.EndMessage(module.Module.Bytes.Length, module.Module.CodeSection, body));
    }

    /// <summary>Checks that the body ended with the <c>end</c> of the function.</summary>
    /// <exception cref="ModuleException">Bytes follow it.</exception>
    public void Finish(in OperatorReader reader)
    {
        EngineBug.Check(IsFinished);
        if (reader.IsAtEnd) return;
        _stack.Offset = reader.Offset;
        _stack.Fail("section size mismatch: operators after the end of the function");
    }

    /// <summary>Validates one body from its first byte to its last.</summary>
    /// <exception cref="ModuleException">It is malformed or invalid.</exception>
    public void ValidateBody(ValidatedModule module, uint functionIndex)
    {
        OperatorReader reader = Begin(module, functionIndex);
        Operator op = default;
        while (!IsFinished)
        {
            reader.Read(ref op);
            Validate(in op);
        }

        Finish(in reader);
    }

    /// <summary>Checks one operator and applies it to the stacks.</summary>
    /// <exception cref="ModuleException">It is invalid here.</exception>
    public void Validate(in Operator op)
    {
        _stack.Offset = op.Offset;
        ref readonly Signature signature = ref Signature.Of(op.Opcode);
        switch (signature.Kind)
        {
            case SignatureKind.Plain:
                if (!_stack.TryApply(in signature)) _stack.Apply(in signature, default);
                break;
            case SignatureKind.Access:
                ValType address = MemoryRules.CheckAccess(_stack, _module.Module, in op);
                if (!_stack.TryApplyAccess(in signature, address)) _stack.Apply(in signature, address);
                break;
            case SignatureKind.Lane:
                MemoryRules.CheckLanes(_stack, in op);
                _stack.Apply(in signature, default);
                break;
            case SignatureKind.General:
                _stack.Apply(in signature, TableRules.CheckImmediates(_stack, _module, in op));
                break;
            case SignatureKind.Special:
                ValidateSpecial(in op);
                break;
        }
    }

    private void ValidateSpecial(in Operator op)
    {
        switch (op.Opcode)
        {
            case Opcode.LocalGet:
                _stack.Push(_locals.Get(_stack, op.Index1));
                break;
            case Opcode.LocalSet:
                _stack.Pop(_locals.Set(_stack, op.Index1));
                break;
            case Opcode.LocalTee:
                ValType local = _locals.Set(_stack, op.Index1);
                _stack.Pop(local);
                _stack.Push(local);
                break;
            case Opcode.GlobalGet:
                _stack.Push(Global(op.Index1).Type);
                break;
            case Opcode.GlobalSet:
                GlobalType global = Global(op.Index1);
                if (!global.IsMutable) FailImmutable(op.Index1);
                _stack.Pop(global.Type);
                break;
            case Opcode.Drop:
                OperandType = _stack.Pop();
                break;
            case Opcode.Select:
                Select();
                break;
            case Opcode.SelectT:
                SelectTyped(in op);
                break;
            default:
                ValidateByFamily(in op);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ValidateByFamily(in Operator op)
    {
        switch (op.Opcode)
        {
            case <= Opcode.TryTable:
                OperandType = _control.Apply(_module, in op);
                break;
            case >= Opcode.ContNew and <= Opcode.Switch:
                ContinuationRules.Apply(_stack, _module, in op);
                break;
            case >= Opcode.TableGet and <= Opcode.TableFill:
            case Opcode.MemoryCopy:
                TableRules.Apply(_stack, _module, in op);
                break;
            case >= Opcode.StructNew and <= Opcode.ArrayInitElem:
                AggregateRules.Apply(_stack, _module, in op);
                break;
            case >= Opcode.RefNull and <= Opcode.I31GetU:
                OperandType = ReferenceRules.Apply(_stack, _module, in op);
                break;
            default:
                EngineBug.Throw($"{op.Opcode.Name()} has no typing rule");
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FailImmutable(uint global) => _stack.Fail($"immutable global {global}");

    private GlobalType Global(uint index)
    {
        if (index >= (uint)_module.Module.Globals.Length) _stack.FailUnknown("global", index);
        return _module.Module.Globals[(int)index].Type;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Select()
    {
        _stack.Pop(ValType.I32);
        ValType second = _stack.Pop();
        ValType first = _stack.Pop();
        if (first.IsRef || second.IsRef) _stack.Fail("type mismatch: select without a type cannot select references");
        if (first != second && !first.IsBottom && !second.IsBottom) _stack.Fail($"type mismatch: select has [{first} {second}]");
        OperandType = first.IsBottom ? second : first;
        _stack.Push(OperandType);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void SelectTyped(in Operator op)
    {
        if (op.SelectTypes.Length != 1) _stack.Fail("invalid result arity: select has one result");
        ValType type = op.SelectTypes[0];
        ReferenceRules.CheckType(_stack, type);
        _stack.Pop([type, type, ValType.I32]);
        _stack.Push(type);
        OperandType = type;
    }
}
