using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Xunit;

namespace Kiln.Tests;

/// <summary>Tests that measure the process: no other test runs beside them.</summary>
[CollectionDefinition("Alone", DisableParallelization = true)]
public sealed class AloneCollection;

/// <summary>A million host objects pass through guests; only those that a guest can reach are kept.</summary>
[Collection("Alone")]
public sealed class ManyReferencesTests
{
    private const int Total = 1_000_000;

    // Each reference passes through a call, a global, a table, a host function and a loop's block parameters.
    private const string Text = """
        (module
          (import "host" "make" (func $make (param i32) (result externref)))
          (import "host" "look" (func $look (param externref) (result i32)))
          (table $t 64 externref)
          (global $g (mut externref) (ref.null extern))
          (func $pass (param $x externref) (param $i i32) (result externref)
            (drop (call $look (local.get $x)))
            (call $keep (local.get $x) (local.get $i)))
          (func $keep (param $x externref) (param $i i32) (result externref)
            (drop (ref.is_null (call $swap (local.get $x) (local.get $i))))
            (table.get $t (i32.and (local.get $i) (i32.const 63))))
          (func $swap (param $x externref) (param $i i32) (result externref)
            (table.set $t (i32.and (local.get $i) (i32.const 63)) (local.get $x))
            (global.set $g (local.get $x))
            (global.get $g))
          (func (export "run") (param $i i32) (param $n i32) (result i32) (local $sum i32) (local $last externref)
            (loop $again
              (local.set $last (call $pass (call $make (local.get $i)) (local.get $i)))
              (local.set $sum (i32.add (local.get $sum) (i32.eq (call $look (local.get $last)) (local.get $i))))
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
            (local.get $sum))
          (func (export "trap") (param $i i32)
            (drop (call $pass (call $make (local.get $i)) (local.get $i)))
            (drop (table.get $t (i32.const 64)))))
        """;

    private sealed class Item(int number)
    {
        public readonly int Number = number;
        public readonly byte[] Weight = new byte[100];
    }

    private readonly List<WeakReference> _made = [];
    private int _peak;
    private int _failEvery;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void References_ByTheMillion_KeepHostMemoryFlat(bool fuel, bool unoptimized)
    {
        using TestStore test = new(new Config { VerifyCompiler = true, Fuel = fuel, Optimize = !unoptimized });
        test.Store.Fuel = long.MaxValue;
        Instance instance = Instantiate(test);
        Func run = instance.GetFunc("run")!;
        Func trap = instance.GetFunc("trap")!;
        run.Call(0, 10_000);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        const int portion = 5_000;
        for (int start = 10_000; start < Total; start += portion)
        {
            Assert.Equal(portion, run.Call(start, portion)[0].AsInt32());
            Assert.Equal(TrapCode.TableOutOfBounds, Assert.Throws<TrapException>(() => trap.Call(start)).Code);
            _failEvery = 777;
            Assert.Throws<InvalidTimeZoneException>(() => run.Call(start, portion));
            _failEvery = 0;
        }

        test.Store.CollectReferences();
        Assert.InRange(test.Store.ReferenceCount, 64, 65);
        Assert.InRange(_peak, 65, 5_000);
        long after = GC.GetTotalMemory(forceFullCollection: true);

        // All objects together have some 300 MB.
        Assert.InRange(after - before, long.MinValue, 16 << 20);
        Assert.InRange(Alive(), 1, 65);
    }

    [Fact]
    public void References_OutOfFuel_AreDroppedWithTheGuest()
    {
        using TestStore test = new(new Config { VerifyCompiler = true, Fuel = true });
        Instance instance = Instantiate(test);
        for (int i = 0; i < 50; i++)
        {
            test.Store.Fuel = 20_000 + 13 * i;
            Assert.Equal(TrapCode.OutOfFuel, Assert.Throws<TrapException>(() => instance.GetFunc("run")!.Call(0, int.MaxValue)).Code);
        }

        test.Store.CollectReferences();
        Assert.InRange(test.Store.ReferenceCount, 1, 65);
        Assert.InRange(Alive(), 1, 65);
    }

    [Fact]
    public void References_InALargeTable_CostNoScanForEachOne()
    {
        using TestStore test = new(limits: new StoreLimits { TableElements = 1 << 22 });
        Table table = Table.Create(test.Store, ValueKind.ExternRef, 1 << 22, null, Value.FromExtern(null));
        for (int i = 0; i < 3_000_000; i++) table[(ulong)i & 7] = Value.FromExtern(this);
        Assert.InRange(test.Store.ReferenceCount, 8, 1 << 22);
        test.Store.CollectReferences();
        Assert.Equal(8, test.Store.ReferenceCount);
    }

    private Instance Instantiate(TestStore test)
    {
        test.Linker
            .DefineFunc("host", "make", ExternType.Func([ValueKind.I32], [ValueKind.ExternRef]), (caller, arguments, results) =>
            {
                results[0] = Make(arguments[0].AsInt32());
                _peak = Math.Max(_peak, caller.Store.ReferenceCount);
            })
            .DefineFunc("host", "look", ExternType.Func([ValueKind.ExternRef], [ValueKind.I32]), (_, arguments, results) =>
            {
                int number = ((Item)arguments[0].AsExtern()!).Number;
                if (_failEvery != 0 && number % _failEvery == _failEvery - 1) throw new InvalidTimeZoneException("now and then");
                results[0] = number;
            });
        return test.Instantiate(Text);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Value Make(int number)
    {
        Item item = new(number);
        if (number % 5 == 0) _made.Add(new WeakReference(item));
        if (_made.Count > 20_000) _made.RemoveRange(0, 10_000);
        return Value.FromExtern(item);
    }

    private int Alive()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        int alive = 0;
        foreach (WeakReference reference in _made)
        {
            if (reference.IsAlive) alive++;
        }

        return alive;
    }
}
