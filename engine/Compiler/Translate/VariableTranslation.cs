using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Contract.Layout;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Operators;
using WasmOp = Kiln.Wasm.Opcodes.Opcode;

namespace Kiln.Compiler.Translate;

/// <summary>Locals and globals.</summary>
internal static class VariableTranslation
{
    /// <summary><c>local.get</c>.</summary>
    public static void LocalGet(Translation t, uint local) => t.Push(t.Builder.UseVar(t.Local(local)));

    /// <summary><c>local.set</c>.</summary>
    public static void LocalSet(Translation t, uint local) => t.Builder.DefVar(t.Local(local), t.Pop());

    /// <summary><c>local.tee</c>.</summary>
    public static void LocalTee(Translation t, uint local) => t.Builder.DefVar(t.Local(local), t.Top(1)[0]);

    /// <summary><c>global.get</c>. An immutable global with a constant initialiser is that constant.</summary>
    public static void GlobalGet(Translation t, uint global)
    {
        Global declaration = t.Environment.Module.Globals[(int)global];
        if (!declaration.Type.IsMutable && TryConstant(t, declaration, out Value constant))
        {
            t.Push(constant);
            return;
        }

        (Value address, int offset, MemFlags flags) = Cell(t, global);
        if (!declaration.Type.IsMutable) flags = flags.WithReadOnly().WithCanMove();
        t.Push(t.Builder.Load(t.Environment.IrTypeOf(declaration.Type.Type), flags, address, offset));
    }

    /// <summary><c>global.set</c>.</summary>
    public static void GlobalSet(Translation t, uint global)
    {
        Value value = t.Pop();
        (Value address, int offset, MemFlags flags) = Cell(t, global);
        t.Builder.Store(flags, value, address, offset);
    }

    private static (Value Address, int Offset, MemFlags Flags) Cell(Translation t, uint global)
    {
        VmOffsets offsets = t.Environment.Offsets;
        MemFlags flags = MemFlags.Trusted(t.Environment.Regions.Global(global));
        return offsets.IsImportedGlobal(global)
            ? (t.LoadVmField(offsets.ImportedGlobal(global)), 0, flags)
            : (t.VmContext, offsets.DefinedGlobal(global), flags);
    }

    private static bool TryConstant(Translation t, Global global, out Value constant)
    {
        constant = default;
        if (global.Initial is not { Instructions: [var only] }) return false;
        FunctionBuilder b = t.Builder;
        switch (only.Opcode)
        {
            case WasmOp.I32Const: constant = b.I32Const((int)only.Low); return true;
            case WasmOp.I64Const: constant = b.I64Const((long)only.Low); return true;
            case WasmOp.F32Const: constant = b.F32Const((uint)only.Low); return true;
            case WasmOp.F64Const: constant = b.F64Const(only.Low); return true;
            case WasmOp.V128Const: constant = b.Vconst(new UInt128(only.High, only.Low)); return true;
            default: return false; // any other initialiser is evaluated by the runtime
        }
    }
}
