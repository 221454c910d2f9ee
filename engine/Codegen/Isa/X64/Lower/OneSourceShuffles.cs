using System;
using Kiln.Codegen.Ir;
using Kiln.RegAlloc;
using static Kiln.Codegen.Isa.X64.Lower.VectorConstants;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>Shuffles that take from one vector, or from one and zero: one instruction each.</summary>
internal static class OneSourceShuffles
{
    /// <summary>dst = the bytes of a source that the mask names; the source has so many uses in this shuffle.</summary>
    public static void Lower(Lowering x, VReg dst, Value source, int uses, Span<byte> mask)
    {
        while (TryCompose(x, ref source, ref uses, mask))
        {
        }

        if (VectorShuffleRules.MovesWhole(mask, 4))
        {
            int immediate = VectorShuffleRules.Immediate32(mask);
            if (immediate == 0xE4) x.VectorRm(X64Op.Movaps, dst, x.RegOf(source));
            else x.VectorRm(X64Op.Pshufd, dst, x.UseVector(source), immediate);
            return;
        }

        if (x.Features.Avx2 && (IsBroadcast(mask, 1) || IsBroadcast(mask, 2)))
        {
            x.Rm(IsBroadcast(mask, 1) ? X64Op.Vpbroadcastb : X64Op.Vpbroadcastw, dst, x.RegOf(source));
            return;
        }

        if (TryWords(x, dst, source, mask)) return;
        VReg register = x.RegOf(source);
        if (VectorShuffleRules.IsInterleaving(mask, 1, 0, 0, out bool high)) x.Vector(high ? X64Op.Punpckhbw : X64Op.Punpcklbw, dst, register, register);
        else if (VectorShuffleRules.IsInterleaving(mask, 2, 0, 0, out high)) x.Vector(high ? X64Op.Punpckhwd : X64Op.Punpcklwd, dst, register, register);
        else if (IsRotation(mask, 15)) x.Vector(X64Op.Palignr, dst, register, register, mask[0]);
        else x.Vector(X64Op.Pshufb, dst, register, Pool(x, FromBytes(mask)));
    }

    // A shuffle of a shuffle that nothing else needs is one shuffle, if what is left takes from one source only.
    private static bool TryCompose(Lowering x, ref Value source, ref int uses, Span<byte> mask)
    {
        if (!x.Is(source, Opcode.Vshuffle, out Inst inst) || x.UsesOf(source) != uses || x.IsDemanded(source)) return false;
        InstData inner = x.Dfg.Insts[inst];
        UInt128 constant = x.Function.Constants[inner.Constant];
        Span<byte> composed = stackalloc byte[16];
        int second = 0;
        for (int i = 0; i < 16; i++)
        {
            composed[i] = (byte)(constant >> (8 * mask[i]));
            if (composed[i] >= 16) second++;
            if (inner.A == inner.B) composed[i] &= 15;
        }

        if (inner.A != inner.B && second is not (0 or 16)) return false;
        for (int i = 0; i < 16; i++) mask[i] = (byte)(composed[i] & 15);
        source = second == 16 ? inner.B : inner.A;
        uses = inner.A == inner.B ? 2 : 1;
        return true;
    }

    // The first `size` bytes everywhere.
    private static bool IsBroadcast(ReadOnlySpan<byte> mask, int size)
    {
        for (int i = 0; i < 16; i++)
        {
            if (mask[i] != (i & (size - 1))) return false;
        }

        return true;
    }

    /// <summary>True for consecutive indices, modulo <paramref name="wrap"/> + 1.</summary>
    public static bool IsRotation(ReadOnlySpan<byte> mask, int wrap)
    {
        for (int i = 1; i < 16; i++)
        {
            if (mask[i] != ((mask[0] + i) & wrap)) return false;
        }

        return true;
    }

    // 16-bit lanes of one half change places, the other half stays.
    private static bool TryWords(Lowering x, VReg dst, Value source, ReadOnlySpan<byte> mask)
    {
        if (!VectorShuffleRules.MovesWhole(mask, 2)) return false;
        bool lowStays = true, highStays = true, lowInLow = true, highInHigh = true;
        int low = 0, high = 0;
        for (int i = 0; i < 4; i++)
        {
            int l = mask[2 * i] >> 1, h = mask[8 + 2 * i] >> 1;
            lowStays &= l == i;
            highStays &= h == i + 4;
            lowInLow &= l < 4;
            highInHigh &= h >= 4;
            low |= (l & 3) << (2 * i);
            high |= (h & 3) << (2 * i);
        }

        if (highStays && lowInLow) x.VectorRm(X64Op.Pshuflw, dst, x.UseVector(source), low);
        else if (lowStays && highInHigh) x.VectorRm(X64Op.Pshufhw, dst, x.UseVector(source), high);
        else return false;
        return true;
    }

    /// <summary>The other source is zero: shifts by bytes, zero extension, else one pshufb.</summary>
    public static void WithZero(Lowering x, VReg dst, Value source, ReadOnlySpan<byte> mask)
    {
        VReg register = x.RegOf(source);
        int zerosBelow = 0, zerosAbove = 0;
        while (mask[zerosBelow] >= 16) zerosBelow++;
        while (mask[15 - zerosAbove] >= 16) zerosAbove++;
        if (zerosBelow == 0 && IsRun(mask[..(16 - zerosAbove)], zerosAbove))
        {
            x.VectorMi(X64Op.PsrldqMi, dst, register, zerosAbove);
            return;
        }

        if (zerosAbove == 0 && IsRun(mask[zerosBelow..], 0))
        {
            x.VectorMi(X64Op.PslldqMi, dst, register, zerosBelow);
            return;
        }

        if (zerosAbove == 8 && IsRun(mask[..8], 0))
        {
            x.VectorRm(X64Op.MovqXmm, dst, register);
            return;
        }

        if (TryZeroExtension(x, dst, register, mask)) return;
        Span<byte> shuffle = stackalloc byte[16];
        for (int i = 0; i < 16; i++) shuffle[i] = mask[i] >= 16 ? VectorShuffleRules.ZeroByte : mask[i];
        x.Vector(X64Op.Pshufb, dst, register, Pool(x, FromBytes(shuffle)));
    }

    private static bool IsRun(ReadOnlySpan<byte> mask, int first)
    {
        for (int i = 0; i < mask.Length; i++)
        {
            if (mask[i] != first + i) return false;
        }

        return true;
    }

    private static bool TryZeroExtension(Lowering x, VReg dst, VReg register, ReadOnlySpan<byte> mask)
    {
        ReadOnlySpan<(byte From, byte To, X64Op Op)> extensions =
        [
            (1, 2, X64Op.Pmovzxbw), (2, 4, X64Op.Pmovzxwd), (4, 8, X64Op.Pmovzxdq), (1, 4, X64Op.Pmovzxbd), (2, 8, X64Op.Pmovzxwq),
        ];
        foreach ((byte from, byte to, X64Op op) in extensions)
        {
            bool fits = true;
            for (int i = 0; i < 16 && fits; i++)
            {
                int within = i % to;
                fits = within < from ? mask[i] == i / to * from + within : mask[i] >= 16;
            }

            if (!fits) continue;
            x.VectorRm(op, dst, register);
            return true;
        }

        return false;
    }
}
