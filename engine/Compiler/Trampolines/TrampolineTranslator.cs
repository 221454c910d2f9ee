// Trampolines: the code between a host that knows arrays of values and guest functions that take registers. They are
// IR like everything else, so that what the guest convention looks like is known to Codegen alone.
//
//     entry (code: i64, vmctx: i64, args: i64) -> ()          exit (hostctx: i64, params...) -> results
//         params... = args[0..]                                   args[0..] = params...
//         results... = code(vmctx, params...)                     [hostctx + Stub](hostctx, &args)
//         args[0..] = results...                                  return args[0..]
//
// args is an array of 16-byte slots (ValueSlotLayout), as long as the longer of the two lists. The collector does not look
// for references in it: the host reads all parameters before, and writes all results after, anything that may collect.

using System;
using System.Collections.Immutable;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Contract.Layout;
using Kiln.Foundation.Collections;
using Kiln.Foundation.Entities;
using Kiln.Wasm.Types;

namespace Kiln.Compiler.Trampolines;

/// <summary>Writes the trampolines of function types as IR; one per worker.</summary>
internal sealed class TrampolineTranslator
{
    private readonly FunctionBuilder _builder = new();
    private readonly GrowList<IrType> _params = new();
    private readonly GrowList<IrType> _results = new();
    private readonly GrowList<Value> _values = new();

    private static MemFlags ArgumentFlags => MemFlags.Trusted(AliasRegions.Arguments);

    /// <summary>Writes the entry trampoline of a type of <paramref name="types"/> into <paramref name="function"/>, which it clears first.</summary>
    public void TranslateEntry(FuncType type, ImmutableArray<SubType> types, IrFunction function)
    {
        FunctionBuilder b = Begin(type, types, function);
        SigRef callee = function.AddSignature(_params.Span, _results.Span);
        function.Signature = function.AddSignature([IrType.I64, IrType.I64, IrType.I64], []);
        Block entry = b.CreateEntryBlock();
        Value code = b.BlockParams(entry)[0];
        Value context = b.BlockParams(entry)[1];
        Value args = b.BlockParams(entry)[2];

        _values.Clear();
        _values.Add(context);
        for (int i = 1; i < _params.Count; i++) _values.Add(b.Load(_params[i], ArgumentFlags, args, (i - 1) * ValueSlotLayout.Size));
        Inst call = b.CallIndirect(callee, code, _values.Span);
        int offset = 0;
        foreach (Value result in function.Dfg.Results(call))
        {
            b.Store(ArgumentFlags, result, args, offset);
            offset += ValueSlotLayout.Size;
        }

        b.Return();
        b.Finish();
    }

    /// <summary>Writes the exit trampoline of a type of <paramref name="types"/> into <paramref name="function"/>, which it clears first.</summary>
    public void TranslateExit(FuncType type, ImmutableArray<SubType> types, IrFunction function)
    {
        FunctionBuilder b = Begin(type, types, function);
        SigRef stubSignature = function.AddSignature([IrType.I64, IrType.I64], []);
        function.Signature = function.AddSignature(_params.Span, _results.Span);
        Block entry = b.CreateEntryBlock();
        int slots = Math.Max(1, Math.Max(_params.Count - 1, _results.Count));
        StackSlot array = function.AddStackSlot(slots * ValueSlotLayout.Size, ValueSlotLayout.Size);

        Value context = b.BlockParams(entry)[0];
        Value args = b.StackAddr(array);
        for (int i = 1; i < _params.Count; i++) b.Store(ArgumentFlags, b.BlockParams(entry)[i], args, (i - 1) * ValueSlotLayout.Size);
        Value stub = b.Load(IrType.I64, MemFlags.Trusted(AliasRegions.VmContext).WithReadOnly(), context, HostContextLayout.Stub);
        b.CallIndirect(stubSignature, stub, [context, args]);

        _values.Clear();
        for (int i = 0; i < _results.Count; i++) _values.Add(b.Load(_results[i], ArgumentFlags, args, i * ValueSlotLayout.Size));
        b.Return(_values.Span);
        b.Finish();
    }

    private FunctionBuilder Begin(FuncType type, ImmutableArray<SubType> types, IrFunction function)
    {
        function.Clear();
        _builder.Begin(function);
        _params.Clear();
        _params.Add(IrType.I64);
        foreach (ValType param in type.Parameters) _params.Add(ModuleEnvironment.IrTypeOf(param, types));
        _results.Clear();
        foreach (ValType result in type.Results) _results.Add(ModuleEnvironment.IrTypeOf(result, types));
        return _builder;
    }
}
