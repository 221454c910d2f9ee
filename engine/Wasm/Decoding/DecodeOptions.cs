namespace Kiln.Wasm.Decoding;

/// <summary>
/// Limits on what is accepted, checked before the work they bound. The defaults are the implementation limits
/// of the WebAssembly JavaScript API, which all browsers share.
/// </summary>
public sealed record DecodeOptions
{
    /// <summary>The defaults.</summary>
    public static DecodeOptions Default { get; } = new();

    /// <summary>Largest module, in bytes (1 GiB).</summary>
    public int MaxModuleBytes { get; init; } = 1 << 30;

    /// <summary>Most types.</summary>
    public int MaxTypes { get; init; } = 1_000_000;

    /// <summary>Most recursion groups.</summary>
    public int MaxRecGroups { get; init; } = 1_000_000;

    /// <summary>Most functions, imported and defined.</summary>
    public int MaxFunctions { get; init; } = 1_000_000;

    /// <summary>Most imports.</summary>
    public int MaxImports { get; init; } = 1_000_000;

    /// <summary>Most exports.</summary>
    public int MaxExports { get; init; } = 1_000_000;

    /// <summary>Most globals, imported and defined.</summary>
    public int MaxGlobals { get; init; } = 1_000_000;

    /// <summary>Most tags, imported and defined.</summary>
    public int MaxTags { get; init; } = 1_000_000;

    /// <summary>Most tables, imported and defined.</summary>
    public int MaxTables { get; init; } = 100_000;

    /// <summary>Most memories, imported and defined.</summary>
    public int MaxMemories { get; init; } = 100;

    /// <summary>Most data segments.</summary>
    public int MaxDataSegments { get; init; } = 100_000;

    /// <summary>Most element segments. (The JavaScript API allows ten times as many.)</summary>
    public int MaxElementSegments { get; init; } = 1_000_000;

    /// <summary>Most entries of one element segment.</summary>
    public int MaxElements { get; init; } = 10_000_000;

    /// <summary>Most entries of all element segments together that are expressions: each costs some hundred bytes of memory.</summary>
    public int MaxElementExpressions { get; init; } = 1_000_000;

    /// <summary>Most custom sections.</summary>
    public int MaxCustomSections { get; init; } = 100_000;

    /// <summary>Most parameters of a function type.</summary>
    public int MaxParameters { get; init; } = 1_000;

    /// <summary>Most results of a function type.</summary>
    public int MaxResults { get; init; } = 1_000;

    /// <summary>Most fields of a struct type.</summary>
    public int MaxStructFields { get; init; } = 10_000;

    /// <summary>Deepest chain of supertypes.</summary>
    public int MaxSubtypingDepth { get; init; } = 63;

    /// <summary>Largest function body, in bytes.</summary>
    public int MaxBodyBytes { get; init; } = 7_654_321;

    /// <summary>Most locals of a function, parameters included.</summary>
    public int MaxLocals { get; init; } = 50_000;

    /// <summary>Most labels of a <c>br_table</c>.</summary>
    public int MaxBranchTableTargets { get; init; } = 65_520;

    /// <summary>Deepest nesting of blocks in a body.</summary>
    public int MaxNesting { get; init; } = 100_000;

    /// <summary>Most entries of <c>array.new_fixed</c>.</summary>
    public int MaxArrayNewFixed { get; init; } = 10_000;

    /// <summary>
    /// The module declares functions but has no code section, because an artifact carries the compiled code
    /// instead. Otherwise that is an error.
    /// </summary>
    public bool BodiesStripped { get; init; }
}
