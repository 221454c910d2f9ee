using System;
using System.Globalization;
using Google.Protobuf;
using Kiln.Service.Rpc;
using Kiln.V1;
using Microsoft.Extensions.Options;

namespace Kiln.Service.Modules;

/// <summary>The module that a request is about: its digest, and its bytes when somebody needs them.</summary>
internal readonly struct ModuleContent
{
    private readonly ModuleStore _store;
    private readonly ReadOnlyMemory<byte>? _inline;

    internal ModuleContent(ModuleStore store, Hash256 digest, ReadOnlyMemory<byte>? inline)
    {
        _store = store;
        _inline = inline;
        Digest = digest;
    }

    /// <summary>The digest of the bytes.</summary>
    public Hash256 Digest { get; }

    /// <summary>The bytes. Throws MODULE_NOT_FOUND.</summary>
    public ReadOnlyMemory<byte> Read() =>
        _inline ?? (_store.TryRead(Digest, out byte[]? bytes) ? bytes : throw RpcErrors.ModuleNotFound(Digest.ToString()));
}

/// <summary>From a request's module reference to the module.</summary>
internal sealed class ModuleSources(ModuleStore store, IOptions<StorageOptions> options)
{
    /// <summary>The module; throws INVALID_REQUEST for a bad reference. Whether it is stored shows when it is read.</summary>
    public ModuleContent Resolve(ModuleSource? source)
    {
        switch (source?.SourceCase)
        {
            case ModuleSource.SourceOneofCase.Digest:
                return new ModuleContent(store, ReadDigest(source.Digest, "module.digest"), null);

            case ModuleSource.SourceOneofCase.Inline:
                long limit = options.Value.MaxInlineModule.Bytes;
                if (source.Inline.Length > limit)
                {
                    throw RpcErrors.Create(
                        ErrorReason.ModuleTooLarge,
                        string.Create(CultureInfo.InvariantCulture, $"an inline module has at most {limit} bytes; upload it"),
                        [("limit", limit.ToString(CultureInfo.InvariantCulture)), ("value", source.Inline.Length.ToString(CultureInfo.InvariantCulture))]);
                }

                return new ModuleContent(store, Hash256.Of(source.Inline.Span), source.Inline.Memory);

            default:
                throw RpcErrors.InvalidField("module", "neither a digest nor inline bytes");
        }
    }

    /// <summary>Reads a digest; throws INVALID_REQUEST.</summary>
    public static Hash256 ReadDigest(Digest? digest, string field)
    {
        if (digest?.Sha256.Length != Hash256.Size) throw RpcErrors.InvalidField(field, "sha256 must have 32 bytes");
        return new Hash256(digest.Sha256.Span);
    }

    /// <summary>The digest as a message.</summary>
    public static Digest ToMessage(Hash256 digest, long size = 0)
    {
        byte[] bytes = new byte[Hash256.Size];
        digest.CopyTo(bytes);
        return new Digest { Sha256 = UnsafeByteOperations.UnsafeWrap(bytes), SizeBytes = (ulong)size };
    }
}
