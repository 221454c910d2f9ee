using System;

namespace Kiln.Wasm;

/// <summary>
/// The module is malformed, invalid, over a limit, or uses a proposal that is switched off: the fault of
/// whoever made the bytes. <see cref="Reason"/> starts with the words of the specification's test suite.
/// </summary>
public class ModuleException : Exception
{
    /// <summary>Creates the error.</summary>
    public ModuleException(string reason, WasmOffset offset, uint? functionIndex = null)
        : base(functionIndex is { } f ? $"{reason} (function {f}, offset {offset})" : $"{reason} (offset {offset})")
    {
        Reason = reason;
        Offset = offset;
        FunctionIndex = functionIndex;
    }

    /// <summary>What is wrong, without the position.</summary>
    public string Reason { get; }

    /// <summary>Where it is wrong: the start of the offending item or instruction.</summary>
    public WasmOffset Offset { get; }

    /// <summary>The function it is in, in the module's function index space; null outside of bodies.</summary>
    public uint? FunctionIndex { get; }
}
