using System;

namespace Kiln.Tests;

/// <summary>An engine with one store, and modules given as text.</summary>
internal sealed class TestStore : IDisposable
{
    public TestStore(Config? config = null, StoreLimits? limits = null)
    {
        Engine = new Engine(config);
        Store = new Store(Engine, limits) { Fuel = long.MaxValue };
        Linker = new Linker(Engine);
    }

    public Engine Engine { get; }

    public Store Store { get; }

    public Linker Linker { get; }

    public Module Compile(string text) => Module.CompileText(Engine, text);

    public Instance Instantiate(string text) => Linker.Instantiate(Store, Compile(text));

    public void Dispose()
    {
        Store.Dispose();
        Engine.Dispose();
    }
}
