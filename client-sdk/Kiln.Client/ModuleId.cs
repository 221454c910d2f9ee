using System;
using System.Security.Cryptography;
using Google.Protobuf;
using Kiln.V1;

namespace Kiln.Client;

/// <summary>Identifies a module by the SHA-256 of its bytes.</summary>
public sealed record ModuleId
{
    private ModuleId(ByteString sha256, long size)
    {
        Sha256 = sha256;
        SizeBytes = size;
    }

    /// <summary>The 32 bytes.</summary>
    public ByteString Sha256 { get; }

    /// <summary>The module's length in bytes; 0 if not known.</summary>
    public long SizeBytes { get; }

    /// <summary>The identity of some module bytes, binary or text.</summary>
    public static ModuleId Of(ReadOnlySpan<byte> module) => new(UnsafeByteOperations.UnsafeWrap(SHA256.HashData(module)), module.Length);

    /// <summary>Reads 64 hexadecimal digits, or "sha256:" and those.</summary>
    public static ModuleId Parse(string text)
    {
        string hex = text.StartsWith("sha256:", StringComparison.Ordinal) ? text[7..] : text;
        return hex.Length == 64
            ? new ModuleId(UnsafeByteOperations.UnsafeWrap(Convert.FromHexString(hex)), 0)
            : throw new FormatException($"'{text}' is not a SHA-256");
    }

    /// <summary>64 hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(Sha256.Span);

    internal static ModuleId From(Digest digest) => new(digest.Sha256, (long)digest.SizeBytes);

    internal Digest ToDigest() => new() { Sha256 = Sha256, SizeBytes = (ulong)SizeBytes };

    internal ModuleSource ToSource() => new() { Digest = ToDigest() };
}
