using System;
using Kiln.Foundation.Diagnostics;

namespace Kiln.Contract.Layout;

/// <summary>
/// Where each thing of a module lies in its VM context, in bytes from the context's start. Computed alike by the
/// compiler, which bakes the numbers into code, and by the runtime, which fills the block.
/// </summary>
/// <remarks>
/// Order, the most used first so that displacements stay small: head; defined memories {base, length}, or
/// for a shared one a pointer to such a pair; imported memories (pointers, too); defined tables {base, length}; imported tables (pointers); imported
/// functions {code, context}; imported globals (pointers to the value); defined globals (16 bytes each, 16-byte
/// aligned); imported tags (pointers); funcref records of escaping functions (32 bytes each).
/// Indices are those of the module's index spaces, imports first. The block itself is 16-byte aligned.
/// </remarks>
public sealed class VmOffsets
{
    private readonly VmShape _shape;
    private readonly int _definedMemories;
    private readonly int _importedMemories;
    private readonly int _definedTables;
    private readonly int _importedTables;
    private readonly int _importedFunctions;
    private readonly int _importedGlobals;
    private readonly int _definedGlobals;
    private readonly int _importedTags;
    private readonly int _funcRefs;

    /// <summary>Lays out the context of a module of the given shape; its size must stay below 2 GiB.</summary>
    public VmOffsets(VmShape shape)
    {
        _shape = shape;
        long at = VmContextLayout.Size;
        _definedMemories = Place(ref at, shape.DefinedMemories, VmMemoryLayout.Size);
        _importedMemories = Place(ref at, shape.ImportedMemories, 8);
        _definedTables = Place(ref at, shape.DefinedTables, VmTableLayout.Size);
        _importedTables = Place(ref at, shape.ImportedTables, 8);
        _importedFunctions = Place(ref at, shape.ImportedFunctions, VmFunctionImportLayout.Size);
        _importedGlobals = Place(ref at, shape.ImportedGlobals, 8);
        at = (at + 15) & ~15L;
        _definedGlobals = Place(ref at, shape.DefinedGlobals, GlobalSize);
        _importedTags = Place(ref at, shape.ImportedTags, 8);
        _funcRefs = Place(ref at, shape.EscapingFunctions.Length, VmFuncRefLayout.Size);
        Size = Place(ref at, 1, 0);
    }

    /// <summary>Size of a defined global's cell.</summary>
    public const int GlobalSize = 16;

    /// <summary>Size of the whole context.</summary>
    public int Size { get; }

    /// <summary>The numbers this layout was computed from.</summary>
    public VmShape Shape => _shape;

    /// <summary>True if the memory is imported: the context then holds a pointer to its <see cref="VmMemoryLayout"/>.</summary>
    public bool IsImportedMemory(uint memory) => memory < (uint)_shape.ImportedMemories;

    /// <summary>True if the table is imported: the context then holds a pointer to its <see cref="VmTableLayout"/>.</summary>
    public bool IsImportedTable(uint table) => table < (uint)_shape.ImportedTables;

    /// <summary>True if the global is imported: the context then holds a pointer to its cell.</summary>
    public bool IsImportedGlobal(uint global) => global < (uint)_shape.ImportedGlobals;

    /// <summary>True if the function is imported.</summary>
    public bool IsImportedFunction(uint function) => function < (uint)_shape.ImportedFunctions;

    /// <summary>Offset of an imported function's <see cref="VmFunctionImportLayout"/>.</summary>
    public int ImportedFunction(uint function) => At(_importedFunctions, function, _shape.ImportedFunctions, VmFunctionImportLayout.Size);

    /// <summary>Offset of the pointer to an imported table.</summary>
    public int ImportedTable(uint table) => At(_importedTables, table, _shape.ImportedTables, 8);

    /// <summary>Offset of the pointer to an imported memory.</summary>
    public int ImportedMemory(uint memory) => At(_importedMemories, memory, _shape.ImportedMemories, 8);

    /// <summary>Offset of the pointer to an imported global's cell.</summary>
    public int ImportedGlobal(uint global) => At(_importedGlobals, global, _shape.ImportedGlobals, 8);

    /// <summary>Offset of the pointer to an imported tag.</summary>
    public int ImportedTag(uint tag) => At(_importedTags, tag, _shape.ImportedTags, 8);

    /// <summary>Offset of a defined table's <see cref="VmTableLayout"/>; <paramref name="table"/> counts imports too.</summary>
    public int DefinedTable(uint table) => At(_definedTables, unchecked(table - (uint)_shape.ImportedTables), _shape.DefinedTables, VmTableLayout.Size);

    /// <summary>Offset of a defined memory's <see cref="VmMemoryLayout"/>, or of the pointer to it if the memory is shared; <paramref name="memory"/> counts imports too.</summary>
    public int DefinedMemory(uint memory) => At(_definedMemories, unchecked(memory - (uint)_shape.ImportedMemories), _shape.DefinedMemories, VmMemoryLayout.Size);

    /// <summary>Offset of a defined global's cell; <paramref name="global"/> counts imports too.</summary>
    public int DefinedGlobal(uint global) => At(_definedGlobals, unchecked(global - (uint)_shape.ImportedGlobals), _shape.DefinedGlobals, GlobalSize);

    /// <summary>Offset of the <see cref="VmFuncRefLayout"/> of an escaping function, or -1 if the function does not escape.</summary>
    public int FuncRef(uint function)
    {
        int slot = _shape.EscapingFunctions.Span.BinarySearch(function);
        return slot < 0 ? -1 : _funcRefs + slot * VmFuncRefLayout.Size;
    }

    /// <summary>Offset of the funcref record with the given position in <see cref="VmShape.EscapingFunctions"/>.</summary>
    public int FuncRefAt(int slot) => At(_funcRefs, (uint)slot, _shape.EscapingFunctions.Length, VmFuncRefLayout.Size);

    private static int Place(ref long at, int count, int size)
    {
        int start = (int)at;
        at += (long)count * size;
        return start;
    }

    private static int At(int start, uint index, int count, int size)
    {
        if (index >= (uint)count) EngineBug.Throw($"index {index} is outside a VM context array of {count}");
        return start + (int)index * size;
    }
}
