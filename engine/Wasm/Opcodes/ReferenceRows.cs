using System;
using Imm = Kiln.Wasm.Opcodes.ImmediateKind;

namespace Kiln.Wasm.Opcodes;

/// <summary>Rows of the opcode table: references, structs, arrays, i31 and casts.</summary>
internal static class ReferenceRows
{
    /// <summary>The rows, in the order of <see cref="Opcode"/>.</summary>
    public static ReadOnlySpan<OpcodeRow> All => Rows;

    private static readonly OpcodeRow[] Rows =
    [
        // references
        new(Opcode.RefNull, "ref.null", 0x00, 0xD0, Imm.HeapType, OpcodeRow.Special, Feature.ReferenceTypes),
        new(Opcode.RefIsNull, "ref.is_null", 0x00, 0xD1, Imm.None, OpcodeRow.Special, Feature.ReferenceTypes),
        new(Opcode.RefFunc, "ref.func", 0x00, 0xD2, Imm.Function, OpcodeRow.Special, Feature.ReferenceTypes),
        new(Opcode.RefEq, "ref.eq", 0x00, 0xD3, Imm.None, "[eqref eqref] -> [i32]", Feature.Gc),
        new(Opcode.RefAsNonNull, "ref.as_non_null", 0x00, 0xD4, Imm.None, OpcodeRow.Special, Feature.TypedFunctionReferences),

        // structs
        new(Opcode.StructNew, "struct.new", 0xFB, 0x00, Imm.Type, OpcodeRow.Special, Feature.Gc),
        new(Opcode.StructNewDefault, "struct.new_default", 0xFB, 0x01, Imm.Type, OpcodeRow.Special, Feature.Gc),
        new(Opcode.StructGet, "struct.get", 0xFB, 0x02, Imm.TypeField, OpcodeRow.Special, Feature.Gc),
        new(Opcode.StructGetS, "struct.get_s", 0xFB, 0x03, Imm.TypeField, OpcodeRow.Special, Feature.Gc),
        new(Opcode.StructGetU, "struct.get_u", 0xFB, 0x04, Imm.TypeField, OpcodeRow.Special, Feature.Gc),
        new(Opcode.StructSet, "struct.set", 0xFB, 0x05, Imm.TypeField, OpcodeRow.Special, Feature.Gc),

        // arrays
        new(Opcode.ArrayNew, "array.new", 0xFB, 0x06, Imm.Type, OpcodeRow.Special, Feature.Gc),
        new(Opcode.ArrayNewDefault, "array.new_default", 0xFB, 0x07, Imm.Type, OpcodeRow.Special, Feature.Gc),
        new(Opcode.ArrayNewFixed, "array.new_fixed", 0xFB, 0x08, Imm.TypeCount, OpcodeRow.Special, Feature.Gc),
        new(Opcode.ArrayNewData, "array.new_data", 0xFB, 0x09, Imm.TypeData, OpcodeRow.Special, Feature.Gc),
        new(Opcode.ArrayNewElem, "array.new_elem", 0xFB, 0x0A, Imm.TypeElement, OpcodeRow.Special, Feature.Gc),
        new(Opcode.ArrayGet, "array.get", 0xFB, 0x0B, Imm.Type, OpcodeRow.Special, Feature.Gc),
        new(Opcode.ArrayGetS, "array.get_s", 0xFB, 0x0C, Imm.Type, OpcodeRow.Special, Feature.Gc),
        new(Opcode.ArrayGetU, "array.get_u", 0xFB, 0x0D, Imm.Type, OpcodeRow.Special, Feature.Gc),
        new(Opcode.ArraySet, "array.set", 0xFB, 0x0E, Imm.Type, OpcodeRow.Special, Feature.Gc),
        new(Opcode.ArrayLen, "array.len", 0xFB, 0x0F, Imm.None, "[arrayref] -> [i32]", Feature.Gc),
        new(Opcode.ArrayFill, "array.fill", 0xFB, 0x10, Imm.Type, OpcodeRow.Special, Feature.Gc),
        new(Opcode.ArrayCopy, "array.copy", 0xFB, 0x11, Imm.TypeType, OpcodeRow.Special, Feature.Gc),
        new(Opcode.ArrayInitData, "array.init_data", 0xFB, 0x12, Imm.TypeData, OpcodeRow.Special, Feature.Gc),
        new(Opcode.ArrayInitElem, "array.init_elem", 0xFB, 0x13, Imm.TypeElement, OpcodeRow.Special, Feature.Gc),

        // casts; a name with a space is a second encoding of the mnemonic before the space
        new(Opcode.RefTest, "ref.test", 0xFB, 0x14, Imm.HeapType, OpcodeRow.Special, Feature.Gc),
        new(Opcode.RefTestNull, "ref.test null", 0xFB, 0x15, Imm.HeapType, OpcodeRow.Special, Feature.Gc),
        new(Opcode.RefCast, "ref.cast", 0xFB, 0x16, Imm.HeapType, OpcodeRow.Special, Feature.Gc),
        new(Opcode.RefCastNull, "ref.cast null", 0xFB, 0x17, Imm.HeapType, OpcodeRow.Special, Feature.Gc),
        new(Opcode.BrOnCast, "br_on_cast", 0xFB, 0x18, Imm.CastLabel, OpcodeRow.Special, Feature.Gc),
        new(Opcode.BrOnCastFail, "br_on_cast_fail", 0xFB, 0x19, Imm.CastLabel, OpcodeRow.Special, Feature.Gc),
        new(Opcode.AnyConvertExtern, "any.convert_extern", 0xFB, 0x1A, Imm.None, OpcodeRow.Special, Feature.Gc),
        new(Opcode.ExternConvertAny, "extern.convert_any", 0xFB, 0x1B, Imm.None, OpcodeRow.Special, Feature.Gc),

        // unboxed scalars
        new(Opcode.RefI31, "ref.i31", 0xFB, 0x1C, Imm.None, "[i32] -> [(ref i31)]", Feature.Gc),
        new(Opcode.I31GetS, "i31.get_s", 0xFB, 0x1D, Imm.None, "[i31ref] -> [i32]", Feature.Gc),
        new(Opcode.I31GetU, "i31.get_u", 0xFB, 0x1E, Imm.None, "[i31ref] -> [i32]", Feature.Gc),
    ];
}
