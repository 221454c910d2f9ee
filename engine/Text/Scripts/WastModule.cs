using System;

namespace Kiln.Text.Scripts;

/// <summary>A module as a script gives it: text, bytes or quoted text. Nothing of it is parsed before <see cref="ToBinary"/>.</summary>
/// <param name="Line">Line of the module, from 1.</param>
/// <param name="Name">Its name with the $, or null.</param>
public abstract record WastModule(int Line, string? Name)
{
    /// <summary>The module in the binary format.</summary>
    /// <exception cref="TextException">The text is malformed. (Bytes are returned as they are, well formed or not.)</exception>
    public abstract byte[] ToBinary();
}

/// <summary>A module given as bytes: <c>(module binary "...")</c>.</summary>
public sealed record WastBinaryModule(int Line, string? Name, ReadOnlyMemory<byte> Bytes) : WastModule(Line, Name)
{
    /// <inheritdoc/>
    public override byte[] ToBinary() => Bytes.ToArray();
}
