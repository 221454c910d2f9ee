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

    /// <summary>
    /// <c>i64.mul_wide_s</c> and <c>_u</c>. The high half is put together from four products of 32-bit halves
    /// (Hacker's Delight, 8-2); a signed one is the unsigned one minus each operand where the other is negative.
    /// </summary>
    public static void MultiplyWide(Translation t, bool signed)
    {
        FunctionBuilder b = t.Builder;
        Value y = t.Pop();
        Value x = t.Pop();
        Value thirtyTwo = b.I64Const(32);
        Value mask = b.I64Const(0xFFFF_FFFF);
        Value x0 = b.Band(x, mask);
        Value x1 = b.Ushr(x, thirtyTwo);
        Value y0 = b.Band(y, mask);
        Value y1 = b.Ushr(y, thirtyTwo);
        Value middle = b.Iadd(b.Imul(x1, y0), b.Ushr(b.Imul(x0, y0), thirtyTwo));
        Value other = b.Iadd(b.Imul(x0, y1), b.Band(middle, mask));
        Value high = b.Iadd(b.Iadd(b.Imul(x1, y1), b.Ushr(middle, thirtyTwo)), b.Ushr(other, thirtyTwo));
        if (signed)
        {
            Value sixtyThree = b.I64Const(63);
            high = b.Isub(high, b.Band(b.Sshr(x, sixtyThree), y));
            high = b.Isub(high, b.Band(b.Sshr(y, sixtyThree), x));
        }

        t.Push(b.Imul(x, y));
        t.Push(high);
    }

    private static Value Canonicalize(FunctionBuilder b, Value x)
    {
        Value nan = b.TypeOf(x) == IrType.F32 ? b.F32Const(CanonicalNan32) : b.F64Const(CanonicalNan64);
        return b.Select(b.Fcmp(FloatCC.Eq, x, x), x, nan);
    }
}
