using Kiln.Runtime.Hosts;
using Kiln.Runtime.Memories;
using Kiln.Runtime.Stores;
using Kiln.Runtime.Tables;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Types;

namespace Kiln.Runtime.Instances;

/// <summary>Whether what is given for an import fits its type; sizes of memories and tables count as they are now.</summary>
public static class ImportMatching
{
    /// <summary>
    /// True if <paramref name="definition"/> (a <see cref="HostFunction"/>, <see cref="GuestFunction"/>, <see cref="LinearMemory"/>,
    /// <see cref="GuestTable"/>, <see cref="GlobalCell"/> or <see cref="GuestTag"/>) can be import <paramref name="import"/> of the module.
    /// A definition of another store is a misuse.
    /// </summary>
    public static bool Fits(GuestStore store, GuestModule module, Import import, object definition)
    {
        TypeRegistry registry = module.Runtime.Types;
        WasmModule description = module.Description;
        switch (import.Kind, definition)
        {
            case (ExternKind.Function, HostFunction host):
                return TypeMatching.FunctionMatches(registry, host.TypeId, FunctionTypeId(module, import.Index));
            case (ExternKind.Function, GuestFunction function):
                CheckStore(store, function.Store);
                return TypeMatching.FunctionMatches(registry, function.TypeId, FunctionTypeId(module, import.Index));
            case (ExternKind.Memory, LinearMemory memory):
                CheckStore(store, memory.Store);
                return TypeMatching.MemoryMatches(memory.CurrentType, description.Memories[(int)import.Index]);
            case (ExternKind.Table, GuestTable table):
                CheckStore(store, table.Store);
                return TypeMatching.TableMatches(registry, table.CurrentType, module.Types.Translate(description.Tables[(int)import.Index].Type));
            case (ExternKind.Global, GlobalCell global):
                CheckStore(store, global.Store);
                return TypeMatching.GlobalMatches(registry, global.Type, module.Types.Translate(description.Globals[(int)import.Index].Type));
            case (ExternKind.Tag, GuestTag tag):
                CheckStore(store, tag.Store);
                return TypeMatching.TagMatches(registry, tag.TypeId, module.Types[description.Tags[(int)import.Index].TypeIndex]);
            default:
                return false;
        }
    }

    private static uint FunctionTypeId(GuestModule module, uint function) => module.Types[module.Description.Functions[(int)function]];

    private static void CheckStore(GuestStore store, GuestStore owner)
    {
        if (store != owner) throw store.Runtime.Errors.Misuse("an import belongs to another store");
    }
}
