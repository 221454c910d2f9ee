using System;
using Xunit;

namespace Kiln.Tests;

public sealed class TrapTests : IDisposable
{
    private readonly TestStore _test = new();

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData("(unreachable)", TrapCode.Unreachable, "unreachable")]
    [InlineData("(drop (i32.load (i32.const 65533)))", TrapCode.MemoryOutOfBounds, "out of bounds memory access")]
    [InlineData("(drop (i32.load offset=4294967295 (i32.const -1)))", TrapCode.MemoryOutOfBounds, "out of bounds memory access")]
    [InlineData("(i64.store (i32.const -8) (i64.const 1))", TrapCode.MemoryOutOfBounds, "out of bounds memory access")]
    [InlineData("(drop (i32.div_s (i32.const 1) (i32.const 0)))", TrapCode.IntegerDivideByZero, "integer divide by zero")]
    [InlineData("(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))", TrapCode.IntegerOverflow, "integer overflow")]
    [InlineData("(drop (i32.trunc_f32_s (f32.const nan)))", TrapCode.InvalidConversionToInteger, "invalid conversion to integer")]
    [InlineData("(drop (i64.trunc_f64_u (f64.const 1e30)))", TrapCode.IntegerOverflow, "integer overflow")]
    [InlineData("(call_indirect (i32.const 9))", TrapCode.UndefinedElement, "undefined element")]
    [InlineData("(call_indirect (i32.const 0))", TrapCode.IndirectCallToNull, "uninitialized element")]
    [InlineData("(call_indirect (param i32) (i32.const 0) (i32.const 1))", TrapCode.IndirectCallTypeMismatch, "indirect call type mismatch")]
    [InlineData("(drop (table.get (i32.const 2)))", TrapCode.TableOutOfBounds, "out of bounds table access")]
    [InlineData("(memory.fill (i32.const 65536) (i32.const 0) (i32.const 1))", TrapCode.MemoryOutOfBounds, "out of bounds memory access")]
    [InlineData("(memory.copy (i32.const 0) (i32.const 65530) (i32.const 7))", TrapCode.MemoryOutOfBounds, "out of bounds memory access")]
    [InlineData("(memory.init 0 (i32.const 0) (i32.const 2) (i32.const 2))", TrapCode.MemoryOutOfBounds, "out of bounds memory access")]
    [InlineData("(table.fill (i32.const 1) (ref.null func) (i32.const 2))", TrapCode.TableOutOfBounds, "out of bounds table access")]
    public void Instruction_Trapping_HasItsCodeMessageAndBacktrace(string body, TrapCode code, string message)
    {
        Instance instance = _test.Instantiate($"""
            (module $traps
              (memory 1)
              (data $d "abc")
              (table 2 funcref)
              (elem (i32.const 1) func $nothing)
              (func $nothing)
              (func $inner {body})
              (func $outer (export "run") (call $inner)))
            """);
        TrapException trap = Assert.Throws<TrapException>(() => instance.GetFunc("run")!.Call());
        Assert.Equal(code, trap.Code);
        Assert.Equal(message, trap.Message);
        Assert.True(trap.Backtrace.Count == 2, trap.ToString());
        Assert.Equal(("traps", 1U, "inner"), (trap.Backtrace[0].Module, trap.Backtrace[0].FunctionIndex, trap.Backtrace[0].Function));
        Assert.Equal(("traps", 2U, "outer"), (trap.Backtrace[1].Module, trap.Backtrace[1].FunctionIndex, trap.Backtrace[1].Function));
        Assert.True(trap.Backtrace[0].WasmOffset < trap.Backtrace[1].WasmOffset, trap.ToString());
    }

    [Fact]
    public void TryCall_Trapping_ReturnsTheTrap()
    {
        Func function = _test.Instantiate("""(module (func (export "f") (param i32) (result i32) (i32.div_u (i32.const 8) (local.get 0))))""").GetFunc("f")!;
        Value[] results = new Value[1];
        Assert.Null(function.TryCall([2], results));
        Assert.Equal(4, results[0].AsInt32());
        Assert.Equal(TrapCode.IntegerDivideByZero, function.TryCall([0], results)!.Code);
        Assert.Throws<ArgumentException>(() => function.TryCall([], results));
    }

    [Fact]
    public void Backtrace_AcrossInstances_NamesBothModules()
    {
        Instance callee = _test.Instantiate("""(module $callee (func $boom (export "boom") (unreachable)))""");
        _test.Linker.DefineInstance("callee", callee);
        Instance caller = _test.Instantiate("""(module $caller (import "callee" "boom" (func $boom)) (func $go (export "go") (call $boom)))""");
        TrapException trap = Assert.Throws<TrapException>(() => caller.GetFunc("go")!.Call());
        Assert.Equal("callee!boom", trap.Backtrace[0].ToString().Split(' ')[0]);
        Assert.Equal("caller!go", trap.Backtrace[1].ToString().Split(' ')[0]);
    }

    [Fact]
    public void Backtrace_OfInlinedFunctions_ShowsThemAsFrames()
    {
        Instance instance = _test.Instantiate("""
            (module
              (func $inner (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
              (func $middle (param i32) (result i32) (call $inner (i32.sub (local.get 0) (i32.const 5))))
              (func $outer (export "outer") (param i32) (result i32) (i32.add (call $middle (local.get 0)) (i32.const 1))))
            """);
        Assert.Equal(2, instance.GetFunc("outer")!.Call(6)[0].AsInt32());
        TrapException trap = Assert.Throws<TrapException>(() => instance.GetFunc("outer")!.Call(5));
        Assert.Equal(TrapCode.IntegerDivideByZero, trap.Code);
        Assert.Collection(
            trap.Backtrace,
            frame => Assert.Equal((0u, "inner"), (frame.FunctionIndex, frame.Function)),
            frame => Assert.Equal((1u, "middle"), (frame.FunctionIndex, frame.Function)),
            frame => Assert.Equal((2u, "outer"), (frame.FunctionIndex, frame.Function)));
        Assert.True(trap.Backtrace[0].WasmOffset < trap.Backtrace[1].WasmOffset && trap.Backtrace[1].WasmOffset < trap.Backtrace[2].WasmOffset);
    }

    [Fact]
    public void LargeFrames_Recursing_OverflowIntoTheGuard()
    {
        // Five thousand values live across the call: a frame far larger than a page.
        System.Text.StringBuilder text = new("(module (func $big (export \"big\") (param i64) (result i64)");
        for (int i = 0; i < 5000; i++) text.Append(" (local i64)");
        for (int i = 1; i <= 5000; i++) text.Append($" (local.set {i} (i64.mul (local.get {i - 1}) (i64.const {i + 3})))");
        text.Append(" (call $big (i64.add (local.get 0) (i64.const 1)))");
        for (int i = 1; i <= 5000; i++) text.Append($" (i64.xor (local.get {i}))");
        text.Append("))");
        Instance instance = _test.Instantiate(text.ToString());
        TrapException trap = Assert.Throws<TrapException>(() => instance.GetFunc("big")!.Call(1L));
        Assert.Equal(TrapCode.StackOverflow, trap.Code);
        Assert.All(trap.Backtrace, frame => Assert.Equal("big", frame.Function));
    }
}
