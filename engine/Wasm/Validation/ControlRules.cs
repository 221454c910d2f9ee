using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Kiln.Foundation.Diagnostics;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Validation;

/// <summary>Typing rules of blocks, branches, calls and exceptions (core spec, section 3.4.1).</summary>
internal sealed class ControlRules(ValidationStack stack, LocalTypes locals)
{
    private int _branchTables;

    /// <summary>Applies an instruction; returns the operand type of <c>br_on_null</c>.</summary>
    public ValType Apply(ValidatedModule module, in Operator op)
    {
        switch (op.Opcode)
        {
            case Opcode.Unreachable:
                stack.SetUnreachable();
                break;
            case Opcode.Block:
            case Opcode.Loop:
                Open(op.Opcode, Resolve(module, op.BlockType));
                break;
            case Opcode.If:
                BlockSignature conditional = Resolve(module, op.BlockType);
                stack.Pop(ValType.I32);
                Open(op.Opcode, in conditional);
                break;
            case Opcode.TryTable:
                BlockSignature signature = Resolve(module, op.BlockType);
                stack.Pop(signature.Parameters);
                foreach (CatchClause clause in op.Catches) CheckCatch(module, clause);
                stack.PushFrame(op.Opcode, in signature, locals.InitializedHeight);
                break;
            case Opcode.Else:
                Else();
                break;
            case Opcode.End:
                End();
                break;
            case Opcode.Br:
                stack.Pop(stack.Frame(op.Index1).LabelTypes);
                stack.SetUnreachable();
                break;
            case Opcode.BrIf:
                stack.Pop(ValType.I32);
                Retype(stack.Frame(op.Index1).LabelTypes);
                break;
            case Opcode.BrTable:
                BranchTable(in op);
                break;
            case Opcode.Return:
                stack.Pop(stack.Frame((uint)stack.Depth - 1).Signature.Results);
                stack.SetUnreachable();
                break;
            case Opcode.BrOnNull:
                return BranchOnNull(in op);
            case Opcode.BrOnNonNull:
                BranchOnNonNull(in op);
                break;
            case Opcode.Throw:
                stack.Pop(Tag(module, op.Index1).Parameters.AsSpan());
                if (!Tag(module, op.Index1).Results.IsEmpty) FailTagResults(op.Index1);
                stack.SetUnreachable();
                break;
            case Opcode.ThrowRef:
                stack.Pop(ValType.ExnRef);
                stack.SetUnreachable();
                break;
            default:
                ApplyCall(module, in op);
                break;
        }

        return default;
    }

    /// <summary>The parameters and results of a block type.</summary>
    public BlockSignature Resolve(ValidatedModule module, BlockType type)
    {
        switch (type.Kind)
        {
            case BlockTypeKind.Value:
                ReferenceRules.CheckType(stack, type.Result);
                return new BlockSignature(type.Result);
            case BlockTypeKind.Function:
                if (module.Types.Function(type.TypeIndex) is { } function) return new BlockSignature(function);
                stack.FailUnknown("type", type.TypeIndex);
                return default;
            default:
                return default;
        }
    }

    /// <summary>The type of a tag.</summary>
    internal FuncType Tag(ValidatedModule module, uint index) => TagType(stack, module, index);

    /// <summary>The type of a tag.</summary>
    internal static FuncType TagType(ValidationStack stack, ValidatedModule module, uint index)
    {
        if (index >= (uint)module.Module.Tags.Length) stack.FailUnknown("tag", index);
        return module.Types.Function(module.Module.Tags[(int)index].TypeIndex)!;
    }

    private void Open(Opcode opcode, in BlockSignature signature)
    {
        stack.Pop(signature.Parameters);
        stack.PushFrame(opcode, in signature, locals.InitializedHeight);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Else()
    {
        if (stack.Frame(0).Opcode != Opcode.If) stack.Fail("END opcode expected: else outside of an if");
        ref ControlFrame arm = ref stack.PopFrame();
        BlockSignature signature = arm.Signature;
        locals.Forget(arm.InitializedHeight);
        stack.PushFrame(Opcode.Else, in signature, locals.InitializedHeight);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void End()
    {
        ref ControlFrame frame = ref stack.PopFrame();
        if (frame.Opcode == Opcode.If && !stack.Types.Matches(frame.Signature.Parameters, frame.Signature.Results))
        {
            FailMissingElse(in frame);
        }

        locals.Forget(frame.InitializedHeight);
        if (stack.Depth != 0) stack.Push(frame.Signature.Results);
    }

    private void Retype(ReadOnlySpan<ValType> types)
    {
        if (types.IsEmpty) return;
        stack.Pop(types);
        stack.Push(types);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BranchTable(in Operator op)
    {
        stack.Pop(ValType.I32);
        int serial = ++_branchTables;
        ReadOnlySpan<ValType> standard = stack.Frame(op.Index1).LabelTypes;
        foreach (uint label in op.Targets)
        {
            ref ControlFrame frame = ref stack.Frame(label);
            if (frame.LastBranchTable == serial) continue;
            frame.LastBranchTable = serial;
            ReadOnlySpan<ValType> types = frame.LabelTypes;
            if (types.Length != standard.Length) FailLabels(types, standard);

            stack.Check(types);
        }

        stack.Pop(standard);
        stack.SetUnreachable();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ValType BranchOnNull(in Operator op)
    {
        ValType reference = stack.PopRef();
        Retype(stack.Frame(op.Index1).LabelTypes);
        stack.Push(ReferenceRules.NonNull(reference));
        return reference;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BranchOnNonNull(in Operator op)
    {
        ReadOnlySpan<ValType> types = stack.Frame(op.Index1).LabelTypes;
        if (types.IsEmpty || !types[^1].IsRef)
        {
            stack.Fail($"type mismatch: instruction requires a reference type but label has {ValidationStack.Text(types)}");
        }

        stack.Pop(types[^1].AsNullable(true));
        Retype(types[..^1]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CheckCatch(ValidatedModule module, CatchClause clause)
    {
        ReadOnlySpan<ValType> label = stack.Frame(clause.Label).LabelTypes;
        ReadOnlySpan<ValType> values = [];
        if (clause.Kind is CatchKind.Catch or CatchKind.CatchRef)
        {
            FuncType tag = Tag(module, clause.TagIndex);
            if (!tag.Results.IsEmpty) FailTagResults(clause.TagIndex);
            values = tag.Parameters.AsSpan();
        }

        int count = values.Length;
        bool passesException = clause.Kind is CatchKind.CatchRef or CatchKind.CatchAllRef;
        bool matches = label.Length == count + (passesException ? 1 : 0) && stack.Types.Matches(values, label[..count]);
        if (matches && passesException) matches = stack.Types.Matches(ValType.Ref(HeapKind.Exn, false), label[count]);
        if (!matches)
        {
            stack.Fail($"type mismatch: catch passes {ValidationStack.Text(values)}{(passesException ? " and (ref exn)" : "")} "
                + $"but label has {ValidationStack.Text(label)}");
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ApplyCall(ValidatedModule module, in Operator op)
    {
        FuncType type;
        switch (op.Opcode)
        {
            case Opcode.Call:
            case Opcode.ReturnCall:
                if (op.Index1 >= (uint)module.FunctionCount) stack.FailUnknown("function", op.Index1);
                type = module.GetFunctionType(op.Index1);
                break;
            case Opcode.CallIndirect:
            case Opcode.ReturnCallIndirect:
                type = IndirectCallee(module, in op);
                break;
            case Opcode.CallRef:
            case Opcode.ReturnCallRef:
                type = FunctionType(module, op.Index1);
                stack.Pop(ValType.Ref(HeapType.FromIndex(op.Index1), true));
                break;
            default:
                EngineBug.Throw($"{op.Opcode.Name()} has no control rule");
                return;
        }

        stack.Pop(type.Parameters.AsSpan());
        if (op.Opcode is Opcode.Call or Opcode.CallIndirect or Opcode.CallRef)
        {
            stack.Push(type.Results.AsSpan());
            return;
        }

        ReadOnlySpan<ValType> results = stack.Frame((uint)stack.Depth - 1).Signature.Results;
        if (!stack.Types.Matches(type.Results.AsSpan(), results)) FailTailCall(type, results);

        stack.SetUnreachable();
    }

    private FuncType IndirectCallee(ValidatedModule module, in Operator op)
    {
        TableType table = TableRules.Table(stack, module.Module, op.Index2);
        if (!stack.Types.Matches(table.Element, ValType.FuncRef)) FailIndirect(table);
        FuncType type = FunctionType(module, op.Index1);
        stack.Pop(table.AddressType);
        return type;
    }

    private FuncType FunctionType(ValidatedModule module, uint index)
    {
        if (module.Types.Function(index) is { } type) return type;
        FailNoFunction(module, index);
        return null!;
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FailNoFunction(ValidatedModule module, uint index) =>
        stack.Fail(module.Types.Contains(index) ? $"non-function type {index}" : $"unknown type {index}");

    // The messages are made apart, so that the rules do not pay for their locals.
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FailTagResults(uint tag) => stack.Fail($"type mismatch: tag {tag} of an exception has results");

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FailMissingElse(in ControlFrame frame) => stack.Fail(
        "type mismatch: an if without else must leave its parameters as its results: "
        + $"{ValidationStack.Text(frame.Signature.Parameters)} -> {ValidationStack.Text(frame.Signature.Results)}");

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FailLabels(ReadOnlySpan<ValType> types, ReadOnlySpan<ValType> standard) =>
        stack.Fail($"type mismatch: br_table has labels with {ValidationStack.Text(types)} and with {ValidationStack.Text(standard)}");

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FailTailCall(FuncType type, ReadOnlySpan<ValType> results) => stack.Fail(
        $"type mismatch: tail call returns {ValidationStack.Text(type.Results.AsSpan())} but the function returns {ValidationStack.Text(results)}");

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FailIndirect(TableType table) => stack.Fail($"type mismatch: call_indirect through a table of {table.Element}");
}
