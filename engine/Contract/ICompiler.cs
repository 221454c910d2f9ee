using System;
using System.Threading;
using Kiln.Contract.Artifact;

namespace Kiln.Contract;

/// <summary>
/// The seam between those who need code and those who make it. Implementations are safe to call from several threads
/// at once.
/// </summary>
public interface ICompiler
{
    /// <summary>Identity of the compiler's own assemblies; part of an artifact's key.</summary>
    BuildId Build { get; }

    /// <summary>Validates and compiles a module given as Wasm bytes.</summary>
    /// <exception cref="CompileLimitException">The module exceeds a limit of <paramref name="options"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was set.</exception>
    ModuleArtifact Compile(ReadOnlyMemory<byte> wasm, CompileOptions options, CancellationToken cancellation = default);
}
