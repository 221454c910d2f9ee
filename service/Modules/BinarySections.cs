using System;
using System.Collections.Generic;
using System.Text;

namespace Kiln.Service.Modules;

/// <summary>One section of a binary module, for listings.</summary>
internal readonly record struct BinarySection(byte Id, string Name, long Offset, long Size);

/// <summary>Lists the sections of a binary module without looking into them. Stops at the first that does not fit.</summary>
internal static class BinarySections
{
    private static readonly string[] s_names =
        ["custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data", "data count", "tag"];

    /// <summary>The sections in order; empty if the bytes are not a binary module.</summary>
    public static List<BinarySection> List(ReadOnlySpan<byte> module)
    {
        var sections = new List<BinarySection>();
        if (!Module.IsBinary(module)) return sections;
        int position = 8;
        while (position < module.Length)
        {
            byte id = module[position++];
            if (!TryReadSize(module, ref position, out uint size) || size > (uint)(module.Length - position)) break;
            string name = id < s_names.Length ? s_names[id] : "unknown";
            if (id == 0)
            {
                int at = position;
                if (TryReadSize(module, ref at, out uint length) && length <= size && at + length <= position + size)
                {
                    name = Encoding.UTF8.GetString(module.Slice(at, (int)length));
                }
            }

            sections.Add(new BinarySection(id, name, position, size));
            position += (int)size;
        }

        return sections;
    }

    private static bool TryReadSize(ReadOnlySpan<byte> bytes, ref int position, out uint value)
    {
        value = 0;
        for (int shift = 0; shift < 35 && position < bytes.Length; shift += 7)
        {
            byte next = bytes[position++];
            value |= (uint)(next & 0x7f) << shift;
            if ((next & 0x80) == 0) return true;
        }

        return false;
    }
}
