// What an engine is made with: proposals, CPU features, sizes, switches.

using System;
using System.Collections.Generic;

namespace Kiln;

/// <summary>Wasm proposals that can be switched on and off one by one. The bits are those of the inner <c>Feature</c>; they never change.</summary>
[Flags]
public enum WasmFeatures : ulong
{
    /// <summary>WebAssembly 1.0 only.</summary>
    None = 0,
    /// <summary>Mutable globals as imports and exports.</summary>
    MutableGlobals = 1 << 1,
    /// <summary>Sign-extension operators.</summary>
    SignExtension = 1 << 2,
    /// <summary>Non-trapping float-to-integer conversions.</summary>
    SaturatingConversions = 1 << 3,
    /// <summary>Multiple results and block parameters.</summary>
    MultiValue = 1 << 4,
    /// <summary>Bulk memory and table operations, passive segments.</summary>
    BulkMemory = 1 << 5,
    /// <summary>Reference types, several tables.</summary>
    ReferenceTypes = 1 << 6,
    /// <summary>128-bit vectors.</summary>
    Simd = 1 << 7,
    /// <summary>Relaxed vector instructions.</summary>
    RelaxedSimd = 1 << 8,
    /// <summary>Tail calls.</summary>
    TailCalls = 1 << 9,
    /// <summary>Typed function references.</summary>
    TypedFunctionReferences = 1 << 10,
    /// <summary>Garbage-collected structures and arrays.</summary>
    Gc = 1 << 11,
    /// <summary>Exception handling.</summary>
    Exceptions = 1 << 12,
    /// <summary>64-bit memories and tables.</summary>
    Memory64 = 1 << 13,
    /// <summary>Several memories.</summary>
    MultiMemory = 1 << 14,
    /// <summary>Integer arithmetic and global.get in constant expressions.</summary>
    ExtendedConst = 1 << 15,
    /// <summary>Atomics and shared memories.</summary>
    Threads = 1 << 16,
    /// <summary>128-bit integer arithmetic.</summary>
    WideArithmetic = 1 << 17,
    /// <summary>Memories with pages of one byte.</summary>
    CustomPageSizes = 1 << 18,
    /// <summary>Continuations.</summary>
    StackSwitching = 1 << 19,
    /// <summary>WebAssembly 3.0.</summary>
    Wasm3 = (1 << 16) - 2,
    /// <summary>Every feature this engine knows; what of it cannot be compiled gives <see cref="UnsupportedFeatureException"/>.</summary>
    All = (1 << 20) - 2,
}

/// <summary>Instruction set extensions of x86-64 that compiled code may use. The numbers are those that artifacts use.</summary>
[Flags]
public enum CpuFeatures : ulong
{
    /// <summary>Nothing beyond SSE4.1, which the engine always uses.</summary>
    None = 0,
    /// <summary>SSE3.</summary>
    Sse3 = 1 << 0,
    /// <summary>SSSE3.</summary>
    Ssse3 = 1 << 1,
    /// <summary>SSE4.1.</summary>
    Sse41 = 1 << 2,
    /// <summary>SSE4.2.</summary>
    Sse42 = 1 << 3,
    /// <summary>POPCNT.</summary>
    Popcnt = 1 << 4,
    /// <summary>AVX.</summary>
    Avx = 1 << 5,
    /// <summary>AVX2.</summary>
    Avx2 = 1 << 6,
    /// <summary>FMA.</summary>
    Fma = 1 << 7,
    /// <summary>BMI1.</summary>
    Bmi1 = 1 << 8,
    /// <summary>BMI2.</summary>
    Bmi2 = 1 << 9,
    /// <summary>LZCNT.</summary>
    Lzcnt = 1 << 10,
    /// <summary>All that this engine knows to use.</summary>
    All = (1 << 11) - 1,
}

/// <summary>What an <see cref="Engine"/> is made with. Changes after that have no effect on it.</summary>
public sealed class Config
{
    /// <summary>Which proposals modules may use. A module that uses another one does not compile.</summary>
    public WasmFeatures Features { get; set; } = WasmFeatures.All;

    /// <summary>Whether compiled code counts fuel. Costs a few per cent of speed; part of an artifact's identity.</summary>
    public bool Fuel { get; set; }

    /// <summary>Whether compiled code can be stopped by a deadline or <see cref="Store.Cancel"/>. Part of an artifact's identity.</summary>
    public bool Interruption { get; set; } = true;

    /// <summary>
    /// Whether relaxed vector instructions give the results of the spec's deterministic profile, the same on every machine,
    /// instead of those this machine computes fastest. Part of an artifact's identity.
    /// </summary>
    public bool RelaxedSimdDeterministic { get; set; }

    /// <summary>Whether the optimiser runs; without it compilation is faster and code slower.</summary>
    public bool Optimize { get; set; } = true;

    /// <summary>Whether every compiled function is checked by the verifiers (IR verifier, register allocation checker).</summary>
    public bool VerifyCompiler { get; set; }

    /// <summary>
    /// Whether references are collected wherever that is possible, not only when it is due, and never get a number twice: so
    /// that one which the engine loses shows at once. Slow; for tests.
    /// </summary>
    public bool CollectAlways { get; set; }

    /// <summary>Size in bytes of the stack region of one guest activation: a power of two from 128 KiB to 256 MiB.</summary>
    public int MaxStackSize { get; set; } = 1 << 20;

    /// <summary>How many calls may be nested through host functions before the guest traps with "call stack exhausted".</summary>
    public int MaxNestedCalls { get; set; } = 64;

    /// <summary>Address space in bytes reserved for compiled code, 16 MiB to 1 GiB.</summary>
    public long CodeMemorySize { get; set; } = 1L << 30;

    /// <summary>How many unused guest stacks and memory reservations are kept for the next instance.</summary>
    public int PoolSize { get; set; } = 64;

    /// <summary>
    /// Knobs of the code generator by their names, as the command line's help lists them, for tests and experiments; they win over the
    /// properties above.
    /// </summary>
    public IDictionary<string, string> Tunables { get; private set; } = new Dictionary<string, string>();

    /// <summary>Threads a compilation uses when <see cref="CompileOptions.Threads"/> does not say otherwise.</summary>
    public int CompileThreads { get; set; } = Environment.ProcessorCount;

    /// <summary>Extensions that compiled code may use, of those the machine has.</summary>
    public CpuFeatures CpuFeatures { get; set; } = CpuFeatures.All;

    /// <summary>Called with an engine bug's description and dump before the error is thrown; for the log. Must not throw.</summary>
    public Action<string, string?>? OnEngineBug { get; set; }

    internal Config Clone()
    {
        Config copy = (Config)MemberwiseClone();
        copy.Tunables = new Dictionary<string, string>(Tunables);
        return copy;
    }
}
