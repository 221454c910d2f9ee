using System;
using Kiln.Wasm;

namespace Kiln.Contract;

/// <summary>
/// How to compile a module. Only <see cref="Tunables"/> and <see cref="Target"/> influence the artifact's bytes;
/// <see cref="Features"/> and <see cref="Limits"/> decide whether there is an artifact at all.
/// </summary>
public sealed record CompileOptions
{
    /// <summary>Knobs of the generated code.</summary>
    public Tunables Tunables { get; init; } = new();

    /// <summary>The machine to compile for.</summary>
    public CompileTarget Target { get; init; } = CompileTarget.Host;

    /// <summary>The proposals that a module may use.</summary>
    public FeatureSet Features { get; init; } = FeatureSet.All;

    /// <summary>Threads to use, the caller's included; 0 means one for each processor.</summary>
    public int Threads { get; init; }

    /// <summary>What a module may ask of the compiler.</summary>
    public CompileLimits Limits { get; init; } = new();

    /// <summary>Run the IR verifier after each stage (tests, fuzzing).</summary>
    public bool VerifyIr { get; init; }

    /// <summary>Run the symbolic checker over every register allocation (tests, fuzzing).</summary>
    public bool CheckAllocation { get; init; }

    /// <summary>Told of progress, from any of the compiling threads; null for nobody.</summary>
    public ICompileProgress? Progress { get; init; }
}

/// <summary>Limits checked before the work that they limit.</summary>
public sealed record CompileLimits
{
    /// <summary>Bytes of a module.</summary>
    public long ModuleBytes { get; init; } = 1L << 30;

    /// <summary>Functions that a module may define.</summary>
    public int Functions { get; init; } = 1_000_000;

    /// <summary>Bytes of one function body.</summary>
    public int FunctionBytes { get; init; } = 7_654_321;

    /// <summary>
    /// SSA values and branch arguments of one function as translated. A body of ordinary code makes fewer than it has
    /// bytes; nested loops over many locals, or branches that pass many operands, make far more.
    /// </summary>
    public int FunctionValues { get; init; } = 16_000_000;

    /// <summary>Wall-clock time for the whole module.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.MaxValue;
}

/// <summary>The steps of compiling a module, in order.</summary>
public enum CompilePhase : byte
{
    /// <summary>Reading and validating the module's description.</summary>
    Decode,

    /// <summary>Validating, translating and compiling function bodies.</summary>
    Functions,

    /// <summary>Laying out the text and linking calls.</summary>
    Link,

    /// <summary>Writing the artifact.</summary>
    Write,
}

/// <summary>Listens to a compilation. Called from several threads; must be quick and must not throw.</summary>
public interface ICompileProgress
{
    /// <summary>A phase begins.</summary>
    void OnPhase(CompilePhase phase);

    /// <summary>So many of the module's functions are compiled. Called once in a while, with growing numbers, lastly with done = total.</summary>
    void OnFunctions(int done, int total);

    /// <summary>The module is compiled; how long its phases took.</summary>
    void OnDone(in CompileTimings timings);
}

/// <summary>How long the phases of a compilation took. Translation, optimisation and so on are sums over all threads.</summary>
public readonly record struct CompileTimings(
    TimeSpan Decode,
    TimeSpan Functions,
    TimeSpan Link,
    TimeSpan Write,
    TimeSpan TranslateCpu,
    TimeSpan CodegenCpu,
    int FunctionCount,
    long BodyBytes,
    long TextBytes);

/// <summary>A module asks for more than a <see cref="CompileLimits"/> allows.</summary>
public sealed class CompileLimitException(string limit, string message) : Exception(message)
{
    /// <summary>Name of the limit: a property of <see cref="CompileLimits"/>.</summary>
    public string Limit { get; } = limit;
}
