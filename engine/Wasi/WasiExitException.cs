using System;

namespace Kiln.Wasi;

/// <summary>
/// The guest called <c>proc_exit</c>. It unwinds the guest like any exception of a host function and
/// reaches whoever called the guest; exit code 0 is success.
/// </summary>
public sealed class WasiExitException(uint code) : Exception($"the guest exited with code {code}")
{
    /// <summary>The exit code, as the guest gave it.</summary>
    public uint Code { get; } = code;
}
