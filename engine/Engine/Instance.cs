using System;
using System.Collections.Generic;
using Kiln.Foundation.Diagnostics;

namespace Kiln;

/// <summary>An instance of a module in a store; it lives as long as the store.</summary>
public sealed class Instance
{
    private Instance(Store store, Module module) => (Store, Module) = (store, module);

    /// <summary>The store it belongs to.</summary>
    public Store Store { get; }

    /// <summary>The module it is an instance of.</summary>
    public Module Module { get; }

    /// <summary>The export <c>memory</c>, or null.</summary>
    public Memory? DefaultMemory => GetMemory("memory");

    /// <summary>The exported function of that name, or null if there is none or it is something else.</summary>
    public Func? GetFunc(string name) => GetExport(name) as Func;

    /// <summary>The exported memory of that name, or null.</summary>
    public Memory? GetMemory(string name) => GetExport(name) as Memory;

    /// <summary>The exported table of that name, or null.</summary>
    public Table? GetTable(string name) => GetExport(name) as Table;

    /// <summary>The exported global of that name, or null.</summary>
    public Global? GetGlobal(string name) => GetExport(name) as Global;

    /// <summary>The export of that name, always the same object, or null.</summary>
    public Extern? GetExport(string name) => EngineBug.Throw<Extern?>("not assembled");

    /// <summary>All exports with their names, in the module's order.</summary>
    public IEnumerable<KeyValuePair<string, Extern>> Exports => EngineBug.Throw<IEnumerable<KeyValuePair<string, Extern>>>("not assembled");
}
