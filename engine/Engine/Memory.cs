using System;
using System.Text;
using Kiln.Foundation.Diagnostics;

namespace Kiln;

/// <summary>
/// A linear memory. Spans are of the memory itself: what the guest writes shows in them. They stay valid
/// until the store is disposed, but do not cover what the memory grows by.
/// Offsets and lengths outside of the memory throw <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
public sealed class Memory : Extern
{
    private Memory(Store store) : base(store)
    {
    }

    /// <summary>Size of a page in bytes.</summary>
    public const int PageSize = 65536;

    /// <summary>Creates a memory of <paramref name="minimum"/> pages. Throws <see cref="StoreLimitException"/>.</summary>
    public static Memory Create(Store store, ulong minimum, ulong? maximum = null) => EngineBug.Throw<Memory>("not assembled");

    /// <inheritdoc/>
    public override ExternType Type => EngineBug.Throw<ExternType>("not assembled");

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Memory;

    /// <summary>Size in bytes.</summary>
    public ulong ByteCount => EngineBug.Throw<ulong>("not assembled");

    /// <summary>Size in pages.</summary>
    public ulong PageCount => ByteCount / PageSize;

    /// <summary>Grows by <paramref name="pages"/>; the size in pages before, or -1 when a limit does not allow it.</summary>
    public long Grow(ulong pages) => EngineBug.Throw<long>("not assembled");

    /// <summary>The first 2 GiB - 1 of the memory, or all of it.</summary>
    public Span<byte> Span => EngineBug.Throw<byte[]>("not assembled");

    /// <summary>A part of the memory.</summary>
    public Span<byte> Slice(ulong offset, int length) => EngineBug.Throw<byte[]>("not assembled");

    /// <summary>A part of the memory, or false if it is not all inside.</summary>
    public bool TrySlice(ulong offset, ulong length, out Span<byte> bytes)
    {
        bytes = default;
        return EngineBug.Throw<bool>("not assembled");
    }

    /// <summary>Reads a little-endian value of an unmanaged type.</summary>
    public T Read<T>(ulong offset) where T : unmanaged => EngineBug.Throw<T>("not assembled");

    /// <summary>Writes a little-endian value of an unmanaged type.</summary>
    public void Write<T>(ulong offset, T value) where T : unmanaged => EngineBug.Throw("not assembled");

    /// <summary>Decodes UTF-8; bytes that are not are replaced.</summary>
    public string ReadString(ulong offset, int length) => Encoding.UTF8.GetString(Slice(offset, length));
}
