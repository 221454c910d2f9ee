namespace Kiln.Wasm.Types;

/// <summary>One entry of the type index space.</summary>
/// <param name="Composite">What it defines.</param>
/// <param name="IsFinal">True if it can have no subtypes.</param>
/// <param name="Supertype">Index of the declared supertype, if there is one.</param>
/// <param name="GroupIndex">Index of the recursion group it belongs to.</param>
public sealed record SubType(CompositeType Composite, bool IsFinal, uint? Supertype, int GroupIndex);

/// <summary>A recursion group: consecutive entries of the type index space. A type outside of <c>rec</c> is a group of one.</summary>
/// <param name="Start">Index of the first type.</param>
/// <param name="Count">Number of types; may be 0.</param>
public readonly record struct RecGroup(int Start, int Count);
