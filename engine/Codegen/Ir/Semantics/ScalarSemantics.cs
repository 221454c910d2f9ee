using Kiln.Foundation.Diagnostics;

namespace Kiln.Codegen.Ir.Semantics;

/// <summary>
/// What each scalar opcode computes: the definition that the interpreter executes and constant folding uses.
/// </summary>
/// <remarks>
/// A scalar travels as 64 bits in the form of <see cref="InstData.Imm"/>: i32 sign-extended, i64 as it is,
/// f32 by its bits zero-extended, f64 by its bits. Every NaN that arithmetic makes is the canonical one.
/// </remarks>
public static class ScalarSemantics
{
    /// <summary>True if the opcode computes a scalar from scalars only (constants included), so that <see cref="Evaluate"/> knows it.</summary>
    public static bool Covers(Opcode op, IrType type) => type != IrType.V128 && op <= Opcode.Bitcast && op != Opcode.Vconst;

    /// <summary>
    /// The result of a scalar instruction whose operands are <paramref name="x"/>, <paramref name="y"/> and
    /// <paramref name="z"/>; <paramref name="operandType"/> is the type of the first. If it traps,
    /// <paramref name="trap"/> says how and the result means nothing.
    /// </summary>
    public static long Evaluate(in InstData data, IrType operandType, long x, long y, long z, out TrapCode trap)
    {
        trap = default;
        IrType type = data.Type;
        switch (data.Op)
        {
            case Opcode.Iconst:
            case Opcode.F32const:
            case Opcode.F64const:
                return data.Imm;

            case Opcode.Iadd:
            case Opcode.Isub:
            case Opcode.Imul:
            case Opcode.Umulhi:
            case Opcode.Smulhi:
            case Opcode.Band:
            case Opcode.Bor:
            case Opcode.Bxor:
            case Opcode.Ishl:
            case Opcode.Ushr:
            case Opcode.Sshr:
            case Opcode.Rotl:
            case Opcode.Rotr:
                return type == IrType.I32
                    ? IntegerSemantics.Binary32(data.Op, (int)x, (int)y)
                    : IntegerSemantics.Binary64(data.Op, x, y);

            case Opcode.Udiv:
            case Opcode.Sdiv:
            case Opcode.Urem:
            case Opcode.Srem:
                return IntegerSemantics.Divide(data.Op, type, x, y, out trap);

            case Opcode.Clz:
            case Opcode.Ctz:
            case Opcode.Popcnt:
            case Opcode.Bswap:
            case Opcode.Sextend8:
            case Opcode.Sextend16:
            case Opcode.Sextend32:
            case Opcode.Uextend:
            case Opcode.Sextend:
            case Opcode.Ireduce:
                return IntegerSemantics.Unary(data.Op, type, x);

            case Opcode.Icmp:
                return data.IntCC.Holds(x, y) ? 1 : 0;
            case Opcode.Fcmp:
                return data.FloatCC.Holds(FloatSemantics.ToDouble(type, x), FloatSemantics.ToDouble(type, y)) ? 1 : 0;
            case Opcode.Select:
                return (int)x != 0 ? y : z;
            case Opcode.SpectreGuard:
                return data.IntCC.Holds(x, y) ? z : 0;

            case Opcode.Fadd:
            case Opcode.Fsub:
            case Opcode.Fmul:
            case Opcode.Fdiv:
            case Opcode.Fmin:
            case Opcode.Fmax:
            case Opcode.Fcopysign:
                return FloatSemantics.Binary(data.Op, type, x, y);

            case Opcode.Fabs:
            case Opcode.Fneg:
            case Opcode.Fsqrt:
            case Opcode.Fceil:
            case Opcode.Ffloor:
            case Opcode.Ftrunc:
            case Opcode.Fnearest:
            case Opcode.Fpromote:
            case Opcode.Fdemote:
                return FloatSemantics.Unary(data.Op, type, x);

            case Opcode.FcvtToSint:
            case Opcode.FcvtToUint:
                return ConversionSemantics.ToIntTrapping(data.Op, type, FloatSemantics.ToDouble(operandType, x), out trap);
            case Opcode.FcvtToSintSat:
            case Opcode.FcvtToUintSat:
                return ConversionSemantics.ToIntSaturating(data.Op, type, FloatSemantics.ToDouble(operandType, x));
            case Opcode.FcvtFromSint:
            case Opcode.FcvtFromUint:
                return ConversionSemantics.FromInt(data.Op, type, operandType, x);
            case Opcode.Bitcast:
                return type == IrType.I32 ? (int)x : type == IrType.F32 ? (uint)x : x;

            case Opcode.Vconst:
            case Opcode.Load:
            case Opcode.Uload8:
            case Opcode.Sload8:
            case Opcode.Uload16:
            case Opcode.Sload16:
            case Opcode.Uload32:
            case Opcode.Sload32:
            case Opcode.Store:
            case Opcode.Istore8:
            case Opcode.Istore16:
            case Opcode.Istore32:
            case Opcode.AtomicLoad:
            case Opcode.AtomicUload8:
            case Opcode.AtomicUload16:
            case Opcode.AtomicUload32:
            case Opcode.AtomicStore:
            case Opcode.AtomicIstore8:
            case Opcode.AtomicIstore16:
            case Opcode.AtomicIstore32:
            case Opcode.AtomicRmw:
            case Opcode.AtomicRmw8:
            case Opcode.AtomicRmw16:
            case Opcode.AtomicRmw32:
            case Opcode.AtomicCas:
            case Opcode.AtomicCas8:
            case Opcode.AtomicCas16:
            case Opcode.AtomicCas32:
            case Opcode.Fence:
            case Opcode.StackAddr:
            case Opcode.FuncAddr:
            case Opcode.Call:
            case Opcode.CallIndirect:
            case Opcode.Jump:
            case Opcode.Brif:
            case Opcode.BrTable:
            case Opcode.Return:
            case Opcode.ReturnCall:
            case Opcode.ReturnCallIndirect:
            case Opcode.Trap:
            case Opcode.Trapz:
            case Opcode.Trapnz:
            default:
                return EngineBug.Throw<long>($"{data.Op} does not compute a scalar from scalars");
        }
    }
}
