using System;
using System.Security.Cryptography;
using System.Text;

namespace Kiln.Contract.Artifact;

/// <summary>
/// What an artifact is stored under: SHA-256 over everything that decides its content. Equal keys, equal bytes.
/// </summary>
public static class ArtifactKey
{
    /// <summary>The key as 64 lower-case hexadecimal digits.</summary>
    /// <param name="compiler">The compiler's identity, <see cref="ICompiler.Build"/>.</param>
    /// <param name="target">The machine to compile for.</param>
    /// <param name="tunables">The knobs to compile with.</param>
    /// <param name="moduleDigest">SHA-256 of the Wasm bytes.</param>
    public static string Compute(BuildId compiler, CompileTarget target, Tunables tunables, ReadOnlySpan<byte> moduleDigest)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> id = stackalloc byte[BuildId.Size];
        BuildId.Contract.CopyTo(id);
        hash.AppendData(id);
        compiler.CopyTo(id);
        hash.AppendData(id);
        hash.AppendData(Encoding.UTF8.GetBytes($"{target}\n{tunables.KeyText()}"));
        hash.AppendData(moduleDigest);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
