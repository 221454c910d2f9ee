using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Foundation.Diagnostics;
using Kiln.Wasm.Operators;

namespace Kiln.Compiler.Translate;

/// <summary>Constants, arithmetic, comparisons and conversions.</summary>
internal static class NumericTranslation
{
    private const uint CanonicalNan32 = 0x7FC0_0000;
    private const ulong CanonicalNan64 = 0x7FF8_0000_0000_0000;

    /// <summary>Translates an instruction of <see cref="NumericTable"/>.</summary>
    public static void Translate(Translation t, in NumericRow row)
    {
        FunctionBuilder b = t.Builder;
        Value result;
        switch (row.Shape)
        {
            case NumericShape.Unary:
                result = b.Unary(row.Ir, row.Result, t.Pop());
                break;
            case NumericShape.Binary:
            {
                Value y = t.Pop();
                result = b.Binary(row.Ir, t.Pop(), y);
                break;
            }

            case NumericShape.IntCompare:
            {
                Value y = t.Pop();
                result = b.Icmp((IntCC)row.Condition, t.Pop(), y);
                break;
            }

            case NumericShape.FloatCompare:
            {
                Value y = t.Pop();
                result = b.Fcmp((FloatCC)row.Condition, t.Pop(), y);
                break;
            }

            case NumericShape.EqualZero:
                result = b.IcmpImm(IntCC.Eq, t.Pop(), 0);
                break;
            default:
                result = EngineBug.Throw<Value>($"no translation for the shape of {row.Wasm}");
                break;
        }

        if (row.MakesNan && t.Environment.Tunables.CanonicalizeNans) result = Canonicalize(b, result);
        t.Push(result);
    }

    /// <summary>Pushes a constant.</summary>
    public static void Constant(Translation t, IrType type, in Operator op)
    {
        FunctionBuilder b = t.Builder;
        t.Push(type switch
        {
            IrType.I32 => b.I32Const(op.I32),
            IrType.I64 => b.I64Const(op.I64),
            IrType.F32 => b.F32Const(op.F32Bits),
            IrType.F64 => b.F64Const(op.F64Bits),
            IrType.V128 => b.Vconst(new UInt128(op.High, op.Low)),
            IrType.Ref or IrType.None => EngineBug.Throw<Value>("no constant instruction makes such a value"),
        });
    }

    /// <summary><c>i64.add128</c> and <c>i64.sub128</c>: operands and result are (low, high) pairs.</summary>
    public static void AddWide(Translation t, bool subtract)
    {
        FunctionBuilder b = t.Builder;
        Value yHigh = t.Pop();
        Value yLow = t.Pop();
        Value xHigh = t.Pop();
        Value xLow = t.Pop();
        Opcode op = subtract ? Opcode.Isub : Opcode.Iadd;
        Value low = b.Binary(op, xLow, yLow);
        Value carry = b.Uextend(subtract ? b.Icmp(IntCC.Ult, xLow, yLow) : b.Icmp(IntCC.Ult, low, xLow));
        t.Push(low);
        t.Push(b.Binary(op, b.Binary(op, xHigh, yHigh), carry));
    }

    /// <summary><c>i64.mul_wide_s</c> and <c>_u</c>: the low half, then the high.</summary>
    public static void MultiplyWide(Translation t, bool signed)
    {
        FunctionBuilder b = t.Builder;
        Value y = t.Pop();
        Value x = t.Pop();
        t.Push(b.Imul(x, y));
        t.Push(signed ? b.Smulhi(x, y) : b.Umulhi(x, y));
    }

    private static Value Canonicalize(FunctionBuilder b, Value x)
    {
        Value nan = b.TypeOf(x) == IrType.F32 ? b.F32Const(CanonicalNan32) : b.F64Const(CanonicalNan64);
        return b.Select(b.Fcmp(FloatCC.Eq, x, x), x, nan);
    }
}
