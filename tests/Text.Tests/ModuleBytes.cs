using System;
using System.Collections.Generic;
using Kiln.Foundation.Buffers;
using Kiln.Text.Printing;
using Kiln.Wasm;
using Kiln.Wasm.Decoding;

namespace Kiln.Text.Tests;

/// <summary>Modules on their way from text to text.</summary>
internal static class ModuleBytes
{
    /// <summary>The text of a binary module.</summary>
    public static string Print(byte[] module) => WatPrinter.Print(ModuleDecoder.Decode(module, FeatureSet.All));

    /// <summary>A binary module without its custom sections.</summary>
    public static byte[] WithoutCustomSections(byte[] module)
    {
        var kept = new List<byte>(module[..8]);
        for (int at = 8; at < module.Length;)
        {
            int start = at;
            byte id = module[at++];
            Leb128.ReadUnsigned(module, ref at, 32, out ulong size);
            at += (int)size;
            if (id != 0) kept.AddRange(module[start..at]);
        }

        return [.. kept];
    }

    /// <summary>The content of the section with an id, of the first if there are several; null if there is none.</summary>
    public static byte[]? Section(byte[] module, byte wanted)
    {
        for (int at = 8; at < module.Length;)
        {
            byte id = module[at++];
            Leb128.ReadUnsigned(module, ref at, 32, out ulong size);
            if (id == wanted) return module[at..(at + (int)size)];
            at += (int)size;
        }

        return null;
    }
}
