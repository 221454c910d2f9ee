using System;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Codegen.Ir.Semantics;

/// <summary>
/// What each vector opcode computes: the definition that the interpreter executes and constant folding uses.
/// Values travel as their bits, zero-extended to 128: scalars too, operands as well as results. Never allocates.
/// </summary>
public static class VectorSemantics
{
    /// <summary>True if the opcode computes a value from vectors and scalars only, so that <see cref="Evaluate"/> knows it.</summary>
    public static bool Covers(Opcode op) => op is >= Opcode.Viadd and <= Opcode.X86Cvttpd2dq;

    /// <summary>
    /// The bits of the result of an instruction whose operands have the bits <paramref name="x"/>, <paramref name="y"/>
    /// and <paramref name="z"/>; the mask of a <c>vshuffle</c> is its third.
    /// </summary>
    public static UInt128 Evaluate(in InstData data, UInt128 x, UInt128 y, UInt128 z)
    {
        switch (data.Op)
        {
            case Opcode.Viadd or Opcode.Visub or Opcode.Vimul or Opcode.Vineg or Opcode.Viabs
                or Opcode.VsaddSat or Opcode.VuaddSat or Opcode.VssubSat or Opcode.VusubSat
                or Opcode.Vsmin or Opcode.Vumin or Opcode.Vsmax or Opcode.Vumax or Opcode.Vuavgr
                or Opcode.Vq15mulrSat or Opcode.X86Pmulhrsw or Opcode.Vpopcnt:
                return VectorIntegerSemantics.Lanewise(data, x, y);
            case Opcode.Vishl or Opcode.Vushr or Opcode.Vsshr:
                return VectorIntegerSemantics.Shift(data, x, (int)(uint)y);
            case Opcode.VsextendLow or Opcode.VsextendHigh or Opcode.VuextendLow or Opcode.VuextendHigh
                or Opcode.VsextmulLow or Opcode.VsextmulHigh or Opcode.VuextmulLow or Opcode.VuextmulHigh
                or Opcode.VsextaddPairwise or Opcode.VuextaddPairwise or Opcode.Vsdot or Opcode.X86Pmaddubsw:
                return VectorIntegerSemantics.Widening(data, x, y);
            case Opcode.Vsnarrow or Opcode.Vunarrow:
                return VectorIntegerSemantics.Narrow(data, x, y);

            case Opcode.Vand: return x & y;
            case Opcode.Vandnot: return x & ~y;
            case Opcode.Vor: return x | y;
            case Opcode.Vxor: return x ^ y;
            case Opcode.Vnot: return ~x;
            case Opcode.Vbitselect: return (x & z) | (y & ~z);

            case Opcode.VanyTrue: return x != 0 ? 1u : 0u;
            case Opcode.VallTrue: return VectorIntegerSemantics.AllTrue(data.Lanes, x);
            case Opcode.Vbitmask: return VectorIntegerSemantics.Bitmask(data.Lanes, x);
            case Opcode.Vicmp: return VectorIntegerSemantics.Compare(data, x, y);
            case Opcode.Vfcmp: return VectorFloatSemantics.Compare(data, x, y);

            case Opcode.Vsplat: return LaneAccess.Splat((ulong)x, data.Lanes.LaneBits());
            case Opcode.VextractLane: return LaneAccess.Unsigned(x, data.Lanes.LaneBits(), data.LaneIndex);
            case Opcode.VsextractLane: return (uint)LaneAccess.Signed(x, data.Lanes.LaneBits(), data.LaneIndex);
            case Opcode.VinsertLane:
                int bits = data.Lanes.LaneBits();
                return (x & ~LaneAccess.At(-1, bits, data.LaneIndex)) | LaneAccess.At((long)(ulong)y, bits, data.LaneIndex);
            case Opcode.Vshuffle: return VectorIntegerSemantics.Shuffle(x, y, z);
            case Opcode.Vswizzle or Opcode.X86Pshufb: return VectorIntegerSemantics.Swizzle(data.Op, x, y);

            case Opcode.Vfadd or Opcode.Vfsub or Opcode.Vfmul or Opcode.Vfdiv
                or Opcode.Vfmin or Opcode.Vfmax or Opcode.Vfpmin or Opcode.Vfpmax
                or Opcode.Vfabs or Opcode.Vfneg or Opcode.Vfsqrt
                or Opcode.Vfceil or Opcode.Vffloor or Opcode.Vftrunc or Opcode.Vfnearest
                or Opcode.Vffma or Opcode.Vffnma:
                return VectorFloatSemantics.Lanewise(data, x, y, z);
            case Opcode.VfcvtToSintSat or Opcode.VfcvtToUintSat or Opcode.VfcvtLowToSintSat or Opcode.VfcvtLowToUintSat
                or Opcode.VfcvtFromSint or Opcode.VfcvtFromUint or Opcode.VfpromoteLow or Opcode.VfdemoteZero
                or Opcode.X86Cvttps2dq or Opcode.X86Cvttpd2dq:
                return VectorFloatSemantics.Convert(data, x);

            default:
                return EngineBug.Throw<UInt128>($"{data.Op} does not compute from vectors");
        }
    }

    /// <summary>True if lanes of the result may be NaNs that the opcode makes: any quiet one is right then.</summary>
    public static bool MakesNaN(Opcode op) => op is
        Opcode.Vfadd or Opcode.Vfsub or Opcode.Vfmul or Opcode.Vfdiv or Opcode.Vfmin or Opcode.Vfmax or Opcode.Vfsqrt
        or Opcode.Vfceil or Opcode.Vffloor or Opcode.Vftrunc or Opcode.Vfnearest or Opcode.Vffma or Opcode.Vffnma
        or Opcode.VfpromoteLow or Opcode.VfdemoteZero;

    /// <summary>True if a float lane is a NaN.</summary>
    public static bool HasNaN(LaneShape lanes, UInt128 vector)
    {
        IrType type = lanes.ScalarType();
        for (int i = 0; i < lanes.LaneCount(); i++)
        {
            if (double.IsNaN(FloatSemantics.ToDouble(type, (long)LaneAccess.Unsigned(vector, lanes.LaneBits(), i)))) return true;
        }

        return false;
    }

    /// <summary>The vector that a vector load gives for the bytes it touches (<see cref="InstData.AccessByteCount"/> of them).</summary>
    public static UInt128 Load(in InstData data, ReadOnlySpan<byte> bytes)
    {
        ulong raw = 0;
        for (int i = bytes.Length - 1; i >= 0; i--) raw = raw << 8 | bytes[i];
        InstData extend = data;
        switch (data.Op)
        {
            case Opcode.VloadSplat:
                return LaneAccess.Splat(raw, data.Lanes.LaneBits());
            case Opcode.VloadZero:
                return raw;
            case Opcode.VloadSextend:
                extend.Op = Opcode.VsextendLow;
                return VectorIntegerSemantics.Widening(extend, raw, 0);
            case Opcode.VloadUextend:
                extend.Op = Opcode.VuextendLow;
                return VectorIntegerSemantics.Widening(extend, raw, 0);
            default:
                return EngineBug.Throw<UInt128>($"{data.Op} is not a vector load");
        }
    }
}
