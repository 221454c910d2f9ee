using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Contract;
using Kiln.Contract.Layout;
using Kiln.Wasm;
using Kiln.Wasm.Operators;
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

    /// <summary><c>call</c>.</summary>
    public static void Call(Translation t, uint function)
    {
        VmOffsets offsets = t.Environment.Offsets;
        uint type = t.Environment.Module.Functions[(int)function];
        if (offsets.IsImportedFunction(function))
        {
            int import = offsets.ImportedFunction(function);
            Value code = t.LoadVmField(import + VmFunctionImportLayout.Code);
            Value context = t.LoadVmField(import + VmFunctionImportLayout.VmContext);
            CallCode(t, type, code, context);
            return;
        }

        t.Fuel.Flush();
        Inst call = t.Builder.Call(t.Function(function), PopArguments(t, type, t.VmContext));
        AfterCall(t, call);
    }

    /// <summary><c>call_indirect</c>: bounds, null and type are checked in this order, as the specification has it.</summary>
    public static void CallIndirect(Translation t, uint type, uint table, in Operator op)
    {
        SubType declared = t.Environment.Module.Types[(int)type];
        if (!declared.IsFinal) throw new UnsupportedFeatureException("call_indirect with an open type", Feature.Gc, op.Offset, t.FunctionIndex);
        FunctionBuilder b = t.Builder;
        Value index = t.Pop();
        t.Fuel.Flush();
        Value funcRef = TableTranslation.LoadCallee(t, table, index);
        Value typeIds = t.LoadVmField(VmContextLayout.TypeIds);
        Value expected = b.Load(IrType.I32, MemFlags.Trusted(AliasRegions.TypeIds).WithReadOnly().WithCanMove(), typeIds, (int)type * sizeof(uint));
        Value actual = b.Load(IrType.I32, RecordFlags, funcRef, VmFuncRefLayout.TypeId);
        b.Trapnz(b.Icmp(IntCC.Ne, actual, expected), Translation.Code(Trap.IndirectCallTypeMismatch));
        CallRecord(t, type, funcRef, RecordFlags);
    }

    /// <summary><c>call_ref</c>.</summary>
    public static void CallRef(Translation t, uint type)
    {
        Value funcRef = t.Pop();
        t.Fuel.Flush();
        CallRecord(t, type, funcRef, NullableRecordFlags(Trap.NullFunctionReference));
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

    private static void CallRecord(Translation t, uint type, Value funcRef, MemFlags codeFlags)
    {
        FunctionBuilder b = t.Builder;
        Value code = b.Load(IrType.I64, codeFlags, funcRef, VmFuncRefLayout.Code);
        Value context = b.Load(IrType.I64, RecordFlags, funcRef, VmFuncRefLayout.VmContext);
        CallCode(t, type, code, context);
    }

    private static void CallCode(Translation t, uint type, Value code, Value context)
    {
        t.Fuel.Flush();
        Inst call = t.Builder.CallIndirect(t.Signature(type), code, PopArguments(t, type, context));
        AfterCall(t, call);
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
