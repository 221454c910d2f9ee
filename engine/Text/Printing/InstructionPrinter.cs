// Instructions in flat form, one a line, blocks indented; constant expressions on one line. What is printed for
// the immediates is what ImmediateParser reads: the order of the text format, defaults left out.
using System.Globalization;
using System.Numerics;
using Kiln.Foundation.Diagnostics;
using Kiln.Wasm;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;

namespace Kiln.Text.Printing;

/// <summary>Prints the instructions of a module.</summary>
internal sealed class InstructionPrinter(WatWriter to, WasmModule module, FunctionNames names, bool offsets)
{
    /// <summary>The lists of the operators that are printed.</summary>
    public OperatorBuffers Buffers { get; } = new();

    /// <summary>Prints a body up to the end of the function, which is not printed.</summary>
    /// <exception cref="ModuleException">The body is malformed.</exception>
    public void PrintBody(ref OperatorReader reader)
    {
        Operator op = default;
        int outer = to.Indentation;
        int depth = 0;
        while (true)
        {
            reader.Read(ref op);
            if (op.Opcode == Opcode.End && depth-- == 0) break;
            to.Indentation = outer + depth - (op.Opcode == Opcode.Else ? 1 : 0);
            to.Line();
            if (offsets) to.Add("(;@").Add(op.Offset.Value.ToString("x6", CultureInfo.InvariantCulture)).Add(";) ");
            Print(in op);
            if (op.Opcode is Opcode.Block or Opcode.Loop or Opcode.If or Opcode.TryTable) to.Add("  ;; @").Add((ulong)++depth);
        }

        to.Indentation = outer;
        if (!reader.IsAtEnd) throw new ModuleException("section size mismatch: operators after the end of the function", reader.Offset);
    }

    /// <summary>Prints a constant expression as one folded instruction if it is one, else in a form with the given keyword, or plainly if that is empty.</summary>
    public void PrintConstant(ConstExpression expression, string keyword)
    {
        int count = expression.Instructions.Length;
        bool isForm = count != 1 && keyword.Length > 0;
        to.Add(count == 1 || isForm ? " (" : " ");
        if (isForm) to.Add(keyword).Add(' ');
        var reader = new OperatorReader(module.Slice(expression.Range), new WasmOffset(expression.Range.Start), module.Features, Buffers);
        Operator op = default;
        for (int i = 0; i < count; i++)
        {
            if (i > 0) to.Add(' ');
            reader.Read(ref op);
            Print(in op);
        }

        if (count == 1 || isForm) to.Add(')');
    }

    private void Print(in Operator op)
    {
        OpcodeRow row = op.Opcode.Row();
        to.Add(row.Mnemonic);
        switch (row.Immediate)
        {
            case ImmediateKind.None or ImmediateKind.Fence: break;
            case ImmediateKind.Block: PrintBlockType(op.BlockType); break;
            case ImmediateKind.TryTable:
                PrintBlockType(op.BlockType);
                PrintCatches(in op);
                break;
            case ImmediateKind.LabelTable:
                foreach (uint target in op.Targets) to.AddOperand(target);
                to.AddOperand(op.Index1);
                break;
            case ImmediateKind.Function: to.AddOperand(names.Reference(op.Index1)); break;
            case ImmediateKind.Label or ImmediateKind.Type or ImmediateKind.Tag or ImmediateKind.Local or ImmediateKind.Global
                or ImmediateKind.Element or ImmediateKind.Data:
                to.AddOperand(op.Index1);
                break;
            case ImmediateKind.TypeType or ImmediateKind.TypeField or ImmediateKind.TypeCount or ImmediateKind.TypeData
                or ImmediateKind.TypeElement or ImmediateKind.TypeTag:
                to.AddOperand(op.Index1).AddOperand(op.Index2);
                break;
            case ImmediateKind.TypeHandlers:
                to.AddOperand(op.Index1);
                PrintHandlers(in op);
                break;
            case ImmediateKind.TypeTagHandlers:
                to.AddOperand(op.Index1).AddOperand(op.Index2);
                PrintHandlers(in op);
                break;
            case ImmediateKind.TypeTable:
                PrintUnlessZero(op.Index2);
                to.Add(" (type").AddOperand(op.Index1).Add(')');
                break;
            case ImmediateKind.Table or ImmediateKind.Memory: PrintUnlessZero(op.Index1); break;
            case ImmediateKind.TableTable or ImmediateKind.MemoryMemory:
                if ((op.Index1 | op.Index2) != 0) to.AddOperand(op.Index1).AddOperand(op.Index2);
                break;
            case ImmediateKind.ElementTable or ImmediateKind.DataMemory:
                PrintUnlessZero(op.Index2);
                to.AddOperand(op.Index1);
                break;
            case ImmediateKind.MemArg: PrintMemArg(op.MemArg, row); break;
            case ImmediateKind.MemArgLane:
                PrintMemArg(op.MemArg, row);
                to.AddOperand(op.Lane);
                break;
            case ImmediateKind.Lane: to.AddOperand(op.Lane); break;
            case ImmediateKind.Shuffle:
                for (int i = 0; i < 16; i++) to.AddOperand(op.ShuffleLane(i));
                break;
            case ImmediateKind.I32: to.AddSignedOperand(op.I32); break;
            case ImmediateKind.I64: to.AddSignedOperand(op.I64); break;
            case ImmediateKind.F32: to.Add(' ').AddFloat32(op.F32Bits); break;
            case ImmediateKind.F64: to.Add(' ').AddFloat64(op.F64Bits); break;
            case ImmediateKind.V128:
                to.Add(" i32x4 ").AddHex((uint)op.Low).Add(' ').AddHex((uint)(op.Low >> 32));
                to.Add(' ').AddHex((uint)op.High).Add(' ').AddHex((uint)(op.High >> 32));
                break;
            case ImmediateKind.HeapType: to.AddOperand(op.Opcode == Opcode.RefNull ? op.HeapType.ToString() : LongForm(op.CastTarget)); break;
            case ImmediateKind.SelectTypes:
                to.Add(" (result");
                foreach (ValType type in op.SelectTypes) to.AddOperand(type.ToString());
                to.Add(')');
                break;
            case ImmediateKind.CastLabel: to.AddOperand(op.Index1).AddOperand(LongForm(op.CastSource)).AddOperand(LongForm(op.CastTarget)); break;
            default: EngineBug.Throw($"immediate kind {row.Immediate} has no text"); break;
        }
    }

    private static string LongForm(ValType type) => $"(ref {(type.IsNullable ? "null " : "")}{type.HeapType})";

    private void PrintUnlessZero(uint index)
    {
        if (index != 0) to.AddOperand(index);
    }

    private void PrintBlockType(BlockType type)
    {
        switch (type.Kind)
        {
            case BlockTypeKind.Empty: break;
            case BlockTypeKind.Value: to.Add(" (result ").Add(type.Result.ToString()).Add(')'); break;
            case BlockTypeKind.Function: to.Add(" (type").AddOperand(type.TypeIndex).Add(')'); break;
        }
    }

    private void PrintCatches(in Operator op)
    {
        foreach (CatchClause clause in op.Catches)
        {
            string kind = clause.Kind switch
            {
                CatchKind.Catch => "catch",
                CatchKind.CatchRef => "catch_ref",
                CatchKind.CatchAll => "catch_all",
                CatchKind.CatchAllRef => "catch_all_ref",
            };
            to.Add(" (").Add(kind);
            if (clause.Kind is CatchKind.Catch or CatchKind.CatchRef) to.AddOperand(clause.TagIndex);
            to.AddOperand(clause.Label).Add(')');
        }
    }

    private void PrintHandlers(in Operator op)
    {
        foreach (ResumeHandler handler in op.Handlers)
        {
            to.Add(" (on").AddOperand(handler.TagIndex);
            if (handler.IsSwitch) to.Add(" switch)");
            else to.AddOperand(handler.Label).Add(')');
        }
    }

    private void PrintMemArg(MemArg argument, OpcodeRow row)
    {
        PrintUnlessZero(argument.MemoryIndex);
        if (argument.Offset != 0) to.Add(" offset=").Add(argument.Offset);
        if (argument.AlignLog2 != BitOperations.TrailingZeroCount((uint)row.AccessBytes)) to.Add(" align=").Add(1UL << argument.AlignLog2);
    }
}
