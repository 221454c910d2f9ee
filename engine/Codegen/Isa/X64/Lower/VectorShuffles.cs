using System;
using Kiln.Codegen.Ir;
using Kiln.RegAlloc;
using static Kiln.Codegen.Isa.X64.Lower.VectorConstants;

namespace Kiln.Codegen.Isa.X64.Lower;

/// <summary>
/// vshuffle and vswizzle. A mask of 16 bytes is compared with what single instructions do, cheapest first; what is left is a
/// pshufb of each source and an or.
/// </summary>
/// <remarks>Masks are spans of 16 indices: 0 to 15 from the first source, 16 to 31 from the second.</remarks>
internal static class VectorShuffleRules
{
    /// <summary>The index that makes pshufb write zero.</summary>
    public const byte ZeroByte = 0x80;

    public static void Lower(Lowering x, in InstData data, VReg dst)
    {
        switch (data.Op)
        {
            case Opcode.Vshuffle: Shuffle(x, data, dst); break;
            case Opcode.Vswizzle: Swizzle(x, data, dst); break;
            case Opcode.X86Pshufb: VectorArithmeticRules.Binary(x, data, dst, X64Op.Pshufb, commutative: false); break;
        }
    }

    private static void Swizzle(Lowering x, in InstData data, VReg dst)
    {
        VReg a = x.RegOf(data.A);
        if (x.Is(data.B, Opcode.Vconst, out Inst inst))
        {
            UInt128 indices = x.Function.Constants[x.Dfg.Insts[inst].Constant];
            Span<byte> mask = stackalloc byte[16];
            for (int i = 0; i < 16; i++)
            {
                byte index = (byte)(indices >> (8 * i));
                mask[i] = index < 16 ? index : ZeroByte;
            }

            x.Vector(X64Op.Pshufb, dst, a, Pool(x, FromBytes(mask)));
            return;
        }

        // Indices from 16 on get their top bit set.
        VReg saturated = x.NewVector();
        x.Vector(X64Op.Paddusb, saturated, x.RegOf(data.B), Pool(x, Splat8(0x70)));
        x.Vector(X64Op.Pshufb, dst, a, saturated);
    }

    private static void Shuffle(Lowering x, in InstData data, VReg dst)
    {
        Value a = data.A, b = data.B;
        UInt128 constant = x.Function.Constants[data.Constant];
        Span<byte> mask = stackalloc byte[16];
        int fromA = 0;
        for (int i = 0; i < 16; i++)
        {
            mask[i] = (byte)(constant >> (8 * i));
            if (a == b) mask[i] &= 15;
            if (mask[i] < 16) fromA++;
        }

        int uses = a == b ? 2 : 1;
        if (fromA == 16)
        {
            OneSourceShuffles.Lower(x, dst, a, uses, mask);
        }
        else if (fromA == 0)
        {
            Exchange(mask);
            OneSourceShuffles.Lower(x, dst, b, uses, mask);
        }
        else if (IsZero(x, b))
        {
            OneSourceShuffles.WithZero(x, dst, a, mask);
        }
        else if (IsZero(x, a))
        {
            Exchange(mask);
            OneSourceShuffles.WithZero(x, dst, b, mask);
        }
        else if (!TryBlend(x, dst, a, b, mask) && !TryUnpack(x, dst, a, b, mask) && !TryAlign(x, dst, a, b, mask)
            && !TryLanes32(x, dst, a, b, mask) && !TryPack(x, dst, a, b, mask))
        {
            TwoShuffles(x, dst, x.RegOf(a), x.RegOf(b), mask);
        }
    }

    private static bool IsZero(Lowering x, Value value) =>
        x.Is(value, Opcode.Vconst, out Inst inst) && x.Function.Constants[x.Dfg.Insts[inst].Constant] == 0;

    // The mask after exchange of both sources.
    private static void Exchange(Span<byte> mask)
    {
        foreach (ref byte index in mask) index ^= 16;
    }

    /// <summary>True if groups of <paramref name="size"/> bytes stay together, in order.</summary>
    public static bool MovesWhole(ReadOnlySpan<byte> mask, int size)
    {
        for (int i = 0; i < 16; i++)
        {
            if (mask[i] != mask[i & -size] + (i & (size - 1)) || (mask[i & -size] & (size - 1)) != 0) return false;
        }

        return true;
    }

    /// <summary>The two-bit fields of pshufd and shufps.</summary>
    public static int Immediate32(ReadOnlySpan<byte> mask)
    {
        int immediate = 0;
        for (int i = 0; i < 4; i++) immediate |= (mask[4 * i] >> 2 & 3) << (2 * i);
        return immediate;
    }

    // Two sources.

    // Bytes from the second source at their own places.
    private static bool TryBlend(Lowering x, VReg dst, Value a, Value b, ReadOnlySpan<byte> mask)
    {
        int words = 0, doubles = 0;
        bool wholeWords = true, wholeDoubles = true;
        UInt128 bytes = 0;
        for (int i = 0; i < 16; i++)
        {
            if ((mask[i] & 15) != i) return false;
            bool second = mask[i] >= 16;
            wholeWords &= second == mask[i & ~1] >= 16;
            wholeDoubles &= second == mask[i & ~3] >= 16;
            if (!second) continue;
            words |= 1 << (i >> 1);
            doubles |= 1 << (i >> 2);
            bytes |= (UInt128)0xFF << (8 * i);
        }

        RmOperand right = x.UseVector(b);
        VReg left = x.RegOf(a);
        if (wholeDoubles) x.Vector(X64Op.Blendps, dst, left, right, doubles);
        else if (wholeWords) x.Vector(X64Op.Pblendw, dst, left, right, words);
        else x.Vector(X64Op.Pblendvb, dst, left, right, (int)Register(x, bytes).Id);
        return true;
    }

    /// <summary>True for an interleaving of low or high halves: lanes of <paramref name="size"/> bytes alternately from index <paramref name="first"/> and <paramref name="second"/> on.</summary>
    public static bool IsInterleaving(ReadOnlySpan<byte> mask, int size, int first, int second, out bool high)
    {
        int start = mask[0] - first;
        high = start == 8;
        if (start is not (0 or 8)) return false;
        for (int i = 0; i < 16; i++)
        {
            int pair = i / (2 * size), within = i & (size - 1);
            int source = (i & size) == 0 ? first : second;
            if (mask[i] != source + start + pair * size + within) return false;
        }

        return true;
    }

    private static bool TryUnpack(Lowering x, VReg dst, Value a, Value b, ReadOnlySpan<byte> mask)
    {
        for (int log = 0; log < 4; log++)
        {
            bool exchanged = !IsInterleaving(mask, 1 << log, 0, 16, out bool high);
            if (exchanged && !IsInterleaving(mask, 1 << log, 16, 0, out high)) continue;
            if (exchanged) (a, b) = (b, a);
            RmOperand right = x.UseVector(b);
            x.Vector((high ? X64Op.Punpckhbw : X64Op.Punpcklbw) + 2 * log, dst, x.RegOf(a), right);
            return true;
        }

        return false;
    }

    // 16 bytes from anywhere in both sources side by side.
    private static bool TryAlign(Lowering x, VReg dst, Value a, Value b, ReadOnlySpan<byte> mask)
    {
        if (!OneSourceShuffles.IsRotation(mask, 31)) return false;
        (Value low, Value high) = mask[0] < 16 ? (a, b) : (b, a);
        RmOperand right = x.UseVector(low);
        x.Vector(X64Op.Palignr, dst, x.RegOf(high), right, mask[0] & 15);
        return true;
    }

    private static bool TryLanes32(Lowering x, VReg dst, Value a, Value b, ReadOnlySpan<byte> mask)
    {
        if (!MovesWhole(mask, 4)) return false;
        static bool FromB(ReadOnlySpan<byte> m, int lane) => m[4 * lane] >= 16;
        int immediate = Immediate32(mask);
        if (FromB(mask, 0) == FromB(mask, 1) && FromB(mask, 2) == FromB(mask, 3))
        {
            (Value low, Value high) = FromB(mask, 0) ? (b, a) : (a, b);
            RmOperand right = x.UseVector(high);
            x.Vector(X64Op.Shufps, dst, x.RegOf(low), right, immediate);
            return true;
        }

        // All lanes of one source but one at their own places.
        int movedA = 0, movedB = 0, laneFromA = 0, laneFromB = 0, second = 0;
        for (int i = 0; i < 4; i++)
        {
            bool fromB = FromB(mask, i);
            if (fromB) second |= 1 << i;
            if (mask[4 * i] != 4 * i) (movedA, laneFromB) = (movedA + 1, i);
            if (mask[4 * i] != 16 + 4 * i) (movedB, laneFromA) = (movedB + 1, i);
        }

        if (movedA == 1 && FromB(mask, laneFromB))
            x.Vector(X64Op.InsertpsReg, dst, x.RegOf(a), x.RegOf(b), (immediate >> (2 * laneFromB) & 3) << 6 | laneFromB << 4);
        else if (movedB == 1 && !FromB(mask, laneFromA))
            x.Vector(X64Op.InsertpsReg, dst, x.RegOf(b), x.RegOf(a), (immediate >> (2 * laneFromA) & 3) << 6 | laneFromA << 4);
        else
            x.Vector(X64Op.Blendps, dst, Permuted(x, a, mask, 0), Permuted(x, b, mask, 16), second);
        return true;
    }

    // A source with the lanes that are taken from it at their places in the result.
    private static VReg Permuted(Lowering x, Value source, ReadOnlySpan<byte> mask, int first)
    {
        bool stays = true;
        int immediate = 0;
        for (int i = 0; i < 4; i++)
        {
            bool taken = (mask[4 * i] & 16) == first;
            stays &= !taken || (mask[4 * i] & 15) == 4 * i;
            immediate |= (taken ? mask[4 * i] >> 2 & 3 : i) << (2 * i);
        }

        if (stays) return x.RegOf(source);
        VReg permuted = x.NewVector();
        x.VectorRm(X64Op.Pshufd, permuted, x.UseVector(source), immediate);
        return permuted;
    }

    /// <summary>dst = each lane of <paramref name="laneBytes"/> bytes rotated left by whole bytes.</summary>
    public static void RotateBytes(Lowering x, VReg dst, VReg source, int laneBytes, int bytes)
    {
        Span<byte> mask = stackalloc byte[16];
        for (int i = 0; i < 16; i++) mask[i] = (byte)((i & -laneBytes) + ((i - bytes) & (laneBytes - 1)));
        x.Vector(X64Op.Pshufb, dst, source, Pool(x, FromBytes(mask)));
    }

    // Every other byte or 16-bit lane of both sources: cleared or shifted to half a lane, then packed.
    private static bool TryPack(Lowering x, VReg dst, Value a, Value b, ReadOnlySpan<byte> mask)
    {
        for (int size = 1; size <= 2; size++)
        {
            bool even = IsEveryOther(mask, size, 0);
            if (!even && !IsEveryOther(mask, size, size)) continue;
            VReg left = x.RegOf(a), right = x.RegOf(b), low = x.NewVector(), high = x.NewVector();
            if (even)
            {
                UInt128 kept = size == 1 ? Splat16(0xFF) : Splat32(0xFFFF);
                x.Vector(X64Op.Pand, low, left, Pool(x, kept));
                x.Vector(X64Op.Pand, high, right, Pool(x, kept));
            }
            else
            {
                x.VectorMi(size == 1 ? X64Op.PsrlwMi : X64Op.PsrldMi, low, left, 8 * size);
                x.VectorMi(size == 1 ? X64Op.PsrlwMi : X64Op.PsrldMi, high, right, 8 * size);
            }

            x.Vector(size == 1 ? X64Op.Packuswb : X64Op.Packusdw, dst, low, high);
            return true;
        }

        return false;
    }

    private static bool IsEveryOther(ReadOnlySpan<byte> mask, int size, int first)
    {
        for (int i = 0; i < 16; i++)
        {
            if (mask[i] != first + i / size * 2 * size + (i & (size - 1))) return false;
        }

        return true;
    }

    // Each source with zeros where the other's bytes go. If one source's bytes stay where they are, blend instead.
    private static void TwoShuffles(Lowering x, VReg dst, VReg a, VReg b, ReadOnlySpan<byte> mask)
    {
        Span<byte> left = stackalloc byte[16], right = stackalloc byte[16];
        bool leftStays = true, rightStays = true, wholeWords = true;
        int words = 0;
        for (int i = 0; i < 16; i++)
        {
            bool second = mask[i] >= 16;
            left[i] = second ? ZeroByte : mask[i];
            right[i] = second ? (byte)(mask[i] & 15) : ZeroByte;
            leftStays &= second || mask[i] == i;
            rightStays &= !second || mask[i] == 16 + i;
            wholeWords &= second == mask[i & ~1] >= 16;
            if (second) words |= 1 << (i >> 1);
        }

        if (wholeWords && (leftStays || rightStays))
        {
            VReg moved = x.NewVector();
            x.Vector(X64Op.Pshufb, moved, leftStays ? b : a, Pool(x, FromBytes(leftStays ? right : left)));
            if (leftStays) x.Vector(X64Op.Pblendw, dst, a, moved, words);
            else x.Vector(X64Op.Pblendw, dst, moved, b, words);
            return;
        }

        VReg fromLeft = x.NewVector(), fromRight = x.NewVector();
        x.Vector(X64Op.Pshufb, fromLeft, a, Pool(x, FromBytes(left)));
        x.Vector(X64Op.Pshufb, fromRight, b, Pool(x, FromBytes(right)));
        x.Vector(X64Op.Por, dst, fromLeft, fromRight);
    }
}
