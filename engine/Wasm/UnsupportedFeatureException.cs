using System;

namespace Kiln.Wasm;

/// <summary>The module is valid, but this engine cannot compile or run what it uses.</summary>
public sealed class UnsupportedFeatureException : Exception
{
    /// <summary>Creates the error; <paramref name="what"/> is an instruction's name or a short noun (<c>shared memory</c>).</summary>
    public UnsupportedFeatureException(string what, Feature feature, WasmOffset offset, uint? functionIndex = null)
        : base(functionIndex is { } f
            ? $"unsupported: {what} ({feature}; function {f}, offset {offset})"
            : $"unsupported: {what} ({feature}; offset {offset})")
    {
        What = what;
        Feature = feature;
        Offset = offset;
        FunctionIndex = functionIndex;
    }

    /// <summary>The instruction or the construct that is not supported.</summary>
    public string What { get; }

    /// <summary>The proposal that it belongs to.</summary>
    public Feature Feature { get; }

    /// <summary>Where it is.</summary>
    public WasmOffset Offset { get; }

    /// <summary>The function it is in, in the module's function index space; null outside of bodies.</summary>
    public uint? FunctionIndex { get; }
}
