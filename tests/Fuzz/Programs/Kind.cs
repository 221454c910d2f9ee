namespace Kiln.Fuzz.Programs;

/// <summary>
/// What a term computes. The float vectors are v128 for Wasm; here they are apart, because their bits may only become
/// visible after NaNs were made canonical: Wasm leaves the sign and payload of a computed NaN to the engine.
/// </summary>
internal enum Kind
{
    /// <summary>Nothing: a statement.</summary>
    None,
    I32,
    I64,
    F32,
    F64,

    /// <summary>A v128 of integers: its bits are defined.</summary>
    V128,

    /// <summary>A v128 of four f32.</summary>
    F32x4,

    /// <summary>A v128 of two f64.</summary>
    F64x2,
}

/// <summary>Names of kinds in the text format.</summary>
internal static class KindNames
{
    /// <summary>The value type.</summary>
    public static string Wasm(this Kind kind) => kind switch
    {
        Kind.None => "",
        Kind.I32 => "i32",
        Kind.I64 => "i64",
        Kind.F32 => "f32",
        Kind.F64 => "f64",
        Kind.V128 or Kind.F32x4 or Kind.F64x2 => "v128",
    };
}
