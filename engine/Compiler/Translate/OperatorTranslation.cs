using Kiln.Codegen.Ir;
using Kiln.Contract;
using Kiln.Foundation.Diagnostics;
using Kiln.Wasm;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Operators;
using Opcode = Kiln.Wasm.Opcodes.Opcode;

namespace Kiln.Compiler.Translate;

/// <summary>
/// From each instruction to the family that translates it. An instruction that has no translation yet is an
/// <see cref="UnsupportedFeatureException"/> that names it.
/// </summary>
internal static class OperatorTranslation
{
    /// <summary>Translates a valid instruction.</summary>
    /// <exception cref="UnsupportedFeatureException">There is no translation for it; the function cannot be compiled.</exception>
    public static void Translate(Translation t, in Operator op)
    {
        if (!t.IsReachable)
        {
            Skip(t, op.Opcode);
            return;
        }

        t.Builder.SourceLoc = t.Inlines.Locate(op.Offset);
        t.Fuel.Charge(op.Opcode);

        ref readonly NumericRow numeric = ref NumericTable.Row(op.Opcode);
        if (numeric.Shape != NumericShape.None)
        {
            NumericTranslation.Translate(t, numeric);
            return;
        }

        ref readonly MemoryRow access = ref MemoryTable.Row(op.Opcode);
        if (access.Bytes != 0)
        {
            MemoryTranslation.Access(t, access, op);
            return;
        }

        ref readonly VectorRow vector = ref VectorTable.Row(op.Opcode);
        if (vector.Shape != VectorShape.None)
        {
            VectorTranslation.Translate(t, vector, op);
            return;
        }

        ref readonly AtomicRow atomic = ref AtomicTable.Row(op.Opcode);
        if (atomic.Bytes != 0)
        {
            AtomicTranslation.Access(t, atomic, op);
            return;
        }

        if (op.Opcode.Row().Feature is Feature.Simd or Feature.RelaxedSimd)
        {
            TranslateVector(t, op);
            return;
        }

        switch (op.Opcode)
        {
            case Opcode.LocalGet: VariableTranslation.LocalGet(t, op.Index1); break;
            case Opcode.LocalSet: VariableTranslation.LocalSet(t, op.Index1); break;
            case Opcode.LocalTee: VariableTranslation.LocalTee(t, op.Index1); break;
            case Opcode.GlobalGet: VariableTranslation.GlobalGet(t, op.Index1); break;
            case Opcode.GlobalSet: VariableTranslation.GlobalSet(t, op.Index1); break;

            case Opcode.I32Const: NumericTranslation.Constant(t, IrType.I32, op); break;
            case Opcode.I64Const: NumericTranslation.Constant(t, IrType.I64, op); break;
            case Opcode.F32Const: NumericTranslation.Constant(t, IrType.F32, op); break;
            case Opcode.F64Const: NumericTranslation.Constant(t, IrType.F64, op); break;
            case Opcode.I64Add128: NumericTranslation.AddWide(t, subtract: false); break;
            case Opcode.I64Sub128: NumericTranslation.AddWide(t, subtract: true); break;
            case Opcode.I64MulWideS: NumericTranslation.MultiplyWide(t, signed: true); break;
            case Opcode.I64MulWideU: NumericTranslation.MultiplyWide(t, signed: false); break;

            case Opcode.Unreachable: ControlTranslation.Unreachable(t); break;
            case Opcode.Nop: break;
            case Opcode.Block: ControlTranslation.Block(t, op.BlockType); break;
            case Opcode.Loop: ControlTranslation.Loop(t, op.BlockType); break;
            case Opcode.If: ControlTranslation.If(t, op.BlockType); break;
            case Opcode.Else: ControlTranslation.Else(t); break;
            case Opcode.End: ControlTranslation.End(t); break;
            case Opcode.Br: ControlTranslation.Branch(t, op.Index1); break;
            case Opcode.BrIf: ControlTranslation.BranchIf(t, op.Index1); break;
            case Opcode.BrTable: ControlTranslation.BranchTable(t, op.Targets, op.Index1); break;
            case Opcode.Return: ControlTranslation.Return(t); break;
            case Opcode.BrOnNull: ControlTranslation.BranchOnNull(t, op.Index1); break;
            case Opcode.BrOnNonNull: ControlTranslation.BranchOnNonNull(t, op.Index1); break;
            case Opcode.Drop: t.Pop(); break;
            case Opcode.Select or Opcode.SelectT: ReferenceTranslation.Select(t); break;

            case Opcode.Call: CallTranslation.Call(t, op.Index1, op.Offset, last: false); break;
            case Opcode.CallIndirect: CallTranslation.CallIndirect(t, op.Index1, op.Index2, op.Offset, last: false); break;
            case Opcode.CallRef: CallTranslation.CallRef(t, op.Index1, last: false); break;
            case Opcode.ReturnCall: CallTranslation.Call(t, op.Index1, op.Offset, last: true); break;
            case Opcode.ReturnCallIndirect: CallTranslation.CallIndirect(t, op.Index1, op.Index2, op.Offset, last: true); break;
            case Opcode.ReturnCallRef: CallTranslation.CallRef(t, op.Index1, last: true); break;

            case Opcode.MemorySize: MemoryTranslation.Size(t, op.Index1); break;
            case Opcode.MemoryGrow: MemoryTranslation.Grow(t, op.Index1); break;
            case Opcode.MemoryInit: MemoryTranslation.Init(t, op.Index1, op.Index2); break;
            case Opcode.DataDrop: MemoryTranslation.Drop(t, op.Index1); break;
            case Opcode.MemoryCopy: MemoryTranslation.Copy(t, op.Index1, op.Index2); break;
            case Opcode.MemoryFill: MemoryTranslation.Fill(t, op.Index1); break;

            case Opcode.AtomicFence: AtomicTranslation.Fence(t); break;
            case Opcode.MemoryAtomicNotify: AtomicTranslation.Notify(t, op); break;
            case Opcode.MemoryAtomicWait32: AtomicTranslation.Wait(t, Builtin.MemoryWait32, op); break;
            case Opcode.MemoryAtomicWait64: AtomicTranslation.Wait(t, Builtin.MemoryWait64, op); break;

            case Opcode.TableGet: TableTranslation.Get(t, op.Index1); break;
            case Opcode.TableSet: TableTranslation.Set(t, op.Index1); break;
            case Opcode.TableInit: TableTranslation.Init(t, op.Index1, op.Index2); break;
            case Opcode.ElemDrop: TableTranslation.Drop(t, op.Index1); break;
            case Opcode.TableCopy: TableTranslation.Copy(t, op.Index1, op.Index2); break;
            case Opcode.TableGrow: TableTranslation.Grow(t, op.Index1); break;
            case Opcode.TableSize: TableTranslation.Size(t, op.Index1); break;
            case Opcode.TableFill: TableTranslation.Fill(t, op.Index1); break;

            case Opcode.RefNull: ReferenceTranslation.Null(t, op.HeapType); break;
            case Opcode.RefIsNull: ReferenceTranslation.IsNull(t); break;
            case Opcode.RefFunc: ReferenceTranslation.Func(t, op.Index1); break;
            case Opcode.RefAsNonNull: ReferenceTranslation.AsNonNull(t); break;

            // Whole proposals that wait for their runtime: exceptions, continuations, GC.
            default: throw new UnsupportedFeatureException(op.Opcode.Name(), op.Opcode.Row().Feature, op.Offset, t.FunctionIndex);
        }
    }

    // The vector instructions that are more than one IR instruction or have immediates.
    private static void TranslateVector(Translation t, in Operator op)
    {
        switch (op.Opcode)
        {
            case Opcode.V128Const: NumericTranslation.Constant(t, IrType.V128, op); break;
            case Opcode.I8x16Shuffle: VectorTranslation.Shuffle(t, op); break;
            case Opcode.V128Load8Lane: VectorTranslation.LoadLane(t, LaneShape.I8x16, op); break;
            case Opcode.V128Load16Lane: VectorTranslation.LoadLane(t, LaneShape.I16x8, op); break;
            case Opcode.V128Load32Lane: VectorTranslation.LoadLane(t, LaneShape.I32x4, op); break;
            case Opcode.V128Load64Lane: VectorTranslation.LoadLane(t, LaneShape.I64x2, op); break;
            case Opcode.V128Store8Lane: VectorTranslation.StoreLane(t, LaneShape.I8x16, op); break;
            case Opcode.V128Store16Lane: VectorTranslation.StoreLane(t, LaneShape.I16x8, op); break;
            case Opcode.V128Store32Lane: VectorTranslation.StoreLane(t, LaneShape.I32x4, op); break;
            case Opcode.V128Store64Lane: VectorTranslation.StoreLane(t, LaneShape.I64x2, op); break;

            case Opcode.I8x16RelaxedSwizzle: RelaxedTranslation.Swizzle(t); break;
            case Opcode.I32x4RelaxedTruncF32x4S: RelaxedTranslation.Truncate(t); break;
            case Opcode.I32x4RelaxedTruncF64x2SZero: RelaxedTranslation.TruncateLow(t); break;
            case Opcode.F32x4RelaxedMadd: RelaxedTranslation.MultiplyAdd(t, LaneShape.F32x4, negate: false); break;
            case Opcode.F32x4RelaxedNmadd: RelaxedTranslation.MultiplyAdd(t, LaneShape.F32x4, negate: true); break;
            case Opcode.F64x2RelaxedMadd: RelaxedTranslation.MultiplyAdd(t, LaneShape.F64x2, negate: false); break;
            case Opcode.F64x2RelaxedNmadd: RelaxedTranslation.MultiplyAdd(t, LaneShape.F64x2, negate: true); break;
            case Opcode.F32x4RelaxedMin: RelaxedTranslation.Minimum(t, LaneShape.F32x4); break;
            case Opcode.F32x4RelaxedMax: RelaxedTranslation.Maximum(t, LaneShape.F32x4); break;
            case Opcode.F64x2RelaxedMin: RelaxedTranslation.Minimum(t, LaneShape.F64x2); break;
            case Opcode.F64x2RelaxedMax: RelaxedTranslation.Maximum(t, LaneShape.F64x2); break;
            case Opcode.I16x8RelaxedQ15mulrS: RelaxedTranslation.MultiplyQ15(t); break;
            case Opcode.I16x8RelaxedDotI8x16I7x16S: RelaxedTranslation.Dot(t); break;
            case Opcode.I32x4RelaxedDotI8x16I7x16AddS: RelaxedTranslation.DotAdd(t); break;
            default: EngineBug.Throw($"no translation for {op.Opcode}"); break;
        }
    }

    // Of unreachable code only the nesting matters.
    private static void Skip(Translation t, Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.TryTable:
                t.SkippedBlocks++;
                break;
            case Opcode.Else when t.SkippedBlocks == 0:
                ControlTranslation.Else(t);
                break;
            case Opcode.End when t.SkippedBlocks == 0:
                ControlTranslation.End(t);
                break;
            case Opcode.End:
                t.SkippedBlocks--;
                break;
            default:
                break; // says nothing about nesting
        }
    }
}
