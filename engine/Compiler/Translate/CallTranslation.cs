using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Contract;
using Kiln.Contract.Layout;
using Kiln.Wasm;
using Kiln.Wasm.Types;

namespace Kiln.Compiler.Translate;

/// <summary>
/// Calls. Every guest function takes its own VM context as first argument: a function of this module the caller's, any
/// other the one that stands beside its code pointer.
/// </summary>
internal static class CallTranslation
{
    // What an import or a funcref record points to never changes while code runs.
    private static MemFlags RecordFlags => MemFlags.Trusted(AliasRegions.FuncRefs).WithReadOnly();

    // The first access to a record that may be null: a fault at an address near 0 is the trap.
    private static MemFlags NullableRecordFlags(Trap ifNull) => RecordFlags.WithTrap(Translation.Code(ifNull));

    /// <summary><c>call</c> at <paramref name="offset"/>, or <c>return_call</c> if it is the function's <paramref name="last"/>.</summary>
    public static void Call(Translation t, uint function, WasmOffset offset, bool last)
    {
        VmOffsets offsets = t.Environment.Offsets;
        uint type = t.Environment.Module.Functions[(int)function];
        if (offsets.IsImportedFunction(function))
        {
            int import = offsets.ImportedFunction(function);
            Value code = t.LoadVmField(import + VmFunctionImportLayout.Code);
            Value context = t.LoadVmField(import + VmFunctionImportLayout.VmContext);
            CallCode(t, type, code, context, last);
            return;
        }

        if (!last && t.Environment.Inlining.IsInlined(t.Inlines.Function, function, offset, t.Inlines.SelfDepth))
        {
            InlineTranslation.Call(t, function);
            return;
        }

        t.Fuel.Flush();
        ReadOnlySpan<Value> arguments = PopArguments(t, type, t.VmContext);
        if (last)
        {
            t.Builder.ReturnCall(t.Function(function), arguments);
            Leave(t);
            return;
        }

        AfterCall(t, t.Builder.Call(t.Function(function), arguments));
    }

    /// <summary>
    /// <c>call_indirect</c> or <c>return_call_indirect</c>: bounds, null and type are checked in this order, as the specification
    /// has it; what the table's type says is not checked again.
    /// </summary>
    public static void CallIndirect(Translation t, uint type, uint table, WasmOffset offset, bool last)
    {
        if (!last && t.Environment.Inlining.TargetsOf(type, table) is { } targets && KnownCallTranslation.Pays(t, targets, offset))
        {
            KnownCallTranslation.Call(t, type, targets, offset);
            return;
        }

        ValType element = t.Environment.Module.Tables[(int)table].Type.Element;
        Value index = t.Pop();
        t.Fuel.Flush();
        Value funcRef = TableTranslation.LoadCallee(t, table, index);
        if (!t.Environment.Validated.Types.Matches(element.HeapType, HeapType.FromIndex(type))) CheckType(t, type, funcRef);
        CallRecord(t, type, funcRef, RecordFlags, last);
    }

    // The numbers of types are equal if the types are. A function of an open type may be called by its supertypes, too.
    private static void CheckType(Translation t, uint type, Value funcRef)
    {
        FunctionBuilder b = t.Builder;
        Value typeIds = t.LoadVmField(VmContextLayout.TypeIds);
        Value expected = b.Load(IrType.I32, MemFlags.Trusted(AliasRegions.TypeIds).WithReadOnly().WithCanMove(), typeIds, (int)type * sizeof(uint));
        Value actual = b.Load(IrType.I32, RecordFlags, funcRef, VmFuncRefLayout.TypeId);
        Value differ = b.Icmp(IntCC.Ne, actual, expected);
        if (t.Environment.Module.Types[(int)type].IsFinal)
        {
            b.Trapnz(differ, Translation.Code(Trap.IndirectCallTypeMismatch));
            return;
        }

        Block compare = b.CreateBlock();
        Block same = b.CreateBlock();
        b.SetCold(compare);
        b.Brif(differ, compare, same);
        b.SealBlock(compare);
        b.SwitchToBlock(compare);
        Inst call = CallQuietly(t, Builtin.IsSubtype, [actual, expected]);
        b.Trapz(b.Ireduce(b.Func.Dfg.FirstResult(call)), Translation.Code(Trap.IndirectCallTypeMismatch));
        b.Jump(same);
        b.SealBlock(same);
        b.SwitchToBlock(same);
    }

    /// <summary><c>call_ref</c> or <c>return_call_ref</c>.</summary>
    public static void CallRef(Translation t, uint type, bool last)
    {
        Value funcRef = t.Pop();
        t.Fuel.Flush();
        CallRecord(t, type, funcRef, NullableRecordFlags(Trap.NullFunctionReference), last);
    }

    /// <summary>
    /// Calls a function of the runtime, with the VM context before <paramref name="arguments"/>; <paramref name="element"/> is
    /// the type of table elements among them.
    /// </summary>
    public static Inst CallBuiltin(Translation t, Builtin builtin, scoped ReadOnlySpan<Value> arguments, IrType element = IrType.I64)
    {
        t.Fuel.Flush();
        Inst call = CallQuietly(t, builtin, arguments, element);
        t.Fuel.Reload();
        return call;
    }

    /// <summary>As <see cref="CallBuiltin"/>, for a builtin that neither traps nor looks at fuel, in the middle of an instruction.</summary>
    public static Inst CallQuietly(Translation t, Builtin builtin, scoped ReadOnlySpan<Value> arguments, IrType element = IrType.I64)
    {
        FunctionBuilder b = t.Builder;
        Value table = t.LoadVmField(VmContextLayout.Builtins);
        Value code = b.Load(IrType.I64, MemFlags.Trusted(AliasRegions.Builtins).WithReadOnly().WithCanMove(), table, (int)builtin * sizeof(ulong));
        t.CallArgs.Clear();
        t.CallArgs.Add(t.VmContext);
        t.CallArgs.AddRange(arguments);
        return b.CallIndirect(t.Signature(builtin, element), code, t.CallArgs.Span);
    }

    private static void CallRecord(Translation t, uint type, Value funcRef, MemFlags codeFlags, bool last)
    {
        FunctionBuilder b = t.Builder;
        Value code = b.Load(IrType.I64, codeFlags, funcRef, VmFuncRefLayout.Code);
        Value context = b.Load(IrType.I64, RecordFlags, funcRef, VmFuncRefLayout.VmContext);
        CallCode(t, type, code, context, last);
    }

    private static void CallCode(Translation t, uint type, Value code, Value context, bool last)
    {
        t.Fuel.Flush();
        ReadOnlySpan<Value> arguments = PopArguments(t, type, context);
        if (last)
        {
            t.Builder.ReturnCallIndirect(t.Signature(type), code, arguments);
            Leave(t);
            return;
        }

        AfterCall(t, t.Builder.CallIndirect(t.Signature(type), code, arguments));
    }

    // A loop may be made of tail calls as of calls: both are tested for an interruption at the function's entry.
    private static void Leave(Translation t)
    {
        t.MakesCalls = true;
        t.IsReachable = false;
    }

    private static void AfterCall(Translation t, Inst call)
    {
        t.MakesCalls = true;
        t.Fuel.Reload();
        t.PushResults(call);
    }

    private static ReadOnlySpan<Value> PopArguments(Translation t, uint type, Value context)
    {
        int count = t.Environment.Module.GetFuncType(type).Parameters.Length;
        t.CallArgs.Clear();
        t.CallArgs.Add(context);
        t.CallArgs.AddRange(t.Top(count));
        t.Drop(count);
        return t.CallArgs.Span;
    }
}
