using System;
using System.Collections.Generic;
using Kiln.Wasm.Opcodes;
using Xunit;

namespace Kiln.Wasm.Tests;

public sealed class OpcodeTableTests
{
    [Fact]
    public void Table_EveryOpcode_HasItsRowAtItsNumber()
    {
        Opcode[] opcodes = Enum.GetValues<Opcode>();
        Assert.Equal(opcodes.Length, OpcodeTable.Rows.Length);
        for (int i = 0; i < opcodes.Length; i++)
        {
            Assert.Equal(i, (int)opcodes[i]);
            Assert.Equal(opcodes[i], OpcodeTable.Rows[i].Opcode);
        }
    }

    [Fact]
    public void Table_NamesAndEncodings_AreUnique()
    {
        HashSet<string> names = [];
        HashSet<(byte, uint)> encodings = [];
        foreach (OpcodeRow row in OpcodeTable.Rows)
        {
            Assert.True(names.Add(row.Name), row.Name);
            Assert.True(encodings.Add((row.Prefix, row.Code)), row.Name);
        }
    }

    [Fact]
    public void Table_EnumName_IsTheSpecNameInPascalCase()
    {
        foreach (OpcodeRow row in OpcodeTable.Rows)
        {
            string name = "";
            foreach (string part in row.Name.Split('.', '_', ' ')) name += char.ToUpperInvariant(part[0]) + part[1..];
            Assert.Equal(name, row.Opcode.ToString());
        }
    }

    [Fact]
    public void Lookup_ByNameAndByCode_FindsEveryRow()
    {
        foreach (OpcodeRow row in OpcodeTable.Rows)
        {
            Assert.True(OpcodeTable.TryGetByName(row.Name, out OpcodeRow? byName));
            Assert.Same(row, byName);
            Assert.True(OpcodeTable.TryGetByName(row.Name.AsSpan(), out byName));
            Assert.Same(row, byName);
            Assert.True(OpcodeTable.TryGetByCode(row.Prefix, row.Code, out Opcode byCode));
            Assert.Equal(row.Opcode, byCode);
        }

        Assert.False(OpcodeTable.TryGetByName("i32.frobnicate", out _));
        Assert.False(OpcodeTable.TryGetByCode(0, 0xFF, out _));
        Assert.False(OpcodeTable.TryGetByCode(0xFC, uint.MaxValue, out _));
    }

    [Fact]
    public void Table_MemoryAccesses_HaveANaturalAlignment()
    {
        foreach (OpcodeRow row in OpcodeTable.Rows)
        {
            bool isAccess = row.Immediate is ImmediateKind.MemArg or ImmediateKind.MemArgLane;
            Assert.True(isAccess == (row.AccessBytes is 1 or 2 or 4 or 8 or 16), row.Name);
            bool hasLane = row.Immediate is ImmediateKind.Lane or ImmediateKind.MemArgLane;
            Assert.True(hasLane == (row.LaneCount is 2 or 4 or 8 or 16), row.Name);
        }
    }

    [Theory]
    [InlineData(Feature.Simd, 236)]
    [InlineData(Feature.RelaxedSimd, 20)]
    [InlineData(Feature.SignExtension, 5)]
    [InlineData(Feature.SaturatingConversions, 8)]
    [InlineData(Feature.WideArithmetic, 4)]
    [InlineData(Feature.Threads, 67)]
    [InlineData(Feature.StackSwitching, 7)]
    [InlineData(Feature.Mvp, 172)]
    public void Table_Feature_HasAsManyInstructionsAsItsProposal(Feature feature, int count)
    {
        int found = 0;
        foreach (OpcodeRow row in OpcodeTable.Rows) found += row.Feature == feature ? 1 : 0;
        Assert.Equal(count, found);
    }

    [Fact]
    public void Row_SecondEncoding_HasTheMnemonicBeforeTheSpace()
    {
        Assert.Equal("select", Opcode.SelectT.Row().Mnemonic);
        Assert.Equal("ref.test", Opcode.RefTestNull.Row().Mnemonic);
        Assert.Equal("i32.add", Opcode.I32Add.Row().Mnemonic);
    }
}
