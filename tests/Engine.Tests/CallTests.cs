using System;
using System.Runtime.Intrinsics;
using Xunit;

namespace Kiln.Tests;

public sealed class CallTests : IDisposable
{
    private readonly TestStore _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Func_Typed_PassesEveryKind()
    {
        Instance instance = _test.Instantiate("""
            (module
              (func (export "i32") (param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1)))
              (func (export "i64") (param i64 i64) (result i64) (i64.mul (local.get 0) (local.get 1)))
              (func (export "f32") (param f32) (result f32) (f32.neg (local.get 0)))
              (func (export "f64") (param f64 f64) (result f64) (f64.add (local.get 0) (local.get 1)))
              (func (export "mixed") (param i32 f64 i64 f32) (result f64)
                (f64.add (f64.add (f64.convert_i32_s (local.get 0)) (local.get 1)) (f64.add (f64.convert_i64_s (local.get 2)) (f64.promote_f32 (local.get 3))))))
            """);
        Assert.Equal(-1, instance.GetFunc("i32")!.GetTypedFunc<int, int, int>()(2, 3));
        Assert.Equal(1L << 40, instance.GetFunc("i64")!.GetTypedFunc<long, long, long>()(1L << 20, 1L << 20));
        Assert.Equal(-1.5f, instance.GetFunc("f32")!.GetTypedFunc<float, float>()(1.5f));
        Assert.Equal(3.75, instance.GetFunc("f64")!.GetTypedFunc<double, double, double>()(1.25, 2.5));
        Assert.Equal(10, instance.GetFunc("mixed")!.GetTypedFunc<int, double, long, float, double>()(1, 2, 3, 4));
    }

    [Fact]
    public void Func_Dynamic_ReturnsSeveralResults()
    {
        Instance instance = _test.Instantiate("""
            (module (func (export "swap") (param i32 i64) (result i64 i32 f64)
              (local.get 1) (local.get 0) (f64.const 0.5)))
            """);
        Value[] results = instance.GetFunc("swap")!.Call(7, 8L);
        Assert.Equal([8L, 7, 0.5], results);
    }

    [Fact]
    public void Func_ManyParametersAndResults_PassThroughTheStack()
    {
        string kinds = string.Join(' ', System.Linq.Enumerable.Repeat("i32 i64 f32 f64", 10));
        string gets = string.Join(' ', System.Linq.Enumerable.Select(System.Linq.Enumerable.Range(0, 40), i => $"(local.get {i})"));
        Instance instance = _test.Instantiate($"""
            (module
              (func $id (param {kinds}) (result {kinds}) {gets})
              (func (export "id") (param {kinds}) (result {kinds}) {gets} (call $id)))
            """);
        Value[] arguments = new Value[40];
        for (int i = 0; i < 40; i++)
        {
            arguments[i] = (i % 4) switch { 0 => Value.FromInt32(i), 1 => Value.FromInt64(-i), 2 => Value.FromSingle(i + 0.5f), _ => Value.FromDouble(-i) };
        }

        Assert.Equal(arguments, instance.GetFunc("id")!.Call(arguments));
    }

    [Fact]
    public void Func_WrongArguments_Throw()
    {
        Func function = _test.Instantiate("""(module (func (export "f") (param i32) (result i32) (local.get 0)))""").GetFunc("f")!;
        Assert.Throws<ArgumentException>(() => function.Call());
        Assert.Throws<ArgumentException>(() => function.Call(1L));
        Assert.Throws<ArgumentException>(() => function.Call([1], []));
        Assert.Throws<ArgumentException>(() => function.GetTypedFunc<int, long>());
        Assert.Throws<NotSupportedException>(() => function.GetTypedFunc<short, int>());
    }

    [Fact]
    public void References_OfFunctionsAndObjects_ComeBackTheSame()
    {
        Instance instance = _test.Instantiate("""
            (module
              (table (export "t") 4 funcref)
              (table (export "o") 2 externref)
              (func $f (export "f") (result i32) (i32.const 42))
              (elem (i32.const 1) $f)
              (func (export "id") (param externref) (result externref) (local.get 0))
              (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0))))
            """);
        object host = new();
        Func id = instance.GetFunc("id")!;
        Assert.Same(host, id.Call(Value.FromExtern(host))[0].AsExtern());
        Assert.True(id.Call(Value.FromExtern(null))[0].IsNullReference);
        Table table = instance.GetTable("t")!;
        Assert.Same(instance.GetFunc("f"), table[1].AsFunc());
        Assert.Null(table[0].AsFunc());
        table[3] = table[1];
        Assert.Equal(42, instance.GetFunc("call")!.Call(3)[0].AsInt32());
        Assert.Equal(4, table.Grow(2, table[1]));
        Assert.Equal(42, instance.GetFunc("call")!.Call(5)[0].AsInt32());
        Assert.Throws<ArgumentException>(() => table[0] = Value.FromExtern(host));
        Assert.Throws<ArgumentOutOfRangeException>(() => table[6]);
        Table objects = instance.GetTable("o")!;
        objects[0] = Value.FromExtern(host);
        Assert.Same(host, objects[0].AsExtern());
    }

    [Fact]
    public void Memory_SeenFromHost_IsTheGuests()
    {
        Instance instance = _test.Instantiate("""
            (module
              (memory (export "memory") 1 3)
              (data (i32.const 16) "hello")
              (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
              (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
              (func (export "fill") (memory.fill (i32.const 0) (i32.const 7) (i32.const 8))))
            """);
        Memory memory = instance.DefaultMemory!;
        Assert.Equal("hello", memory.ReadString(16, 5));
        memory.Write(100, 0x01020304);
        Assert.Equal(0x01020304, instance.GetFunc("load")!.Call(100)[0].AsInt32());
        Assert.Equal(1, instance.GetFunc("grow")!.Call(1)[0].AsInt32());
        Assert.Equal(2UL, memory.PageCount);
        Assert.Equal(2, memory.Grow(1));
        Assert.Equal(-1, memory.Grow(1));
        Assert.Equal(-1, instance.GetFunc("grow")!.Call(1)[0].AsInt32());
        memory.Write(3 * 65536 - 4, 5);
        Assert.Equal(5, instance.GetFunc("load")!.Call(3 * 65536 - 4)[0].AsInt32());
        instance.GetFunc("fill")!.Call();
        Assert.Equal(0x0707070707070707, memory.Read<long>(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Read<int>(3 * 65536 - 3));
        Assert.Equal(3 * 65536, memory.Span.Length);
    }

    [Fact]
    public void Memory_OfFourGibibytes_IsUsableToItsLastByte()
    {
        Instance instance = _test.Instantiate("""
            (module
              (memory (export "memory") 65536)
              (func (export "size") (result i32) (memory.size))
              (func (export "store") (param i32 i64) (i64.store (local.get 0) (local.get 1)))
              (func (export "load8") (param i32) (result i32) (i32.load8_u (local.get 0)))
              (func (export "far") (param i32) (result i32) (i32.load8_u offset=0xffffffff (local.get 0))))
            """);
        Memory memory = instance.DefaultMemory!;
        Assert.Equal(65536, instance.GetFunc("size")!.Call()[0].AsInt32());
        Assert.Equal(1UL << 32, memory.ByteCount);
        instance.GetFunc("store")!.Call(-8, 0x0102030405060708);
        Assert.Equal(1, instance.GetFunc("load8")!.Call(-1)[0].AsInt32());
        Assert.Equal(1, instance.GetFunc("far")!.Call(0)[0].AsInt32());
        Assert.Equal(0x0102030405060708, memory.Read<long>((1UL << 32) - 8));
        Assert.Throws<TrapException>(() => instance.GetFunc("store")!.Call(-7, 1L));
        Assert.Throws<TrapException>(() => instance.GetFunc("far")!.Call(1));
        Assert.Equal(int.MaxValue, memory.Span.Length);
        Assert.Equal(-1, memory.Grow(1));
    }

    [Fact]
    public void Memory_Reused_StartsZeroed()
    {
        using Module module = _test.Compile("""(module (memory (export "memory") 3) (data (i32.const 70000) "x"))""");
        for (int i = 0; i < 5; i++)
        {
            using Store store = new(_test.Engine);
            Memory memory = _test.Linker.Instantiate(store, module).DefaultMemory!;
            Assert.Equal((byte)'x', memory.Span[70000]);
            memory.Span[70000] = 0;
            Assert.Equal(-1, memory.Span.IndexOfAnyExcept((byte)0));
            memory.Span.Fill(0xAB);
            memory.Grow(20);
            memory.Span.Fill(0xCD);
        }
    }

    [Fact]
    public void Globals_SeenFromHost_AreTheGuests()
    {
        Instance instance = _test.Instantiate("""
            (module
              (global (export "g") (mut i64) (i64.const 5))
              (global (export "c") f32 (f32.const 1.5))
              (func (export "get") (result i64) (global.get 0)))
            """);
        Global global = instance.GetGlobal("g")!;
        Assert.Equal(5L, global.Value);
        global.Value = 6L;
        Assert.Equal(6L, instance.GetFunc("get")!.Call()[0].AsInt64());
        Assert.Throws<ArgumentException>(() => global.Value = 1);
        Assert.Throws<InvalidOperationException>(() => instance.GetGlobal("c")!.Value = 2f);
        Assert.Equal("(global (mut i64))", global.Type.ToString());
    }

    [Fact]
    public void Call_Typed_AllocatesNothing()
    {
        Func<int, int> id = _test.Instantiate("""(module (func (export "f") (param i32) (result i32) (local.get 0)))""").GetFunc("f")!.GetTypedFunc<int, int>();
        for (int i = 0; i < 1000; i++) id(i);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) id(i);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Value_V128_KeepsItsLanes()
    {
        Vector128<byte> vector = Vector128.Create((byte)1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
        Assert.Equal(vector, Value.FromV128(vector).AsV128());
        Assert.Throws<InvalidCastException>(() => Value.FromV128(vector).AsInt32());
    }
}
