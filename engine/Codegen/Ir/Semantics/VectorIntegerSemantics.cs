using System;
using System.Numerics;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Codegen.Ir.Semantics;

/// <summary>Vector opcodes on integer lanes. SPEC: Wasm core, 4.3.2 and 4.4.3.</summary>
internal static class VectorIntegerSemantics
{
    /// <summary>Lane by lane from the same lane of one or two operands.</summary>
    public static UInt128 Lanewise(in InstData data, UInt128 x, UInt128 y)
    {
        int bits = data.Lanes.LaneBits(), count = data.Lanes.LaneCount();
        UInt128 result = 0;
        for (int i = 0; i < count; i++)
        {
            long lane = Lane(data.Op, bits, LaneAccess.Signed(x, bits, i), LaneAccess.Signed(y, bits, i));
            result |= LaneAccess.At(lane, bits, i);
        }

        return result;
    }

    // One lane from sign-extended ones; of the result only the low bits count.
    private static long Lane(Opcode op, int bits, long x, long y)
    {
        ulong ux = (ulong)x & LaneAccess.Mask(bits), uy = (ulong)y & LaneAccess.Mask(bits);
        switch (op)
        {
            case Opcode.Viadd: return unchecked(x + y);
            case Opcode.Visub: return unchecked(x - y);
            case Opcode.Vimul: return unchecked(x * y);
            case Opcode.Vineg: return unchecked(-x);
            case Opcode.Viabs: return x < 0 ? unchecked(-x) : x;
            case Opcode.VsaddSat: return LaneAccess.ClampSigned(x + y, bits);
            case Opcode.VssubSat: return LaneAccess.ClampSigned(x - y, bits);
            case Opcode.VuaddSat: return LaneAccess.ClampUnsigned((long)(ux + uy), bits);
            case Opcode.VusubSat: return LaneAccess.ClampUnsigned((long)ux - (long)uy, bits);
            case Opcode.Vsmin: return Math.Min(x, y);
            case Opcode.Vsmax: return Math.Max(x, y);
            case Opcode.Vumin: return (long)Math.Min(ux, uy);
            case Opcode.Vumax: return (long)Math.Max(ux, uy);
            case Opcode.Vuavgr: return (long)((ux + uy + 1) >> 1);
            case Opcode.Vq15mulrSat: return LaneAccess.ClampSigned(((x * y) + 0x4000) >> 15, bits);
            case Opcode.X86Pmulhrsw: return ((x * y) + 0x4000) >> 15;
            case Opcode.Vpopcnt: return BitOperations.PopCount(ux);
            default: return EngineBug.Throw<long>($"{op} does not compute lane by lane");
        }
    }

    /// <summary>Every lane shifted by the same count, modulo the lane's width.</summary>
    public static UInt128 Shift(in InstData data, UInt128 x, int amount)
    {
        int bits = data.Lanes.LaneBits(), count = data.Lanes.LaneCount();
        amount &= bits - 1;
        UInt128 result = 0;
        for (int i = 0; i < count; i++)
        {
            long lane = data.Op switch
            {
                Opcode.Vishl => LaneAccess.Signed(x, bits, i) << amount,
                Opcode.Vushr => (long)(LaneAccess.Unsigned(x, bits, i) >> amount),
                Opcode.Vsshr => LaneAccess.Signed(x, bits, i) >> amount,
                _ => EngineBug.Throw<long>($"{data.Op} is not a vector shift"),
            };
            result |= LaneAccess.At(lane, bits, i);
        }

        return result;
    }

    /// <summary>All ones in the lanes where the relation holds.</summary>
    public static UInt128 Compare(in InstData data, UInt128 x, UInt128 y)
    {
        int bits = data.Lanes.LaneBits(), count = data.Lanes.LaneCount();
        UInt128 result = 0;
        for (int i = 0; i < count; i++)
        {
            if (data.IntCC.Holds(LaneAccess.Signed(x, bits, i), LaneAccess.Signed(y, bits, i))) result |= LaneAccess.At(-1, bits, i);
        }

        return result;
    }

    /// <summary>Lanes from operand lanes of half the width: extensions, extending products and sums, dot products.</summary>
    public static UInt128 Widening(in InstData data, UInt128 x, UInt128 y)
    {
        int bits = data.Lanes.LaneBits(), count = data.Lanes.LaneCount(), half = bits / 2;
        UInt128 result = 0;
        for (int i = 0; i < count; i++)
        {
            int low = i, high = count + i, even = 2 * i, odd = even + 1;
            long lane;
            switch (data.Op)
            {
                case Opcode.VsextendLow: lane = LaneAccess.Signed(x, half, low); break;
                case Opcode.VsextendHigh: lane = LaneAccess.Signed(x, half, high); break;
                case Opcode.VuextendLow: lane = (long)LaneAccess.Unsigned(x, half, low); break;
                case Opcode.VuextendHigh: lane = (long)LaneAccess.Unsigned(x, half, high); break;
                case Opcode.VsextmulLow: lane = LaneAccess.Signed(x, half, low) * LaneAccess.Signed(y, half, low); break;
                case Opcode.VsextmulHigh: lane = LaneAccess.Signed(x, half, high) * LaneAccess.Signed(y, half, high); break;
                case Opcode.VuextmulLow: lane = (long)(LaneAccess.Unsigned(x, half, low) * LaneAccess.Unsigned(y, half, low)); break;
                case Opcode.VuextmulHigh: lane = (long)(LaneAccess.Unsigned(x, half, high) * LaneAccess.Unsigned(y, half, high)); break;
                case Opcode.VsextaddPairwise: lane = LaneAccess.Signed(x, half, even) + LaneAccess.Signed(x, half, odd); break;
                case Opcode.VuextaddPairwise: lane = (long)(LaneAccess.Unsigned(x, half, even) + LaneAccess.Unsigned(x, half, odd)); break;
                case Opcode.Vsdot:
                    lane = (LaneAccess.Signed(x, half, even) * LaneAccess.Signed(y, half, even)) + (LaneAccess.Signed(x, half, odd) * LaneAccess.Signed(y, half, odd));
                    break;
                case Opcode.X86Pmaddubsw:
                    long first = (long)LaneAccess.Unsigned(x, half, even) * LaneAccess.Signed(y, half, even);
                    long second = (long)LaneAccess.Unsigned(x, half, odd) * LaneAccess.Signed(y, half, odd);
                    lane = LaneAccess.ClampSigned(first + second, bits);
                    break;
                default:
                    return EngineBug.Throw<UInt128>($"{data.Op} does not widen lanes");
            }

            result |= LaneAccess.At(lane, bits, i);
        }

        return result;
    }

    /// <summary>Lanes of half the width from the signed lanes of one operand, then of the other.</summary>
    public static UInt128 Narrow(in InstData data, UInt128 x, UInt128 y)
    {
        int bits = data.Lanes.LaneBits(), count = data.Lanes.LaneCount(), wide = bits * 2;
        UInt128 result = 0;
        for (int i = 0; i < count; i++)
        {
            long lane = i < count / 2 ? LaneAccess.Signed(x, wide, i) : LaneAccess.Signed(y, wide, i - (count / 2));
            lane = data.Op == Opcode.Vsnarrow ? LaneAccess.ClampSigned(lane, bits) : LaneAccess.ClampUnsigned(lane, bits);
            result |= LaneAccess.At(lane, bits, i);
        }

        return result;
    }

    /// <summary>1 if no lane is 0, else 0.</summary>
    public static uint AllTrue(LaneShape lanes, UInt128 x)
    {
        for (int i = 0; i < lanes.LaneCount(); i++)
        {
            if (LaneAccess.Unsigned(x, lanes.LaneBits(), i) == 0) return 0;
        }

        return 1;
    }

    /// <summary>The highest bits of the lanes.</summary>
    public static uint Bitmask(LaneShape lanes, UInt128 x)
    {
        uint mask = 0;
        for (int i = 0; i < lanes.LaneCount(); i++)
        {
            if (LaneAccess.Signed(x, lanes.LaneBits(), i) < 0) mask |= 1u << i;
        }

        return mask;
    }

    /// <summary>Bytes of the pair (x, y) picked by a mask of numbers below 32.</summary>
    public static UInt128 Shuffle(UInt128 x, UInt128 y, UInt128 mask)
    {
        UInt128 result = 0;
        for (int i = 0; i < 16; i++)
        {
            int from = (int)LaneAccess.Unsigned(mask, 8, i);
            result |= LaneAccess.At((long)LaneAccess.Unsigned(from < 16 ? x : y, 8, from & 15), 8, i);
        }

        return result;
    }

    /// <summary>Bytes of x picked by the bytes of y: <c>vswizzle</c> and <c>x86_pshufb</c>.</summary>
    public static UInt128 Swizzle(Opcode op, UInt128 x, UInt128 y)
    {
        UInt128 result = 0;
        for (int i = 0; i < 16; i++)
        {
            int from = (int)LaneAccess.Unsigned(y, 8, i);
            bool zero = op == Opcode.Vswizzle ? from > 15 : from > 127;
            if (!zero) result |= LaneAccess.At((long)LaneAccess.Unsigned(x, 8, from & 15), 8, i);
        }

        return result;
    }
}
