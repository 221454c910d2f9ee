using System.Collections.Immutable;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Decoding;

/// <summary>Decodes the type section (core spec, section 5.3.4 and 5.5.4). Indices are not checked here.</summary>
internal sealed class TypeSectionDecoder(DecodeOptions options)
{
    private readonly ImmutableArray<ValType>.Builder _valTypes = ImmutableArray.CreateBuilder<ValType>();
    private readonly ImmutableArray<FieldType>.Builder _fields = ImmutableArray.CreateBuilder<FieldType>();

    /// <summary>The types, by index.</summary>
    public ImmutableArray<SubType>.Builder Types { get; } = ImmutableArray.CreateBuilder<SubType>();

    /// <summary>The recursion groups.</summary>
    public ImmutableArray<RecGroup>.Builder Groups { get; } = ImmutableArray.CreateBuilder<RecGroup>();

    /// <summary>Where each group starts.</summary>
    public ImmutableArray<WasmOffset>.Builder GroupOffsets { get; } = ImmutableArray.CreateBuilder<WasmOffset>();

    /// <summary>Reads the content of the section.</summary>
    public void Read(ref ByteReader input)
    {
        int count = input.ReadCount(options.MaxRecGroups, "recursion groups");
        for (int i = 0; i < count; i++)
        {
            GroupOffsets.Add(input.Offset);
            int start = Types.Count;
            int members = 1;
            if (input.Peek() == 0x4E)
            {
                input.Require(Feature.Gc, "recursion group");
                input.ReadByte();
                members = input.ReadCount(options.MaxTypes, "types in a recursion group");
            }

            for (int j = 0; j < members; j++)
            {
                if (Types.Count == options.MaxTypes) input.Fail($"too many types: at most {options.MaxTypes} are allowed");
                Types.Add(ReadSubType(ref input, i));
            }

            Groups.Add(new RecGroup(start, members));
        }
    }

    private SubType ReadSubType(ref ByteReader input, int group)
    {
        WasmOffset at = input.Offset;
        byte form = input.ReadByte();
        if (form is not (0x50 or 0x4F)) return new SubType(ReadComposite(ref input, form, at), true, null, group);

        input.Require(Feature.Gc, "subtype", at);
        uint supertypes = input.ReadU32();
        if (supertypes > 1) input.Fail("sub type has more than one super type", at);
        uint? super = supertypes == 1 ? input.ReadU32() : null;
        at = input.Offset;
        return new SubType(ReadComposite(ref input, input.ReadByte(), at), form == 0x4F, super, group);
    }

    private CompositeType ReadComposite(ref ByteReader input, byte form, WasmOffset at)
    {
        switch (form)
        {
            case 0x60:
                ImmutableArray<ValType> parameters = ReadValTypes(ref input, options.MaxParameters, "parameters");
                ImmutableArray<ValType> results = ReadValTypes(ref input, options.MaxResults, "results");
                if (results.Length > 1) input.Require(Feature.MultiValue, "invalid result arity: a function type with several results", at);
                return new FuncType(parameters, results);
            case 0x5F:
                input.Require(Feature.Gc, "struct type", at);
                return ReadStruct(ref input);
            case 0x5E:
                input.Require(Feature.Gc, "array type", at);
                return new ArrayType(ReadField(ref input));
            case 0x5D:
                input.Require(Feature.StackSwitching, "continuation type", at);
                return new ContType(ReadTypeIndex(ref input));
            default:
                input.Fail(form >= 0x80 ? "integer representation too long" : $"malformed definition type: {form:x2}", at);
                return null!;
        }
    }

    private static uint ReadTypeIndex(ref ByteReader input)
    {
        WasmOffset at = input.Offset;
        return input.TypeIndex(input.ReadSigned(33), at).TypeIndex;
    }

    private ImmutableArray<ValType> ReadValTypes(ref ByteReader input, int limit, string what)
    {
        int count = input.ReadCount(limit, what);
        _valTypes.Clear();
        for (int i = 0; i < count; i++) _valTypes.Add(input.ReadValType());
        return _valTypes.ToImmutable();
    }

    private StructType ReadStruct(ref ByteReader input)
    {
        int count = input.ReadCount(options.MaxStructFields, "fields");
        _fields.Clear();
        for (int i = 0; i < count; i++) _fields.Add(ReadField(ref input));
        return new StructType(_fields.ToImmutable());
    }

    private static FieldType ReadField(ref ByteReader input)
    {
        PackedKind packed = input.Peek() switch { 0x78 => PackedKind.I8, 0x77 => PackedKind.I16, _ => PackedKind.None };
        ValType type = ValType.I32;
        if (packed == PackedKind.None) type = input.ReadValType();
        else input.ReadByte();
        return new FieldType(type, packed, DeclarationDecoder.ReadMutability(ref input));
    }
}
