using System;
using Kiln.Foundation.Diagnostics;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Validation;

/// <summary>Typing rules of references and casts (core spec, section 3.4.7).</summary>
internal static class ReferenceRules
{
    /// <summary>Applies an instruction; returns the type of the reference it took.</summary>
    public static ValType Apply(ValidationStack stack, ValidatedModule module, in Operator op)
    {
        ValType operand = default;
        switch (op.Opcode)
        {
            case Opcode.RefNull:
                CheckType(stack, op.CastTarget);
                stack.Push(op.CastTarget);
                break;
            case Opcode.RefIsNull:
                operand = stack.PopRef();
                stack.Push(ValType.I32);
                break;
            case Opcode.RefFunc:
                if (op.Index1 >= (uint)module.FunctionCount) stack.FailUnknown("function", op.Index1);
                if (!module.IsDeclared(op.Index1)) stack.Fail($"undeclared function reference {op.Index1}");
                stack.Push(ValType.Ref(HeapType.FromIndex(module.Module.Functions[(int)op.Index1]), false));
                break;
            case Opcode.RefAsNonNull:
                operand = stack.PopRef();
                stack.Push(NonNull(operand));
                break;
            case Opcode.RefTest:
            case Opcode.RefTestNull:
                operand = PopCastSource(stack, op.CastTarget);
                stack.Push(ValType.I32);
                break;
            case Opcode.RefCast:
            case Opcode.RefCastNull:
                operand = PopCastSource(stack, op.CastTarget);
                stack.Push(op.CastTarget);
                break;
            case Opcode.BrOnCast:
            case Opcode.BrOnCastFail:
                BranchOnCast(stack, in op);
                break;
            case Opcode.AnyConvertExtern:
                operand = stack.Pop(ValType.ExternRef);
                stack.Push(ValType.Ref(HeapKind.Any, operand.IsNullable));
                break;
            case Opcode.ExternConvertAny:
                operand = stack.Pop(ValType.Ref(HeapKind.Any, true));
                stack.Push(ValType.Ref(HeapKind.Extern, operand.IsNullable));
                break;
            default:
                EngineBug.Throw($"{op.Opcode.Name()} has no reference rule");
                break;
        }

        return operand;
    }

    /// <summary>Checks that the index in a type, if there is one, exists.</summary>
    public static void CheckType(ValidationStack stack, ValType type)
    {
        if (type.IsRef && type.HeapType.IsConcrete && !stack.Types.Contains(type.HeapType.TypeIndex)) stack.FailUnknown("type", type.HeapType.TypeIndex);
    }

    /// <summary>The type of a reference that is known not to be null.</summary>
    public static ValType NonNull(ValType type) => type.IsBottom ? ValType.Ref(HeapKind.Bottom, false) : type.AsNullable(false);

    private static ValType PopCastSource(ValidationStack stack, ValType target)
    {
        CheckCast(stack, target);
        return stack.Pop(ValType.Ref(stack.Types.TopOf(target.HeapType), true));
    }

    private static void CheckCast(ValidationStack stack, ValType target)
    {
        CheckType(stack, target);
        if (stack.Types.TopOf(target.HeapType) == HeapKind.Cont) stack.Fail($"invalid cast: {target} is a continuation");
    }

    private static void BranchOnCast(ValidationStack stack, in Operator op)
    {
        CheckCast(stack, op.CastSource);
        CheckCast(stack, op.CastTarget);
        if (!stack.Types.Matches(op.CastTarget, op.CastSource)) stack.Fail($"type mismatch: cast from {op.CastSource} to {op.CastTarget}");
        ReadOnlySpan<ValType> label = stack.Frame(op.Index1).LabelTypes;
        ValType rest = op.CastTarget.IsNullable ? op.CastSource.AsNullable(false) : op.CastSource;
        (ValType taken, ValType kept) = op.Opcode == Opcode.BrOnCast ? (op.CastTarget, rest) : (rest, op.CastTarget);
        if (label.IsEmpty || !stack.Types.Matches(taken, label[^1]))
        {
            stack.Fail($"type mismatch: instruction requires {taken} but label has {ValidationStack.Text(label)}");
        }

        stack.Pop(op.CastSource);
        stack.Pop(label[..^1]);
        stack.Push(label[..^1]);
        stack.Push(kept);
    }
}
