using System;
using Kiln.Contract;
using Kiln.Contract.Layout;
using Xunit;

namespace Kiln.Compiler.Tests;

public sealed class TableTests
{
    [Fact]
    public void TrapTable_Rows_StandAtTheirNumbers()
    {
        Trap[] all = Enum.GetValues<Trap>();
        Assert.Equal(all.Length, TrapTable.Rows.Length);
        for (int i = 0; i < all.Length; i++)
        {
            Assert.Equal(i, (int)all[i]);
            Assert.Equal(all[i], TrapTable.Rows[i].Code);
        }
    }

    [Fact]
    public void BuiltinTable_Rows_StandAtTheirNumbers()
    {
        Builtin[] all = Enum.GetValues<Builtin>();
        Assert.Equal(all.Length, BuiltinTable.Rows.Length);
        for (int i = 0; i < all.Length; i++)
        {
            BuiltinRow row = BuiltinTable.Rows[i];
            Assert.Equal(all[i], row.Index);
            Assert.InRange(row.Parameters.Length, 1, 6);
            Assert.Equal(BuiltinType.Pointer, row.Parameters[0]);
        }
    }

    [Fact]
    public void TunableTable_Rows_CoverEveryProperty()
    {
        Assert.Equal(typeof(Tunables).GetProperties().Length, TunableTable.Rows.Length);
        string plain = new Tunables().KeyText();
        foreach (TunableRow row in TunableTable.Rows)
        {
            string other = row.Get(new Tunables()) == "0" ? "1" : "0";
            Tunables changed = new Tunables().With(row.Name, other);
            Assert.Equal(other, row.Get(changed));
            Assert.Equal(row.InArtifactKey, plain != changed.KeyText());
            Assert.Equal(new Tunables(), changed.With(row.Name, row.Get(new Tunables())));
        }
    }

    [Theory]
    [InlineData("fuel", "yes")]
    [InlineData("memory-guard", "-1")]
    [InlineData("memory-guard", "99999999999999999999999")]
    [InlineData("gas", "1")]
    public void Tunables_WithBadText_AreRefused(string name, string value) =>
        Assert.Throws<ArgumentException>(() => new Tunables().With(name, value));

    [Fact]
    public void VmOffsets_OfAnyShape_DoNotOverlap()
    {
        VmShape shape = new()
        {
            ImportedFunctions = 2, ImportedTables = 1, ImportedMemories = 3, ImportedGlobals = 1, ImportedTags = 1,
            DefinedTables = 2, DefinedMemories = 1, DefinedGlobals = 2, EscapingFunctions = new uint[] { 0, 3, 9 },
        };
        VmOffsets offsets = new(shape);
        (int Start, int Size)[] fields =
        [
            (0, VmContextLayout.Size),
            (offsets.DefinedMemory(3), 16),
            (offsets.ImportedMemory(0), 8), (offsets.ImportedMemory(1), 8), (offsets.ImportedMemory(2), 8),
            (offsets.DefinedTable(1), 16), (offsets.DefinedTable(2), 16),
            (offsets.ImportedTable(0), 8),
            (offsets.ImportedFunction(0), 16), (offsets.ImportedFunction(1), 16),
            (offsets.ImportedGlobal(0), 8),
            (offsets.DefinedGlobal(1), 16), (offsets.DefinedGlobal(2), 16),
            (offsets.ImportedTag(0), 8),
            (offsets.FuncRef(0), 32), (offsets.FuncRef(3), 32), (offsets.FuncRef(9), 32),
        ];
        int end = 0;
        foreach ((int start, int size) in fields)
        {
            Assert.True(start >= end, $"field at {start} overlaps the one before, which ends at {end}");
            Assert.True(start - end < 16);
            end = start + size;
        }

        Assert.Equal(end, offsets.Size);
        Assert.Equal(0, offsets.DefinedGlobal(1) % 16);
        Assert.Equal(-1, offsets.FuncRef(4));
        Assert.Equal(offsets.FuncRef(3), offsets.FuncRefAt(1));
    }
}
