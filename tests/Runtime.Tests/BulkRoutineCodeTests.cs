using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Iced.Intel;
using Kiln.Contract.Layout;
using Kiln.Runtime.Code;
using Kiln.Runtime.Stubs;
using Xunit;
using Decoder = Iced.Intel.Decoder;

namespace Kiln.Runtime.Tests;

/// <summary>What the machine code of memory.copy and memory.fill does where a processor guesses, and where its jumps lie.</summary>
public sealed unsafe class BulkRoutineCodeTests : IDisposable
{
    // A memory in the middle of bytes that are not its own. Near it they may be read and written, since guards are there.
    private const int Size = 512 << 10, Start = 256 << 10, Far = 128 << 10, Length = 4096, Near = 1024;
    private const byte Own = 0x11, Other = 0xAA, Filled = 0x55;

    private readonly CodeMemory _code = new(1 << 20);
    private readonly byte* _bytes = (byte*)NativeMemory.Alloc(Size);

    public void Dispose()
    {
        _code.Dispose();
        NativeMemory.Free(_bytes);
    }

    // A wrong guess is imitated: the jumps that leave because of the bounds are taken out.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Copy_WhenTheBoundsAreGuessedWrongly_TouchesNothingElsewhere(bool avx)
    {
        byte[] routine = WithoutBounds(new BulkRoutines(avx, new BulkBounds(speculationSafe: true), 0).Copy(0), expected: 2 * 8 + (avx ? 0 : -2));
        ulong address = Load(routine);
        foreach (ulong count in Counts())
        {
            foreach (ulong outside in Outside(count))
            {
                Call(address, 0, outside, count);
                Call(address, outside, 0, count);
                Call(address, outside, outside + 64, count);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fill_WhenTheBoundsAreGuessedWrongly_TouchesNothingElsewhere(bool avx)
    {
        byte[] routine = WithoutBounds(new BulkRoutines(avx, new BulkBounds(speculationSafe: true), 0).Fill(0), expected: 8 + (avx ? 0 : -1));
        ulong address = Load(routine);
        foreach (ulong count in Counts())
        {
            foreach (ulong outside in Outside(count)) Call(address, outside, Filled, count);
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Jumps_LieWithinOneLine(bool avx, bool speculationSafe)
    {
        BulkRoutines routines = new(avx, new BulkBounds(speculationSafe), 0x10000);
        foreach (byte[] routine in (byte[][])[routines.Copy(0), routines.Fill(0)])
        {
            List<Instruction> instructions = Decode(routine);
            int jumps = 0;
            for (int i = 0; i < instructions.Count; i++)
            {
                Instruction jump = instructions[i];
                if (jump.FlowControl == FlowControl.Next) continue;
                jumps++;
                bool fuses = i > 0 && jump.FlowControl == FlowControl.ConditionalBranch && BranchPadding.IsFusable(instructions[i - 1]);
                ulong start = fuses ? instructions[i - 1].IP : jump.IP;
                Assert.True(start / BranchPadding.Line == jump.NextIP / BranchPadding.Line, $"{jump} at {jump.IP:x}");
            }

            Assert.True(jumps > 20);
        }
    }

    private static IEnumerable<ulong> Counts()
    {
        for (ulong count = 0; count < 300; count++) yield return count;
        yield return 5000;
        yield return Far;
    }

    // Behind the memory, in front of it, and so that the end is in it again, modulo 2^64.
    private static ulong[] Outside(ulong count) => [Far, unchecked((ulong)-Far), Length + Near, unchecked(8 - count)];

    private void Call(ulong routine, ulong to, ulong fromOrByte, ulong count)
    {
        Span<byte> all = new(_bytes, Size);
        all.Fill(Other);
        Span<byte> near = all.Slice(Start - Near, Length + 2 * Near);
        near.Fill(Own);
        ulong* memory = stackalloc ulong[2];
        memory[VmMemoryLayout.Base / sizeof(ulong)] = (ulong)(_bytes + Start);
        memory[VmMemoryLayout.ByteLength / sizeof(ulong)] = Length;
        byte* context = stackalloc byte[VmContextLayout.StoreContext + sizeof(ulong)];
        byte* store = stackalloc byte[VmStoreContextLayout.Interrupt + sizeof(ulong)];
        *(ulong*)(store + VmStoreContextLayout.Interrupt) = 0;
        *(byte**)(context + VmContextLayout.StoreContext) = store;

        // SAFETY: routines take arguments as C functions do and use no register that C functions keep. What they could reach, were the
        // bounds not kept, lies in the bytes allocated.
        if (fromOrByte == Filled) ((delegate* unmanaged<byte*, ulong*, ulong, ulong, ulong, void>)routine)(context, memory, to, fromOrByte, count);
        else ((delegate* unmanaged<byte*, ulong*, ulong*, ulong, ulong, ulong, void>)routine)(context, memory, memory, to, fromOrByte, count);

        Assert.True(near.IndexOf(Other) < 0, $"{count} bytes from {fromOrByte:x} to {to:x}: read elsewhere");
        Assert.True(all[..(Start - Near)].IndexOfAnyExcept(Other) < 0, $"{count} bytes from {fromOrByte:x} to {to:x}: written in front");
        Assert.True(all[(Start + Length + Near)..].IndexOfAnyExcept(Other) < 0, $"{count} bytes from {fromOrByte:x} to {to:x}: written behind");
    }

    private ulong Load(byte[] routine)
    {
        ulong address = _code.Allocate(routine.Length);
        _code.Write(address, routine);
        return address;
    }

    // Nops for what jumps behind the conditional moves of the checks.
    private static byte[] WithoutBounds(byte[] routine, int expected)
    {
        List<Instruction> instructions = Decode(routine);
        int found = 0;
        for (int i = 1; i < instructions.Count; i++)
        {
            if (instructions[i].Mnemonic != Mnemonic.Jb || PreviousOf(instructions, i).Mnemonic != Mnemonic.Cmovb) continue;
            routine.AsSpan((int)instructions[i].IP, instructions[i].Length).Fill(0x90);
            found++;
        }

        Assert.Equal(expected, found);
        return routine;
    }

    private static Instruction PreviousOf(List<Instruction> instructions, int index)
    {
        do index--;
        while (instructions[index].Mnemonic == Mnemonic.Nop);
        return instructions[index];
    }

    private static List<Instruction> Decode(byte[] routine)
    {
        Decoder decoder = Decoder.Create(64, routine, 0);
        List<Instruction> instructions = [];
        while (decoder.IP < (ulong)routine.Length) instructions.Add(decoder.Decode());
        return instructions;
    }
}
