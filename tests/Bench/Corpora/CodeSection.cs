using System.IO;

namespace Kiln.Bench.Corpora;

/// <summary>Finds the size of a module's code section without decoding the rest (binary format, section 5.5.2).</summary>
internal static class CodeSection
{
    private const int PreambleByteCount = 8;
    private const byte CodeSectionId = 10;

    /// <summary>Bytes in the code section of a module file; 0 if it has none or is malformed.</summary>
    public static long ByteCount(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        int at = PreambleByteCount;
        while (at < bytes.Length)
        {
            byte id = bytes[at++];
            if (!TryReadU32(bytes, ref at, out uint size)) return 0;
            if (id == CodeSectionId) return size;
            if (size > bytes.Length - at) return 0;
            at += (int)size;
        }

        return 0;
    }

    private static bool TryReadU32(byte[] bytes, ref int at, out uint value)
    {
        value = 0;
        for (int shift = 0; shift < 35 && at < bytes.Length; shift += 7)
        {
            byte b = bytes[at++];
            value |= (uint)(b & 0x7F) << shift;
            if (b < 0x80) return true;
        }

        return false;
    }
}
