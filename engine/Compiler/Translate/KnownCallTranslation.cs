using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Compiler.Inlining;
using Kiln.Contract;
using Kiln.Foundation.Entities;
using Kiln.Wasm;
using Kiln.Wasm.Types;

namespace Kiln.Compiler.Translate;

// call_indirect through a table whose elements are known (ConstantTables): the index is compared with each possible target's,
// and the target is called directly, or its body takes the call's place. An index that is no target's says which trap it
// is. So the table is not read at all, and what is behind the last comparison is cold and returns nowhere.

/// <summary>Calls through constant tables.</summary>
internal static class KnownCallTranslation
{
    private const int MostWithoutInlining = 2;

    /// <summary>True if comparisons are better than the table: few, or one of the targets is inlined.</summary>
    public static bool Pays(Translation t, IndirectTargets targets, WasmOffset offset)
    {
        if (targets.Targets.Length <= MostWithoutInlining) return true;
        foreach ((uint _, uint function) in targets.Targets)
        {
            if (!t.Environment.Offsets.IsImportedFunction(function) && t.Environment.Inlining.IsInlined(t.Inlines.Function, function, offset, t.Inlines.SelfDepth)) return true;
        }

        return false;
    }

    /// <summary>Translates the call. The index is on top of the stack, above the arguments.</summary>
    public static void Call(Translation t, uint type, IndirectTargets targets, WasmOffset offset)
    {
        FunctionBuilder b = t.Builder;
        FuncType signature = t.Environment.Module.GetFuncType(type);
        int count = signature.Parameters.Length, saved = t.KnownCallArgs.Count;
        Value index = t.Pop();
        t.Fuel.EndLine();
        t.KnownCallArgs.AddRange(t.Top(count));
        t.Drop(count);
        int height = t.Stack.Count;
        Block done = b.CreateBlock();
        foreach (ValType result in signature.Results) b.AppendBlockParam(done, t.Environment.IrTypeOf(result));
        bool returns = false;
        foreach ((uint element, uint function) in targets.Targets)
        {
            Block call = b.CreateBlock(), next = b.CreateBlock();
            b.Brif(b.IcmpImm(IntCC.Eq, index, element), call, next);
            b.SealBlock(call);
            b.SealBlock(next);
            b.SwitchToBlock(call);
            t.Stack.AddRange(t.KnownCallArgs.Span[saved..(saved + count)]);
            CallTranslation.Call(t, function, offset, last: false);
            if (t.IsReachable)
            {
                b.Jump(done, t.Top(signature.Results.Length));
                returns = true;
            }

            t.IsReachable = true;
            t.Stack.Truncate(height);
            b.SwitchToBlock(next);
        }

        t.KnownCallArgs.Truncate(saved);
        TrapOf(t, targets, index);
        b.SealBlock(done);
        t.IsReachable = returns;
        if (!returns) return;
        b.SwitchToBlock(done);
        foreach (Value result in b.BlockParams(done)) t.Push(result);
    }

    // In the order of the specification: bounds, null, type.
    private static void TrapOf(Translation t, IndirectTargets targets, Value index)
    {
        FunctionBuilder b = t.Builder;
        b.SetCold(b.CurrentBlock);
        t.Fuel.Flush();
        b.Trapnz(b.IcmpImm(IntCC.Uge, index, targets.Length), Translation.Code(Trap.UndefinedElement));
        foreach ((uint first, uint end) in targets.Nulls)
        {
            Value isNull = end - first == 1
                ? b.IcmpImm(IntCC.Eq, index, first)
                : b.Icmp(IntCC.Ult, b.IaddImm(index, -(long)first), Constant(b, index, end - first));
            b.Trapnz(isNull, Translation.Code(Trap.IndirectCallToNull));
        }

        b.Trap(Translation.Code(Trap.IndirectCallTypeMismatch));
    }

    private static Value Constant(FunctionBuilder b, Value like, uint value) => b.TypeOf(like) == IrType.I64 ? b.I64Const(value) : b.I32Const((int)value);
}
