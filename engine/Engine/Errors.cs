using System;
using System.Collections.Generic;
using System.Text;

namespace Kiln;

/// <summary>Why a guest trapped. The numbers are those compiled code and artifacts use; they never change.</summary>
public enum TrapCode : byte
{
    /// <summary>No trap.</summary>
    None = 0,
    /// <summary>An <c>unreachable</c> instruction was executed.</summary>
    Unreachable = 1,
    /// <summary>A memory access outside of the memory.</summary>
    MemoryOutOfBounds = 2,
    /// <summary>A table access outside of the table.</summary>
    TableOutOfBounds = 3,
    /// <summary>An indirect call through a null table element.</summary>
    IndirectCallToNull = 4,
    /// <summary>An indirect call to a function of another type.</summary>
    IndirectCallTypeMismatch = 5,
    /// <summary>An integer division or conversion whose result does not fit.</summary>
    IntegerOverflow = 6,
    /// <summary>An integer division by zero.</summary>
    IntegerDivideByZero = 7,
    /// <summary>A conversion of NaN to an integer.</summary>
    InvalidConversionToInteger = 8,
    /// <summary>The guest used up its call stack.</summary>
    StackOverflow = 9,
    /// <summary>The store's fuel is used up.</summary>
    OutOfFuel = 10,
    /// <summary>The store's deadline passed or it was cancelled.</summary>
    Interrupted = 11,
    /// <summary>A null reference was used.</summary>
    NullReference = 12,
    /// <summary>An indirect call through an index outside of the table.</summary>
    UndefinedElement = 13,
    /// <summary>An atomic access to an address that is not aligned.</summary>
    UnalignedAtomic = 14,
    /// <summary>A reference is not of the type it was cast to.</summary>
    CastFailure = 15,
    /// <summary>An array access outside of the array.</summary>
    ArrayOutOfBounds = 16,
    /// <summary>An allocation larger than any object may be.</summary>
    AllocationTooLarge = 17,
    /// <summary>A call through a null typed function reference.</summary>
    NullFunctionReference = 18,
    /// <summary>A wait on a memory that is not shared.</summary>
    ExpectedSharedMemory = 19,
}

/// <summary>One Wasm frame of a guest's call stack.</summary>
/// <param name="Module">Name of the frame's module, empty when it has none.</param>
/// <param name="FunctionIndex">The function's index in its module's function index space.</param>
/// <param name="Function">The function's name from the name section, or null.</param>
/// <param name="WasmOffset">Offset of the frame's instruction in the module's bytes.</param>
public readonly record struct BacktraceFrame(string Module, uint FunctionIndex, string? Function, uint WasmOffset)
{
    /// <summary><c>name</c> or <c>func[index]</c>, with the module's name before it if it has one.</summary>
    public override string ToString() =>
        $"{(Module.Length == 0 ? "" : Module + "!")}{Function ?? $"func[{FunctionIndex}]"} @ 0x{WasmOffset:x}";
}

/// <summary>
/// A guest trapped. The store stays usable: instances keep the state they had at the trap, as the
/// specification says.
/// </summary>
public sealed class TrapException : Exception
{
    /// <summary>Creates the error; <paramref name="backtrace"/> has the innermost frame first.</summary>
    public TrapException(TrapCode code, string message, IReadOnlyList<BacktraceFrame>? backtrace = null, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Backtrace = backtrace ?? [];
    }

    /// <summary>Why the guest trapped.</summary>
    public TrapCode Code { get; }

    /// <summary>The Wasm frames that were active, innermost first, across nested calls through the host.</summary>
    public IReadOnlyList<BacktraceFrame> Backtrace { get; }

    /// <summary>Message, Wasm backtrace and managed stack trace.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append("Kiln.TrapException: ").Append(Message);
        foreach (BacktraceFrame frame in Backtrace) text.Append("\n   in wasm ").Append(frame.ToString());
        return text.Append('\n').Append(StackTrace).ToString();
    }
}

/// <summary>An import has no definition, or one of another type ("unknown import", "incompatible import type").</summary>
public sealed class LinkException : Exception
{
    /// <summary>Creates the error for the import <paramref name="module"/>.<paramref name="name"/>.</summary>
    public LinkException(string message, string module, string name) : base(message) => (Module, Name) = (module, name);

    /// <summary>The import's module name.</summary>
    public string Module { get; }

    /// <summary>The import's field name.</summary>
    public string Name { get; }
}

/// <summary>The bytes or the text are not a valid module.</summary>
public sealed class ModuleException : Exception
{
    /// <summary>Creates the error at <paramref name="wasmOffset"/>, if known, in function <paramref name="functionIndex"/>, if in one.</summary>
    public ModuleException(string message, uint? wasmOffset = null, uint? functionIndex = null, Exception? inner = null) : base(message, inner) =>
        (WasmOffset, FunctionIndex) = (wasmOffset, functionIndex);

    /// <summary>Offset in the module's bytes at which the mistake was found; null for text.</summary>
    public uint? WasmOffset { get; }

    /// <summary>Index of the function in which the mistake was found, or null.</summary>
    public uint? FunctionIndex { get; }
}

/// <summary>The module is (perhaps) valid, but uses something this engine does not support or has switched off.</summary>
public sealed class UnsupportedFeatureException : Exception
{
    /// <summary>Creates the error.</summary>
    public UnsupportedFeatureException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

/// <summary>Compiling the module would need more of something (bytes, functions, values in a function, time) than the engine allows.</summary>
public sealed class CompileLimitException : Exception
{
    /// <summary>Creates the error.</summary>
    public CompileLimitException(string message, string limit, Exception? inner = null) : base(message, inner) => Limit = limit;

    /// <summary>What there is too much of: <c>ModuleBytes</c>, <c>Functions</c>, <c>FunctionBytes</c>, <c>FunctionValues</c>, <c>Text</c> or <c>Time</c>.</summary>
    public string Limit { get; }
}

/// <summary>A limit of the store (memories, tables, instances, their sizes) does not allow what was asked for.</summary>
public sealed class StoreLimitException : Exception
{
    /// <summary>Creates the error.</summary>
    public StoreLimitException(string message) : base(message)
    {
    }
}

/// <summary>The artifact is damaged, or was made by another build, for another target or with other tunables.</summary>
public sealed class ArtifactException : Exception
{
    /// <summary>Creates the error.</summary>
    public ArtifactException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

/// <summary>
/// A store was used wrongly: an object of one store given to another, a store entered by two threads at
/// once, or used after an engine bug poisoned it. Nothing was changed.
/// </summary>
public sealed class StoreUseException : InvalidOperationException
{
    /// <summary>Creates the error.</summary>
    public StoreUseException(string message) : base(message)
    {
    }
}

/// <summary>The runtime's errors as exceptions of the public API.</summary>
internal sealed class StoreErrors : Kiln.Runtime.Stores.IStoreErrors
{
    public Exception Misuse(string message) => new StoreUseException(message);

    public Exception Limit(string message) => new StoreLimitException(message);
}
