using System;
using System.Threading;

namespace Kiln;

/// <summary>How far a compilation is.</summary>
/// <param name="FunctionsDone">Functions compiled so far.</param>
/// <param name="FunctionsTotal">Functions in the module.</param>
public readonly record struct CompileProgress(int FunctionsDone, int FunctionsTotal);

/// <summary>What one compilation is given besides the module. No field changes the compiled bytes.</summary>
public sealed class CompileOptions
{
    /// <summary>Number of threads, or 0 for the engine's default.</summary>
    public int Threads { get; init; }

    /// <summary>Told now and then how far the compilation is, from any of its threads.</summary>
    public IProgress<CompileProgress>? Progress { get; init; }

    /// <summary>Ends the compilation early with <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The module's name in backtraces when its name section gives none.</summary>
    public string? Name { get; init; }
}
