namespace Kiln.Fuzz.Programs;

/// <summary>Makes NaNs canonical where bits become visible, with helper functions that every program contains.</summary>
internal static class Canonical
{
    /// <summary>The functions, which the optimiser may inline.</summary>
    public const string Functions = """

          (func $canon_f32 (param f32) (result f32) (select (local.get 0) (f32.const nan) (f32.eq (local.get 0) (local.get 0))))
          (func $canon_f64 (param f64) (result f64) (select (local.get 0) (f64.const nan) (f64.eq (local.get 0) (local.get 0))))
        """;

    /// <summary>The functions for vectors.</summary>
    public const string VectorFunctions = """

          (func $canon_f32x4 (param v128) (result v128)
            (v128.bitselect (local.get 0) (f32x4.splat (f32.const nan)) (f32x4.eq (local.get 0) (local.get 0))))
          (func $canon_f64x2 (param v128) (result v128)
            (v128.bitselect (local.get 0) (f64x2.splat (f64.const nan)) (f64x2.eq (local.get 0) (local.get 0))))
        """;

    /// <summary>The term with defined bits: itself for integers.</summary>
    public static Term Bits(Term term) => term.Kind switch
    {
        Kind.F32 => new Term(Kind.F32, "call $canon_f32", term),
        Kind.F64 => new Term(Kind.F64, "call $canon_f64", term),
        Kind.F32x4 => new Term(Kind.V128, "call $canon_f32x4", term),
        Kind.F64x2 => new Term(Kind.V128, "call $canon_f64x2", term),
        Kind.None or Kind.I32 or Kind.I64 or Kind.V128 => term,
    };
}
