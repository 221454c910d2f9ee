// Typing rules of the stack-switching proposal, as its explainer states them:
//   cont.new ct            [(ref null ft)] -> [(ref ct)]
//   cont.bind ct1 ct2      [t1* (ref null ct1)] -> [(ref ct2)]    ct1 = [t1* t2*] -> [t3*], ct2 = [t2*] -> [t3*]
//   suspend tag            [t1*] -> [t2*]                          tag = [t1*] -> [t2*]
//   resume ct hdl*         [t1* (ref null ct)] -> [t2*]            ct = [t1*] -> [t2*]
//   resume_throw ct tag    [t* (ref null ct)] -> [t2*]             tag = [t*] -> []
//   resume_throw_ref ct    [exnref (ref null ct)] -> [t2*]
//   switch ct1 tag         [t1* (ref null ct1)] -> [t2*]           ct1 = [t1* (ref null ct2)] -> [te*], tag = [] -> [te*],
//                                                                  ct2 = [t2*] -> [te*]

using System;
using Kiln.Foundation.Diagnostics;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Validation;

/// <summary>Typing rules of continuations.</summary>
internal static class ContinuationRules
{
    /// <summary>Applies an instruction.</summary>
    public static void Apply(ValidationStack stack, ValidatedModule module, in Operator op)
    {
        if (op.Opcode == Opcode.Suspend)
        {
            FuncType tag = ControlRules.TagType(stack, module, op.Index1);
            stack.Pop(tag.Parameters.AsSpan());
            stack.Push(tag.Results.AsSpan());
            return;
        }

        FuncType type = Continuation(stack, op.Index1);
        ValType continuation = ValType.Ref(HeapType.FromIndex(op.Index1), true);
        switch (op.Opcode)
        {
            case Opcode.ContNew:
                uint function = ((ContType)stack.Types[op.Index1].Composite).FunctionTypeIndex;
                stack.Pop(ValType.Ref(HeapType.FromIndex(function), true));
                stack.Push(continuation.AsNullable(false));
                break;
            case Opcode.ContBind:
                Bind(stack, in op, type, continuation);
                break;
            case Opcode.Resume:
                CheckHandlers(stack, module, in op, type);
                stack.Pop(continuation);
                stack.Pop(type.Parameters.AsSpan());
                stack.Push(type.Results.AsSpan());
                break;
            case Opcode.ResumeThrow:
                FuncType exception = ControlRules.TagType(stack, module, op.Index2);
                if (!exception.Results.IsEmpty) stack.Fail($"type mismatch: tag {op.Index2} of an exception has results");
                CheckHandlers(stack, module, in op, type);
                stack.Pop(continuation);
                stack.Pop(exception.Parameters.AsSpan());
                stack.Push(type.Results.AsSpan());
                break;
            case Opcode.ResumeThrowRef:
                CheckHandlers(stack, module, in op, type);
                stack.Pop(continuation);
                stack.Pop(ValType.ExnRef);
                stack.Push(type.Results.AsSpan());
                break;
            case Opcode.Switch:
                Switch(stack, module, in op, type, continuation);
                break;
            default:
                EngineBug.Throw($"{op.Opcode.Name()} has no continuation rule");
                break;
        }
    }

    private static void Bind(ValidationStack stack, in Operator op, FuncType source, ValType continuation)
    {
        FuncType target = Continuation(stack, op.Index2);
        ReadOnlySpan<ValType> parameters = source.Parameters.AsSpan();
        int bound = parameters.Length - target.Parameters.Length;
        if (bound < 0 || !FunctionMatches(stack.Types, parameters[Math.Max(bound, 0)..], source.Results.AsSpan(), target))
        {
            stack.Fail($"type mismatch in continuation type: cannot bind {source} to {target}");
        }

        stack.Pop(continuation);
        stack.Pop(parameters[..bound]);
        stack.Push(ValType.Ref(HeapType.FromIndex(op.Index2), false));
    }

    private static void Switch(ValidationStack stack, ValidatedModule module, in Operator op, FuncType target, ValType continuation)
    {
        FuncType tag = ControlRules.TagType(stack, module, op.Index2);
        ReadOnlySpan<ValType> parameters = target.Parameters.AsSpan();
        if (!tag.Parameters.IsEmpty) stack.Fail($"type mismatch in switch tag {op.Index2}: it has parameters");
        if (parameters.IsEmpty || !IsContinuation(stack, parameters[^1]))
        {
            stack.Fail("type mismatch: instruction requires concrete continuation reference type but continuation has "
                + ValidationStack.Text(parameters));
        }

        FuncType back = Continuation(stack, parameters[^1].HeapType.TypeIndex);
        if (!stack.Types.Matches(target.Results.AsSpan(), tag.Results.AsSpan()) || !stack.Types.Matches(tag.Results.AsSpan(), back.Results.AsSpan()))
        {
            stack.Fail($"type mismatch in switch tag {op.Index2}: {target} and {back} do not both end with {ValidationStack.Text(tag.Results.AsSpan())}");
        }

        stack.Pop(continuation);
        stack.Pop(parameters[..^1]);
        stack.Push(back.Parameters.AsSpan());
    }

    private static void CheckHandlers(ValidationStack stack, ValidatedModule module, in Operator op, FuncType resumed)
    {
        foreach (ResumeHandler handler in op.Handlers)
        {
            FuncType tag = ControlRules.TagType(stack, module, handler.TagIndex);
            if (handler.IsSwitch)
            {
                if (!tag.Parameters.IsEmpty) stack.Fail($"type mismatch in switch tag {handler.TagIndex}: it has parameters");
                if (!stack.Types.Matches(resumed.Results.AsSpan(), tag.Results.AsSpan()))
                {
                    stack.Fail($"type mismatch in switch tag {handler.TagIndex}: the continuation returns {ValidationStack.Text(resumed.Results.AsSpan())}");
                }

                continue;
            }

            CheckLabel(stack, tag, stack.Frame(handler.Label).LabelTypes, resumed);
        }
    }

    private static void CheckLabel(ValidationStack stack, FuncType tag, ReadOnlySpan<ValType> label, FuncType resumed)
    {
        ValType last = label.IsEmpty ? default : label[^1];
        if (!last.IsRef || !last.HeapType.IsConcrete)
        {
            stack.Fail($"type mismatch: instruction requires concrete continuation reference type but label has {ValidationStack.Text(label)}");
        }

        FuncType type = Continuation(stack, last.HeapType.TypeIndex);
        if (!stack.Types.Matches(tag.Parameters.AsSpan(), label[..^1]))
        {
            stack.Fail($"type mismatch: handler passes {ValidationStack.Text(tag.Parameters.AsSpan())} and a continuation but label has {ValidationStack.Text(label)}");
        }

        if (!FunctionMatches(stack.Types, tag.Results.AsSpan(), resumed.Results.AsSpan(), type))
        {
            stack.Fail($"type mismatch in continuation type: handler passes {ValidationStack.Text(tag.Results.AsSpan())} -> "
                + $"{ValidationStack.Text(resumed.Results.AsSpan())} but label has {type}");
        }
    }

    private static bool FunctionMatches(ModuleTypes types, ReadOnlySpan<ValType> parameters, ReadOnlySpan<ValType> results, FuncType super) =>
        types.Matches(super.Parameters.AsSpan(), parameters) && types.Matches(results, super.Results.AsSpan());

    private static bool IsContinuation(ValidationStack stack, ValType type) =>
        type.IsRef && type.HeapType.IsConcrete && stack.Types.KindOf(type.HeapType.TypeIndex) == HeapKind.Cont;

    private static FuncType Continuation(ValidationStack stack, uint index)
    {
        if (!stack.Types.Contains(index)) stack.FailUnknown("type", index);
        if (stack.Types[index].Composite is not ContType type)
        {
            stack.Fail($"non-continuation type {index}");
            return null!;
        }

        return stack.Types.Function(type.FunctionTypeIndex)!;
    }
}
