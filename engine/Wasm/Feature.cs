namespace Kiln.Wasm;

/// <summary>
/// One WebAssembly proposal. A module that uses a proposal which is not in its <see cref="FeatureSet"/> is
/// refused with a <see cref="ModuleException"/> that names it. The values are the bits of the public <c>WasmFeatures</c>, which
/// are part of the keys of cached code: frozen.
/// </summary>
public enum Feature : byte
{
    /// <summary>WebAssembly 1.0 without extensions; always on.</summary>
    Mvp = 0,

    /// <summary>Import and export of mutable globals.</summary>
    MutableGlobals = 1,

    /// <summary>Sign-extension operators (<c>i32.extend8_s</c>).</summary>
    SignExtension = 2,

    /// <summary>Non-trapping float-to-int conversions (<c>i32.trunc_sat_f32_s</c>).</summary>
    SaturatingConversions = 3,

    /// <summary>Functions and blocks with several results, blocks with parameters.</summary>
    MultiValue = 4,

    /// <summary>Bulk memory and table operations, passive segments, the data count section.</summary>
    BulkMemory = 5,

    /// <summary><c>externref</c>, table instructions, several tables, typed <c>select</c>.</summary>
    ReferenceTypes = 6,

    /// <summary>128-bit vectors.</summary>
    Simd = 7,

    /// <summary>Vector instructions with implementation-defined results.</summary>
    RelaxedSimd = 8,

    /// <summary><c>return_call</c> and its kin.</summary>
    TailCalls = 9,

    /// <summary>Typed function references (<c>(ref $t)</c>, <c>call_ref</c>, tables with initialisers).</summary>
    TypedFunctionReferences = 10,

    /// <summary>Garbage-collected structs and arrays, <c>i31</c>, casts, recursion groups and subtyping.</summary>
    Gc = 11,

    /// <summary>Tags, <c>throw</c>, <c>throw_ref</c>, <c>try_table</c>.</summary>
    Exceptions = 12,

    /// <summary>Memories and tables with 64-bit addresses.</summary>
    Memory64 = 13,

    /// <summary>Several memories in a module.</summary>
    MultiMemory = 14,

    /// <summary>Integer add, sub and mul and all earlier globals in constant expressions.</summary>
    ExtendedConst = 15,

    /// <summary>Shared memories and atomic accesses.</summary>
    Threads = 16,

    /// <summary>128-bit integer add, sub and mul (<c>i64.add128</c>).</summary>
    WideArithmetic = 17,

    /// <summary>Memories with pages of one byte.</summary>
    CustomPageSizes = 18,

    /// <summary>Continuations.</summary>
    StackSwitching = 19,
}
