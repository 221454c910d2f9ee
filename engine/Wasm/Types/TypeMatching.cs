namespace Kiln.Wasm.Types;

/// <summary>
/// Whether an export can be given for an import (core spec, section 3.2.12 "External Types"). Indices in all
/// types are numbers of the engine's <see cref="TypeRegistry"/>; limits of what is given are those it has now.
/// </summary>
public static class TypeMatching
{
    /// <summary>True if a function of type <paramref name="given"/> can be imported as <paramref name="wanted"/>.</summary>
    public static bool FunctionMatches(TypeRegistry registry, uint given, uint wanted) => registry.IsSubtype(given, wanted);

    /// <summary>True if a tag of type <paramref name="given"/> can be imported as <paramref name="wanted"/>.</summary>
    public static bool TagMatches(TypeRegistry registry, uint given, uint wanted) =>
        registry.IsSubtype(given, wanted) && registry.IsSubtype(wanted, given);

    /// <summary>True if a global can be imported: a mutable one only under its own type.</summary>
    public static bool GlobalMatches(TypeRegistry registry, GlobalType given, GlobalType wanted) =>
        given.IsMutable == wanted.IsMutable
        && registry.Matches(given.Type, wanted.Type)
        && (!given.IsMutable || registry.Matches(wanted.Type, given.Type));

    /// <summary>True if a table can be imported: under its own element type and wide enough limits.</summary>
    public static bool TableMatches(TypeRegistry registry, TableType given, TableType wanted) =>
        given.Is64 == wanted.Is64
        && LimitsMatch(given.Limits, wanted.Limits)
        && registry.Matches(given.Element, wanted.Element)
        && registry.Matches(wanted.Element, given.Element);

    /// <summary>True if a memory can be imported: of the same kind and under wide enough limits.</summary>
    public static bool MemoryMatches(MemoryType given, MemoryType wanted) =>
        given.Is64 == wanted.Is64
        && given.IsShared == wanted.IsShared
        && given.PageSizeLog2 == wanted.PageSizeLog2
        && LimitsMatch(given.Limits, wanted.Limits);

    /// <summary>True if everything that <paramref name="given"/> allows is allowed by <paramref name="wanted"/>.</summary>
    public static bool LimitsMatch(Limits given, Limits wanted) =>
        given.Min >= wanted.Min && (wanted.Max is not { } max || (given.Max is { } own && own <= max));
}
