using System;

namespace Kiln.Foundation.Buffers;

/// <summary>
/// LEB128 integers as the WebAssembly binary format uses them (Wasm core spec, section 5.2.2): at most
/// ceil(N/7) bytes, and the unused bits of the last byte are zero (unsigned) or copies of the sign (signed).
/// </summary>
public static class Leb128
{
    /// <summary>Why a read failed.</summary>
    public enum Status : byte
    {
        /// <summary>The value was read.</summary>
        Ok,

        /// <summary>The input ended inside the integer.</summary>
        UnexpectedEnd,

        /// <summary>The integer has more bytes than its width allows.</summary>
        TooLong,

        /// <summary>Bits beyond the width are set in the last byte.</summary>
        TooLarge,
    }

    /// <summary>Reads an unsigned integer of <paramref name="bits"/> (1 to 64) bits at <paramref name="position"/> and advances it on success.</summary>
    public static Status ReadUnsigned(ReadOnlySpan<byte> bytes, ref int position, int bits, out ulong value)
    {
        value = 0;
        int at = position;
        for (int shift = 0; ; shift += 7)
        {
            if ((uint)at >= (uint)bytes.Length) return Status.UnexpectedEnd;
            byte b = bytes[at++];
            int left = bits - shift;
            if (left < 7 && (b & 0x7F) >> left != 0) return (b & 0x80) != 0 ? Status.TooLong : Status.TooLarge;
            value |= (ulong)(b & 0x7F) << shift;
            if ((b & 0x80) == 0)
            {
                position = at;
                return Status.Ok;
            }

            if (left <= 7) return Status.TooLong;
        }
    }

    /// <summary>Reads a signed integer of <paramref name="bits"/> (1 to 64) bits at <paramref name="position"/> and advances it on success.</summary>
    public static Status ReadSigned(ReadOnlySpan<byte> bytes, ref int position, int bits, out long value)
    {
        value = 0;
        int at = position;
        for (int shift = 0; ; shift += 7)
        {
            if ((uint)at >= (uint)bytes.Length) return Status.UnexpectedEnd;
            byte b = bytes[at++];
            int left = bits - shift;
            if (left < 7)
            {
                // The bits above the width must repeat the sign bit, which is bit left - 1.
                if ((b & 0x80) != 0) return Status.TooLong;
                int extension = (sbyte)(b << 1) >> left;
                if (extension is not (0 or -1)) return Status.TooLarge;
            }

            value |= (long)(b & 0x7F) << shift;
            if ((b & 0x80) == 0)
            {
                int used = shift + 7;
                if (used < 64 && (b & 0x40) != 0) value |= -1L << used;
                position = at;
                return Status.Ok;
            }

            if (left <= 7) return Status.TooLong;
        }
    }
}
