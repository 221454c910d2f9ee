using Kiln.Foundation.Entities;
using Xunit;

namespace Kiln.Foundation.Tests;

/// <summary>Facts of one function are not seen in the next, whichever of the two is larger.</summary>
public sealed class SideMapTests
{
    private readonly record struct Thing(uint Id) : IEntity<Thing>
    {
        public static Thing FromId(uint id) => new(id);
    }

    [Theory]
    [InlineData(10, 20)]
    [InlineData(10, 999)]
    [InlineData(2000, 1999)]
    [InlineData(0, 64)]
    public void Clear_OfFewerThanWereWritten_ForgetsThemAll(int limit, uint afterIt)
    {
        var map = new SideMap<Thing, int>(16);
        for (uint id = 0; id < 1000; id++) map[new Thing(id)] = 7;
        map.Clear(limit);
        map[new Thing(afterIt)] = 8;
        for (uint id = 0; id < 3000; id++)
        {
            int expected = id == afterIt ? 8 : 0;
            Assert.Equal(expected, map.Get(new Thing(id)));
        }

        for (uint id = 0; id < 3000; id++)
        {
            int expected = id == afterIt ? 8 : 0;
            Assert.Equal(expected, map[new Thing(id)]);
        }
    }

    [Fact]
    public void Get_OfAnIdBeyondAll_IsDefaultAndKeepsTheRest()
    {
        var map = new SideMap<Thing, string?>(1);
        map[new Thing(3)] = "three";
        Assert.Null(map.Get(new Thing(1_000_000)));
        map[new Thing(100)] = "hundred";
        Assert.Equal("three", map.Get(new Thing(3)));
        Assert.Null(map.Get(new Thing(4)));
    }
}
