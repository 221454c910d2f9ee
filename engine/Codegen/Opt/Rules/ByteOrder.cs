using System.Buffers.Binary;
using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>
/// Recognises values whose bytes are those of another value in another order, made by shifts, rotations and masks of whole
/// bytes and ors: where each byte comes from is followed through them, whatever their order, as GCC's bswap pass does.
/// </summary>
internal static class ByteOrder
{
    private const int MaxDepth = 10;  // seven ors in a row, a mask and a shift or two
    private const int MaxVisits = 64; // twice what eight bytes take that are shifted, masked and put together

    // A byte of an origin is the number of the source's byte, from 1, that stands there, or 0 for no bits.
    private const ulong InOrder = 0x0807060504030201;

    private readonly record struct Origin(Value Source, ulong Bytes);

    /// <summary>True if the bytes of <paramref name="n"/>, an or or a rotation, are those of <paramref name="source"/> in opposite order.</summary>
    public static bool IsSwap(in Node n, out Value source)
    {
        int visits = MaxVisits;
        source = default;
        if (!TryCombine(n, n.Bits, 0, ref visits, out Origin origin)) return false;
        source = origin.Source;
        return origin.Bytes == Swapped(InOrder & All(n.Bits), n.Bits);
    }

    // Where bytes come from that an operation puts together from others; false for anything else.
    private static bool TryCombine(in Node n, int bits, int depth, ref int visits, out Origin origin)
    {
        origin = default;
        if (depth == MaxDepth || --visits < 0) return false;
        switch (n.Op)
        {
            case Opcode.Bor:
                Origin other = OriginOf(n.Y, bits, depth, ref visits);
                origin = OriginOf(n.X, bits, depth, ref visits);
                if (origin.Source != other.Source || Overlap(origin.Bytes, other.Bytes)) return false;
                origin = origin with { Bytes = origin.Bytes | other.Bytes };
                return true;
            case Opcode.Band when n.Y.IsConst && IsByteMask((ulong)n.Y.Imm & All(bits)):
                origin = OriginOf(n.X, bits, depth, ref visits);
                origin = origin with { Bytes = origin.Bytes & (ulong)n.Y.Imm };
                return true;
            case Opcode.Ishl or Opcode.Ushr or Opcode.Rotl when n.Y.IsConst && (n.Y.Imm & 7) == 0:
                origin = OriginOf(n.X, bits, depth, ref visits);
                origin = origin with { Bytes = Moved(n.Op, origin.Bytes, (int)n.Y.Imm & (bits - 1), bits) };
                return true;
            default: // other operations compute their bytes
                return false;
        }
    }

    private static Origin OriginOf(in Node n, int bits, int depth, ref int visits) =>
        TryCombine(n, bits, depth + 1, ref visits, out Origin origin) ? origin : new Origin(n.Value, InOrder & All(bits));

    private static ulong Moved(Opcode op, ulong bytes, int count, int bits)
    {
        if (op == Opcode.Ushr) return bytes >> count;
        ulong left = (bytes << count) & All(bits);
        return op == Opcode.Rotl && count != 0 ? left | bytes >> (bits - count) : left;
    }

    private static ulong All(int bits) => ulong.MaxValue >> (64 - bits);

    private static ulong Swapped(ulong bytes, int bits) => BinaryPrimitives.ReverseEndianness(bytes) >> (64 - bits);

    // Each byte of the mask is 0 or FF: eight times its low bit.
    private static bool IsByteMask(ulong mask) => (mask & 0x0101010101010101) * 0xFF == mask;

    // Numbers are up to 8: a byte is not 0 if one of its low four bits is set.
    private static bool Overlap(ulong a, ulong b) => (Present(a) & Present(b)) != 0;

    private static ulong Present(ulong bytes) => (bytes | bytes >> 1 | bytes >> 2 | bytes >> 3) & 0x0101010101010101;
}
