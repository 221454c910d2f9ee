using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Kiln.Foundation.Buffers;

/// <summary>A growable byte buffer with little-endian and LEB128 writers; its memory survives <see cref="Clear"/>.</summary>
public sealed class ByteWriter
{
    private byte[] _bytes;

    /// <summary>Creates an empty writer with room for <paramref name="capacity"/> bytes.</summary>
    public ByteWriter(int capacity = 256) => _bytes = new byte[Math.Max(capacity, 16)];

    /// <summary>Number of bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes written so far, writable in place. Invalid after the next write.</summary>
    public Span<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Appends one byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteByte(byte value)
    {
        if (Length == _bytes.Length) Grow(1);
        _bytes[Length++] = value;
    }

    /// <summary>Appends bytes.</summary>
    public void WriteBytes(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>Appends two bytes, little-endian.</summary>
    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Reserve(2), value);

    /// <summary>Appends four bytes, little-endian.</summary>
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);

    /// <summary>Appends eight bytes, little-endian.</summary>
    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);

    /// <summary>Appends an unsigned LEB128 integer in its shortest form.</summary>
    public void WriteUnsignedLeb(ulong value)
    {
        while (value >= 0x80)
        {
            WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        WriteByte((byte)value);
    }

    /// <summary>Appends a signed LEB128 integer in its shortest form.</summary>
    public void WriteSignedLeb(long value)
    {
        while (true)
        {
            byte low = (byte)(value & 0x7F);
            value >>= 7;
            if ((value == 0 && (low & 0x40) == 0) || (value == -1 && (low & 0x40) != 0))
            {
                WriteByte(low);
                return;
            }

            WriteByte((byte)(low | 0x80));
        }
    }

    /// <summary>Extends the buffer by <paramref name="count"/> bytes of unspecified content and returns them.</summary>
    public Span<byte> Reserve(int count)
    {
        if (Length + count > _bytes.Length) Grow(count);
        Span<byte> span = _bytes.AsSpan(Length, count);
        Length += count;
        return span;
    }

    /// <summary>Pads with <paramref name="fill"/> until the length is a multiple of <paramref name="alignment"/> (a power of two).</summary>
    public void Align(int alignment, byte fill = 0)
    {
        int padding = -Length & (alignment - 1);
        Reserve(padding).Fill(fill);
    }

    /// <summary>Forgets what is after the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length);
        Length = length;
    }

    /// <summary>Forgets all bytes and keeps the buffer.</summary>
    public void Clear() => Length = 0;

    /// <summary>A new array with the bytes written.</summary>
    public byte[] ToArray() => Written.ToArray();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count) => Array.Resize(ref _bytes, Math.Max(Length + count, _bytes.Length * 2));
}
