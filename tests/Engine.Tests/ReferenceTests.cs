using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Xunit;

namespace Kiln.Tests;

/// <summary>Host objects in the hands of guests: that they stay as long as a guest can reach them, and no longer.</summary>
public sealed class ReferenceTests
{
    private const string RootsText = """
        (module
          (import "host" "make" (func $make (result externref)))
          (import "host" "collect" (func $collect))
          (import "host" "same" (func $same (param externref externref) (result i32)))
          (table $t (export "t") 4 externref)
          (global $g (export "g") (mut externref) (ref.null extern))
          (func (export "to_table") (table.set $t (i32.const 1) (call $make)))
          (func (export "to_global") (global.set $g (call $make)))
          (func (export "grow") (result i32) (table.grow $t (call $make) (i32.const 3)))
          (func (export "fill") (table.fill $t (i32.const 0) (call $make) (i32.const 3)))
          (func (export "pass") (param externref) (result externref) (call $collect) (local.get 0))
          (func (export "hold") (result externref) (local $x externref)
            (local.set $x (call $make)) (call $collect) (local.get $x))
          (func (export "many") (param $n i32) (result i32) (local $a externref) (local $b externref) (local $c externref) (local $wrong i32)
            (local.set $a (call $make))
            (loop $again
              (local.set $b (local.get $c))
              (local.set $c (call $make))
              (call $collect)
              (if (i32.eqz (call $same (local.get $a) (local.get $a))) (then (local.set $wrong (i32.add (local.get $wrong) (i32.const 1)))))
              (if (i32.and (local.get $n) (i32.const 1)) (then (local.set $b (select (result externref) (local.get $a) (local.get $b) (local.get $wrong)))))
              (call $collect)
              (if (call $same (local.get $b) (local.get $c)) (then (local.set $wrong (i32.add (local.get $wrong) (i32.const 1)))))
              (local.set $n (i32.sub (local.get $n) (i32.const 1)))
              (br_if $again (local.get $n)))
            (local.get $wrong)))
        """;

    private static TestStore Roots(List<WeakReference> made, Config? config = null)
    {
        TestStore test = new(config ?? new Config { VerifyCompiler = true });
        test.Linker
            .DefineFunc("host", "make", ExternType.Func([], [ValueKind.ExternRef]), (_, _, results) => results[0] = Make(made))
            .DefineFunc("host", "collect", caller => caller.Store.CollectReferences())
            .DefineFunc("host", "same", ExternType.Func([ValueKind.ExternRef, ValueKind.ExternRef], [ValueKind.I32]),
                (_, arguments, results) => results[0] = ReferenceEquals(arguments[0].AsExtern(), arguments[1].AsExtern()) ? 1 : 0);
        return test;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Value Make(List<WeakReference> made)
    {
        object host = new();
        made.Add(new WeakReference(host));
        return Value.FromExtern(host);
    }

    private static int AliveOf(List<WeakReference> made)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        int alive = 0;
        foreach (WeakReference reference in made)
        {
            if (reference.IsAlive) alive++;
        }

        return alive;
    }

    [Theory]
    [InlineData("to_table", 1)]
    [InlineData("to_global", 1)]
    [InlineData("grow", 3)]
    [InlineData("fill", 3)]
    public void Reference_InTableOrGlobal_StaysUntilOverwritten(string function, int places)
    {
        List<WeakReference> made = [];
        using TestStore test = Roots(made);
        Instance instance = test.Instantiate(RootsText);
        Run(instance.GetFunc(function)!);
        test.Store.CollectReferences();
        Assert.Equal(1, test.Store.ReferenceCount);
        Assert.Equal(1, AliveOf(made));

        Table table = instance.GetTable("t")!;
        Assert.InRange(places, 1, (int)table.Length);
        table.Fill(0, table.Length, Value.FromExtern(null));
        instance.GetGlobal("g")!.Value = Value.FromExtern(null);
        test.Store.CollectReferences();
        Assert.Equal(0, test.Store.ReferenceCount);
        Assert.Equal(0, AliveOf(made));
    }

    [Fact]
    public void Reference_InLocalAcrossACollection_Stays()
    {
        List<WeakReference> made = [];
        using TestStore test = Roots(made);
        Instance instance = test.Instantiate(RootsText);
        object mine = new();
        Assert.Same(mine, instance.GetFunc("pass")!.Call(Value.FromExtern(mine))[0].AsExtern());
        Assert.NotNull(instance.GetFunc("hold")!.Call()[0].AsExtern());
        Assert.Null(instance.GetFunc("pass")!.Call(Value.FromExtern(null))[0].AsExtern());
        test.Store.CollectReferences();
        Assert.Equal(0, test.Store.ReferenceCount);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void References_InManyLocals_AreToldApartUnderCollections(bool optimize, bool always)
    {
        List<WeakReference> made = [];
        using TestStore test = Roots(made, new Config { VerifyCompiler = true, Optimize = optimize, CollectAlways = always });
        Instance instance = test.Instantiate(RootsText);
        Assert.Equal(0, instance.GetFunc("many")!.Call(501)[0].AsInt32());
        Assert.Equal(502, made.Count);
    }

    [Fact]
    public void Reference_InFramesOfNestedActivations_Stays()
    {
        List<WeakReference> made = [];
        using TestStore test = Roots(made);
        test.Linker.DefineFunc("host", "down", ExternType.Func([ValueKind.ExternRef, ValueKind.I32], [ValueKind.ExternRef]), (caller, arguments, results) =>
        {
            caller.Store.CollectReferences();
            int depth = arguments[1].AsInt32();
            if (depth == 0) throw new InvalidTimeZoneException("deep enough");
            Value argument = depth == 20 ? Value.FromExtern(new object()) : arguments[0];
            try
            {
                results[0] = caller.Instance!.GetFunc("run")!.Call(argument, depth - 1)[0];
            }
            catch (InvalidTimeZoneException)
            {
                caller.Store.CollectReferences();
                results[0] = argument;
            }
        });
        Instance instance = test.Instantiate("""
            (module
              (import "host" "down" (func $down (param externref i32) (result externref)))
              (import "host" "same" (func $same (param externref externref) (result i32)))
              (import "host" "make" (func $make (result externref)))
              (func (export "run") (param $x externref) (param $depth i32) (result externref)
                (local $mine externref) (local $got externref)
                (local.set $mine (call $make))
                (local.set $got (call $down (local.get $mine) (local.get $depth)))
                (if (i32.eqz (call $same (local.get $mine) (local.get $mine))) (then unreachable))
                (if (i32.and (i32.ne (local.get $depth) (i32.const 20)) (i32.eqz (ref.is_null (local.get $got))))
                  (then (drop (call $make))))
                (local.get $x)))
            """);
        object first = new();
        Assert.Same(first, instance.GetFunc("run")!.Call(Value.FromExtern(first), 30)[0].AsExtern());
        test.Store.CollectReferences();
        Assert.Equal(0, test.Store.ReferenceCount);
        Assert.Equal(0, AliveOf(made));
    }

    [Fact]
    public void Reference_InElementSegment_Stays()
    {
        List<WeakReference> made = [];
        using TestStore test = Roots(made);
        test.Linker.Define("host", "g", Global.Create(test.Store, Make(made), isMutable: true));
        Module module = test.Compile("""
            (module
              (import "host" "g" (global $g (mut externref)))
              (global $copy externref (ref.null extern))
              (table $t 2 externref)
              (func (export "clear") (global.set $g (ref.null extern))))
            """);
        test.Linker.Instantiate(test.Store, module).GetFunc("clear")!.Call();
        test.Store.CollectReferences();
        Assert.Equal(0, test.Store.ReferenceCount);

        test.Linker.Define("host", "c", Global.Create(test.Store, Make(made), isMutable: false));
        Instance segments = test.Instantiate("""
            (module
              (import "host" "c" (global $c externref))
              (table $t 2 externref)
              (elem $e externref (global.get $c))
              (func (export "init") (table.init $t $e (i32.const 1) (i32.const 0) (i32.const 1)))
              (func (export "get") (result externref) (table.get $t (i32.const 1))))
            """);
        segments.GetFunc("init")!.Call();
        test.Store.CollectReferences();
        Assert.NotNull(segments.GetFunc("get")!.Call()[0].AsExtern());
        Assert.Equal(1, test.Store.ReferenceCount);
    }

    [Fact]
    public void References_OfAnotherThreadsStore_AreRefused()
    {
        using TestStore test = new();
        Table table = Table.Create(test.Store, ValueKind.ExternRef, 1, null, Value.FromExtern(null));
        Exception? seen = null;
        test.Linker.DefineFunc("host", "other", _ =>
        {
            System.Threading.Thread thread = new(() => seen = Record.Exception(() => table[0] = Value.FromExtern("x")));
            thread.Start();
            thread.Join();
        });
        test.Instantiate("""(module (import "host" "other" (func $o)) (func (export "run") (call $o)))""").GetFunc("run")!.Call();
        Assert.IsType<StoreUseException>(seen);
        table[0] = Value.FromExtern("y");
        Assert.Equal("y", table[0].AsExtern());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Run(Func function) => function.Call();
}
