using System;
using System.Collections.Generic;
using System.Text;
using Kiln.Foundation.Buffers;
using Kiln.Wasm.Decoding;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Validation;

namespace Kiln.Wasm.Tests;

/// <summary>Writes modules byte by byte, section by section.</summary>
internal sealed class ModuleBytes
{
    private readonly ByteWriter _bytes = new();

    public ModuleBytes() => _bytes.WriteBytes([0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0]);

    /// <summary>A module with one function of the given type whose code, without locals and end, is given.</summary>
    public static byte[] Function(byte[] type, params byte[] code) => Function(type, [0], code);

    public static byte[] Function(byte[] type, byte[] locals, byte[] code) => new ModuleBytes()
        .Section(1, [1, .. type])
        .Section(3, [1, 0])
        .Section(5, [1, 0, 1])
        .Section(10, Vector([.. locals, .. code, 0x0B]))
        .ToArray();

    /// <summary>The type [] -> [].</summary>
    public static byte[] NoType => [0x60, 0, 0];

    /// <summary>Function bodies with their sizes and their number.</summary>
    public static byte[] Vector(params byte[][] bodies)
    {
        ByteWriter writer = new();
        writer.WriteUnsignedLeb((ulong)bodies.Length);
        foreach (byte[] body in bodies)
        {
            writer.WriteUnsignedLeb((ulong)body.Length);
            writer.WriteBytes(body);
        }

        return writer.ToArray();
    }

    public static byte[] Name(string name)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        return [(byte)bytes.Length, .. bytes];
    }

    public ModuleBytes Section(byte id, params byte[] content)
    {
        _bytes.WriteByte(id);
        _bytes.WriteUnsignedLeb((ulong)content.Length);
        _bytes.WriteBytes(content);
        return this;
    }

    public byte[] ToArray() => _bytes.ToArray();

    public static ValidatedModule Validate(byte[] bytes, FeatureSet? features = null, DecodeOptions? options = null)
    {
        WasmModule module = ModuleDecoder.Decode(bytes, features ?? FeatureSet.All, options);
        ValidatedModule validated = ModuleValidator.Validate(module, options);
        validated.ValidateBodies();
        return validated;
    }

    /// <summary>A module that uses most kinds of sections, for tests that damage it.</summary>
    public static byte[] Everything()
    {
        List<byte> code = [];
        code.AddRange([0x02, 0x40, 0x03, 0x40, 0x20, 0, 0x04, 0x7F, 0x41, 1, 0x05, 0x41, 2, 0x0B, 0x21, 0]);
        code.AddRange([0x20, 0, 0x0E, 1, 0, 1, 0x0B, 0x0B]);
        code.AddRange([0x41, 0, 0x28, 2, 0x80, 1, 0x1A, 0x41, 0, 0x41, 7, 0x36, 2, 0, 0x3F, 0, 0x40, 0, 0x1A]);
        code.AddRange([0x42, 0x7F, 0xA7, 0x43, 0, 0, 0x80, 0x3F, 0xFC, 0, 0x6A, 0x1A]);
        code.AddRange([0x41, 0, 0xFD, 15, 0xFD, 21, 3, 0x1A, 0xFD, 12, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0x1A]);
        code.AddRange([0x02, 0x40, 0x1F, 0x40, 1, 0x02, 0, 0x41, 5, 0x08, 0, 0x0B, 0x0B, 0x41, 5, 0x41, 0, 0x11, 0, 0, 0x1A]);
        code.AddRange([0x41, 1, 0xFB, 28, 0xFB, 29, 0x1A, 0xFB, 1, 2, 0xFB, 2, 2, 0, 0x1A, 0xD2, 0, 0xD1, 0x1A]);
        code.AddRange([0x20, 0, 0x20, 0, 0x41, 1, 0x1B, 0x0F]);
        return new ModuleBytes()
            .Section(1, 4, 0x60, 1, 0x7F, 1, 0x7F, 0x60, 1, 0x7F, 0, 0x50, 0, 0x5F, 2, 0x7F, 1, 0x78, 0, 0x4E, 1, 0x4F, 1, 2, 0x5F, 3, 0x7F, 1, 0x78, 0, 0x6E, 0)
            .Section(2, [1, .. Name("env"), .. Name("f"), 0, 0])
            .Section(3, 1, 0)
            .Section(4, 1, 0x70, 1, 2, 10)
            .Section(5, 1, 1, 1, 16)
            .Section(13, 1, 0, 1)
            .Section(6, 2, 0x7F, 1, 0x41, 42, 0x0B, 0x70, 0, 0xD2, 1, 0x0B)
            .Section(7, [2, .. Name("main"), 0, 1, .. Name("memory"), 2, 0])
            .Section(9, 2, 0, 0x41, 0, 0x0B, 2, 0, 1, 5, 0x70, 1, 0xD0, 0x70, 0x0B)
            .Section(12, 1)
            .Section(10, Vector([1, 1, 0x7E, .. code, 0x0B]))
            .Section(11, [1, 0, 0x41, 8, 0x0B, 3, 1, 2, 3])
            .Section(0, [.. Name("name"), 1, 7, 1, 1, 4, .. "main"u8])
            .ToArray();
    }
}
