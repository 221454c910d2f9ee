using System;

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
}
