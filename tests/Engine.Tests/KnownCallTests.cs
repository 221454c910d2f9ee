using System.Linq;
using Xunit;

namespace Kiln.Tests;

/// <summary>Calls through tables whose elements the compiler knows behave as any others; tables that can change are not taken for known.</summary>
public sealed class KnownCallTests
{
    private const string Shapes = """
        (module $shapes
          (type $area (func (param i32 i32) (result i64)))
          (type $other (func))
          (import "host" "area" (func $host (type $area)))
          (table 9 funcref)
          (elem (i32.const 1) func $square $rectangle $other $host)
          (elem (i32.const 7) func $fail)
          (func $square (type $area) (i64.extend_i32_s (i32.mul (local.get 0) (local.get 0))))
          (func $rectangle (type $area) (i64.extend_i32_s (i32.mul (local.get 0) (local.get 1))))
          (func $fail (type $area) (i64.extend_i32_s (i32.div_s (local.get 0) (local.get 1))))
          (func $other (type $other))
          (func $call (export "call") (param i32 i32 i32) (result i64)
            (i64.add (i64.const 1000) (call_indirect (type $area) (local.get 1) (local.get 2) (local.get 0)))))
        """;

    public static TheoryData<bool> Optimize => [true, false];

    [Theory]
    [MemberData(nameof(Optimize))]
    public void Call_OfEachElement_CallsIt(bool optimize)
    {
        using TestStore test = WithHost(optimize);
        Func call = test.Instantiate(Shapes).GetFunc("call")!;
        Assert.Equal(1049, call.Call(1, 7, 3)[0].AsInt64());
        Assert.Equal(1021, call.Call(2, 7, 3)[0].AsInt64());
        Assert.Equal(1010, call.Call(4, 7, 3)[0].AsInt64());
        Assert.Equal(1002, call.Call(7, 7, 3)[0].AsInt64());
    }

    [Theory]
    [InlineData(0, TrapCode.IndirectCallToNull)]
    [InlineData(3, TrapCode.IndirectCallTypeMismatch)]
    [InlineData(5, TrapCode.IndirectCallToNull)]
    [InlineData(6, TrapCode.IndirectCallToNull)]
    [InlineData(8, TrapCode.IndirectCallToNull)]
    [InlineData(9, TrapCode.UndefinedElement)]
    [InlineData(-1, TrapCode.UndefinedElement)]
    public void Call_OfWhatIsNoTarget_TrapsAsThroughATable(int index, TrapCode trap)
    {
        long?[] fuel = new long?[2];
        for (int i = 0; i < 2; i++)
        {
            using TestStore test = WithHost(optimize: i == 0);
            Func call = test.Instantiate(Shapes).GetFunc("call")!;
            Assert.Equal(trap, Assert.Throws<TrapException>(() => call.Call(index, 1, 1)).Code);
            fuel[i] = test.Store.Fuel;
        }

        Assert.Equal(fuel[1], fuel[0]);
    }

    [Fact]
    public void Call_OfEachElement_CostsTheSameFuelWithAndWithoutOptimising()
    {
        foreach (int index in (int[])[1, 2, 4, 7])
        {
            using TestStore optimized = WithHost(optimize: true), plain = WithHost(optimize: false);
            optimized.Instantiate(Shapes).GetFunc("call")!.Call(index, 7, 3);
            plain.Instantiate(Shapes).GetFunc("call")!.Call(index, 7, 3);
            Assert.Equal(plain.Store.Fuel, optimized.Store.Fuel);
        }
    }

    [Fact]
    public void Trap_InATarget_HasItsNameInTheBacktrace()
    {
        using TestStore test = WithHost(optimize: true);
        Func call = test.Instantiate(Shapes).GetFunc("call")!;
        TrapException trap = Assert.Throws<TrapException>(() => call.Call(7, 7, 0));
        Assert.Equal(TrapCode.IntegerDivideByZero, trap.Code);
        Assert.Equal(["fail", "call"], trap.Backtrace.Select(frame => frame.Function));
    }

    [Theory]
    [InlineData("(table.set $t (i32.const 0) (ref.func $two))")]
    [InlineData("(table.fill $t (i32.const 0) (ref.func $two) (i32.const 1))")]
    [InlineData("(table.copy $t $u (i32.const 0) (i32.const 0) (i32.const 1))")]
    [InlineData("(table.init $t $two_segment (i32.const 0) (i32.const 0) (i32.const 1))")]
    [InlineData("(drop (table.grow $t (ref.func $two) (i32.const 1))) (local.set 0 (i32.const 1))")]
    public void Call_ThroughATableThatIsWritten_CallsWhatWasWritten(string write)
    {
        using TestStore test = new();
        Instance instance = test.Instantiate($"""
            (module
              (type $f (func (result i32)))
              (table $t 1 funcref)
              (table $u 1 funcref)
              (elem (table $t) (i32.const 0) func $one)
              (elem $two_segment func $two)
              (func $one (type $f) (i32.const 1))
              (func $two (type $f) (i32.const 2))
              (func (export "run") (result i32)
                (local i32)
                (table.set $u (i32.const 0) (ref.func $two))
                {write}
                (call_indirect $t (type $f) (local.get 0))))
            """);
        Assert.Equal(2, instance.GetFunc("run")!.Call()[0].AsInt32());
    }

    [Fact]
    public void Call_ThroughAnExportedTable_CallsWhatTheHostWrote()
    {
        using TestStore test = new();
        Instance instance = test.Instantiate("""
            (module
              (type $f (func (result i32)))
              (table (export "table") 1 funcref)
              (elem (i32.const 0) func $one)
              (func $one (type $f) (i32.const 1))
              (func (export "two") (type $f) (i32.const 2))
              (func (export "run") (result i32) (call_indirect (type $f) (i32.const 0))))
            """);
        instance.GetTable("table")![0] = Value.FromFunc(instance.GetFunc("two"));
        Assert.Equal(2, instance.GetFunc("run")!.Call()[0].AsInt32());
    }

    // The first segment hands $run out; the second fails before the third is applied.
    [Fact]
    public void Call_InAnInstanceThatWasNeverMade_FindsTheTableAsItWasLeft()
    {
        using TestStore test = new();
        Instance holder = test.Instantiate("""
            (module
              (type $f (func (result i32)))
              (table (export "table") 1 funcref)
              (func (export "run") (result i32) (call_indirect (type $f) (i32.const 0))))
            """);
        test.Linker.DefineInstance("holder", holder);
        Assert.ThrowsAny<System.Exception>(() => test.Instantiate("""
            (module
              (type $f (func (result i32)))
              (import "holder" "table" (table $out 1 funcref))
              (table $own 1 funcref)
              (elem (table $out) (i32.const 0) func $run)
              (elem (table $out) (i32.const 1) func $run)
              (elem (table $own) (i32.const 0) func $one)
              (func $one (type $f) (i32.const 1))
              (func $run (type $f) (call_indirect $own (type $f) (i32.const 0))))
            """));
        TrapException trap = Assert.Throws<TrapException>(() => holder.GetFunc("run")!.Call());
        Assert.Equal(TrapCode.IndirectCallToNull, trap.Code);
    }

    // $even and $odd are each other's only targets: a circle, so neither goes into the other without end.
    [Fact]
    public void Call_InACircleThroughATable_IsACall()
    {
        using TestStore test = new();
        Instance instance = test.Instantiate("""
            (module
              (type $f (func (param i64) (result i32)))
              (table i64 2 funcref)
              (elem (i64.const 0) func $even $odd)
              (func $even (export "even") (type $f)
                (if (result i32) (i64.eqz (local.get 0)) (then (i32.const 1))
                  (else (call_indirect (type $f) (i64.sub (local.get 0) (i64.const 1)) (i64.const 1)))))
              (func $odd (type $f)
                (if (result i32) (i64.eqz (local.get 0)) (then (i32.const 0))
                  (else (call_indirect (type $f) (i64.sub (local.get 0) (i64.const 1)) (i64.const 0))))))
            """);
        Assert.Equal(1, instance.GetFunc("even")!.Call(1000L)[0].AsInt32());
        Assert.Equal(0, instance.GetFunc("even")!.Call(1001L)[0].AsInt32());
        Assert.Equal(TrapCode.StackOverflow, Assert.Throws<TrapException>(() => instance.GetFunc("even")!.Call(1L << 40)).Code);
    }

    private static TestStore WithHost(bool optimize)
    {
        TestStore test = new(new Config { Fuel = true, Optimize = optimize });
        test.Linker.DefineFunc<int, int, long>("host", "area", static (_, x, y) => x + y);
        return test;
    }
}
