using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Contract;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Compiler.Translate;

/// <summary>References: a funcref is a pointer to its record in a VM context, an externref a handle of the runtime; 0 is null.</summary>
internal static class ReferenceTranslation
{
    /// <summary><c>ref.null</c>.</summary>
    public static void Null(Translation t) => t.Push(t.Builder.I64Const(0));

    /// <summary><c>ref.is_null</c>.</summary>
    public static void IsNull(Translation t) => t.Push(t.Builder.IcmpImm(IntCC.Eq, t.Pop(), 0));

    /// <summary><c>ref.func</c>.</summary>
    public static void Func(Translation t, uint function)
    {
        int offset = t.Environment.Offsets.FuncRef(function);
        if (offset < 0) EngineBug.Throw($"function {function} is referred to but does not escape");
        t.Push(t.Builder.IaddImm(t.VmContext, offset));
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
