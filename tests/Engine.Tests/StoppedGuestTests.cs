using System;
using Xunit;

namespace Kiln.Tests;

public sealed class StoppedGuestTests
{
    [Fact]
    public void Interruption_InALoop_LeavesTheFuelThatIsReallyLeft()
    {
        using var engine = new Engine(new Config { Fuel = true });
        using Module module = Module.CompileText(engine, "(module (func (export \"nothing\")) (func (export \"spin\") (loop $l (br $l))))");
        using var store = new Store(engine);
        store.Fuel = long.MaxValue;
        Instance instance = new Linker(engine).Instantiate(store, module);
        instance.GetFunc("nothing")!.Call(); // the first call takes its time
        store.SetDeadline(TimeSpan.FromMilliseconds(100));
        TrapException trap = Assert.Throws<TrapException>(() => instance.GetFunc("spin")!.Call());
        Assert.Equal(TrapCode.Interrupted, trap.Code);
        Assert.True(long.MaxValue - store.Fuel > 1000, $"{long.MaxValue - store.Fuel} units used");
    }

    [Fact]
    public void ConstantThatMakesAnObject_IsRefusedByTheCompiler()
    {
        using var engine = new Engine();
        UnsupportedFeatureException refusal = Assert.Throws<UnsupportedFeatureException>(() =>
            Module.CompileText(engine, "(module (global i31ref (ref.i31 (i32.const 1))))"));
        Assert.Contains("ref.i31", refusal.Message, StringComparison.Ordinal);
    }
}
