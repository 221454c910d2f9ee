using System;
using System.Threading;
using Kiln.Contract.Artifact;
using Kiln.Wasm.Types;

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
    /// <exception cref="Wasm.ModuleException">The module is malformed or invalid.</exception>
    /// <exception cref="Wasm.UnsupportedFeatureException">The module is valid but uses something that is not compiled yet.</exception>
    /// <exception cref="CompileLimitException">The module exceeds a limit of <paramref name="options"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was set.</exception>
    ModuleArtifact Compile(ReadOnlyMemory<byte> wasm, CompileOptions options, CancellationToken cancellation = default);

    /// <summary>
    /// Compiles the trampolines of function types that belong to no module, for host functions. The artifact has no
    /// functions; its trampoline row <c>i</c> is that of <c>types[i]</c>.
    /// </summary>
    ModuleArtifact CompileTrampolines(ReadOnlySpan<FuncType> types, CompileOptions options);
}
