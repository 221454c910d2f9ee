// From a row's encoding and physical operands to the bytes of one instruction.

using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Kiln.Codegen.Isa.X64;

/// <summary>
/// The M operand with physical registers: a register, [base + index*2^shift + displacement], or [rip + displacement].
/// </summary>
public readonly struct RegMem
{
    private const sbyte RegisterOperand = -2;
    private const sbyte RipRelative = -3;

    private RegMem(sbyte kindOrIndex, byte register, byte shift, int displacement)
    {
        _index = kindOrIndex;
        _base = register;
        Shift = shift;
        Displacement = displacement;
    }

    private readonly sbyte _index;
    private readonly byte _base;

    /// <summary>Base 2 logarithm of the index scale, 0 to 3.</summary>
    public byte Shift { get; }

    /// <summary>Signed displacement in bytes.</summary>
    public int Displacement { get; }

    /// <summary>A register, 0 to 15.</summary>
    public static RegMem Register(int number) => new(RegisterOperand, (byte)number, 0, 0);

    /// <summary>[base + displacement].</summary>
    public static RegMem Memory(int @base, int displacement) => new(NoIndex, (byte)@base, 0, displacement);

    /// <summary>[base + index*2^shift + displacement]; the index may be any register but rsp.</summary>
    public static RegMem Memory(int @base, int index, int shift, int displacement) => new((sbyte)index, (byte)@base, (byte)shift, displacement);

    /// <summary>[index*2^shift + displacement] without a base.</summary>
    public static RegMem Scaled(int index, int shift, int displacement) => new((sbyte)index, NoBase, (byte)shift, displacement);

    /// <summary>[rip + displacement], the displacement counted from the end of the instruction.</summary>
    public static RegMem Rip(int displacement) => new(RipRelative, 0, 0, displacement);

    internal const sbyte NoIndex = -1;
    internal const byte NoBase = 0xFF;

    internal bool IsRegister => _index == RegisterOperand;
    internal bool IsRip => _index == RipRelative;
    internal bool HasIndex => _index >= 0;
    internal bool HasBase => _base != NoBase;
    internal int Index => _index;
    internal int Base => _base;

    // Bits 3 of base and index, as REX.B and REX.X; a missing register contributes nothing.
    internal int RexB => IsRip || !HasBase ? 0 : _base >> 3;
    internal int RexX => HasIndex ? _index >> 3 : 0;
}

/// <summary>
/// Writes one instruction. Comes in: a row's <see cref="Encoding"/> and physical operands. Goes out: bytes.
/// Source: Intel SDM volume 2, chapter 2 (REX 2.2.1, VEX 2.3.5, ModRM and SIB tables 2-2 and 2-3).
/// </summary>
public static class Encoder
{
    /// <summary>No instruction is longer; the room that <see cref="Encode"/> wants.</summary>
    public const int MaxLength = 16;

    /// <summary>
    /// Encodes at the start of <paramref name="code"/> (at least <see cref="MaxLength"/> bytes) and returns the length.
    /// </summary>
    /// <param name="code">Where to write.</param>
    /// <param name="row">The encoding.</param>
    /// <param name="condition">Condition code 0 to 15 for rows that have one.</param>
    /// <param name="reg">Register in ModRM.reg or in the opcode; ignored if the row has a digit.</param>
    /// <param name="vvvv">Register in VEX.vvvv; ignored by rows without.</param>
    /// <param name="rm">The M operand; ignored by rows without ModRM.</param>
    /// <param name="immediate">The immediate, truncated to the row's size.</param>
    public static int Encode(Span<byte> code, in Encoding row, int condition, int reg, int vvvv, in RegMem rm, long immediate)
    {
        int at = 0;
        bool modRm = row.Is(EncodingFlags.ModRm);
        int regField = row.Digit >= 0 ? row.Digit : reg;
        if (row.Is(EncodingFlags.Vex))
        {
            at = WriteVex(code, row, regField, vvvv, rm);
            code[at++] = row.Opcode;
        }
        else
        {
            if (row.Is(EncodingFlags.Lock)) code[at++] = 0xF0;
            if (row.Prefix != 0) code[at++] = row.Prefix;
            int rex = (row.Flags & EncodingFlags.W) != 0 ? 0x48 : 0;
            if (modRm)
            {
                rex |= (regField >> 3) << 2 | rm.RexX << 1 | rm.RexB;
                if (row.Is(EncodingFlags.ByteReg) && reg >= 4) rex |= 0x40;
                if (row.Is(EncodingFlags.ByteRm) && rm.IsRegister && rm.Base >= 4) rex |= 0x40;
            }
            else if (row.Form is Form.Oi or Form.OTied)
            {
                rex |= reg >> 3;
            }

            if (rex != 0) code[at++] = (byte)(0x40 | rex);
            if (row.Map != 0)
            {
                code[at++] = 0x0F;
                if (row.Map == 2) code[at++] = 0x38;
                else if (row.Map == 3) code[at++] = 0x3A;
            }

            int opcode = row.Opcode;
            if (row.Is(EncodingFlags.Condition)) opcode |= condition;
            else if (row.Form is Form.Oi or Form.OTied) opcode |= reg & 7;
            code[at++] = (byte)opcode;
        }

        if (modRm) at += WriteModRm(code[at..], regField & 7, rm);
        switch (row.ImmediateBytes)
        {
            case 1: code[at++] = (byte)immediate; break;
            case 2: BinaryPrimitives.WriteInt16LittleEndian(code[at..], (short)immediate); at += 2; break;
            case 4: BinaryPrimitives.WriteInt32LittleEndian(code[at..], (int)immediate); at += 4; break;
            case 8: BinaryPrimitives.WriteInt64LittleEndian(code[at..], immediate); at += 8; break;
        }

        return at;
    }

    /// <summary>Writes <paramref name="length"/> bytes of no-operation in as few instructions as possible.</summary>
    public static void WriteNops(Span<byte> code, int length)
    {
        // SDM volume 2, NOP: recommended multi-byte sequences.
        ReadOnlySpan<byte> longest = [0x66, 0x0F, 0x1F, 0x84, 0, 0, 0, 0, 0];
        while (length > 0)
        {
            int n = Math.Min(length, 9);
            ReadOnlySpan<byte> sequence = n switch
            {
                1 => [0x90],
                2 => [0x66, 0x90],
                3 => [0x0F, 0x1F, 0x00],
                4 => [0x0F, 0x1F, 0x40, 0],
                5 => [0x0F, 0x1F, 0x44, 0, 0],
                6 => [0x66, 0x0F, 0x1F, 0x44, 0, 0],
                7 => [0x0F, 0x1F, 0x80, 0, 0, 0, 0],
                8 => [0x0F, 0x1F, 0x84, 0, 0, 0, 0, 0],
                _ => longest,
            };
            sequence.CopyTo(code);
            code = code[n..];
            length -= n;
        }
    }

    private static int WriteVex(Span<byte> code, in Encoding row, int reg, int vvvv, in RegMem rm)
    {
        bool w = (row.Flags & EncodingFlags.W) != 0;
        int pp = row.Prefix switch { 0x66 => 1, 0xF3 => 2, 0xF2 => 3, _ => 0 };
        bool hasV = row.Form is Form.Rvm or Form.Rvmi or Form.Rvmr or Form.RvmTied or Form.Rmv or Form.Vm or Form.Vmi or Form.MulxWide or Form.Zero;
        int inverted = (hasV ? ~vvvv & 15 : 15) << 3;
        int r = reg >> 3 == 0 ? 0x80 : 0;
        if (row.Map == 1 && !w && rm.RexX == 0 && rm.RexB == 0)
        {
            code[0] = 0xC5;
            code[1] = (byte)(r | inverted | pp);
            return 2;
        }

        code[0] = 0xC4;
        code[1] = (byte)(r | (rm.RexX == 0 ? 0x40 : 0) | (rm.RexB == 0 ? 0x20 : 0) | row.Map);
        code[2] = (byte)((w ? 0x80 : 0) | inverted | pp);
        return 3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WriteModRm(Span<byte> code, int reg, in RegMem rm)
    {
        if (rm.IsRegister)
        {
            code[0] = (byte)(0xC0 | reg << 3 | rm.Base & 7);
            return 1;
        }

        return WriteMemory(code, reg << 3, rm);
    }

    private static int WriteMemory(Span<byte> code, int reg, in RegMem rm)
    {
        if (rm.IsRip)
        {
            code[0] = (byte)(reg | 5);
            BinaryPrimitives.WriteInt32LittleEndian(code[1..], rm.Displacement);
            return 5;
        }

        int displacement = rm.Displacement;
        if (!rm.HasBase)
        {
            // mod 00, rm 100, base 101: [index*scale + disp32].
            code[0] = (byte)(reg | 4);
            code[1] = (byte)(rm.Shift << 6 | (rm.HasIndex ? rm.Index & 7 : 4) << 3 | 5);
            BinaryPrimitives.WriteInt32LittleEndian(code[2..], displacement);
            return 6;
        }

        int low = rm.Base & 7;
        int at = 1;
        // rbp and r13 as base without displacement would mean rip or no base.
        int mod = displacement == 0 && low != 5 ? 0 : displacement == (sbyte)displacement ? 0x40 : 0x80;
        if (rm.HasIndex || low == 4)
        {
            code[0] = (byte)(mod | reg | 4);
            code[1] = (byte)(rm.Shift << 6 | (rm.HasIndex ? rm.Index & 7 : 4) << 3 | low);
            at = 2;
        }
        else
        {
            code[0] = (byte)(mod | reg | low);
        }

        if (mod == 0x40)
        {
            code[at++] = (byte)displacement;
        }
        else if (mod == 0x80)
        {
            BinaryPrimitives.WriteInt32LittleEndian(code[at..], displacement);
            at += 4;
        }

        return at;
    }
}
