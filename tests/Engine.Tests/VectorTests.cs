using System;
using System.Linq;
using System.Runtime.Intrinsics;
using Xunit;

namespace Kiln.Tests;

/// <summary>Vectors through the public API: arguments and results, host functions, globals, literals, the engine's settings.</summary>
public sealed class VectorTests : IDisposable
{
    private readonly TestStore _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Call_WithVectors_PassesThemThroughRegistersStackAndHost()
    {
        var values = new Value[10];
        for (int i = 0; i < values.Length; i++) values[i] = Value.FromV128(Vector128.Create((ulong)(i + 1), ~(ulong)i).AsByte());
        var linker = new Linker(_test.Engine);
        ExternType type = ExternType.Func([.. Enumerable.Repeat(ValueKind.V128, 10)], [.. Enumerable.Repeat(ValueKind.V128, 10)]);
        linker.DefineFunc("host", "reverse", type, static (_, args, results) =>
        {
            for (int i = 0; i < args.Length; i++) results[i] = args[^(i + 1)];
        });
        string vectors = string.Join(' ', Enumerable.Repeat("v128", 10));
        Instance instance = linker.Instantiate(_test.Store, _test.Compile($"""
            (module
              (type $t (func (param {vectors}) (result {vectors})))
              (import "host" "reverse" (func $reverse (type $t)))
              (func (export "f") (type $t)
                (call $reverse {string.Join(' ', Enumerable.Range(0, 10).Select(i => $"(local.get {i})"))})))
            """));
        var results = new Value[10];
        instance.GetFunc("f")!.Call(values, results);
        for (int i = 0; i < 10; i++) Assert.Equal(values[9 - i], results[i]);
    }

    [Fact]
    public void Global_OfVectorType_IsReadAndWritten()
    {
        Instance instance = _test.Instantiate("""
            (module
              (global $g (export "g") (mut v128) (v128.const i32x4 1 2 3 4))
              (func (export "double") (global.set $g (i32x4.add (global.get $g) (global.get $g)))))
            """);
        Global global = instance.GetGlobal("g")!;
        Assert.Equal(Vector128.Create(1, 2, 3, 4), global.Value.AsV128().AsInt32());
        instance.GetFunc("double")!.Call();
        Assert.Equal(Vector128.Create(2, 4, 6, 8), global.Value.AsV128().AsInt32());
        global.Value = Value.FromV128(Vector128.Create(5, 0, 0, -1).AsByte());
        instance.GetFunc("double")!.Call();
        Assert.Equal(Vector128.Create(10, 0, 0, -2), global.Value.AsV128().AsInt32());
    }

    [Fact]
    public void Call_TypedWithVectors_Works()
    {
        Func<Vector128<byte>, Vector128<byte>, Vector128<byte>> min = _test.Instantiate(
            """(module (func (export "f") (param v128 v128) (result v128) (i8x16.min_u (local.get 0) (local.get 1))))""")
            .GetFunc("f")!.GetTypedFunc<Vector128<byte>, Vector128<byte>, Vector128<byte>>();
        Assert.Equal(Vector128.Create((byte)3), min(Vector128.Create((byte)3), Vector128.Create((byte)200)));
    }

    [Theory]
    [InlineData("i32x4 1 -2 0x30 4_0", "v128:0x0000002800000030fffffffe00000001")]
    [InlineData("f64x2 -inf 1.5", "v128:0x3ff8000000000000fff0000000000000")]
    [InlineData("f32x4 1 nan -0x1p1 0", "v128:0x00000000c00000007fc000003f800000")]
    [InlineData("i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 255", "v128:0xff0e0d0c0b0a09080706050403020100")]
    public void Value_VectorLiteral_IsRead(string literal, string text)
    {
        Assert.True(Value.TryParse(literal, ValueKind.V128, out Value value));
        Assert.Equal(text, value.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("i32x4 1 2 3")]
    [InlineData("i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 256")]
    [InlineData("i32x5 1 2 3 4")]
    [InlineData("1")]
    public void Value_WrongVectorLiteral_IsRefused(string literal) => Assert.False(Value.TryParse(literal, ValueKind.V128, out _));

    [Fact]
    public void Host_TypedFunctionAndGlobalOfVectors_AreImported()
    {
        _test.Linker.DefineFunc<Vector128<byte>, int, Vector128<byte>>("host", "shift", static (_, vector, count) => (vector.AsUInt32() << count).AsByte());
        _test.Linker.Define("host", "g", Global.Create(_test.Store, Value.FromV128(Vector128.Create(1, 2, 3, 4).AsByte()), isMutable: true));
        Instance instance = _test.Instantiate("""
            (module
              (import "host" "shift" (func $shift (param v128 i32) (result v128)))
              (import "host" "g" (global $g (mut v128)))
              (func (export "f") (result v128) (global.set $g (call $shift (global.get $g) (i32.const 3))) (global.get $g)))
            """);
        Assert.Equal(Vector128.Create(8, 16, 24, 32), Call<byte>(instance, "f").AsInt32());
        Assert.Equal(Vector128.Create(64, 128, 192, 256), Call<byte>(instance, "f").AsInt32());
    }

    [Fact]
    public void Trap_OfVectorAccess_NamesTheInstruction()
    {
        Instance instance = _test.Instantiate("""
            (module (memory 1)
              (func $f (export "f") (param i32) (result v128)
                (i32x4.add (v128.const i32x4 1 1 1 1) (v128.load32_splat offset=4 (local.get 0)))))
            """);
        var results = new Value[1];
        instance.GetFunc("f")!.Call([Value.FromInt32(65528)], results);
        TrapException trap = Assert.Throws<TrapException>(() => instance.GetFunc("f")!.Call([Value.FromInt32(65529)], results));
        Assert.Equal(TrapCode.MemoryOutOfBounds, trap.Code);
        Assert.Equal("f", trap.Backtrace[0].Function);
    }

    [Fact]
    public void Fuel_OfVectorInstructions_IsOneEach()
    {
        using var test = new TestStore(new Config { Fuel = true });
        Instance instance = test.Instantiate(
            """(module (memory 1) (func (export "f") (v128.store (i32.const 0) (i32x4.add (v128.load (i32.const 16)) (v128.const i32x4 1 1 1 1)))))""");
        test.Store.Fuel = 100;
        instance.GetFunc("f")!.Call();
        Assert.Equal(94, test.Store.Fuel);
    }

    [Fact]
    public void RelaxedSimdDeterministic_OfEngine_GivesTheStrictResults()
    {
        const string Text = """
            (module
              (func (export "swizzle") (param v128 v128) (result v128) (i8x16.relaxed_swizzle (local.get 0) (local.get 1)))
              (func (export "trunc") (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_s (local.get 0)))
              (func (export "madd") (param v128 v128 v128) (result v128) (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2))))
            """;
        using var fast = new TestStore();
        using var strict = new TestStore(new Config { RelaxedSimdDeterministic = true });
        Assert.NotEqual(fast.Engine.ArtifactKey, strict.Engine.ArtifactKey);
        Instance instance = strict.Instantiate(Text);

        // The fused result is 16777222: SPEC: 4.3.3, relaxed_madd, has two roundings.
        Assert.Equal(Vector128.Create(16777220f), Call(instance, "madd", Vector128.Create(2796203.5f), Vector128.Create(3f), Vector128.Create(8388611f)).AsSingle());
        Assert.Equal(Vector128.Create(int.MaxValue, 0, int.MinValue, -1), Call(instance, "trunc", Vector128.Create(1e10f, float.NaN, -1e10f, -1.5f)).AsInt32());
        Assert.Equal(Vector128<byte>.Zero, Call(instance, "swizzle", Vector128.Create((byte)7), Vector128.Create((byte)16)));
    }

    private static Vector128<byte> Call<T>(Instance instance, string name, params Vector128<T>[] arguments)
    {
        var results = new Value[1];
        instance.GetFunc(name)!.Call(Array.ConvertAll(arguments, static argument => Value.FromV128(argument.AsByte())), results);
        return results[0].AsV128();
    }
}
