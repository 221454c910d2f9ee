using System;
using Xunit;

namespace Kiln.Tests;

/// <summary>Tables of functions, whose elements are made when they are first looked at, and the host's view of tables and globals.</summary>
public sealed class TableTests : IDisposable
{
    private readonly TestStore _test = new(new Config { VerifyCompiler = true });

    public void Dispose() => _test.Dispose();

    private const string Exporter = """
        (module
          (table (export "t") 10 20 funcref)
          (elem (i32.const 1) $one $two)
          (elem (i32.const 2) $three)
          (func $one (export "one") (result i32) (i32.const 1))
          (func $two (result i32) (i32.const 2))
          (func $three (result i32) (i32.const 3))
          (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0)))
          (func (export "call_other") (param i32) (call_indirect (local.get 0)))
          (func (export "get") (param i32) (result funcref) (table.get 0 (local.get 0)))
          (func (export "is_null") (param i32) (result i32) (ref.is_null (table.get 0 (local.get 0))))
          (func (export "set") (param i32 funcref) (table.set 0 (local.get 0) (local.get 1)))
          (func (export "copy") (param i32 i32 i32) (table.copy (local.get 0) (local.get 1) (local.get 2)))
          (func (export "grow") (param funcref i32) (result i32) (table.grow 0 (local.get 0) (local.get 1)))
          (func (export "size") (result i32) (table.size 0)))
        """;

    [Fact]
    public void CallIndirect_OfElementsNeverLookedAt_FindsTheLastSegment()
    {
        Instance instance = _test.Instantiate(Exporter);
        Assert.Equal(3, Call(instance, 2));
        Assert.Equal(1, Call(instance, 1));
        Assert.Equal(1, Call(instance, 1));
        Assert.Equal(TrapCode.IndirectCallToNull, TrapOf(instance, "call", 0));
        Assert.Equal(TrapCode.IndirectCallToNull, TrapOf(instance, "call", 0));
        Assert.Equal(TrapCode.UndefinedElement, TrapOf(instance, "call", 10));
        Assert.Equal(TrapCode.UndefinedElement, TrapOf(instance, "call", -1));
        Assert.Equal(TrapCode.IndirectCallTypeMismatch, TrapOf(instance, "call_other", 1));
        Assert.Equal(TrapCode.TableOutOfBounds, TrapOf(instance, "get", 10));
    }

    [Fact]
    public void TableSet_OfNull_IsNotUndoneByTheSegment()
    {
        Instance instance = _test.Instantiate(Exporter);
        instance.GetFunc("set")!.Call(1, Value.FromFunc(null));
        Assert.Equal(1, instance.GetFunc("is_null")!.Call(1)[0].AsInt32());
        Assert.Equal(TrapCode.IndirectCallToNull, TrapOf(instance, "call", 1));
        Table table = instance.GetTable("t")!;
        table[2] = Value.FromFunc(null);
        Assert.True(table[2].IsNullReference);
        Assert.Equal(1, instance.GetFunc("is_null")!.Call(2)[0].AsInt32());
    }

    [Fact]
    public void TableCopy_OfElementsNeverLookedAt_CopiesFunctionsAndNulls()
    {
        Instance instance = _test.Instantiate(Exporter);
        instance.GetFunc("copy")!.Call(5, 0, 3);
        Assert.Equal([1, 0, 0, 1, 1], new[] { IsNull(5), IsNull(6), IsNull(7), IsNull(8), IsNull(9) });
        Assert.Equal(3, Call(instance, 7));
        instance.GetFunc("copy")!.Call(1, 3, 2);
        Assert.Equal(1, IsNull(1));
        Assert.Equal(1, IsNull(2));

        int IsNull(int index) => instance.GetFunc("is_null")!.Call(index)[0].AsInt32();
    }

    [Fact]
    public void TableGrow_WithAFunctionOrNull_SetsTheNewElements()
    {
        Instance instance = _test.Instantiate(Exporter);
        Value one = instance.GetFunc("get")!.Call(1)[0];
        Assert.Equal(10, instance.GetFunc("grow")!.Call(one, 3)[0].AsInt32());
        Assert.Equal(1, Call(instance, 12));
        Assert.Equal(13, instance.GetFunc("grow")!.Call(Value.FromFunc(null), 1)[0].AsInt32());
        Assert.Equal(1, instance.GetFunc("is_null")!.Call(13)[0].AsInt32());
        Assert.Equal(-1, instance.GetFunc("grow")!.Call(one, 7)[0].AsInt32());
        Assert.Equal(14, instance.GetFunc("size")!.Call()[0].AsInt32());
    }

    [Fact]
    public void Segment_OfASecondModule_ReplacesWhatTheTableHeld()
    {
        Instance first = _test.Instantiate(Exporter);
        _test.Linker.DefineInstance("first", first);
        Call(first, 1);
        first.GetFunc("set")!.Call(3, Value.FromFunc(null));
        _test.Instantiate("""
            (module
              (import "first" "t" (table 5 funcref))
              (import "first" "one" (func $one (result i32)))
              (elem (i32.const 0) func $nine $one $nine $nine)
              (func $nine (result i32) (i32.const 9)))
            """);
        Assert.Equal([9, 1, 9, 9], new[] { Call(first, 0), Call(first, 1), Call(first, 2), Call(first, 3) });
        Assert.Same(first.GetFunc("one"), first.GetTable("t")![1].AsFunc()!.Call()[0].AsInt32() == 1 ? first.GetFunc("one") : null);
    }

    [Fact]
    public void Segments_ByTheHundred_AreAllFound()
    {
        System.Text.StringBuilder text = new("(module (table (export \"t\") 400 funcref)");
        for (int i = 0; i < 400; i += 4) text.Append($"(elem (i32.const {i}) $f{i} $f{i})(func $f{i} (result i32) (i32.const {i}))");
        text.Append("(func (export \"call\") (param i32) (result i32) (call_indirect (result i32) (local.get 0))))");
        Instance instance = _test.Instantiate(text.ToString());
        for (int i = 0; i < 400; i++)
        {
            if (i % 4 < 2) Assert.Equal(i & ~3, Call(instance, i));
            else Assert.Equal(TrapCode.IndirectCallToNull, TrapOf(instance, "call", i));
        }
    }

    [Fact]
    public void RefFunc_OfRecordNeverLookedAt_CanBeCalled()
    {
        _test.Linker.DefineFunc<int, int>("host", "twice", (_, x) => 2 * x);
        Instance instance = _test.Instantiate("""
            (module
              (type $f (func (param i32) (result i32)))
              (import "host" "twice" (func $twice (type $f)))
              (elem declare func $own $twice)
              (func $own (type $f) (i32.add (local.get 0) (i32.const 1)))
              (func (export "own") (result i32) (call_ref $f (i32.const 5) (ref.func $own)))
              (func (export "imported") (result i32) (call_ref $f (i32.const 5) (ref.func $twice)))
              (func (export "both") (param i32) (result i32)
                (call_ref $f (i32.const 7) (select (result (ref $f)) (ref.func $own) (ref.func $twice) (local.get 0))))
              (func (export "ref") (result funcref) (ref.func $own)))
            """);
        Assert.Equal(8, instance.GetFunc("both")!.Call(1)[0].AsInt32());
        Assert.Equal(14, instance.GetFunc("both")!.Call(0)[0].AsInt32());
        Assert.Equal(6, instance.GetFunc("own")!.Call()[0].AsInt32());
        Assert.Equal(10, instance.GetFunc("imported")!.Call()[0].AsInt32());
        Func function = instance.GetFunc("ref")!.Call()[0].AsFunc()!;
        Assert.Equal(42, function.Call(41)[0].AsInt32());
        Assert.Same(function, instance.GetFunc("ref")!.Call()[0].AsFunc());
    }

    [Fact]
    public void HostTable_SetGrowFill_ChecksKindTypeAndStore()
    {
        using TestStore other = new();
        Func foreign = other.Instantiate("(module (func (export \"f\")))").GetFunc("f")!;
        Func mine = Func.FromCallback(_test.Store, ExternType.Func([], []), (_, _, _) => { });
        Table table = Table.Create(_test.Store, ValueKind.FuncRef, 2, 5, Value.FromFunc(mine));
        Assert.Same(mine, table[1].AsFunc());
        Assert.Throws<StoreUseException>(() => table[0] = Value.FromFunc(foreign));
        Assert.Throws<StoreUseException>(() => table.Grow(1, Value.FromFunc(foreign)));
        Assert.Throws<StoreUseException>(() => table.Fill(0, 1, Value.FromFunc(foreign)));
        Assert.Throws<ArgumentException>(() => table[0] = Value.FromExtern("x"));
        Assert.Throws<ArgumentOutOfRangeException>(() => table[2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => table.Fill(1, 2, Value.FromFunc(null)));
        Assert.Same(mine, table[1].AsFunc());
        table.Fill(0, 2, Value.FromFunc(null));
        Assert.Equal(2, table.Grow(3, Value.FromFunc(mine)));
        Assert.Equal(-1, table.Grow(1, Value.FromFunc(mine)));
        Assert.True(table[1].IsNullReference);
        Assert.Same(mine, table[4].AsFunc());

        Assert.Throws<StoreUseException>(() => Global.Create(_test.Store, Value.FromFunc(foreign), isMutable: true));
        Global global = Global.Create(_test.Store, Value.FromFunc(mine), isMutable: true);
        Assert.Throws<StoreUseException>(() => global.Value = Value.FromFunc(foreign));
        Assert.Same(mine, global.Value.AsFunc());
        Global text = Global.Create(_test.Store, Value.FromExtern("first"), isMutable: true);
        text.Value = Value.FromExtern("second");
        Assert.Equal("second", text.Value.AsExtern());
        Assert.Throws<StoreUseException>(() => _test.Linker.Define("m", "f", foreign).Instantiate(_test.Store, _test.Compile("(module (import \"m\" \"f\" (func)))")));
    }

    private static int Call(Instance instance, int index) => instance.GetFunc("call")!.Call(index)[0].AsInt32();

    private static TrapCode TrapOf(Instance instance, string function, int argument) =>
        Assert.Throws<TrapException>(() => instance.GetFunc(function)!.Call(argument)).Code;
}
