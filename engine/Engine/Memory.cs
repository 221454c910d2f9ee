using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Kiln.Runtime.Memories;
using Kiln.Runtime.Stores;
using Kiln.Wasm.Types;

namespace Kiln;

/// <summary>
/// A linear memory. Spans are of the memory itself: what the guest writes shows in them. They can be accessed
/// until the store is disposed, but do not cover what the memory grows by, and a 64-bit memory that is not shared may move when
/// it grows: a span from before is then of bytes that nobody uses, zero at first. Of a shared memory, they show what other threads
/// write, in no order: access it with <see cref="System.Threading.Volatile"/> or <see cref="System.Threading.Interlocked"/>.
/// Offsets and lengths outside of the memory throw <see cref="ArgumentOutOfRangeException"/>.
/// </summary>
public sealed class Memory : Extern
{
    private readonly LinearMemory _memory;

    private Memory(Store store, LinearMemory memory) : base(store) => _memory = memory;

    /// <summary>Size of a page in bytes, unless the memory declares another.</summary>
    public const int PageSize = 65536;

    /// <summary>Creates a memory of <paramref name="minimum"/> pages. Throws <see cref="StoreLimitException"/>.</summary>
    public static Memory Create(Store store, ulong minimum, ulong? maximum = null)
    {
        MemoryType type = new(new Limits(minimum, maximum), false, false, MemoryType.DefaultPageSizeLog2);
        if (minimum > type.MaxPages || maximum > type.MaxPages || minimum > maximum) throw new ArgumentOutOfRangeException(nameof(minimum));
        return Of(store, store.Guest.CreateMemory(type));
    }

    /// <inheritdoc/>
    public override ExternType Type => ExternTypes.Of(_memory.CurrentType);

    /// <inheritdoc/>
    public override ExternKind Kind => ExternKind.Memory;

    internal override object Definition => _memory;

    /// <summary>What it shares with other stores, to give it to one more; null if the memory is not shared.</summary>
    public SharedMemory? Shared => _memory.Shared is { } shared ? new SharedMemory(shared) : null;

    /// <summary>Size in bytes.</summary>
    public ulong ByteCount => _memory.ByteCount;

    /// <summary>Size in pages.</summary>
    public ulong PageCount => _memory.PageCount;

    /// <summary>Grows by <paramref name="pages"/>; the size in pages before, or -1 when a limit does not allow it.</summary>
    public long Grow(ulong pages)
    {
        StoreOwnership? entered = Store.Guest.Enter();
        long before = _memory.Grow(pages);
        GuestStore.Leave(entered);
        return before;
    }

    /// <summary>The first 2 GiB - 1 of the memory, or all of it.</summary>
    public Span<byte> Span => Slice(0, (int)Math.Min(ByteCount, int.MaxValue));

    /// <summary>A part of the memory. Take it anew when the memory may have grown: a 64-bit one may have moved.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Slice(ulong offset, int length)
    {
        if (!_memory.TrySlice(offset, (ulong)(long)length, out Span<byte> bytes)) ThrowOutside(offset, length);
        return bytes;
    }

    /// <summary>A part of the memory, or false if it is not all inside (or longer than 2 GiB - 1).</summary>
    public bool TrySlice(ulong offset, ulong length, out Span<byte> bytes) => _memory.TrySlice(offset, length, out bytes);

    /// <summary>Reads a little-endian value of an unmanaged type.</summary>
    public T Read<T>(ulong offset) where T : unmanaged => MemoryMarshal.Read<T>(Slice(offset, Unsafe.SizeOf<T>()));

    /// <summary>Writes a little-endian value of an unmanaged type.</summary>
    public void Write<T>(ulong offset, T value) where T : unmanaged => MemoryMarshal.Write(Slice(offset, Unsafe.SizeOf<T>()), in value);

    /// <summary>Decodes UTF-8; bytes that are not are replaced.</summary>
    public string ReadString(ulong offset, int length) => Encoding.UTF8.GetString(Slice(offset, length));

    internal static Memory Of(Store store, LinearMemory memory) => (Memory)(memory.Owner ??= new Memory(store, memory));

    [DoesNotReturn]
    private void ThrowOutside(ulong offset, int length) =>
        throw new ArgumentOutOfRangeException(nameof(offset), $"{length} bytes at {offset} are not all inside a memory of {ByteCount} bytes");
}
