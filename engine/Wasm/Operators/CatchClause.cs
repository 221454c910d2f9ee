namespace Kiln.Wasm.Operators;

/// <summary>The kinds of catch clauses. The values are the binary format's.</summary>
public enum CatchKind : byte
{
    /// <summary><c>catch tag label</c>: passes the exception's values.</summary>
    Catch = 0,

    /// <summary><c>catch_ref tag label</c>: passes the values and the exception.</summary>
    CatchRef = 1,

    /// <summary><c>catch_all label</c>.</summary>
    CatchAll = 2,

    /// <summary><c>catch_all_ref label</c>: passes the exception.</summary>
    CatchAllRef = 3,
}

/// <summary>A catch clause of <c>try_table</c>.</summary>
/// <param name="Kind">What it catches and passes on.</param>
/// <param name="TagIndex">The tag; 0 for the <c>catch_all</c> kinds.</param>
/// <param name="Label">The label it branches to, counted outside of the try_table.</param>
public readonly record struct CatchClause(CatchKind Kind, uint TagIndex, uint Label);

/// <summary>A handler of <c>resume</c>: <c>on tag label</c>, or <c>on tag switch</c>.</summary>
/// <param name="TagIndex">The tag.</param>
/// <param name="IsSwitch">True for <c>on tag switch</c>, which has no label.</param>
/// <param name="Label">The label it branches to.</param>
public readonly record struct ResumeHandler(uint TagIndex, bool IsSwitch, uint Label);
