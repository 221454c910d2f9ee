using System;
using System.Collections.Generic;
using System.IO;
using Kiln.Foundation.Diagnostics;

namespace Kiln;

/// <summary>
/// A compiled module, ready to be instantiated in any store of its engine. Immutable and thread-safe.
/// Its code stays mapped until it is disposed and the last store that uses it is, too.
/// </summary>
public sealed class Module : IDisposable
{
    private Module(Engine engine) => Engine = engine;

    /// <summary>The engine it belongs to.</summary>
    public Engine Engine { get; }

    /// <summary>The name from its name section or from <see cref="CompileOptions.Name"/>, or empty.</summary>
    public string Name => EngineBug.Throw<string>("not assembled");

    /// <summary>What it needs, in order.</summary>
    public IReadOnlyList<ImportType> Imports => EngineBug.Throw<IReadOnlyList<ImportType>>("not assembled");

    /// <summary>What it offers, in order.</summary>
    public IReadOnlyList<ExportType> Exports => EngineBug.Throw<IReadOnlyList<ExportType>>("not assembled");

    /// <summary>Number of functions it defines.</summary>
    public int FunctionCount => EngineBug.Throw<int>("not assembled");

    /// <summary>Bytes of machine code.</summary>
    public long CodeBytes => EngineBug.Throw<long>("not assembled");

    /// <summary>Whether <paramref name="bytes"/> start like a binary module; anything else is taken as text.</summary>
    public static bool IsBinary(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\0asm"u8);

    /// <summary>
    /// Validates and compiles a module given as binary or, detected by its first bytes, as UTF-8 text.
    /// Throws <see cref="ModuleException"/>, <see cref="UnsupportedFeatureException"/> or, when cancelled,
    /// <see cref="OperationCanceledException"/>.
    /// </summary>
    public static Module Compile(Engine engine, ReadOnlyMemory<byte> binaryOrText, CompileOptions? options = null) =>
        EngineBug.Throw<Module>("not assembled");

    /// <summary>Compiles a module in the text format. Throws as <see cref="Compile"/>.</summary>
    public static Module CompileText(Engine engine, string text, CompileOptions? options = null) =>
        EngineBug.Throw<Module>("not assembled");

    /// <summary>Checks a module without compiling it. Throws as <see cref="Compile"/>.</summary>
    public static void Validate(Engine engine, ReadOnlyMemory<byte> binaryOrText) => EngineBug.Throw("not assembled");

    /// <summary>The artifact: native code and all that is needed to load it again. Trust only artifacts you wrote yourself.</summary>
    public byte[] Serialize() => EngineBug.Throw<byte[]>("not assembled");

    /// <summary>Writes what <see cref="Serialize()"/> returns.</summary>
    public void Serialize(Stream destination) => destination.Write(Serialize());

    /// <summary>
    /// Loads an artifact, which is copied. Throws <see cref="ArtifactException"/> when it is not one this engine
    /// can run. The caller vouches for its origin: an artifact is native code.
    /// </summary>
    public static Module Deserialize(Engine engine, ReadOnlySpan<byte> artifact) => EngineBug.Throw<Module>("not assembled");

    /// <summary>Loads an artifact from a file, mapped in place. Throws as <see cref="Deserialize"/> and as <see cref="File.OpenRead"/>.</summary>
    public static Module DeserializeFile(Engine engine, string path) => EngineBug.Throw<Module>("not assembled");

    /// <summary>Lets go of the code; stores that use the module keep it alive as long as they need it.</summary>
    public void Dispose()
    {
    }
}
