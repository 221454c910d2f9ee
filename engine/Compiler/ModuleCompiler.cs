using System;
using System.Security.Cryptography;
using System.Threading;
using Kiln.Compiler.Modules;
using Kiln.Compiler.Trampolines;
using Kiln.Contract;
using Kiln.Contract.Artifact;
using Kiln.Wasm.Types;

namespace Kiln.Compiler;

/// <summary>
/// The optimising compiler: modules to artifacts. Safe to use from several threads at once; keeps the buffers of its
/// workers from one module to the next.
/// </summary>
public sealed class ModuleCompiler : ICompiler
{
    private readonly WorkerPool _pool = new(Environment.ProcessorCount * 2);

    /// <inheritdoc/>
    public BuildId Build { get; } = BuildId.OfClosure(typeof(ModuleCompiler).Assembly);

    /// <summary>Order in which functions are compiled, for tests of determinism; null for the usual one.</summary>
    internal int? ShuffleSeed { get; init; }

    /// <inheritdoc/>
    public ModuleArtifact Compile(ReadOnlyMemory<byte> wasm, CompileOptions options, CancellationToken cancellation = default) =>
        new CompileSession(options, _pool, cancellation) { ShuffleSeed = ShuffleSeed }.Run(wasm, Build);

    /// <inheritdoc/>
    public ModuleArtifact CompileTrampolines(ReadOnlySpan<FuncType> types, CompileOptions options)
    {
        CompileTarget target = CodegenSettings.Narrow(options);
        FunctionWorker worker = _pool.Rent();
        try
        {
            TrampolineSet trampolines = TrampolineSet.OfTypes(worker, types, CodegenSettings.Of(options));
            LinkedCode linked = CodeLinker.Link([], 0, trampolines, target, options.Tunables);
            ReadOnlySpan<byte> emptyModule = "\0asm\u0001\0\0\0"u8;
            ArtifactWriter writer = new()
            {
                Compiler = Build,
                Target = target,
                Tunables = options.Tunables,
                ModuleDigest = SHA256.HashData(emptyModule),
                Module = emptyModule,
                Code = linked.Code.Span,
                Traps = linked.Traps.Span,
                Addresses = linked.Addresses.Span,
                Inlined = linked.Inlined.Span,
                StackMaps = linked.StackMaps.Span,
                StackMapSlots = linked.StackMapSlots.Span,
                Trampolines = linked.Trampolines,
                Text = linked.Text,
            };
            return ArtifactReader.Read(writer.ToArray(), verifyContent: false);
        }
        finally
        {
            _pool.Return(worker);
        }
    }
}
