using System;
using System.Linq;
using Xunit;

namespace Kiln.Tests;

/// <summary>Nobody can tell from outside that a loop was unrolled.</summary>
public sealed class UnrolledLoopTests
{
    private const string Program = """
        (module
          (memory 1)
          (func (export "sum") (param $n i32) (result i32) (local $i i32) (local $s i32)
            (block $out
              (loop $l
                (br_if $out (i32.ge_u (local.get $i) (local.get $n)))
                (local.set $s (i32.add (local.get $s) (i32.load8_u (local.get $i))))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br $l)))
            (local.get $s))
          (func (export "stride") (param $n i32) (result i32) (local $i i32)
            (loop $l
              (i32.store8 (local.get $i) (i32.const 1))
              (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 13000))) (local.get $n))))
            (local.get $i))
          (func (export "spin") (param $n i32) (loop $l (br_if $l (local.get $n)))))
        """;

    private static TestStore Open(bool unrolled, bool fuel)
    {
        var config = new Config { Fuel = fuel, VerifyCompiler = true };
        if (!unrolled) config.Tunables["without-passes"] = "loop-unroll";
        return new TestStore(config);
    }

    [Theory]
    [InlineData("sum")]
    [InlineData("stride")]
    public void Fuel_OfEachTripCount_IsTheSame(string name)
    {
        using TestStore with = Open(unrolled: true, fuel: true), without = Open(unrolled: false, fuel: true);
        Func a = with.Instantiate(Program).GetFunc(name)!, b = without.Instantiate(Program).GetFunc(name)!;
        for (int trips = 0; trips < 12; trips++)
        {
            for (long fuel = 0; fuel < 130; fuel += 3) Assert.Equal(Run(b, without, trips, fuel), Run(a, with, trips, fuel));
        }

        static (string, long) Run(Func function, TestStore test, int count, long fuel)
        {
            test.Store.Fuel = fuel;
            try
            {
                return (function.Call(count)[0].ToString()!, test.Store.Fuel);
            }
            catch (TrapException trap)
            {
                return (trap.Code.ToString(), test.Store.Fuel);
            }
        }
    }

    [Fact]
    public void Trap_InACopy_IsWhereTheProgramHasIt()
    {
        using TestStore with = Open(unrolled: true, fuel: false), without = Open(unrolled: false, fuel: false);
        Assert.Equal(Frames(without), Frames(with));

        // The sixth iteration is out of bounds.
        static string Frames(TestStore test)
        {
            TrapException trap = Assert.Throws<TrapException>(() => test.Instantiate(Program).GetFunc("stride")!.Call(200_000));
            Assert.Equal(TrapCode.MemoryOutOfBounds, trap.Code);
            return string.Join(' ', trap.Backtrace.Select(frame => $"{frame.FunctionIndex}@{frame.WasmOffset}"));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EndlessLoop_IsStopped(bool fuel)
    {
        using TestStore test = Open(unrolled: true, fuel);
        Func spin = test.Instantiate(Program).GetFunc("spin")!;
        spin.Call(0);
        test.Store.SetDeadline(TimeSpan.FromMilliseconds(50));
        Assert.Equal(TrapCode.Interrupted, Assert.Throws<TrapException>(() => spin.Call(1)).Code);
    }
}
