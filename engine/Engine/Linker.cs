using Kiln.Foundation.Diagnostics;

namespace Kiln;

/// <summary>
/// Names to definitions, for the imports of modules. Host functions defined here are not bound to a store, so one
/// linker serves any number of stores (from any threads, once its definitions are complete); definitions that
/// belong to a store serve only that one. Names defined twice throw <see cref="System.ArgumentException"/>
/// unless <see cref="AllowShadowing"/>.
/// </summary>
public sealed class Linker
{
    /// <summary>Creates an empty linker.</summary>
    public Linker(Engine engine) => Engine = engine;

    /// <summary>The engine it belongs to.</summary>
    public Engine Engine { get; }

    /// <summary>Whether a definition may replace an earlier one of the same name.</summary>
    public bool AllowShadowing { get; set; }

    /// <summary>Defines something of a store.</summary>
    public Linker Define(string module, string name, Extern definition) => EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines a host function over values.</summary>
    public Linker DefineFunc(string module, string name, ExternType type, HostCallback callback) => EngineBug.Throw<Linker>("not assembled");

    /// <summary>Defines all exports of an instance under a module name.</summary>
    public Linker DefineInstance(string module, Instance instance) => EngineBug.Throw<Linker>("not assembled");

    /// <summary>The definition that an import of <paramref name="store"/> would get, or null.</summary>
    public Extern? Get(Store store, string module, string name) => EngineBug.Throw<Extern?>("not assembled");

    /// <summary>
    /// Instantiates a module and runs its start function. Throws <see cref="LinkException"/>,
    /// <see cref="StoreLimitException"/>, <see cref="TrapException"/> (a segment out of bounds, or in the start
    /// function; what was written to imported memories and tables before stays), or what a host function threw.
    /// </summary>
    public Instance Instantiate(Store store, Module module) => EngineBug.Throw<Instance>("not assembled");
}
