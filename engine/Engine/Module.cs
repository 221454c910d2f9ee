using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using Kiln.Contract;
using Kiln.Contract.Artifact;
using Kiln.Runtime.Instances;
using Kiln.Runtime.Platform;
using Kiln.Text;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Validation;
using ContractArtifactException = Kiln.Contract.Artifact.ArtifactException;
using ContractCompileLimitException = Kiln.Contract.CompileLimitException;
using WasmModuleException = Kiln.Wasm.ModuleException;
using WasmUnsupportedException = Kiln.Wasm.UnsupportedFeatureException;

namespace Kiln;

/// <summary>
/// A compiled module, ready to be instantiated in any store of its engine. Immutable and thread-safe.
/// Its code stays mapped until it is disposed and the last store that uses it is, too.
/// </summary>
public sealed class Module : IDisposable
{
    private readonly Lazy<IReadOnlyList<ImportType>> _imports;
    private readonly Lazy<IReadOnlyList<ExportType>> _exports;
    private bool _disposed;

    private Module(Engine engine, ModuleArtifact artifact, string? name)
    {
        Engine = engine;
        WasmModule description = ModuleDecoder.Decode(artifact.Module, engine.CompilerOptions.Features, DecodeOptions.Default with { BodiesStripped = true });
        Guest = new GuestModule(engine.Runtime, artifact, description, description.Names.Module ?? name ?? "") { Owner = this };
        _imports = new Lazy<IReadOnlyList<ImportType>>(() => ModuleInfo.ImportsOf(Guest.Description));
        _exports = new Lazy<IReadOnlyList<ExportType>>(() => ModuleInfo.ExportsOf(Guest.Description));
    }

    /// <summary>The engine it belongs to.</summary>
    public Engine Engine { get; }

    /// <summary>The name from its name section or from <see cref="CompileOptions.Name"/>, or empty.</summary>
    public string Name => Guest.Name;

    /// <summary>What it needs, in order.</summary>
    public IReadOnlyList<ImportType> Imports => _imports.Value;

    /// <summary>What it offers, in order.</summary>
    public IReadOnlyList<ExportType> Exports => _exports.Value;

    /// <summary>Number of functions it defines.</summary>
    public int FunctionCount => (int)(Guest.Artifact.FunctionCount - Guest.Artifact.ImportedFunctionCount);

    /// <summary>Bytes of machine code.</summary>
    public long CodeBytes => Guest.Artifact.Text.Length;

    internal GuestModule Guest { get; }

    /// <summary>Whether <paramref name="bytes"/> start like a binary module; anything else is taken as text.</summary>
    public static bool IsBinary(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\0asm"u8);

    /// <summary>
    /// Validates and compiles a module given as binary or, detected by its first bytes, as UTF-8 text.
    /// Throws <see cref="ModuleException"/>, <see cref="UnsupportedFeatureException"/>, <see cref="CompileLimitException"/> or, when cancelled,
    /// <see cref="OperationCanceledException"/>.
    /// </summary>
    public static Module Compile(Engine engine, ReadOnlyMemory<byte> binaryOrText, CompileOptions? options = null)
    {
        options ??= new CompileOptions();
        try
        {
            Kiln.Contract.CompileOptions contract = engine.CompilerOptions with
            {
                Threads = options.Threads != 0 ? options.Threads : engine.CompilerOptions.Threads,
                Progress = options.Progress is { } progress ? new ProgressAdapter(progress) : null,
            };
            ModuleArtifact artifact = engine.Compiler.Compile(ToBinary(binaryOrText), contract, options.Cancellation);
            return new Module(engine, artifact, options.Name);
        }
        catch (Exception exception) when (Translate(exception) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Compiles a module in the text format. Throws as <see cref="Compile"/>.</summary>
    public static Module CompileText(Engine engine, string text, CompileOptions? options = null) => Compile(engine, Encoding.UTF8.GetBytes(text), options);

    /// <summary>Checks a module without compiling it. Throws as <see cref="Compile"/>.</summary>
    public static void Validate(Engine engine, ReadOnlyMemory<byte> binaryOrText)
    {
        try
        {
            ModuleValidator.Validate(ModuleDecoder.Decode(ToBinary(binaryOrText), engine.CompilerOptions.Features)).ValidateBodies();
        }
        catch (Exception exception) when (Translate(exception) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>The artifact: native code and all that is needed to load it again. Trust only artifacts you wrote yourself.</summary>
    public byte[] Serialize() => Guest.Artifact.File.ToArray();

    /// <summary>Writes what <see cref="Serialize()"/> returns.</summary>
    public void Serialize(Stream destination) => destination.Write(Guest.Artifact.File.Span);

    /// <summary>
    /// Loads an artifact, which is copied. Throws <see cref="ArtifactException"/> when it is not one this engine
    /// can run. The caller vouches for its origin: an artifact is native code.
    /// </summary>
    /// <param name="engine">The engine.</param>
    /// <param name="artifact">What <see cref="Serialize()"/> returned.</param>
    /// <param name="isAuthenticated">The caller has checked that the bytes are unchanged: skips the digest, about a millisecond per megabyte.</param>
    public static Module Deserialize(Engine engine, ReadOnlySpan<byte> artifact, bool isAuthenticated = false) =>
        Load(engine, artifact.ToArray(), isAuthenticated);

    /// <summary>
    /// Loads an artifact from a file, mapped in place; the file must not be written to while the module lives (replace it,
    /// if need be). Throws as <see cref="Deserialize"/> and as <see cref="File.OpenRead"/>.
    /// </summary>
    public static Module DeserializeFile(Engine engine, string path, bool isAuthenticated = false)
    {
        MappedFile file = new(path);
        try
        {
            return Load(engine, file.Memory, isAuthenticated);
        }
        catch
        {
            ((IDisposable)file).Dispose();
            throw;
        }
    }

    /// <summary>Lets go of the code; stores that use the module keep it alive as long as they need it.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _disposed, true)) Guest.Image.Release();
    }

    private static Module Load(Engine engine, ReadOnlyMemory<byte> file, bool isAuthenticated)
    {
        try
        {
            ModuleArtifact artifact = ArtifactReader.Read(file, !isAuthenticated);
            artifact.CheckUsable(CompileTarget.Host, engine.CompilerOptions.Tunables);
            return new Module(engine, artifact, null);
        }
        catch (Exception exception) when (exception is ContractArtifactException or WasmModuleException)
        {
            throw new ArtifactException(exception.Message, exception);
        }
    }

    internal static ReadOnlyMemory<byte> ToBinary(ReadOnlyMemory<byte> binaryOrText) =>
        IsBinary(binaryOrText.Span) || binaryOrText.Length < 4 || binaryOrText.Span[0] == 0 ? binaryOrText : WatParser.ParseModule(binaryOrText.Span);

    internal static Exception? Translate(Exception exception) => exception switch
    {
        WasmModuleException module => new ModuleException(module.Message, (uint)module.Offset.Value, module.FunctionIndex, module),
        WasmUnsupportedException unsupported => new UnsupportedFeatureException(unsupported.Message, unsupported),
        ContractCompileLimitException limit => new CompileLimitException(limit.Message, limit.Limit, limit),
        TextException text => new ModuleException(text.Message, inner: text),
        _ => null,
    };

    private sealed class ProgressAdapter(IProgress<CompileProgress> progress) : ICompileProgress
    {
        public void OnPhase(CompilePhase phase)
        {
        }

        public void OnFunctions(int done, int total) => progress.Report(new CompileProgress(done, total));

        public void OnDone(in CompileTimings timings)
        {
        }
    }
}
