using Kiln.Foundation.Buffers;
using Xunit;

namespace Kiln.Foundation.Tests;

public sealed class Leb128Tests
{
    [Theory]
    [InlineData(new byte[] { 0x00 }, 32, Leb128.Status.Ok, 0UL)]
    [InlineData(new byte[] { 0xE5, 0x8E, 0x26 }, 32, Leb128.Status.Ok, 624485UL)]
    [InlineData(new byte[] { 0x80, 0x00 }, 32, Leb128.Status.Ok, 0UL)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, 32, Leb128.Status.Ok, 0xFFFFFFFFUL)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x1F }, 32, Leb128.Status.TooLarge, 0UL)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 }, 32, Leb128.Status.TooLong, 0UL)]
    [InlineData(new byte[] { 0x80 }, 32, Leb128.Status.UnexpectedEnd, 0UL)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 }, 64, Leb128.Status.Ok, ulong.MaxValue)]
    public void ReadUnsigned_EdgeCases_FollowTheSpec(byte[] bytes, int bits, Leb128.Status status, ulong expected)
    {
        int position = 0;
        Assert.Equal(status, Leb128.ReadUnsigned(bytes, ref position, bits, out ulong value));
        if (status != Leb128.Status.Ok)
        {
            Assert.Equal(0, position);
            return;
        }

        Assert.Equal(expected, value);
        Assert.Equal(bytes.Length, position);
    }

    [Theory]
    [InlineData(new byte[] { 0x7F }, 32, Leb128.Status.Ok, -1L)]
    [InlineData(new byte[] { 0xC0, 0xBB, 0x78 }, 32, Leb128.Status.Ok, -123456L)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x78 }, 32, Leb128.Status.Ok, (long)int.MinValue)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, 32, Leb128.Status.TooLarge, 0L)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x70 }, 32, Leb128.Status.TooLarge, 0L)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F }, 32, Leb128.Status.TooLong, 0L)]
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F }, 64, Leb128.Status.Ok, long.MinValue)]
    [InlineData(new byte[] { 0x40 }, 33, Leb128.Status.Ok, -64L)]
    public void ReadSigned_EdgeCases_FollowTheSpec(byte[] bytes, int bits, Leb128.Status status, long expected)
    {
        int position = 0;
        Assert.Equal(status, Leb128.ReadSigned(bytes, ref position, bits, out long value));
        if (status == Leb128.Status.Ok) Assert.Equal(expected, value);
    }

    [Fact]
    public void Writer_RoundTripsThroughReader()
    {
        foreach (long value in new[] { 0, 1, -1, 63, 64, -64, -65, 1L << 40, long.MinValue, long.MaxValue })
        {
            var writer = new ByteWriter();
            writer.WriteSignedLeb(value);
            writer.WriteUnsignedLeb((ulong)value);
            int position = 0;
            Assert.Equal(Leb128.Status.Ok, Leb128.ReadSigned(writer.Written, ref position, 64, out long signed));
            Assert.Equal(Leb128.Status.Ok, Leb128.ReadUnsigned(writer.Written, ref position, 64, out ulong unsigned));
            Assert.Equal(value, signed);
            Assert.Equal((ulong)value, unsigned);
            Assert.Equal(writer.Length, position);
        }
    }
}
