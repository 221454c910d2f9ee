using System.Collections.Generic;
using Kiln.Runtime.Instances;
using Kiln.Wasm.Modules;

namespace Kiln;

/// <summary>An instance of a module in a store; it lives as long as the store.</summary>
public sealed class Instance
{
    private readonly GuestInstance _instance;
    private Memory? _defaultMemory;

    private Instance(GuestInstance instance)
    {
        _instance = instance;
        Store = Store.Of(instance.Store);
        Module = (Module)instance.Module.Owner!;
    }

    /// <summary>The store it belongs to.</summary>
    public Store Store { get; }

    /// <summary>The module it is an instance of.</summary>
    public Module Module { get; }

    /// <summary>The export <c>memory</c>, or null.</summary>
    public Memory? DefaultMemory => _defaultMemory ??= GetMemory("memory");

    /// <summary>The exported function of that name, or null if there is none or it is something else.</summary>
    public Func? GetFunc(string name) => GetExport(name) as Func;

    /// <summary>The exported memory of that name, or null.</summary>
    public Memory? GetMemory(string name) => GetExport(name) as Memory;

    /// <summary>The exported table of that name, or null.</summary>
    public Table? GetTable(string name) => GetExport(name) as Table;

    /// <summary>The exported global of that name, or null.</summary>
    public Global? GetGlobal(string name) => GetExport(name) as Global;

    /// <summary>The export of that name, always the same object, or null.</summary>
    public Extern? GetExport(string name)
    {
        _instance.Store.CheckAlive();
        return _instance.Module.Exports.TryGetValue(name, out Export? export) ? Get(export) : null;
    }

    /// <summary>All exports with their names, in the module's order.</summary>
    public IEnumerable<KeyValuePair<string, Extern>> Exports
    {
        get
        {
            foreach (Export export in _instance.Module.Description.Exports) yield return new KeyValuePair<string, Extern>(export.Name, Get(export));
        }
    }

    /// <summary>The public object of a runtime instance, always the same.</summary>
    internal static Instance Of(GuestInstance instance) => (Instance)(instance.Owner ??= new Instance(instance));

    private Extern Get(Export export) => Extern.Of(Store, _instance.Export(export));
}
