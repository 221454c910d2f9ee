using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Semantics;
using Kiln.Foundation.Entities;

namespace Kiln.Codegen.Opt.EGraph;

/// <summary>
/// What computations on constants come to, by the semantics that the interpreter has. Not what would trap, and no NaN that
/// arithmetic makes: its bits are the machine's business.
/// </summary>
internal static class ConstantFolding
{
    /// <summary>The constant that an instruction computes; false if its operands are not all constants, or as above.</summary>
    public static bool TryFold(IrFunction func, in InstData data, out InstData constant) =>
        VectorSemantics.Covers(data.Op) ? TryFoldVector(func, data, out constant) : TryFoldScalar(func.Dfg, data, out constant);

    /// <summary>The value of a scalar constant in the form that <see cref="InstData.Imm"/> has.</summary>
    public static bool TryScalar(DataFlowGraph dfg, Value value, out long bits)
    {
        bits = 0;
        Inst def = dfg.DefInst(value);
        if (def.IsNone()) return false;
        ref InstData data = ref dfg.Insts[def];
        bits = data.Imm;
        return data.Op is Opcode.Iconst or Opcode.F32const or Opcode.F64const;
    }

    private static bool TryFoldScalar(DataFlowGraph dfg, in InstData data, out InstData constant)
    {
        constant = default;
        int count = data.Op.FixedOperandCount();
        if (count == 0 || !TryScalar(dfg, data.A, out long x)) return false;
        long y = 0, z = 0;
        if (count > 1 && !TryScalar(dfg, data.B, out y)) return false;
        if (count > 2 && !TryScalar(dfg, data.C, out z)) return false;
        if (!ScalarSemantics.Covers(data.Op, data.Type)) return false;
        long value = ScalarSemantics.Evaluate(data, dfg.TypeOf(data.A), x, y, z, out TrapCode trap);
        IrType type = data.ResultType;
        if (trap != default || (MakesNaN(data.Op) && IsNaN(type, value))) return false;
        constant = Scalar(type, value);
        return true;
    }

    private static bool TryFoldVector(IrFunction func, in InstData data, out InstData constant)
    {
        constant = default;
        int count = data.Op.FixedOperandCount();
        UInt128 y = 0, z = 0;
        if (!TryBits(func, data.A, out UInt128 x)) return false;
        if (count > 1 && !TryBits(func, data.B, out y)) return false;
        if (count > 2 && !TryBits(func, data.C, out z)) return false;
        if (data.Op == Opcode.Vshuffle) z = func.Constants[data.Constant];
        UInt128 value = VectorSemantics.Evaluate(data, x, y, z);
        if (VectorSemantics.MakesNaN(data.Op) && VectorSemantics.HasNaN(data.Lanes, value)) return false;
        IrType type = data.ResultType;
        constant = type == IrType.V128 ? ConstantData.V128(func, value) : Scalar(type, (long)(ulong)value);
        return true;
    }

    // The bits of a constant, zero-extended.
    private static bool TryBits(IrFunction func, Value value, out UInt128 bits)
    {
        bits = 0;
        Inst def = func.Dfg.DefInst(value);
        if (def.IsNone()) return false;
        ref InstData data = ref func.Dfg.Insts[def];
        bool wide = data.Type is IrType.I64 or IrType.F64;
        bits = data.Op == Opcode.Vconst ? func.Constants[data.Constant] : wide ? (ulong)data.Imm : (uint)data.Imm;
        return data.Op.IsConstant();
    }

    private static InstData Scalar(IrType type, long value) => type switch
    {
        IrType.F32 => ConstantData.F32Bits((uint)value),
        IrType.F64 => ConstantData.F64Bits((ulong)value),
        _ => ConstantData.Int(type, value), // i32, i64 and null references
    };

    private static bool IsNaN(IrType type, long value) => type switch
    {
        IrType.F32 => float.IsNaN(BitConverter.Int32BitsToSingle((int)value)),
        IrType.F64 => double.IsNaN(BitConverter.Int64BitsToDouble(value)),
        _ => false, // no floats
    };

    private static bool MakesNaN(Opcode op) => op is not (Opcode.Fneg or Opcode.Fabs or Opcode.Fcopysign or Opcode.Bitcast or Opcode.Select);
}
