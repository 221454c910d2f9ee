using System;
using System.Collections.Generic;
using System.Globalization;
using System.Numerics;
using System.Threading;
using Kiln.Compiler;
using Kiln.Contract;
using Kiln.Runtime;
using Kiln.Runtime.Code;
using Kiln.Wasm;
using Kiln.Wasm.Types;
using ContractOptions = Kiln.Contract.CompileOptions;

namespace Kiln;

/// <summary>
/// The root of everything: configuration, code memory, pools of stacks and reservations, the clock for
/// deadlines. Thread-safe. Several engines can live in one process; they share nothing but the fault
/// handler. Dispose it after its stores and modules.
/// </summary>
public sealed class Engine : IDisposable
{
    private readonly Config _config;
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, CodeImage> _trampolines = [];

    /// <summary>Creates an engine; throws <see cref="ArgumentOutOfRangeException"/> for a setting out of its range and <see cref="PlatformNotSupportedException"/> on a machine it cannot run on.</summary>
    public Engine(Config? config = null)
    {
        if (!OperatingSystem.IsLinux() || !System.Runtime.Intrinsics.X86.Sse41.X64.IsSupported)
            throw new PlatformNotSupportedException("guests run on x86-64 Linux with SSE4.1 only");
        _config = (config ?? new Config()).Clone();
        Check(_config);
        Tunables tunables = new()
        {
            Fuel = _config.Fuel,
            Interruption = _config.Interruption,
            RelaxedSimdDeterministic = _config.RelaxedSimdDeterministic,
            Optimize = _config.Optimize,
            CollectAlways = _config.CollectAlways,
            FeatureMask = (TargetFeatures)_config.CpuFeatures,
        };
        foreach ((string name, string value) in _config.Tunables) tunables = tunables.With(name, value);
        CompilerOptions = new ContractOptions
        {
            Tunables = tunables,
            Features = new FeatureSet((ulong)_config.Features),
            Threads = _config.CompileThreads,
            VerifyIr = _config.VerifyCompiler,
            CheckAllocation = _config.VerifyCompiler,
        };
        Runtime = new EngineRuntime(new RuntimeOptions(
            tunables, _config.MaxStackSize, _config.MaxNestedCalls, _config.CodeMemorySize, _config.PoolSize, new StoreErrors(), _config.OnEngineBug));
    }

    /// <summary>A copy of what the engine was made with.</summary>
    public Config Config => _config.Clone();

    /// <summary>
    /// Names everything that decides an artifact's bytes besides the module: build, target, features,
    /// tunables. Equal strings mean interchangeable artifacts; use it in cache keys.
    /// </summary>
    public string ArtifactKey => string.Create(
        CultureInfo.InvariantCulture,
        $"{BuildId.Contract}\n{Compiler.Build}\n{CompilerOptions.Target}\nfeatures={(ulong)_config.Features}\n{CompilerOptions.Tunables.KeyText()}");

    /// <summary>Bytes of code memory in use.</summary>
    public long CodeBytes => Runtime.CodeBytes;

    internal EngineRuntime Runtime { get; }

    internal ICompiler Compiler { get; } = new ModuleCompiler();

    internal ContractOptions CompilerOptions { get; }

    /// <summary>Frees code memory and pools. Stores must have been disposed before.</summary>
    public void Dispose() => Runtime.Dispose();

    /// <summary>The trampolines of a type that the host uses, compiled once; row 0 of the image.</summary>
    internal CodeImage Trampolines(uint typeId, FuncType type)
    {
        lock (_gate)
        {
            if (_trampolines.TryGetValue(typeId, out CodeImage? known)) return known;
        }

        // Compiled outside of the lock; of two threads that need the same type at once, one's work is thrown away.
        CodeImage made = new(Runtime, Compiler.CompileTrampolines([type], CompilerOptions), "host");
        lock (_gate)
        {
            if (_trampolines.TryAdd(typeId, made)) return made;
            made.Release();
            return _trampolines[typeId];
        }
    }

    private static void Check(Config config)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(config.MaxStackSize, 128 << 10, nameof(config.MaxStackSize));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(config.MaxStackSize, 256 << 20, nameof(config.MaxStackSize));
        if (!BitOperations.IsPow2(config.MaxStackSize)) throw new ArgumentOutOfRangeException(nameof(config.MaxStackSize), "not a power of two");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(config.MaxNestedCalls, nameof(config.MaxNestedCalls));
        ArgumentOutOfRangeException.ThrowIfLessThan(config.CodeMemorySize, 16L << 20, nameof(config.CodeMemorySize));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(config.CodeMemorySize, 1L << 30, nameof(config.CodeMemorySize));
        ArgumentOutOfRangeException.ThrowIfNegative(config.PoolSize, nameof(config.PoolSize));
        ArgumentOutOfRangeException.ThrowIfNegative(config.CompileThreads, nameof(config.CompileThreads));
    }
}
