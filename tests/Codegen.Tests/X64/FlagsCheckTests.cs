using System;
using Kiln.Codegen.Isa.X64;
using Xunit;

namespace Kiln.Codegen.Tests.X64;

/// <summary>The check that no addition may take the place of a lea where flags are needed.</summary>
public sealed class FlagsCheckTests
{
    [Theory]
    [InlineData(1, X64Op.Cmp32Rm, X64Op.Lea32, X64Op.Setcc)]
    [InlineData(1, X64Op.Cmp32Rm, X64Op.Lea64, X64Op.Mov64Rm, X64Op.Cmov64Rm)]
    [InlineData(1, X64Op.Add64Rm, X64Op.Lea64, X64Op.Adc64Rm)]
    [InlineData(2, X64Op.Lea64, X64Op.Cmp64Rm, X64Op.Lea64, X64Op.Not64M, X64Op.Shlx64Rmv, X64Op.Setcc, X64Op.Cmp64Rm)]
    [InlineData(-1, X64Op.Cmp32Rm, X64Op.LeaKeepingFlags32, X64Op.Setcc)]
    [InlineData(-1, X64Op.Lea32, X64Op.Cmp32Rm, X64Op.Setcc)]
    [InlineData(-1, X64Op.Cmp32Rm, X64Op.Setcc, X64Op.Lea32)]
    [InlineData(-1, X64Op.Cmp32Rm, X64Op.Lea32, X64Op.Test32Mr, X64Op.Setcc)]
    public void Find_GivesALeaBetweenFlagsAndTheirReader(int expected, params X64Op[] ops) =>
        Assert.Equal(expected, FlagsCheck.Find(Array.ConvertAll(ops, op => new X64Inst { Op = op })));
}
