using System;
using Kiln.Codegen.Machine;

namespace Kiln.Codegen.Isa.X64;

/// <summary>
/// Finds a lea that emission may replace by an addition although it stands between an instruction that sets flags and one that
/// reads them. Runs where allocations are checked. No flags live from one block to the next.
/// </summary>
internal static class FlagsCheck
{
    /// <summary>The number of such an instruction, or -1.</summary>
    public static int Find(VCode<X64Inst> code)
    {
        for (int block = 0; block < code.BlockCount; block++)
        {
            int start = code.BlockStart(block), found = Find(code.Insts[start..code.BlockEnd(block)]);
            if (found >= 0) return start + found;
        }

        return -1;
    }

    /// <summary>The index of such an instruction in a block, or -1.</summary>
    public static int Find(ReadOnlySpan<X64Inst> block)
    {
        bool needed = false;
        for (int i = block.Length - 1; i >= 0; i--)
        {
            X64Op op = block[i].Op;
            if (needed && op is X64Op.Lea32 or X64Op.Lea64) return i;
            if (Reads(block[i])) needed = true;
            else if (!Keeps(op)) needed = false;
        }

        return -1;
    }

    private static bool Reads(in X64Inst inst) => inst.Encoding.Form is Form.JumpIf or Form.TrapIf || inst.Op is X64Op.Setcc
        or X64Op.Cmov32Rm or X64Op.Cmov64Rm or X64Op.SelectFloat or X64Op.VselectFloat or >= X64Op.Adc32Rm and <= X64Op.Sbb64MemI32;

    // Intel, Software Developer's Manual, volume 1, appendix A. What is not here sets flags or leaves them undefined.
    private static bool Keeps(X64Op op) => op is X64Op.Nop or >= X64Op.Mov32Rm and <= X64Op.Xchg64Mr
        or X64Op.Not32M or X64Op.Not64M or X64Op.Bswap32O or X64Op.Bswap64O or X64Op.Mulx32Rvm or X64Op.Mulx64Rvm
        or >= X64Op.Shlx32Rmv and <= X64Op.Rorx64Rmi
        or (>= X64Op.ZeroFloat and not (>= X64Op.Ucomiss and <= X64Op.Vucomisd or X64Op.Ptest or X64Op.Vptest));
}
