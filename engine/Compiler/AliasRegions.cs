using System;
using Kiln.Codegen.Ir;
using Kiln.Wasm.Modules;

namespace Kiln.Compiler;

/// <summary>
/// The alias regions of a module's code: accesses in different regions never touch the same byte. What a module
/// defines is distinct from everything else it can name. Two imports of one kind may be the same thing, so all
/// imports of a kind share a region. A module with more definitions than there are regions lets the last ones share.
/// </summary>
internal sealed class AliasRegions
{
    private const uint FirstMemory = 16;
    private const uint MemoryLimit = FirstMemory + 256;
    private const uint TableLimit = MemoryLimit + 1024;
    private const uint GlobalLimit = 60_000;

    private readonly uint _importedMemories;
    private readonly uint _importedTables;
    private readonly uint _importedGlobals;

    public AliasRegions(WasmModule module)
    {
        _importedMemories = (uint)module.ImportedMemoryCount;
        _importedTables = (uint)module.ImportedTableCount;
        _importedGlobals = (uint)module.ImportedGlobalCount;
    }

    /// <summary>Fields of the VM context that never change: pointers and imports.</summary>
    public static Region VmContext => new(1);

    /// <summary>The store context.</summary>
    public static Region StoreContext => new(2);

    /// <summary>Base and length of tables.</summary>
    public static Region TableDescriptors => new(3);

    /// <summary>Base and length of memories.</summary>
    public static Region MemoryDescriptors => new(4);

    /// <summary>Funcref records, never written while code runs.</summary>
    public static Region FuncRefs => new(5);

    /// <summary>Canonical type ids, never written while code runs.</summary>
    public static Region TypeIds => new(6);

    /// <summary>The table of builtins, never written while code runs.</summary>
    public static Region Builtins => new(7);

    /// <summary>Argument arrays of trampolines.</summary>
    public static Region Arguments => new(8);

    private static Region ImportedMemories => new(9);

    private static Region ImportedTables => new(10);

    private static Region ImportedGlobals => new(11);

    /// <summary>The bytes of a memory.</summary>
    public Region Memory(uint memory) => memory < _importedMemories ? ImportedMemories : Defined(FirstMemory, MemoryLimit, memory - _importedMemories);

    /// <summary>The elements of a table.</summary>
    public Region Table(uint table) => table < _importedTables ? ImportedTables : Defined(MemoryLimit, TableLimit, table - _importedTables);

    /// <summary>The cell of a global.</summary>
    public Region Global(uint global) => global < _importedGlobals ? ImportedGlobals : Defined(TableLimit, GlobalLimit, global - _importedGlobals);

    private static Region Defined(uint first, uint limit, uint index) => new(Math.Min(first + index, limit - 1));
}
