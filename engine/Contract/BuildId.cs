using System;
using System.Collections.Generic;
using System.Reflection;
using System.Security.Cryptography;

namespace Kiln.Contract;

/// <summary>
/// Identity of a set of engine assemblies: SHA-256 over their module version ids, which deterministic builds derive
/// from the content. It takes the place of a version number that somebody would have to increment.
/// </summary>
public readonly struct BuildId : IEquatable<BuildId>
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 32;

    private readonly ulong _a;
    private readonly ulong _b;
    private readonly ulong _c;
    private readonly ulong _d;

    /// <summary>Reads an id from its <see cref="Size"/> bytes.</summary>
    public BuildId(ReadOnlySpan<byte> bytes)
    {
        _a = BitConverter.ToUInt64(bytes);
        _b = BitConverter.ToUInt64(bytes[8..]);
        _c = BitConverter.ToUInt64(bytes[16..]);
        _d = BitConverter.ToUInt64(bytes[24..]);
    }

    /// <summary>
    /// Identity of the contract: what compiled code assumes of the runtime. An artifact runs only in a process whose
    /// contract has the id that the artifact carries.
    /// </summary>
    public static BuildId Contract { get; } = OfClosure(typeof(BuildId).Assembly);

    /// <summary>Identity of the given assemblies, in the given order.</summary>
    public static BuildId Of(ReadOnlySpan<Assembly> assemblies)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Assembly assembly in assemblies) hash.AppendData(assembly.ManifestModule.ModuleVersionId.ToByteArray());
        return new BuildId(hash.GetHashAndReset());
    }

    /// <summary>Identity of an assembly together with all assemblies of the engine that it refers to, in order of their names.</summary>
    public static BuildId OfClosure(Assembly root)
    {
        SortedDictionary<string, Assembly> closure = new(StringComparer.Ordinal);
        Queue<Assembly> waiting = new([root]);
        while (waiting.TryDequeue(out Assembly? assembly))
        {
            if (!closure.TryAdd(assembly.GetName().Name!, assembly)) continue;
            foreach (AssemblyName reference in assembly.GetReferencedAssemblies())
            {
                if (reference.Name!.StartsWith("Kiln.", StringComparison.Ordinal)) waiting.Enqueue(Assembly.Load(reference));
            }
        }

        return Of([.. closure.Values]);
    }

    /// <summary>Writes the <see cref="Size"/> bytes of the id.</summary>
    public void CopyTo(Span<byte> bytes)
    {
        BitConverter.TryWriteBytes(bytes, _a);
        BitConverter.TryWriteBytes(bytes[8..], _b);
        BitConverter.TryWriteBytes(bytes[16..], _c);
        BitConverter.TryWriteBytes(bytes[24..], _d);
    }

    /// <inheritdoc/>
    public bool Equals(BuildId other) => _a == other._a && _b == other._b && _c == other._c && _d == other._d;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BuildId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _a.GetHashCode();

    /// <summary>Lower-case hexadecimal, 64 digits.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>True if both are the same build.</summary>
    public static bool operator ==(BuildId left, BuildId right) => left.Equals(right);

    /// <summary>True if the builds differ.</summary>
    public static bool operator !=(BuildId left, BuildId right) => !left.Equals(right);
}
