using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Semantics;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>Rules for lanes as values and for places of lanes: splats, extractions, insertions, shuffles.</summary>
internal static class VectorLaneRules
{
    private static readonly UInt128 Identity = new(0x0F0E_0D0C_0B0A_0908, 0x0706_0504_0302_0100);
    private static readonly UInt128 EveryFifthBit = new(0x1010_1010_1010_1010, 0x1010_1010_1010_1010);

    public static Rewrite Vsplat(in Node n) => n switch
    {
        // splat(extract(x, i)) ⇒ shuffle of x: no way through a scalar register
        { X: { Op: Opcode.VextractLane or Opcode.VsextractLane } x } when x.Lanes == n.Lanes => new(Rule.VsplatOfLane, n.EmitShuffle(x.A, x.A, LaneMask(n.Lanes, x.LaneIndex))),

        // splat(x & c) ⇒ splat(x), where c keeps the bits that narrow lanes take; likewise of extensions
        { X: { Op: Opcode.Band, Y: { IsConst: true } c } x } when TakesOnly(n.Lanes, c.Imm) => new(Rule.VsplatOfMask, n.EmitLanes(Opcode.Vsplat, x.A)),
        { Lanes: LaneShape.I8x16, X: { Op: Opcode.Sextend8, Type: IrType.I32 } x } => new(Rule.VsplatOfSextend8, n.EmitLanes(Opcode.Vsplat, x.A)),
        { Lanes: LaneShape.I8x16 or LaneShape.I16x8, X: { Op: Opcode.Sextend16, Type: IrType.I32 } x } => new(Rule.VsplatOfSextend16, n.EmitLanes(Opcode.Vsplat, x.A)),
        _ => default,
    };

    public static Rewrite VextractLane(in Node n) => n switch
    {
        // extract(splat(x), i) ⇒ x, zero-extended
        { X: { Op: Opcode.Vsplat } x } when x.Lanes == n.Lanes => new(Rule.VextractLaneOfSplat, ZeroExtended(n, x.A)),

        // extract(insert(x, y, i), i) ⇒ y, zero-extended; extract(insert(x, y, j), i) ⇒ extract(x, i)
        { X: { Op: Opcode.VinsertLane } x } when x.Lanes == n.Lanes && x.LaneIndex == n.LaneIndex => new(Rule.VextractLaneOfInserted, ZeroExtended(n, x.B)),
        { X: { Op: Opcode.VinsertLane } x } when x.Lanes == n.Lanes => new(Rule.VextractLaneBesideInserted, n.EmitLane(x.A)),
        _ => default,
    };

    public static Rewrite VsextractLane(in Node n) => n switch
    {
        // extract(splat(x), i) ⇒ x, sign-extended
        { X: { Op: Opcode.Vsplat } x } when x.Lanes == n.Lanes => new(Rule.VsextractLaneOfSplat, SignExtended(n, x.A)),

        // extract(insert(x, y, i), i) ⇒ y, sign-extended; extract(insert(x, y, j), i) ⇒ extract(x, i)
        { X: { Op: Opcode.VinsertLane } x } when x.Lanes == n.Lanes && x.LaneIndex == n.LaneIndex => new(Rule.VsextractLaneOfInserted, SignExtended(n, x.B)),
        { X: { Op: Opcode.VinsertLane } x } when x.Lanes == n.Lanes => new(Rule.VsextractLaneBesideInserted, n.EmitLane(x.A)),
        _ => default,
    };

    public static Rewrite VinsertLane(in Node n) => n switch
    {
        // insert(x, extract(x, i), i) ⇒ x
        { Y: { Op: Opcode.VextractLane or Opcode.VsextractLane } y } when y.Lanes == n.Lanes && y.LaneIndex == n.LaneIndex && y.A == n.A => new(Rule.VinsertLaneOwnLane, n.A),

        // insert(insert(x, y, i), z, i) ⇒ insert(x, z, i)
        { X: { Op: Opcode.VinsertLane } x } when x.Lanes == n.Lanes && x.LaneIndex == n.LaneIndex => new(Rule.VinsertLaneTwice, n.EmitLane(x.A, n.B)),

        // insert(splat(x), x, i) ⇒ splat(x)
        { X: { Op: Opcode.Vsplat } x } when x.Lanes == n.Lanes && x.A == n.B => new(Rule.VinsertLaneIntoSplat, n.A),

        // insert(x, extract(y, j), i) ⇒ shuffle of x and y: lanes of 32 and 64 bits have single instructions for that
        { Y: { Op: Opcode.VextractLane } y } when y.Lanes == n.Lanes && n.Lanes.LaneBits() >= 32 => new(Rule.VinsertLaneOfLane, n.EmitShuffle(n.A, y.A, InsertionMask(n.Lanes, n.LaneIndex, y.LaneIndex))),
        _ => default,
    };

    public static Rewrite Vshuffle(in Node n) => n switch
    {
        // Of one source only: that twice, numbers below 16
        _ when n.A == n.B && (n.Vector & EveryFifthBit) != 0 => new(Rule.VshuffleSecondTwice, n.EmitShuffle(n.A, n.A, n.Vector & ~EveryFifthBit)),
        _ when n.A != n.B && (n.Vector & EveryFifthBit) == 0 => new(Rule.VshuffleFirstOnly, n.EmitShuffle(n.A, n.A, n.Vector)),
        _ when n.A != n.B && (n.Vector & EveryFifthBit) == EveryFifthBit => new(Rule.VshuffleSecondOnly, n.EmitShuffle(n.B, n.B, n.Vector & ~EveryFifthBit)),

        // Every byte at its place ⇒ x
        _ when n.Vector == Identity => new(Rule.VshuffleIdentity, n.A),

        // shuffle(splat(x)) ⇒ splat(x), where bytes stay at their place in a lane
        { X: { Op: Opcode.Vsplat } x } when n.A == n.B && KeepsPlaceInLane(n.Vector, x.Lanes) => new(Rule.VshuffleOfSplat, n.A),

        // shuffle(shuffle(x, x, m), l) ⇒ shuffle(x, x, m of l)
        { X: { Op: Opcode.Vshuffle } x } when n.A == n.B && x.A == x.B => new(Rule.VshuffleTwice, n.EmitShuffle(x.A, x.A, VectorIntegerSemantics.Shuffle(x.Vector, x.Vector, n.Vector))),
        _ => default,
    };

    // vswizzle and x86_pshufb: with constant indices a shuffle of the source and of zeros
    public static Rewrite Swizzle(in Node n) => n switch
    {
        { Y: { IsVector: true } y } => new(Rule.VswizzleConst, n.EmitShuffle(n.A, n.ConstVector(0), ShuffleOf(n.Op, y.Vector))),
        _ => default,
    };

    private static Value ZeroExtended(in Node n, Value lane) => n.Lanes switch
    {
        LaneShape.I8x16 => n.Emit(Opcode.Band, IrType.I32, lane, n.Const(IrType.I32, 0xFF)),
        LaneShape.I16x8 => n.Emit(Opcode.Band, IrType.I32, lane, n.Const(IrType.I32, 0xFFFF)),
        _ => lane, // as wide as its scalar type
    };

    private static Value SignExtended(in Node n, Value lane) =>
        n.Emit(n.Lanes == LaneShape.I8x16 ? Opcode.Sextend8 : Opcode.Sextend16, IrType.I32, lane);

    private static bool TakesOnly(LaneShape lanes, long mask) => lanes switch
    {
        LaneShape.I8x16 => (~mask & 0xFF) == 0,
        LaneShape.I16x8 => (~mask & 0xFFFF) == 0,
        _ => false, // takes all bits
    };

    // All lanes are lane number `lane`.
    private static UInt128 LaneMask(LaneShape lanes, int lane)
    {
        int bytes = lanes.LaneBits() / 8;
        return (Identity & LaneAccess.Splat((ulong)bytes - 1, 8)) | LaneAccess.Splat((ulong)(lane * bytes), 8);
    }

    // The first source, in lane `to` lane `from` of the second.
    private static UInt128 InsertionMask(LaneShape lanes, int to, int from)
    {
        int bits = lanes.LaneBits();
        ulong lane = LaneAccess.Unsigned(Identity | EveryFifthBit, bits, from);
        return (Identity & ~LaneAccess.At(-1, bits, to)) | LaneAccess.At((long)lane, bits, to);
    }

    private static bool KeepsPlaceInLane(UInt128 mask, LaneShape lanes)
    {
        UInt128 within = LaneAccess.Splat((ulong)(lanes.LaneBits() / 8) - 1, 8);
        return (mask & within) == (Identity & within);
    }

    // Bytes that become zero are taken from the second source.
    private static UInt128 ShuffleOf(Opcode op, UInt128 indices)
    {
        UInt128 mask = 0;
        for (int i = 0; i < 16; i++)
        {
            ulong index = LaneAccess.Unsigned(indices, 8, i);
            bool zero = op == Opcode.Vswizzle ? index > 15 : index > 127;
            mask |= LaneAccess.At(zero ? 16 + i : (long)(index & 15), 8, i);
        }

        return mask;
    }
}
