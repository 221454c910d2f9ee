using System;
using System.Linq;
using System.Threading;
using Xunit;

namespace Kiln.Tests;

/// <summary>Tail calls: no stack is used, whoever is called and however many arguments there are.</summary>
public sealed class TailCallTests
{
    // Between $few (registers only) and $many (20 i64: 12 on the stack, with a frame of its own) the argument area grows and shrinks.
    private static readonly string s_mutual = $"""
        (module $mutual
          (type $few (func (param i64) (result i64)))
          (table 1 funcref)
          (elem (i32.const 0) func $few)
          (elem declare func $few)
          (func $even (export "even") (param i64) (result i32)
            (if (result i32) (i64.eqz (local.get 0)) (then (i32.const 1)) (else (return_call $odd (i64.sub (local.get 0) (i64.const 1))))))
          (func $odd (param i64) (result i32)
            (if (result i32) (i64.eqz (local.get 0)) (then (i32.const 0)) (else (return_call $even (i64.sub (local.get 0) (i64.const 1))))))
          (func $few (export "few") (param i64) (result i64)
            (return_call $many (i64.sub (local.get 0) (i64.const 1)) {Repeat("(local.get 0)", 19)}))
          (func $many (export "many") (param {Repeat("i64", 20)}) (result i64)
            (if (i64.le_s (local.get 0) (i64.const 0)) (then (return (i64.add (local.get 19) (call $id (local.get 10))))))
            (if (i64.eqz (i64.and (local.get 0) (i64.const 3))) (then (return_call_ref $few (i64.sub (local.get 0) (i64.const 1)) (ref.func $few))))
            (if (i64.eqz (i64.and (local.get 0) (i64.const 1)))
              (then (return_call_indirect (type $few) (i64.sub (local.get 0) (i64.const 1)) (i32.const 0))))
            (return_call $few (i64.sub (local.get 0) (i64.const 1))))
          (func $id (param i64) (result i64) (local.get 0))
          (func $endless (export "endless") (return_call $endless_too (i32.const 1)))
          (func $endless_too (param i32) (return_call $endless)))
        """;

    private static string Repeat(string text, int count) => string.Join(' ', Enumerable.Repeat(text, count));

    [Fact]
    public void MutualRecursion_AMillionDeep_NeedsNoStack() => Recurse(1_000_000);

    [Fact]
    [Trait("Category", "Slow")]
    public void MutualRecursion_AHundredMillionDeep_NeedsNoStack() => Recurse(100_000_000);

    private static void Recurse(long depth)
    {
        using TestStore test = new();
        Instance instance = test.Instantiate(s_mutual);
        Assert.Equal(1, instance.GetFunc("even")!.Call(depth)[0].AsInt32());
        Assert.Equal(0, instance.GetFunc("even")!.Call(depth + 1)[0].AsInt32());
        long few = instance.GetFunc("few")!.Call(depth)[0].AsInt64();
        Assert.InRange(few, 0, 4);
    }

    [Fact]
    public void TailCall_BetweenInstances_NeedsNoStack()
    {
        using TestStore test = new();
        const string Type = """(type $f (func (param i32 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64) (result i64)))""";
        Instance first = test.Instantiate($"""
            (module {Type}
              (table (export "other") 1 funcref)
              (func (export "go") (param i32) (result i64)
                (if (i32.eqz (local.get 0)) (then (return (i64.const 77))))
                (return_call_indirect (type $f) (i32.sub (local.get 0) (i32.const 1)) {Repeat("(i64.const 5)", 11)} (i32.const 0))))
            """);
        test.Linker.DefineInstance("first", first);
        test.Instantiate($"""
            (module {Type}
              (import "first" "other" (table 1 funcref))
              (import "first" "go" (func $go (param i32) (result i64)))
              (elem (i32.const 0) func $back)
              (func $back (type $f)
                (if (i64.ne (local.get 11) (i64.const 5)) (then unreachable))
                (return_call $go (local.get 0))))
            """);
        Assert.Equal(77, first.GetFunc("go")!.Call(1_000_000)[0].AsInt64());
    }

    [Fact]
    public void TailCall_OfHostFunction_PassesArgumentsAndResultsBeyondRegisters()
    {
        using TestStore test = new();
        ValueKind[] kinds = Enumerable.Repeat(ValueKind.I64, 14).ToArray();
        test.Linker.DefineFunc("host", "reverse", ExternType.Func(kinds, kinds), (_, arguments, results) =>
        {
            for (int i = 0; i < 14; i++) results[13 - i] = arguments[i];
        });
        string types = Repeat("i64", 14);
        Instance instance = test.Instantiate($"""
            (module
              (import "host" "reverse" (func $reverse (param {types}) (result {types})))
              (func $count (export "count") (param i64) (result {types})
                {string.Join(' ', Enumerable.Range(0, 14).Select(i => $"(i64.add (local.get 0) (i64.const {i}))"))}
                (return_call $reverse))
              (func (export "sum") (param i64) (result i64)
                (call $count (local.get 0)) {Repeat("i64.add", 13)}))
            """);
        Assert.Equal(Enumerable.Range(0, 14).Select(i => (Value)(113L - i)), instance.GetFunc("count")!.Call(100L));
        Assert.Equal((14 * 100L) + 91, instance.GetFunc("sum")!.Call(100L)[0].AsInt64());
    }

    [Fact]
    public void TailCalls_WithoutEnd_AreStoppedByDeadlineAndFuel()
    {
        using TestStore test = new();
        Func endless = test.Instantiate(s_mutual).GetFunc("endless")!;
        test.Store.SetDeadline(TimeSpan.FromMilliseconds(30));
        Assert.Equal(TrapCode.Interrupted, Assert.Throws<TrapException>(() => endless.Call()).Code);

        using TestStore fueled = new(new Config { Fuel = true });
        endless = fueled.Instantiate(s_mutual).GetFunc("endless")!;
        fueled.Store.Fuel = 100_000;
        Assert.Equal(TrapCode.OutOfFuel, Assert.Throws<TrapException>(() => endless.Call()).Code);
        Assert.InRange(fueled.Store.Fuel, -3, 0);
    }

    [Fact]
    public void TailCalls_WithFuel_CountTheSameAsCalls()
    {
        using TestStore test = new(new Config { Fuel = true });
        Instance instance = test.Instantiate(s_mutual);
        long Cost(long depth)
        {
            test.Store.Fuel = 1_000_000;
            instance.GetFunc("even")!.Call(depth);
            return 1_000_000 - test.Store.Fuel;
        }

        // local.get, eqz, if, local.get, const, sub and return_call.
        Assert.Equal(7 * 1000, Cost(2000) - Cost(1000));
    }

    [Fact]
    public void Backtrace_ThroughStackArguments_NamesEveryWaitingCaller()
    {
        using TestStore test = new();
        Instance instance = test.Instantiate($"""
            (module $m
              (func $boom (param {Repeat("i64", 30)}) (result i64) (i64.div_s (local.get 29) (i64.sub (local.get 28) (local.get 28))))
              (func $more (param i64) (result i64) (return_call $boom {Repeat("(local.get 0)", 30)}))
              (func $fewer (param {Repeat("i64", 20)}) (result i64) (return_call $more (local.get 19)))
              (func $middle (param {Repeat("i64", 12)}) (result i64) (i64.add (local.get 11) (call $fewer {Repeat("(local.get 0)", 20)})))
              (func $outer (export "run") (param i64) (result i64) (i64.add (local.get 0) (call $middle {Repeat("(local.get 0)", 12)}))))
            """);
        TrapException trap = Assert.Throws<TrapException>(() => instance.GetFunc("run")!.Call(1L));
        Assert.Equal(TrapCode.IntegerDivideByZero, trap.Code);
        Assert.Equal(["boom", "middle", "outer"], trap.Backtrace.Select(frame => frame.Function));
    }

    [Fact]
    public void Recursion_BetweenTailCallsWithStackArguments_ExhaustsTheStack()
    {
        using TestStore test = new();
        Instance instance = test.Instantiate($"""
            (module
              (func $wide (param {Repeat("i64", 900)}) (result i64) (i64.add (i64.const 1) (call $narrow (local.get 899))))
              (func $narrow (export "run") (param i64) (result i64) (return_call $wide {Repeat("(local.get 0)", 900)})))
            """);
        for (int i = 0; i < 3; i++)
        {
            TrapException trap = Assert.Throws<TrapException>(() => instance.GetFunc("run")!.Call((long)i));
            Assert.Equal(TrapCode.StackOverflow, trap.Code);
            Assert.True(trap.Backtrace.Count > 50, trap.ToString());
        }
    }

    [Fact]
    public void CallIndirect_OfOpenType_TakesSubtypesAndNothingElse()
    {
        using TestStore test = new();
        Instance instance = test.Instantiate("""
            (module
              (rec (type $base (sub (func (result i32)))))
              (rec (type $derived (sub $base (func (result i32)))))
              (rec (type $leaf (sub final $derived (func (result i32)))))
              (rec (type $other (sub (func (result i32)))) (type (func)))
              (table funcref (elem $f0 $f1 $f2 $f3))
              (func $f0 (type $base) (i32.const 10))
              (func $f1 (type $derived) (i32.const 11))
              (func $f2 (type $leaf) (i32.const 12))
              (func $f3 (type $other) (i32.const 13))
              (func (export "base") (param i32) (result i32) (call_indirect (type $base) (local.get 0)))
              (func (export "derived") (param i32) (result i32) (return_call_indirect (type $derived) (local.get 0)))
              (func (export "leaf") (param i32) (result i32) (call_indirect (type $leaf) (local.get 0))))
            """);
        string Outcomes(string name) => string.Join(' ', Enumerable.Range(0, 4).Select(i =>
        {
            Value[] results = new Value[1];
            return instance.GetFunc(name)!.TryCall([i], results) is { } trap ? trap.Code.ToString()[..8] : results[0].AsInt32().ToString();
        }));
        Assert.Equal("10 11 12 Indirect", Outcomes("base"));
        Assert.Equal("Indirect 11 12 Indirect", Outcomes("derived"));
        Assert.Equal("Indirect Indirect 12 Indirect", Outcomes("leaf"));
    }
}
