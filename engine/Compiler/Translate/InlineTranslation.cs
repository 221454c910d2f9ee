using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Wasm;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;
using Kiln.Wasm.Validation;

namespace Kiln.Compiler.Translate;

// The callee's body is read, validated and translated again, in the middle of the caller: its parameters and locals are
// new variables, its end and its returns lead to a block of the caller. Nothing of its own compilation is needed, so
// workers share nothing. Fuel is charged, tested and written back where a call would have done it; the callee's test
// of the interrupt flag at its entry is left out, because a circle of calls still has one real call in it.

/// <summary>Bodies in the place of calls.</summary>
internal static class InlineTranslation
{
    /// <summary>Translates the body of a defined function in place of a call of it. Its arguments are on the stack.</summary>
    /// <exception cref="ModuleException">The body is malformed or invalid.</exception>
    /// <exception cref="UnsupportedFeatureException">It has an instruction that is not compiled yet.</exception>
    public static void Call(Translation t, uint function)
    {
        FunctionBuilder b = t.Builder;
        SourceLoc call = b.SourceLoc;
        t.Fuel.Flush();
        t.Fuel.Test();
        ValidatedModule validated = t.Environment.Validated;
        FunctionValidator validator = t.Inlines.Enter(function, call);
        OperatorReader reader = validator.Begin(validated, function);
        uint locals = t.FirstLocal;
        int frame = t.FunctionFrame;
        EnterBody(t, function, validator);

        Operator op = default;
        while (!validator.IsFinished)
        {
            reader.Read(ref op);
            validator.Validate(in op);
            OperatorTranslation.Translate(t, in op);
            t.CheckSize();
        }

        validator.Finish(in reader);
        if (t.IsReachable) t.Fuel.Flush();
        t.FirstLocal = locals;
        t.FunctionFrame = frame;
        t.Inlines.Leave();
        b.SourceLoc = call;
    }

    private static void EnterBody(Translation t, uint function, FunctionValidator validator)
    {
        FunctionBuilder b = t.Builder;
        uint type = t.Environment.Module.Functions[(int)function];
        FuncType signature = t.Environment.Module.GetFuncType(type);
        int parameters = signature.Parameters.Length;
        t.FirstLocal = b.NextVariable;
        ReadOnlySpan<Value> arguments = t.Top(parameters);
        for (int i = 0; i < parameters; i++) b.DefVar(b.DeclareVariable(b.TypeOf(arguments[i])), arguments[i]);
        t.Drop(parameters);
        foreach (ValType local in validator.Locals[parameters..])
        {
            // The body may be in a loop: its locals are zero each time.
            IrType ir = t.Environment.IrTypeOf(local);
            b.DefVar(b.DeclareVariable(ir), b.Zero(ir));
        }

        t.FunctionFrame = t.Frames.Count;
        t.Frames.Add(new ControlFrame
        {
            Kind = FrameKind.Block,
            Type = BlockType.FromTypeIndex(type),
            ResultCount = signature.Results.Length,
            Height = t.Stack.Count,
        });
    }
}
