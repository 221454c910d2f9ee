using System;
using Kiln.Foundation.Diagnostics;

namespace Kiln;

/// <summary>
/// The root of everything: configuration, code memory, pools of stacks and reservations, the ticker for
/// deadlines. Thread-safe. Several engines can live in one process; they share nothing but the fault
/// handler. Dispose it after its stores and modules.
/// </summary>
public sealed class Engine : IDisposable
{
    private readonly Config _config;

    /// <summary>Creates an engine; throws <see cref="ArgumentOutOfRangeException"/> for a setting out of its range and <see cref="PlatformNotSupportedException"/> on a machine it cannot run on.</summary>
    public Engine(Config? config = null) => _config = (config ?? new Config()).Clone();

    /// <summary>A copy of what the engine was made with.</summary>
    public Config Config => _config.Clone();

    /// <summary>
    /// Names everything that decides an artifact's bytes besides the module: build, target, features,
    /// tunables. Equal strings mean interchangeable artifacts; use it in cache keys.
    /// </summary>
    public string ArtifactKey => EngineBug.Throw<string>("not assembled");

    /// <summary>Bytes of code memory in use.</summary>
    public long CodeBytes => EngineBug.Throw<long>("not assembled");

    /// <summary>Frees code memory and pools. Stores must have been disposed before.</summary>
    public void Dispose()
    {
    }
}
