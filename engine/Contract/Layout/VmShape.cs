using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Types;

namespace Kiln.Contract.Layout;

/// <summary>The numbers of a module that decide the layout of its VM context.</summary>
public sealed record VmShape
{
    /// <summary>Imported functions; function indices below this number are imports.</summary>
    public int ImportedFunctions { get; init; }

    /// <summary>Imported tables.</summary>
    public int ImportedTables { get; init; }

    /// <summary>Imported memories.</summary>
    public int ImportedMemories { get; init; }

    /// <summary>Imported globals.</summary>
    public int ImportedGlobals { get; init; }

    /// <summary>Imported tags.</summary>
    public int ImportedTags { get; init; }

    /// <summary>Tables that the module defines.</summary>
    public int DefinedTables { get; init; }

    /// <summary>Memories that the module defines.</summary>
    public int DefinedMemories { get; init; }

    /// <summary>Globals that the module defines.</summary>
    public int DefinedGlobals { get; init; }

    /// <summary>
    /// Indices of the functions that need a funcref record because they escape: exported, in an element segment,
    /// or in an initialiser. Ascending, without repetition.
    /// </summary>
    public ReadOnlyMemory<uint> EscapingFunctions { get; init; }

    /// <summary>The shape of a module; needs its description only, not the bodies.</summary>
    public static VmShape Of(WasmModule module) => new()
    {
        ImportedFunctions = module.ImportedFunctionCount,
        ImportedTables = module.ImportedTableCount,
        ImportedMemories = module.ImportedMemoryCount,
        ImportedGlobals = module.ImportedGlobalCount,
        ImportedTags = module.ImportedTagCount,
        DefinedTables = module.Tables.Length - module.ImportedTableCount,
        DefinedMemories = module.Memories.Length - module.ImportedMemoryCount,
        DefinedGlobals = module.Globals.Length - module.ImportedGlobalCount,
        EscapingFunctions = FindEscaping(module),
    };

    // ref.func in a body may only name functions that occur in one of these places (core spec, 3.4.10, C.refs).
    private static uint[] FindEscaping(WasmModule module)
    {
        bool[] escapes = new bool[module.Functions.Length];
        foreach (Export export in module.Exports)
        {
            if (export.Kind == ExternKind.Function) escapes[(int)export.Index] = true;
        }

        foreach (Global global in module.Globals) Mark(global.Initial, escapes);
        foreach (Table table in module.Tables) Mark(table.Initial, escapes);
        foreach (ElementSegment segment in module.Elements)
        {
            Mark(segment.Offset, escapes);
            ImmutableArray<uint> functions = segment.Items.Functions;
            if (functions.IsDefault)
            {
                foreach (ConstExpression expression in segment.Items.Expressions) Mark(expression, escapes);
            }
            else
            {
                foreach (uint function in functions) escapes[(int)function] = true;
            }
        }

        List<uint> list = [];
        for (int i = 0; i < escapes.Length; i++)
        {
            if (escapes[i]) list.Add((uint)i);
        }

        return list.ToArray();
    }

    private static void Mark(ConstExpression? expression, bool[] escapes)
    {
        if (expression is null) return;
        foreach (ConstInstruction instruction in expression.Instructions)
        {
            if (instruction.Opcode == Opcode.RefFunc) escapes[(int)instruction.Index1] = true;
        }
    }
}
