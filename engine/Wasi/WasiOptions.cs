using System;
using System.Collections.Generic;
using Kiln.Wasi.FileSystem;
using Kiln.Wasi.Preview1;

namespace Kiln.Wasi;

/// <summary>What a guest finds when it starts.</summary>
public sealed record WasiOptions
{
    /// <summary>Program arguments; by custom the first is the program's name. No NUL inside.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Environment variables. No NUL inside, no <c>=</c> in a name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Standard input; null is empty.</summary>
    public IGuestInput? Input { get; init; }

    /// <summary>Standard output; null discards.</summary>
    public IGuestOutput? Output { get; init; }

    /// <summary>Standard error; null discards.</summary>
    public IGuestOutput? Error { get; init; }

    /// <summary>Whether the standard streams say that they are a terminal.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>The file system; null for a new empty one, whose bytes count against the store's memory limit.</summary>
    public MemoryFileSystem? FileSystem { get; init; }

    /// <summary>
    /// Preopened directories in the order of their descriptors, from 3: the name that the guest knows it by
    /// (wasi-libc: <c>/</c> or <c>.</c>) and the path in the file system, which is created if missing.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Preopens { get; init; } = [];

    /// <summary>Source of <c>random_get</c>: null for the system's cryptographic one, otherwise a deterministic one.</summary>
    public Random? Random { get; init; }

    /// <summary>Source of the clocks; null for the system's.</summary>
    public TimeProvider? Time { get; init; }
}
