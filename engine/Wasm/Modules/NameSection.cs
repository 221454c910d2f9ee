using System;
using System.Collections.Frozen;
using System.Collections.Generic;
using System.Text;
using Kiln.Foundation.Buffers;

namespace Kiln.Wasm.Modules;

/// <summary>
/// Names for backtraces and disassembly, from the custom section <c>name</c> (core spec, appendix "Name
/// Section"). It is not part of the module's meaning: what is damaged is ignored from there on.
/// </summary>
public sealed class NameSection
{
    private readonly FrozenDictionary<uint, string> _functions;

    private NameSection(string? module, FrozenDictionary<uint, string> functions)
    {
        Module = module;
        _functions = functions;
    }

    /// <summary>The module's name, if it has one.</summary>
    public string? Module { get; }

    /// <summary>All function names.</summary>
    public IReadOnlyDictionary<uint, string> Functions => _functions;

    /// <summary>The name of a function, or null.</summary>
    public string? Function(uint functionIndex) => _functions.GetValueOrDefault(functionIndex);

    internal static NameSection Decode(WasmModule module)
    {
        foreach (CustomSection section in module.CustomSections)
        {
            if (section.Name == "name") return Decode(module.Slice(section.Content));
        }

        return new NameSection(null, FrozenDictionary<uint, string>.Empty);
    }

    private static NameSection Decode(ReadOnlySpan<byte> bytes)
    {
        string? moduleName = null;
        Dictionary<uint, string> functions = [];
        int position = 0;
        while (position < bytes.Length)
        {
            byte id = bytes[position++];
            if (!TryReadLength(bytes, ref position, out int size)) break;
            ReadOnlySpan<byte> content = bytes.Slice(position, size);
            position += size;
            int at = 0;
            if (id == 0)
            {
                if (TryReadName(content, ref at, out string? name)) moduleName = name;
            }
            else if (id == 1)
            {
                ReadFunctionNames(content, functions);
            }
        }

        return new NameSection(moduleName, functions.ToFrozenDictionary());
    }

    private static void ReadFunctionNames(ReadOnlySpan<byte> content, Dictionary<uint, string> names)
    {
        int at = 0;
        if (Leb128.ReadUnsigned(content, ref at, 32, out ulong count) != Leb128.Status.Ok) return;
        for (ulong i = 0; i < count; i++)
        {
            if (Leb128.ReadUnsigned(content, ref at, 32, out ulong index) != Leb128.Status.Ok) return;
            if (!TryReadName(content, ref at, out string? name)) return;
            names[(uint)index] = name!;
        }
    }

    private static bool TryReadName(ReadOnlySpan<byte> bytes, ref int position, out string? name)
    {
        name = null;
        if (!TryReadLength(bytes, ref position, out int length)) return false;
        name = Encoding.UTF8.GetString(bytes.Slice(position, length));
        position += length;
        return true;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> bytes, ref int position, out int length)
    {
        length = 0;
        if (Leb128.ReadUnsigned(bytes, ref position, 32, out ulong value) != Leb128.Status.Ok) return false;
        if (value > (ulong)(bytes.Length - position)) return false;
        length = (int)value;
        return true;
    }
}
