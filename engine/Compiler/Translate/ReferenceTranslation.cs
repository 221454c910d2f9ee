using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Contract;
using Kiln.Contract.Layout;
using Kiln.Foundation.Diagnostics;
using Kiln.Wasm.Types;

namespace Kiln.Compiler.Translate;

/// <summary>References; how they are represented says <see cref="ReferenceShape"/>.</summary>
internal static class ReferenceTranslation
{
    /// <summary><c>ref.null</c>.</summary>
    public static void Null(Translation t, HeapType type) => t.Push(t.Builder.Iconst(t.Environment.IrTypeOf(ValType.Ref(type, true)), 0));

    /// <summary><c>ref.is_null</c>.</summary>
    public static void IsNull(Translation t) => t.Push(t.Builder.IcmpImm(IntCC.Eq, t.Pop(), 0));

    /// <summary><c>ref.func</c>: the record's address, after a look whether it is initialised.</summary>
    public static void Func(Translation t, uint function)
    {
        int offset = t.Environment.Offsets.FuncRef(function);
        if (offset < 0) EngineBug.Throw($"function {function} is referred to but does not escape");
        FunctionBuilder b = t.Builder;
        Value record = b.IaddImm(t.VmContext, offset);
        Value code = b.Load(IrType.I64, MemFlags.Trusted(AliasRegions.FuncRefs), record, VmFuncRefLayout.Code);
        Block cold = b.CreateBlock();
        Block done = b.CreateBlock();
        Value result = b.AppendBlockParam(done, IrType.I64);
        b.SetCold(cold);
        b.Brif(b.IcmpImm(IntCC.Eq, code, 0), cold, [], done, [record]);
        b.SealBlock(cold);
        b.SwitchToBlock(cold);
        Inst call = CallTranslation.CallQuietly(t, Builtin.FuncRef, [t.I32(function)]);

        // What the builtin returns, not the address: so no load from the record can move before the call.
        b.Jump(done, [b.Func.Dfg.FirstResult(call)]);
        b.SealBlock(done);
        b.SwitchToBlock(done);
        t.Push(result);
    }

    /// <summary><c>ref.as_non_null</c>.</summary>
    public static void AsNonNull(Translation t)
    {
        FunctionBuilder b = t.Builder;
        b.Trapnz(b.IcmpImm(IntCC.Eq, t.Top(1)[0], 0), Translation.Code(Trap.NullReference));
    }

    /// <summary><c>select</c>, of any type.</summary>
    public static void Select(Translation t)
    {
        Value condition = t.Pop();
        Value y = t.Pop();
        Value x = t.Pop();
        t.Push(t.Builder.Select(condition, x, y));
    }
}
