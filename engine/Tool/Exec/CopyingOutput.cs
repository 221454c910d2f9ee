using System;
using System.IO;
using System.Threading;
using Kiln.Wasi.Preview1;

namespace Kiln.Tool.Exec;

/// <summary>Keeps a guest's output and shows it at the same time.</summary>
public sealed class CopyingOutput(MemoryStream kept, Stream shown) : IGuestOutput
{
    /// <inheritdoc/>
    public bool Write(ReadOnlySpan<byte> source, CancellationToken cancellation)
    {
        kept.Write(source);
        shown.Write(source);
        return true;
    }
}
