using System;
using System.Linq;
using Kiln.Contract;
using Xunit;

namespace Kiln.Tests;

/// <summary>Trap codes are in artifacts and on the wire: the public enum and the contract's name the same numbers, for ever.</summary>
public sealed class TrapCodeTests
{
    [Fact]
    public void PublicCodes_AreThoseOfTheContract() =>
        Assert.Equal(
            Enum.GetValues<Trap>().Select(trap => $"{trap} = {(int)trap}"),
            Enum.GetValues<TrapCode>().Select(code => $"{code} = {(int)code}"));

    [Theory]
    [InlineData(Trap.Unreachable, 1)]
    [InlineData(Trap.MemoryOutOfBounds, 2)]
    [InlineData(Trap.StackOverflow, 9)]
    [InlineData(Trap.OutOfFuel, 10)]
    [InlineData(Trap.Interrupted, 11)]
    [InlineData(Trap.AllocationTooLarge, 17)]
    [InlineData(Trap.NullFunctionReference, 18)]
    public void Numbers_AreFrozen(Trap trap, int number) => Assert.Equal(number, (int)trap);
}
