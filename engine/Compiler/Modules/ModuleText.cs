using System;
using System.Collections.Generic;
using System.Text;
using Kiln.Contract.Artifact;
using Kiln.Foundation.Buffers;
using Kiln.Foundation.Diagnostics;
using Kiln.Wasm.Modules;

namespace Kiln.Compiler.Modules;

/// <summary>What an artifact keeps of the module itself.</summary>
internal static class ModuleText
{
    private const byte CodeSection = 10;
    private const int HeaderBytes = 8;

    /// <summary>A valid module's bytes without its code section.</summary>
    public static byte[] WithoutCode(ReadOnlySpan<byte> wasm)
    {
        ByteWriter kept = new(wasm.Length / 4);
        kept.WriteBytes(wasm[..HeaderBytes]);
        int at = HeaderBytes;
        while (at < wasm.Length)
        {
            int start = at;
            byte id = wasm[at++];
            if (Leb128.ReadUnsigned(wasm, ref at, 32, out ulong length) != Leb128.Status.Ok) EngineBug.Throw("a decoded module has a malformed section");
            at += (int)length;
            if (id != CodeSection) kept.WriteBytes(wasm[start..at]);
        }

        return kept.ToArray();
    }

    /// <summary>Function names as the artifact's tables hold them; no rows if the module names no function.</summary>
    public static (NameRow[] Rows, byte[] Strings) Names(WasmModule module)
    {
        IReadOnlyDictionary<uint, string> names = module.Names.Functions;
        if (names.Count == 0) return ([], []);
        NameRow[] rows = new NameRow[module.Functions.Length];
        ByteWriter strings = new();
        for (int i = 0; i < rows.Length; i++)
        {
            if (!names.TryGetValue((uint)i, out string? name)) continue;
            int start = strings.Length;
            int length = Encoding.UTF8.GetByteCount(name);
            Encoding.UTF8.GetBytes(name, strings.Reserve(length));
            rows[i] = new NameRow((uint)start, (uint)length);
        }

        return (rows, strings.ToArray());
    }
}
