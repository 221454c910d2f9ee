using System;
using System.Collections.Generic;
using Xunit;

namespace Kiln.Tests;

public sealed class HostFunctionTests : IDisposable
{
    private readonly TestStore _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void DefineFunc_TypedAndDynamic_AreCalledWithTheCaller()
    {
        List<string> seen = [];
        _test.Linker
            .DefineFunc<int, int, int>("host", "add", (_, a, b) => a + b)
            .DefineFunc("host", "log", (Caller caller, int at, int length) => seen.Add(caller.Memory!.ReadString((uint)at, length)))
            .DefineFunc("host", "pair", ExternType.Func([ValueKind.I64], [ValueKind.I64, ValueKind.F64]), (_, arguments, results) =>
            {
                results[0] = arguments[0].AsInt64() + 1;
                results[1] = 2.5;
            });
        Instance instance = _test.Instantiate("""
            (module
              (import "host" "add" (func $add (param i32 i32) (result i32)))
              (import "host" "log" (func $log (param i32 i32)))
              (import "host" "pair" (func $pair (param i64) (result i64 f64)))
              (memory (export "memory") 1)
              (data (i32.const 8) "from the guest")
              (func (export "run") (param i32) (result i32)
                (call $log (i32.const 8) (i32.const 14))
                (call $add (local.get 0) (i32.const 10)))
              (func (export "pair") (result i64 f64) (call $pair (i64.const 41)))
              (export "again" (func $add)))
            """);
        Assert.Equal(15, instance.GetFunc("run")!.Call(5)[0].AsInt32());
        Assert.Equal(["from the guest"], seen);
        Assert.Equal([42L, 2.5], instance.GetFunc("pair")!.Call());
        Assert.Equal(3, instance.GetFunc("again")!.Call(1, 2)[0].AsInt32());
    }

    [Fact]
    public void HostFunction_Throwing_PassesThroughTheGuest()
    {
        _test.Linker.DefineFunc("host", "fail", _ => throw new InvalidTimeZoneException("on purpose"));
        Instance instance = _test.Instantiate("""
            (module (import "host" "fail" (func $fail)) (func (export "run") (call $fail)) (func (export "ok") (result i32) (i32.const 1)))
            """);
        InvalidTimeZoneException thrown = Assert.Throws<InvalidTimeZoneException>(() => instance.GetFunc("run")!.Call());
        Assert.Contains(nameof(HostFunction_Throwing_PassesThroughTheGuest), thrown.StackTrace);
        Assert.Equal(1, instance.GetFunc("ok")!.Call()[0].AsInt32());
    }

    [Fact]
    public void HostFunction_CallingBack_NestsAndTracesBoth()
    {
        _test.Linker.DefineFunc<int, int>("host", "back", (caller, n) => caller.Instance!.GetFunc("down")!.Call(n - 1)[0].AsInt32() + 1);
        Instance instance = _test.Instantiate("""
            (module
              (import "host" "back" (func $back (param i32) (result i32)))
              (func $down (export "down") (param i32) (result i32)
                (if (i32.lt_s (local.get 0) (i32.const 0)) (then (unreachable)))
                (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 100)) (else (call $back (local.get 0)))))
              (func $trap (export "trap") (param i32) (result i32) (call $back (local.get 0))))
            """);
        Assert.Equal(110, instance.GetFunc("down")!.Call(10)[0].AsInt32());
        TrapException trap = Assert.Throws<TrapException>(() => instance.GetFunc("trap")!.Call(0));
        Assert.Equal(TrapCode.Unreachable, trap.Code);
        Assert.Equal(["down", "trap"], Names(trap));
        trap = Assert.Throws<TrapException>(() => instance.GetFunc("down")!.Call(1000));
        Assert.Equal(TrapCode.StackOverflow, trap.Code);
    }

    [Fact]
    public void Func_FromCallback_CanBePutInATableAndImported()
    {
        Func twice = Func.FromCallback(_test.Store, ExternType.Func([ValueKind.I32], [ValueKind.I32]), (_, a, r) => r[0] = a[0].AsInt32() * 2);
        Assert.Equal(8, twice.Call(4)[0].AsInt32());
        _test.Linker.Define("host", "twice", twice);
        Instance instance = _test.Instantiate("""
            (module
              (import "host" "twice" (func $twice (param i32) (result i32)))
              (table (export "t") 1 funcref)
              (func (export "direct") (param i32) (result i32) (call $twice (local.get 0)))
              (func (export "indirect") (param i32) (result i32) (call_indirect (param i32) (result i32) (local.get 0) (i32.const 0))))
            """);
        Assert.Equal(10, instance.GetFunc("direct")!.Call(5)[0].AsInt32());
        instance.GetTable("t")![0] = Value.FromFunc(twice);
        Assert.Equal(12, instance.GetFunc("indirect")!.Call(6)[0].AsInt32());
    }

    [Fact]
    public void Linker_OneForManyStores_GivesEachItsOwnData()
    {
        _test.Linker.DefineFunc<int>("host", "data", caller => (int)caller.Store.Data!);
        Module module = _test.Compile("""(module (import "host" "data" (func $d (result i32))) (func (export "run") (result i32) (call $d)))""");
        for (int i = 0; i < 3; i++)
        {
            using Store store = new(_test.Engine, data: i);
            Assert.Equal(i, _test.Linker.Instantiate(store, module).GetFunc("run")!.Call()[0].AsInt32());
        }
    }

    [Fact]
    public void HostFunction_CalledByStart_KnowsItsInstance()
    {
        Instance? caller = null;
        _test.Linker.DefineFunc("host", "hello", c => caller = c.Instance);
        Instance instance = _test.Instantiate("""(module (import "host" "hello" (func $h)) (func $s (call $h)) (start $s))""");
        Assert.Same(instance, caller);
    }

    private static List<string?> Names(TrapException trap)
    {
        List<string?> names = [];
        foreach (BacktraceFrame frame in trap.Backtrace) names.Add(frame.Function);
        return names;
    }
}
