using System.Collections.Immutable;
using Kiln.Foundation.Collections;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Validation;

/// <summary>
/// A module whose declarations are valid: nothing but the bodies needs to be checked, and
/// <see cref="FunctionValidator"/> does that while a body is translated. Immutable; safe for any number of threads.
/// </summary>
public sealed class ValidatedModule
{
    private readonly BitSet _declaredFunctions;
    private readonly FuncType[] _functionTypes;

    internal ValidatedModule(WasmModule module, ModuleTypes types, FuncType[] functionTypes, BitSet declaredFunctions, DecodeOptions options)
    {
        Module = module;
        Types = types;
        _functionTypes = functionTypes;
        _declaredFunctions = declaredFunctions;
        Options = options;
    }

    /// <summary>The module.</summary>
    public WasmModule Module { get; }

    /// <summary>Its types, with subtyping.</summary>
    public ModuleTypes Types { get; }

    /// <summary>The limits it was checked with.</summary>
    public DecodeOptions Options { get; }

    /// <summary>Number of functions, imported and defined.</summary>
    public int FunctionCount => _functionTypes.Length;

    /// <summary>The type of a function; the index must be below <see cref="FunctionCount"/>.</summary>
    public FuncType GetFunctionType(uint functionIndex) => _functionTypes[functionIndex];

    /// <summary>
    /// True if a reference to the function can exist: it occurs outside of bodies (an export, a segment, a
    /// global). Only such functions can be named by <c>ref.func</c>.
    /// </summary>
    public bool IsDeclared(uint functionIndex) => _declaredFunctions.Contains((int)functionIndex);

    /// <summary>Validates every body, first to last.</summary>
    /// <exception cref="ModuleException">A body is malformed or invalid.</exception>
    public void ValidateBodies() => ValidateBodies(new FunctionValidator());

    /// <summary>Validates every body, first to last, with a validator that the caller reuses.</summary>
    /// <exception cref="ModuleException">A body is malformed or invalid.</exception>
    public void ValidateBodies(FunctionValidator validator)
    {
        ImmutableArray<ByteRange> bodies = Module.Bodies;
        for (int i = 0; i < bodies.Length; i++) validator.ValidateBody(this, (uint)(Module.ImportedFunctionCount + i));
    }
}
