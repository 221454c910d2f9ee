using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Kiln.Runtime.Stubs;

/// <summary>Loads and stores of whole vectors, in VEX or in legacy encoding, never both in one routine.</summary>
/// <param name="a">Where to write them.</param>
/// <param name="avx">Whether the machine has AVX.</param>
internal readonly struct BulkVectors(Assembler a, bool avx)
{
    /// <summary>Bytes of the widest vector.</summary>
    public int Width => avx ? 32 : 16;

    /// <summary>Bytes that one round of a loop moves: four vectors.</summary>
    public int Block => 4 * Width;

    /// <summary>A vector of the widest kind, from any address.</summary>
    public void Load(int register, AssemblerMemoryOperand from)
    {
        if (avx) a.vmovdqu(Ymm(register), from);
        else a.movups(Xmm(register), from);
    }

    /// <summary>To any address.</summary>
    public void Store(AssemblerMemoryOperand to, int register)
    {
        if (avx) a.vmovdqu(to, Ymm(register));
        else a.movups(to, Xmm(register));
    }

    /// <summary>To an address that is a multiple of the width.</summary>
    public void StoreAligned(AssemblerMemoryOperand to, int register)
    {
        if (avx) a.vmovdqa(to, Ymm(register));
        else a.movaps(to, Xmm(register));
    }

    /// <summary>16 bytes, which leave nothing in the upper half of the register.</summary>
    public void Load16(int register, AssemblerMemoryOperand from)
    {
        if (avx) a.vmovdqu(Xmm(register), from);
        else a.movups(Xmm(register), from);
    }

    /// <summary>16 bytes.</summary>
    public void Store16(AssemblerMemoryOperand to, int register)
    {
        if (avx) a.vmovdqu(to, Xmm(register));
        else a.movups(to, Xmm(register));
    }

    /// <summary>The 8 bytes of rax twice, in the low half of register 0.</summary>
    public void Spread16()
    {
        if (avx)
        {
            a.vmovq(xmm0, rax);
            a.vpunpcklqdq(xmm0, xmm0, xmm0);
            return;
        }

        a.movq(xmm0, rax);
        a.punpcklqdq(xmm0, xmm0);
    }

    /// <summary>The bytes of rax in all of register 0.</summary>
    public void SpreadAll()
    {
        Spread16();
        if (avx) a.vinsertf128(ymm0, ymm0, xmm0, 1);
    }

    /// <summary>After wide vectors, before the guest goes on: its instructions are fast only while all upper halves are zero.</summary>
    public void Leave()
    {
        if (avx) a.vzeroupper();
    }

    // Registers 0 to 8 are all that routines need.
    private static AssemblerRegisterXMM Xmm(int number) => number switch
    {
        0 => xmm0,
        1 => xmm1,
        2 => xmm2,
        3 => xmm3,
        4 => xmm4,
        5 => xmm5,
        6 => xmm6,
        7 => xmm7,
        _ => xmm8,
    };

    private static AssemblerRegisterYMM Ymm(int number) => number switch
    {
        0 => ymm0,
        1 => ymm1,
        2 => ymm2,
        3 => ymm3,
        4 => ymm4,
        5 => ymm5,
        6 => ymm6,
        7 => ymm7,
        _ => ymm8,
    };
}
