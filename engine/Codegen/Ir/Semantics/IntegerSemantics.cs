using System;
using System.Buffers.Binary;
using System.Numerics;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Codegen.Ir.Semantics;

/// <summary>Integer opcodes on the 64-bit form of <see cref="ScalarSemantics"/>.</summary>
internal static class IntegerSemantics
{
    // C# masks the count of 32-bit shifts by 31 and of 64-bit shifts by 63, which is what the IR means.
    public static int Binary32(Opcode op, int x, int y)
    {
        switch (op)
        {
            case Opcode.Iadd: return unchecked(x + y);
            case Opcode.Isub: return unchecked(x - y);
            case Opcode.Imul: return unchecked(x * y);
            case Opcode.Band: return x & y;
            case Opcode.Bor: return x | y;
            case Opcode.Bxor: return x ^ y;
            case Opcode.Ishl: return x << y;
            case Opcode.Ushr: return x >>> y;
            case Opcode.Sshr: return x >> y;
            case Opcode.Rotl: return (int)BitOperations.RotateLeft((uint)x, y);
            case Opcode.Rotr: return (int)BitOperations.RotateRight((uint)x, y);
            default: return EngineBug.Throw<int>($"{op} is not a binary integer opcode");
        }
    }

    public static long Binary64(Opcode op, long x, long y)
    {
        switch (op)
        {
            case Opcode.Iadd: return unchecked(x + y);
            case Opcode.Isub: return unchecked(x - y);
            case Opcode.Imul: return unchecked(x * y);
            case Opcode.Umulhi: return (long)Math.BigMul((ulong)x, (ulong)y, out _);
            case Opcode.Smulhi: return Math.BigMul(x, y, out _);
            case Opcode.Band: return x & y;
            case Opcode.Bor: return x | y;
            case Opcode.Bxor: return x ^ y;
            case Opcode.Ishl: return x << (int)y;
            case Opcode.Ushr: return x >>> (int)y;
            case Opcode.Sshr: return x >> (int)y;
            case Opcode.Rotl: return (long)BitOperations.RotateLeft((ulong)x, (int)y);
            case Opcode.Rotr: return (long)BitOperations.RotateRight((ulong)x, (int)y);
            default: return EngineBug.Throw<long>($"{op} is not a binary integer opcode");
        }
    }

    public static long Divide(Opcode op, IrType type, long x, long y, out TrapCode trap)
    {
        trap = default;
        if (y == 0)
        {
            trap = TrapCode.IntegerDivideByZero;
            return 0;
        }

        bool narrow = type == IrType.I32;
        if (y == -1 && (op is Opcode.Sdiv or Opcode.Srem))
        {
            if (op == Opcode.Srem) return 0;
            if (x == (narrow ? int.MinValue : long.MinValue))
            {
                trap = TrapCode.IntegerOverflow;
                return 0;
            }
        }

        switch (op)
        {
            case Opcode.Sdiv: return x / y;
            case Opcode.Srem: return x % y;
            case Opcode.Udiv: return narrow ? (int)((uint)x / (uint)y) : (long)((ulong)x / (ulong)y);
            case Opcode.Urem: return narrow ? (int)((uint)x % (uint)y) : (long)((ulong)x % (ulong)y);
            default: return EngineBug.Throw<long>($"{op} is not a division");
        }
    }

    public static long Unary(Opcode op, IrType type, long x)
    {
        bool narrow = type == IrType.I32;
        switch (op)
        {
            case Opcode.Clz: return narrow ? BitOperations.LeadingZeroCount((uint)x) : BitOperations.LeadingZeroCount((ulong)x);
            case Opcode.Ctz: return narrow ? BitOperations.TrailingZeroCount((uint)x) : BitOperations.TrailingZeroCount((ulong)x);
            case Opcode.Popcnt: return narrow ? BitOperations.PopCount((uint)x) : BitOperations.PopCount((ulong)x);
            case Opcode.Bswap: return narrow ? BinaryPrimitives.ReverseEndianness((int)x) : BinaryPrimitives.ReverseEndianness(x);
            case Opcode.Sextend8: return (sbyte)x;
            case Opcode.Sextend16: return (short)x;
            case Opcode.Sextend32: return (int)x;
            case Opcode.Uextend: return (uint)x;
            case Opcode.Sextend: return (int)x;
            case Opcode.Ireduce: return (int)x;
            default: return EngineBug.Throw<long>($"{op} is not a unary integer opcode");
        }
    }
}
