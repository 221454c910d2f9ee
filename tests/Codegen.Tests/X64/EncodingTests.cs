using System;
using System.Collections.Generic;
using System.Globalization;
using Iced.Intel;
using Kiln.Codegen.Isa.X64;
using Xunit;
using Encoder = Kiln.Codegen.Isa.X64.Encoder;

namespace Kiln.Codegen.Tests.X64;

/// <summary>Every row of the instruction table against Iced's decoder, which knows nothing of the table.</summary>
public sealed class EncodingTests
{
    private static readonly string[] ConditionNames =
        ["o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"];

    private static readonly Register[] Gpr64 =
    [
        Register.RAX, Register.RCX, Register.RDX, Register.RBX, Register.RSP, Register.RBP, Register.RSI, Register.RDI,
        Register.R8, Register.R9, Register.R10, Register.R11, Register.R12, Register.R13, Register.R14, Register.R15,
    ];

    private static readonly Register[] Gpr8 =
    [
        Register.AL, Register.CL, Register.DL, Register.BL, Register.SPL, Register.BPL, Register.SIL, Register.DIL,
        Register.R8L, Register.R9L, Register.R10L, Register.R11L, Register.R12L, Register.R13L, Register.R14L, Register.R15L,
    ];

    public static IEnumerable<object[]> EncodedOps()
    {
        foreach (X64Op op in Enum.GetValues<X64Op>())
        {
            if (X64Instructions.Row(op).Notation.Length != 0) yield return [op];
        }
    }

    [Fact]
    public void Table_HasOneRowForEachOpInOrder()
    {
        X64Op[] ops = Enum.GetValues<X64Op>();
        Assert.Equal(ops.Length, X64Instructions.All.Length);
        for (int i = 0; i < ops.Length; i++)
        {
            Assert.Equal((X64Op)i, ops[i]);
            Assert.Equal(ops[i], X64Instructions.All[i].Op);
        }
    }

    [Fact]
    public void Table_WideFormFollowsNarrowForm()
    {
        foreach (EncodingRow row in X64Instructions.All)
        {
            string name = row.Op.ToString();
            int at = name.IndexOf("32", StringComparison.Ordinal);
            if (at < 0 || row.Op >= X64Op.FloatMinSs || name.StartsWith("Mov", StringComparison.Ordinal) || !Enum.TryParse(name[..at] + "64" + name[(at + 2)..], out X64Op wide)) continue;
            Assert.Equal(row.Op + 1, wide);
        }
    }

    [Fact]
    public void Table_VexFormFollowsSseForm()
    {
        foreach (EncodingRow row in X64Instructions.All)
        {
            if (row.Op < X64Op.FloatMinSs || row.Op >= X64Op.VbroadcastssLoad || row.Feature != CpuFeature.None || (int)(row.Op - X64Op.FloatMinSs) % 2 != 0) continue;
            EncodingRow vex = X64Instructions.Row(row.Op + 1);
            Assert.Equal("v" + row.Mnemonic, vex.Mnemonic);
            Assert.Equal(row.Encoding.MemoryBytes, vex.Encoding.MemoryBytes);
            if (row.Notation.Length != 0) Assert.True(vex.Encoding.Is(EncodingFlags.Vex) && vex.Feature == CpuFeature.Avx, row.Syntax);
        }
    }

    [Theory]
    [MemberData(nameof(EncodedOps))]
    public void Row_WithAllRegisters_DecodesToItself(X64Op op)
    {
        EncodingRow row = X64Instructions.Row(op);
        if (row.Encoding.Is(EncodingFlags.MemoryOnly)) return;
        for (int reg = 0; reg < 16; reg++)
        {
            for (int rm = 0; rm < 16; rm++)
            {
                if (row.Encoding.Form == Form.Zero && reg != rm) continue;
                int vvvv = row.Encoding.Form == Form.Zero ? reg : (reg + rm + 5) & 15;
                Check(row, reg, vvvv, RegMem.Register(rm), rm, default, (reg * 16 + rm) & 15);
            }
        }
    }

    [Theory]
    [MemberData(nameof(EncodedOps))]
    public void Row_WithAllAddresses_DecodesToItself(X64Op op)
    {
        EncodingRow row = X64Instructions.Row(op);
        if (!row.Encoding.Is(EncodingFlags.ModRm) || row.Encoding.Is(EncodingFlags.RegisterOnly) || row.Encoding.Form == Form.Zero) return;
        ReadOnlySpan<int> displacements = [0, 1, -1, 127, -128, 128, -129, 0x12345678, int.MinValue];
        int turn = 0;
        foreach (int displacement in displacements)
        {
            Check(row, turn++ & 15, 3, RegMem.Rip(displacement), -1, new Address(Register.RIP, Register.None, 0, displacement), 0);
            for (int b = 0; b < 16; b++)
            {
                Check(row, turn++ & 15, turn % 13, RegMem.Memory(b, displacement), -1, new Address(Gpr64[b], Register.None, 0, displacement), b);
                if (b == 4) continue;
                Check(row, turn++ & 15, 7, RegMem.Scaled(b, turn & 3, displacement), -1, new Address(Register.None, Gpr64[b], turn & 3, displacement), b);
            }
        }

        for (int b = 0; b < 16; b++)
        {
            for (int index = 0; index < 16; index++)
            {
                if (index == 4) continue;
                int shift = (b + index) & 3;
                int displacement = displacements[(b * 16 + index) % displacements.Length];
                Check(row, turn++ & 15, index, RegMem.Memory(b, index, shift, displacement), -1, new Address(Gpr64[b], Gpr64[index], shift, displacement), 1);
            }
        }
    }

    private const int FourthRegister = 10;

    private readonly record struct Address(Register Base, Register Index, int Shift, int Displacement);

    private static void Check(in EncodingRow row, int reg, int vvvv, in RegMem rm, int rmRegister, Address address, int condition)
    {
        byte[] code = new byte[Encoder.MaxLength];
        // A fourth register is in the high half of its immediate.
        long immediate = row.Encoding.Form == Form.Rvmr ? FourthRegister << 4 : row.Encoding.ImmediateBytes switch { 1 => -93, 2 => -1234, 4 => -123456789, 8 => 0x1234_5678_9ABC_DEF0, _ => 0 };
        int length = Encoder.Encode(code, row.Encoding, condition, reg, vvvv, rm, immediate);
        var decoder = Iced.Intel.Decoder.Create(64, code.AsSpan(0, length).ToArray());
        Instruction instruction = decoder.Decode();
        string context = $"{row.Op}: {row.Syntax} = {Convert.ToHexString(code, 0, length)} decodes to {instruction}";
        Assert.True(decoder.LastError == DecoderError.None && instruction.Length == length, context);
        Assert.True(instruction.HasLockPrefix == row.Encoding.Is(EncodingFlags.Lock), context);
        Assert.True(MnemonicOf(row, condition) == instruction.Mnemonic.ToString().ToLowerInvariant(), context);
        CheckOperands(row, reg, vvvv, rmRegister, address, immediate, instruction, context);
    }

    private static string MnemonicOf(in EncodingRow row, int condition)
    {
        if (row.Encoding.Form == Form.Zero) return row.Mnemonic switch { "zero" => row.Encoding.Is(EncodingFlags.FloatReg) ? "xorps" : "xor", "vzero" => "vxorps", "ones" => "pcmpeqd", _ => "vpcmpeqd" };
        return row.Mnemonic.Replace("{cc}", ConditionNames[condition], StringComparison.Ordinal);
    }

    private static void CheckOperands(in EncodingRow row, int reg, int vvvv, int rmRegister, Address address, long immediate, in Instruction instruction, string context)
    {
        string syntax = row.Syntax;
        int space = syntax.IndexOf(' ', StringComparison.Ordinal);
        string[] operands = space < 0 ? [] : syntax[(space + 1)..].Split(", ");
        string fields = row.Encoding.Form switch
        {
            Form.Rm or Form.RmTied or Form.RmMask => "RM",
            Form.MriDef or Form.MriMem => "MRI",
            Form.Rvmr => "RVMX",
            Form.Vmi => "VMI",
            Form.Exchange => "MR",
            Form.RmUse => row.Mnemonic == "test" ? "MR" : "RM",
            Form.Rmi or Form.RmiTied => "RMI",
            Form.MrMem or Form.MrDef or Form.MrTied or Form.Cmpxchg => "MR",
            Form.MiTied or Form.MiMem or Form.MiUse or Form.MiDef => "MI",
            Form.MTied or Form.MDef or Form.MUse or Form.MulWide or Form.DivWide => "M",
            Form.McTied => "MC",
            Form.Rvm or Form.RvmTied => "RVM",
            Form.MulxWide => "RVM",
            Form.Rvmi => "RVMI",
            Form.Rmv => "RMV",
            Form.Vm => "VM",
            Form.Oi => "RI",
            Form.OTied => "R",
            Form.Zero => row.Encoding.Is(EncodingFlags.Vex) ? "RRR" : "RR",
            Form.None when row.Encoding.ImmediateBytes != 0 => "I",
            _ => "",
        };
        if (row.Encoding.Form == Form.Relative) return;
        if (row.Encoding.Form is Form.Exchange || (row.Encoding.Form == Form.RmUse && row.Mnemonic == "test")) Array.Reverse(operands);
        if (row.Encoding.Form == Form.Zero) operands = [operands[0], operands[0], operands[0]];
        Assert.True(fields.Length == instruction.OpCount, context);
        for (int i = 0; i < fields.Length; i++)
        {
            switch (fields[i])
            {
                case 'R': Assert.True(RegisterOf(operands[i], reg) == instruction.GetOpRegister(i), context); break;
                case 'V': Assert.True(RegisterOf(operands[i], vvvv) == instruction.GetOpRegister(i), context); break;
                case 'X': Assert.True(RegisterOf(operands[i], FourthRegister) == instruction.GetOpRegister(i), context); break;
                case 'C': Assert.True(instruction.GetOpRegister(i) == Register.CL, context); break;
                case 'I': Assert.True(Low(immediate, row.Encoding.ImmediateBytes) == Low((long)instruction.GetImmediate(i), row.Encoding.ImmediateBytes), context + " immediate"); break;
                case 'M' when rmRegister >= 0: Assert.True(RegisterOf(operands[i], rmRegister) == instruction.GetOpRegister(i), context); break;
                case 'M': CheckMemory(operands[i], address, instruction, i, context); break;
            }
        }
    }

    private static ulong Low(long immediate, int bytes) => (ulong)immediate << (64 - 8 * bytes);

    private static void CheckMemory(string operand, Address address, in Instruction instruction, int index, string context)
    {
        Assert.True(instruction.GetOpKind(index) == OpKind.Memory, context);
        Assert.True(instruction.MemoryBase == address.Base, context + " base");
        Assert.True(instruction.MemoryIndex == address.Index, context + " index");
        if (address.Index != Register.None) Assert.True(instruction.MemoryIndexScale == 1 << address.Shift, context + " scale");
        long displacement = address.Base == Register.RIP ? (long)instruction.MemoryDisplacement64 - instruction.Length : (long)instruction.MemoryDisplacement64;
        Assert.True((int)displacement == address.Displacement, context + " displacement");
        int slash = operand.IndexOf("m", operand.StartsWith("xmm", StringComparison.Ordinal) ? operand.IndexOf('/', StringComparison.Ordinal) : 0, StringComparison.Ordinal);
        if (slash + 1 < operand.Length)
        {
            int bits = int.Parse(operand.AsSpan(slash + 1), CultureInfo.InvariantCulture);
            Assert.True(instruction.MemorySize.GetSize() * 8 == bits, context + " size " + instruction.MemorySize);
        }
    }

    private static Register RegisterOf(string operand, int number)
    {
        if (operand.StartsWith("xmm", StringComparison.Ordinal)) return Register.XMM0 + number;
        if (operand is "r8" or "r/m8") return Gpr8[number];
        if (operand is "r16" or "r/m16") return Register.AX + number;
        return operand is "r64" or "r/m64" ? Register.RAX + number : Register.EAX + number;
    }
}
