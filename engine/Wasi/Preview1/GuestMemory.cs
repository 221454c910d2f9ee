using System;
using System.Buffers.Binary;
using System.Text;

namespace Kiln.Wasi.Preview1;

/// <summary>
/// The calling instance's memory as the functions see it: 32-bit addresses, little-endian. <c>Try…</c> and
/// <see cref="InBounds"/> check; the plain forms are for addresses that were checked.
/// </summary>
internal readonly ref struct GuestMemory(Memory memory)
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Memory _memory = memory;

    public bool InBounds(uint address, uint length) => (ulong)address + length <= _memory.ByteCount;

    public Span<byte> Slice(uint address, uint length) => _memory.Slice(address, checked((int)length));

    public byte ReadU8(uint address) => Slice(address, 1)[0];

    public ushort ReadU16(uint address) => BinaryPrimitives.ReadUInt16LittleEndian(Slice(address, 2));

    public uint ReadU32(uint address) => BinaryPrimitives.ReadUInt32LittleEndian(Slice(address, 4));

    public ulong ReadU64(uint address) => BinaryPrimitives.ReadUInt64LittleEndian(Slice(address, 8));

    public void WriteU8(uint address, byte value) => Slice(address, 1)[0] = value;

    public void WriteU16(uint address, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Slice(address, 2), value);

    public void WriteU32(uint address, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Slice(address, 4), value);

    public void WriteU64(uint address, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Slice(address, 8), value);

    public bool TryWriteU32(uint address, uint value)
    {
        if (!InBounds(address, 4)) return false;
        WriteU32(address, value);
        return true;
    }

    public bool TryWriteU64(uint address, ulong value)
    {
        if (!InBounds(address, 8)) return false;
        WriteU64(address, value);
        return true;
    }

    public bool TryWrite(uint address, ReadOnlySpan<byte> bytes)
    {
        if (!InBounds(address, (uint)bytes.Length)) return false;
        bytes.CopyTo(Slice(address, (uint)bytes.Length));
        return true;
    }

    public bool TryClear(uint address, uint length)
    {
        if (!InBounds(address, length)) return false;
        Slice(address, length).Clear();
        return true;
    }

    /// <summary>Reads UTF-8 text; EILSEQ if it is not, ENAMETOOLONG before any copy of something no path can be.</summary>
    public Errno TryReadText(uint address, uint length, out string text)
    {
        text = "";
        if (!InBounds(address, length)) return Errno.Fault;
        if (length > FileSystem.PathResolver.MaxPath * 4) return Errno.NameTooLong;
        try
        {
            text = s_strict.GetString(Slice(address, length));
            return Errno.Success;
        }
        catch (DecoderFallbackException)
        {
            return Errno.IllegalSequence;
        }
    }
}
