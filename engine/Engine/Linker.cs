using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Kiln.Runtime.Faults;
using Kiln.Runtime.Instances;
using Kiln.Wasm.Modules;

namespace Kiln;

/// <summary>
/// Names to definitions, for the imports of modules. Host functions defined here are not bound to a store, so one
/// linker serves any number of stores (from any threads, once its definitions are complete); definitions that
/// belong to a store serve only that one. Names defined twice throw <see cref="ArgumentException"/>
/// unless <see cref="AllowShadowing"/>.
/// </summary>
public sealed class Linker
{
    // Values are HostDefinition, Extern or SharedMemory.
    private readonly Dictionary<(string Module, string Name), object> _definitions = [];

    /// <summary>Creates an empty linker.</summary>
    public Linker(Engine engine) => Engine = engine;

    /// <summary>The engine it belongs to.</summary>
    public Engine Engine { get; }

    /// <summary>Whether a definition may replace an earlier one of the same name.</summary>
    public bool AllowShadowing { get; set; }

    /// <summary>Defines something of a store.</summary>
    public Linker Define(string module, string name, Extern definition) => Add(module, name, definition);

    /// <summary>Defines a shared memory, for any number of stores.</summary>
    public Linker Define(string module, string name, SharedMemory memory) => Add(module, name, memory);

    /// <summary>Defines a host function over values.</summary>
    public Linker DefineFunc(string module, string name, ExternType type, HostCallback callback) =>
        Add(module, name, HostDefinition.FromCallback(Engine, type, callback));

    /// <summary>Defines all exports of an instance under a module name.</summary>
    public Linker DefineInstance(string module, Instance instance)
    {
        foreach (KeyValuePair<string, Extern> export in instance.Exports) Add(module, export.Key, export.Value);
        return this;
    }

    /// <summary>The definition that an import of <paramref name="store"/> would get, or null.</summary>
    public Extern? Get(Store store, string module, string name) => _definitions.GetValueOrDefault((module, name)) switch
    {
        HostDefinition host => Func.Of(store, host),
        SharedMemory memory => memory.In(store),
        Extern definition => definition,
        _ => null,
    };

    /// <summary>
    /// Instantiates a module and runs its start function. Throws <see cref="LinkException"/>,
    /// <see cref="StoreLimitException"/>, <see cref="TrapException"/> (a segment out of bounds, or in the start
    /// function; what was written to imported memories and tables before stays), or what a host function threw.
    /// </summary>
    public Instance Instantiate(Store store, Module module)
    {
        TrapReport? trap = Instantiator.Instantiate(store.Guest, module.Guest, Resolve(store, module), out GuestInstance instance);
        if (trap is not null) Store.Throw(trap);
        return Instance.Of(instance);
    }

    /// <summary>
    /// As <see cref="Instantiate"/>, which is done on the calling thread, but a start function that waits holds no thread
    /// meanwhile: see <see cref="Func.CallAsync(ReadOnlySpan{Value})"/>. What goes wrong, the task ends with.
    /// </summary>
    public async ValueTask<Instance> InstantiateAsync(Store store, Module module)
    {
        TrapReport? trap = Instantiator.Prepare(store.Guest, module.Guest, Resolve(store, module), out GuestInstance instance, out GuestFunction? start);
        if (trap is not null) Store.Throw(trap);
        if (start is not null && await Func.Of(store, start).TryCallAsync([], default).ConfigureAwait(false) is { } stopped) throw stopped;
        return Instance.Of(instance);
    }

    internal Linker Add(string module, string name, object definition)
    {
        if (AllowShadowing) _definitions[(module, name)] = definition;
        else if (!_definitions.TryAdd((module, name), definition)) throw new ArgumentException($"\"{module}\" \"{name}\" is defined already");
        return this;
    }

    private object[] Resolve(Store store, Module module)
    {
        if (store.Engine != Engine || module.Engine != Engine) throw new StoreUseException("store, module and linker belong to different engines");
        WasmModule description = module.Guest.Description;
        if (description.Imports.IsEmpty) return [];
        object[] definitions = new object[description.Imports.Length];
        for (int i = 0; i < definitions.Length; i++)
        {
            Import import = description.Imports[i];
            if (!_definitions.TryGetValue((import.Module, import.Name), out object? found))
                throw new LinkException($"unknown import: \"{import.Module}\" \"{import.Name}\" is not defined", import.Module, import.Name);
            if (found is SharedMemory shared) found = shared.In(store);
            object definition = found is Extern known ? known.Definition : found;
            if (!ImportMatching.Fits(store.Guest, module.Guest, import, definition))
            {
                string given = found is Extern wrong ? wrong.Type.ToString() : ExternTypes.Of(((HostDefinition)found).Type, Engine.Runtime.Types).ToString();
                ExternType wanted = ExternTypes.Of(description, import.Kind, import.Index);
                throw new LinkException($"incompatible import type: \"{import.Module}\" \"{import.Name}\" is {given}, but {wanted} is needed", import.Module, import.Name);
            }

            definitions[i] = definition;
        }

        return definitions;
    }
}
