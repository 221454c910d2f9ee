using System;
using Xunit;

namespace Kiln.Tests;

/// <summary>Bulk operations cost fuel by their size, and no size is large enough to turn the count round.</summary>
public sealed class BulkFuelTests : IDisposable
{
    private const string Program = """
        (module
          (memory $m 16)
          (memory $w i64 1)
          (table $t 1000 2000 funcref)
          (table $x i64 10 funcref)
          (data $d "0123456789")
          (elem $e funcref (ref.null func) (ref.null func) (ref.null func))
          (func (export "memory.fill") (param i32) (memory.fill $m (i32.const 0) (i32.const 1) (local.get 0)))
          (func (export "memory.copy") (param i32) (memory.copy $m $m (i32.const 0) (i32.const 8) (local.get 0)))
          (func (export "memory.init") (param i32) (memory.init $m $d (i32.const 0) (i32.const 0) (local.get 0)))
          (func (export "table.fill") (param i32) (table.fill $t (i32.const 0) (ref.null func) (local.get 0)))
          (func (export "table.copy") (param i32) (table.copy $t $t (i32.const 0) (i32.const 0) (local.get 0)))
          (func (export "table.init") (param i32) (table.init $t $e (i32.const 0) (i32.const 0) (local.get 0)))
          (func (export "table.grow") (param i32) (drop (table.grow $t (ref.null func) (local.get 0))))
          (func (export "memory.fill 64") (param i64) (memory.fill $w (i64.const 0) (i32.const 1) (local.get 0)))
          (func (export "memory.copy 64") (param i64) (memory.copy $w $w (i64.const 0) (i64.const 0) (local.get 0)))
          (func (export "table.fill 64") (param i64) (table.fill $x (i64.const 0) (ref.null func) (local.get 0)))
          (func (export "table.copy 64") (param i64) (table.copy $x $x (i64.const 0) (i64.const 0) (local.get 0)))
          (func (export "table.grow 64") (param i64) (drop (table.grow $x (ref.null func) (local.get 0)))))
        """;

    private readonly TestStore _test = new(new Config { Fuel = true, VerifyCompiler = true });
    private readonly Instance _instance;

    public BulkFuelTests() => _instance = _test.Instantiate(Program);

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData("memory.fill", 500_000)]
    [InlineData("memory.copy", 500_000)]
    [InlineData("memory.init", 10)]
    [InlineData("table.fill", 900)]
    [InlineData("table.copy", 900)]
    [InlineData("table.init", 3)]
    [InlineData("table.grow", 700)]
    public void BulkOperation_OfASize_CostsTheSizeMore(string name, int size)
    {
        long empty = Cost(name, 0);
        Assert.InRange(empty, 1, 5);
        Assert.Equal(empty + size, Cost(name, size));

        _test.Store.Fuel = size;
        TrapException trap = Assert.Throws<TrapException>(() => _instance.GetFunc(name)!.Call(size));
        Assert.Equal(TrapCode.OutOfFuel, trap.Code);
    }

    [Theory]
    [InlineData("memory.fill 64")]
    [InlineData("memory.copy 64")]
    [InlineData("table.fill 64")]
    [InlineData("table.copy 64")]
    [InlineData("table.grow 64")]
    public void BulkOperation_OfAnySize_NeverGainsFuel(string name)
    {
        foreach (long size in (long[])[1 << 20, 1L << 40, 1L << 62, long.MaxValue, long.MinValue, -(1L << 62), -2, -1])
        {
            _test.Store.Fuel = 1_000_000;
            Assert.Equal(TrapCode.OutOfFuel, Assert.Throws<TrapException>(() => _instance.GetFunc(name)!.Call(size)).Code);
            Assert.Equal(0, _test.Store.Fuel);
        }
    }

    [Fact]
    public void BulkOperation_WithTheLargestSize32_CostsAllOfIt()
    {
        _test.Store.Fuel = uint.MaxValue + 1000L;
        Assert.Equal(TrapCode.MemoryOutOfBounds, Assert.Throws<TrapException>(() => _instance.GetFunc("memory.fill")!.Call(-1)).Code);
        Assert.InRange(_test.Store.Fuel, 990, 1000);
    }

    private long Cost(string name, int size)
    {
        _test.Store.Fuel = 1_000_000;
        _instance.GetFunc(name)!.Call(size);
        return 1_000_000 - _test.Store.Fuel;
    }
}
