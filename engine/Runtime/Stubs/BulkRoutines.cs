// memory.copy and memory.fill in machine code: one copy of each routine per engine, called by guests through the table of builtins,
// on the guest's stack. They use no stack, so wherever they stand [rsp] is the address in the guest to return to; every register is
// theirs, as in any guest function.
//
//   - First by length to the code for it; each begins with the bounds (BulkBounds). They come second because the branches on the length,
//     which are often predicted wrongly, would wait for them.
//   - Nothing is written unless all of the range is inside, and nothing can fault then: memories never shrink, and only memory.grow of the
//     same thread moves one.
//   - Short ranges: everything is read by vectors or words that overlap in the middle, then written. So it does not matter whether the
//     areas overlap. The classes of lengths (.., 16, 64, 4 and 8 vectors) are few, because guests' lengths vary and each class is a
//     branch that may be predicted wrongly.
//   - Longer ones: a loop of four vectors a round, with aligned stores. Upward unless the target begins within the source, else
//     downward. What the loop meets last, and the vector in front of the first aligned one, are read before it and written after it.
//   - After each Piece the store's interrupt flag. An interrupted operation leaves what was done until then, as a trap in the middle of
//     a program does.
//
// To trap, a routine jumps to the stub `stop` as if the guest had called that: (vmctx, trap).

using System;
using Iced.Intel;
using Kiln.Contract;
using Kiln.Contract.Layout;
using static Iced.Intel.AssemblerRegisters;

namespace Kiln.Runtime.Stubs;

/// <summary>Emits the routines of <c>memory.copy</c> and <c>memory.fill</c>.</summary>
/// <param name="avx">Whether they may use AVX: vectors of 32 bytes instead of 16.</param>
/// <param name="bounds">How the bounds are checked.</param>
/// <param name="stop">The stub that traps: (vmctx, trap code).</param>
internal readonly struct BulkRoutines(bool avx, BulkBounds bounds, ulong stop)
{
    // Bytes between two looks at the interrupt flag: a fraction of a millisecond, even if none of the pages was touched before.
    private const int Piece = 256 << 10;

    private const int Interrupt = VmStoreContextLayout.Interrupt;

    /// <summary><c>memory.copy</c>: (vmctx, to memory, from memory, to, from, bytes).</summary>
    public byte[] Copy(ulong address)
    {
        Assembler a = new(64);
        BulkVectors v = new(a, avx);
        Label outside = a.CreateLabel(), few = a.CreateLabel(), more = a.CreateLabel(), many = a.CreateLabel();
        a.cmp(r9, 16);
        a.jbe(few);
        a.cmp(r9, 64);
        a.ja(more);

        // 17 to 64: four vectors whatever the length, two from each end: at 0 and r, at r and 0 bytes from the end, where r is 0 below a
        // length of 32, 16 below 64, and 32 at 64. They overlap or meet, since r is length / 32 * 16.
        bounds.LocateCopy(a, outside);
        a.mov(eax, r9d);
        a.shr(eax, 5);
        a.shl(eax, 4);
        a.mov(rdx, r9);
        a.sub(rdx, rax);
        v.Load16(0, __[r8]);
        v.Load16(1, __[r8 + rax]);
        v.Load16(2, __[r8 + rdx - 16]);
        v.Load16(3, __[r8 + r9 - 16]);
        v.Store16(__[rcx], 0);
        v.Store16(__[rcx + rax], 1);
        v.Store16(__[rcx + rdx - 16], 2);
        v.Store16(__[rcx + r9 - 16], 3);
        a.ret();

        a.Label(ref few);
        CopyFew(a, outside);

        a.Label(ref more);
        a.cmp(r9, 8 * v.Width);
        a.ja(many);
        if (4 * v.Width > 64)
        {
            Label eight = a.CreateLabel();
            a.cmp(r9, 4 * v.Width);
            a.ja(eight);
            CopyEnds(a, v, 2, outside);
            a.Label(ref eight);
        }

        CopyEnds(a, v, 4, outside);

        a.Label(ref many);
        CopyMany(a, v, outside);

        a.Label(ref outside);
        Stop(a, Trap.MemoryOutOfBounds);
        return BranchPadding.Assemble(a, address);
    }

    /// <summary><c>memory.fill</c>: (vmctx, memory, to, byte, bytes).</summary>
    public byte[] Fill(ulong address)
    {
        Assembler a = new(64);
        BulkVectors v = new(a, avx);
        Label outside = a.CreateLabel(), few = a.CreateLabel(), more = a.CreateLabel(), many = a.CreateLabel();
        a.cmp(r8, 16);
        a.jbe(few);
        a.cmp(r8, 64);
        a.ja(more);

        bounds.LocateFill(a, outside);
        v.Spread16();
        a.mov(eax, r8d);
        a.shr(eax, 5);
        a.shl(eax, 4);
        a.mov(rcx, r8);
        a.sub(rcx, rax);
        v.Store16(__[rdx], 0);
        v.Store16(__[rdx + rax], 0);
        v.Store16(__[rdx + rcx - 16], 0);
        v.Store16(__[rdx + r8 - 16], 0);
        a.ret();

        a.Label(ref few);
        FillFew(a, outside);

        a.Label(ref more);
        a.cmp(r8, 8 * v.Width);
        a.ja(many);
        if (4 * v.Width > 64)
        {
            Label eight = a.CreateLabel();
            a.cmp(r8, 4 * v.Width);
            a.ja(eight);
            FillEnds(a, v, 2, outside);
            a.Label(ref eight);
        }

        FillEnds(a, v, 4, outside);

        a.Label(ref many);
        FillMany(a, v, outside);

        a.Label(ref outside);
        Stop(a, Trap.MemoryOutOfBounds);
        return BranchPadding.Assemble(a, address);
    }

    // 0 to 16 bytes.
    private void CopyFew(Assembler a, Label outside)
    {
        Label below8 = a.CreateLabel(), below4 = a.CreateLabel(), none = a.CreateLabel();
        a.cmp(r9d, 8);
        a.jb(below8);
        bounds.LocateCopy(a, outside);
        a.mov(rax, __[r8]);
        a.mov(rdx, __[r8 + r9 - 8]);
        a.mov(__[rcx], rax);
        a.mov(__[rcx + r9 - 8], rdx);
        a.ret();
        a.Label(ref below8);
        a.cmp(r9d, 4);
        a.jb(below4);
        bounds.LocateCopy(a, outside);
        a.mov(eax, __[r8]);
        a.mov(edx, __[r8 + r9 - 4]);
        a.mov(__[rcx], eax);
        a.mov(__[rcx + r9 - 4], edx);
        a.ret();

        // 1 to 3: the first, the middle and the last byte.
        a.Label(ref below4);
        a.test(r9d, r9d);
        a.jz(none);
        bounds.LocateCopy(a, outside);
        a.mov(r10d, r9d);
        a.shr(r10d, 1);
        a.movzx(eax, __byte_ptr[r8]);
        a.movzx(edx, __byte_ptr[r8 + r10]);
        a.movzx(esi, __byte_ptr[r8 + r9 - 1]);
        a.mov(__[rcx], al);
        a.mov(__[rcx + r10], dl);
        a.mov(__[rcx + r9 - 1], sil);
        a.ret();
        a.Label(ref none);
        bounds.LocateCopy(a, outside);
        a.ret();
    }

    // So many vectors from each end.
    private void CopyEnds(Assembler a, BulkVectors v, int count, Label outside)
    {
        bounds.LocateCopy(a, outside);
        for (int i = 0; i < count; i++) v.Load(i, __[r8 + i * v.Width]);
        for (int i = 0; i < count; i++) v.Load(count + i, __[r8 + r9 - (count - i) * v.Width]);
        for (int i = 0; i < count; i++) v.Store(__[rcx + i * v.Width], i);
        for (int i = 0; i < count; i++) v.Store(__[rcx + r9 - (count - i) * v.Width], count + i);
        v.Leave();
        a.ret();
    }

    // rcx = target, r8 = source, r9 = bytes. In the loops: rax = where to store (target + done), r8 + rax = where to load,
    // rsi = where the last block lies, rdx = where the piece ends, r10 = place of the vector that does not lie aligned.
    private void CopyMany(Assembler a, BulkVectors v, Label outside)
    {
        Label downward = a.CreateLabel(), interrupted = a.CreateLabel();
        bounds.LocateCopy(a, outside);
        a.mov(r11, __[rdi + VmContextLayout.StoreContext]);
        a.mov(rax, rcx);
        a.sub(rax, r8);
        a.cmp(rax, r9);
        a.jb(downward);
        CopyUpward(a, v, interrupted);
        a.Label(ref downward);
        CopyDownward(a, v, interrupted);
        a.Label(ref interrupted);
        v.Leave();
        Stop(a, Trap.Interrupted);
    }

    private static void CopyUpward(Assembler a, BulkVectors v, Label interrupted)
    {
        Label piece = a.CreateLabel(), round = a.CreateLabel(), done = a.CreateLabel();
        v.Load(8, __[r8]);
        for (int i = 0; i < 4; i++) v.Load(4 + i, __[r8 + r9 - (4 - i) * v.Width]);
        a.lea(rsi, __[rcx + r9 - v.Block]);
        a.mov(r10, rcx);
        a.lea(rax, __[rcx + v.Width]);
        a.and(rax, -v.Width);
        a.sub(r8, rcx);
        a.Label(ref piece);
        a.lea(rdx, __[rax + Piece]);
        a.cmp(rdx, rsi);
        a.cmova(rdx, rsi);
        a.Label(ref round);
        for (int i = 0; i < 4; i++) v.Load(i, __[r8 + rax + i * v.Width]);
        for (int i = 0; i < 4; i++) v.StoreAligned(__[rax + i * v.Width], i);
        a.add(rax, v.Block);
        a.cmp(rax, rdx);
        a.jb(round);
        a.cmp(rax, rsi);
        a.jae(done);
        a.cmp(__dword_ptr[r11 + Interrupt], 0);
        a.je(piece);
        a.jmp(interrupted);
        a.Label(ref done);
        for (int i = 0; i < 4; i++) v.Store(__[rsi + i * v.Width], 4 + i);
        v.Store(__[r10], 8);
        v.Leave();
        a.ret();
    }

    private static void CopyDownward(Assembler a, BulkVectors v, Label interrupted)
    {
        Label piece = a.CreateLabel(), round = a.CreateLabel(), done = a.CreateLabel();
        v.Load(8, __[r8 + r9 - v.Width]);
        for (int i = 0; i < 4; i++) v.Load(4 + i, __[r8 + i * v.Width]);
        a.lea(rsi, __[rcx + v.Block]);
        a.lea(r10, __[rcx + r9 - v.Width]);
        a.lea(rax, __[rcx + r9 - 1]);
        a.and(rax, -v.Width);
        a.sub(r8, rcx);
        a.Label(ref piece);
        a.lea(rdx, __[rax - Piece]);
        a.cmp(rdx, rsi);
        a.cmovb(rdx, rsi);
        a.Label(ref round);
        for (int i = 0; i < 4; i++) v.Load(i, __[r8 + rax - (i + 1) * v.Width]);
        for (int i = 0; i < 4; i++) v.StoreAligned(__[rax - (i + 1) * v.Width], i);
        a.sub(rax, v.Block);
        a.cmp(rax, rdx);
        a.ja(round);
        a.cmp(rax, rsi);
        a.jbe(done);
        a.cmp(__dword_ptr[r11 + Interrupt], 0);
        a.je(piece);
        a.jmp(interrupted);
        a.Label(ref done);
        for (int i = 0; i < 4; i++) v.Store(__[rcx + i * v.Width], 4 + i);
        v.Store(__[r10], 8);
        v.Leave();
        a.ret();
    }

    // 0 to 16 bytes.
    private void FillFew(Assembler a, Label outside)
    {
        Label below8 = a.CreateLabel(), below4 = a.CreateLabel(), none = a.CreateLabel();
        a.cmp(r8d, 8);
        a.jb(below8);
        bounds.LocateFill(a, outside);
        a.mov(__[rdx], rax);
        a.mov(__[rdx + r8 - 8], rax);
        a.ret();
        a.Label(ref below8);
        a.cmp(r8d, 4);
        a.jb(below4);
        bounds.LocateFill(a, outside);
        a.mov(__[rdx], eax);
        a.mov(__[rdx + r8 - 4], eax);
        a.ret();
        a.Label(ref below4);
        a.test(r8d, r8d);
        a.jz(none);
        bounds.LocateFill(a, outside);
        a.mov(ecx, r8d);
        a.shr(ecx, 1);
        a.mov(__[rdx], al);
        a.mov(__[rdx + rcx], al);
        a.mov(__[rdx + r8 - 1], al);
        a.ret();
        a.Label(ref none);
        bounds.LocateFill(a, outside);
        a.ret();
    }

    private void FillEnds(Assembler a, BulkVectors v, int count, Label outside)
    {
        bounds.LocateFill(a, outside);
        v.SpreadAll();
        for (int i = 0; i < count; i++) v.Store(__[rdx + i * v.Width], 0);
        for (int i = 0; i < count; i++) v.Store(__[rdx + r8 - (count - i) * v.Width], 0);
        v.Leave();
        a.ret();
    }

    // In the loop: rax = where to store, rsi = where the last block lies, rcx = end of the piece.
    private void FillMany(Assembler a, BulkVectors v, Label outside)
    {
        Label piece = a.CreateLabel(), round = a.CreateLabel(), done = a.CreateLabel();
        bounds.LocateFill(a, outside);
        a.mov(r11, __[rdi + VmContextLayout.StoreContext]);
        v.SpreadAll();
        v.Store(__[rdx], 0);
        a.lea(rsi, __[rdx + r8 - v.Block]);
        a.lea(rax, __[rdx + v.Width]);
        a.and(rax, -v.Width);
        a.Label(ref piece);
        a.lea(rcx, __[rax + Piece]);
        a.cmp(rcx, rsi);
        a.cmova(rcx, rsi);
        a.Label(ref round);
        for (int i = 0; i < 4; i++) v.StoreAligned(__[rax + i * v.Width], 0);
        a.add(rax, v.Block);
        a.cmp(rax, rcx);
        a.jb(round);
        a.cmp(rax, rsi);
        a.jae(done);
        a.cmp(__dword_ptr[r11 + Interrupt], 0);
        a.je(piece);
        v.Leave();
        Stop(a, Trap.Interrupted);
        a.Label(ref done);
        for (int i = 0; i < 4; i++) v.Store(__[rsi + i * v.Width], 0);
        v.Leave();
        a.ret();
    }

    private void Stop(Assembler a, Trap trap)
    {
        a.mov(esi, (int)trap);
        a.jmp(stop);
    }
}
