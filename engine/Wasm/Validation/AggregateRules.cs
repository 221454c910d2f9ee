using Kiln.Foundation.Diagnostics;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Validation;

/// <summary>Typing rules of structs and arrays (core spec, section 3.4.8).</summary>
internal static class AggregateRules
{
    /// <summary>Applies an instruction.</summary>
    public static void Apply(ValidationStack stack, ValidatedModule module, in Operator op)
    {
        if (op.Opcode <= Opcode.StructSet) ApplyStruct(stack, in op);
        else ApplyArray(stack, module, in op);
    }

    private static void ApplyStruct(ValidationStack stack, in Operator op)
    {
        StructType type = Struct(stack, op.Index1);
        HeapType heap = HeapType.FromIndex(op.Index1);
        switch (op.Opcode)
        {
            case Opcode.StructNew:
                for (int i = type.Fields.Length - 1; i >= 0; i--) stack.Pop(type.Fields[i].Type);
                stack.Push(ValType.Ref(heap, false));
                break;
            case Opcode.StructNewDefault:
                foreach (FieldType field in type.Fields) CheckDefault(stack, field);
                stack.Push(ValType.Ref(heap, false));
                break;
            case Opcode.StructGet:
            case Opcode.StructGetS:
            case Opcode.StructGetU:
                FieldType read = Field(stack, type, op.Index2);
                CheckPacking(stack, read, op.Opcode == Opcode.StructGet);
                stack.Pop(ValType.Ref(heap, true));
                stack.Push(read.Type);
                break;
            case Opcode.StructSet:
                FieldType written = Field(stack, type, op.Index2);
                if (!written.IsMutable) stack.Fail($"immutable field {op.Index2}");
                stack.Pop([ValType.Ref(heap, true), written.Type]);
                break;
            default:
                EngineBug.Throw($"{op.Opcode.Name()} has no struct rule");
                break;
        }
    }

    private static void ApplyArray(ValidationStack stack, ValidatedModule module, in Operator op)
    {
        FieldType element = Array(stack, op.Index1).Element;
        ValType reference = ValType.Ref(HeapType.FromIndex(op.Index1), false);
        ValType nullable = reference.AsNullable(true);
        switch (op.Opcode)
        {
            case Opcode.ArrayNew:
                stack.Pop([element.Type, ValType.I32]);
                stack.Push(reference);
                break;
            case Opcode.ArrayNewDefault:
                CheckDefault(stack, element);
                stack.Pop(ValType.I32);
                stack.Push(reference);
                break;
            case Opcode.ArrayNewFixed:
                int limit = module.Options.MaxArrayNewFixed;
                if (op.Index2 > (uint)limit) stack.Fail($"array.new_fixed has too many operands: at most {limit} are allowed");
                for (uint i = 0; i < op.Index2; i++) stack.Pop(element.Type);
                stack.Push(reference);
                break;
            case Opcode.ArrayNewData:
                CheckNumeric(stack, element);
                TableRules.CheckData(stack, module, op.Index2);
                stack.Pop([ValType.I32, ValType.I32]);
                stack.Push(reference);
                break;
            case Opcode.ArrayNewElem:
                TableRules.CheckElement(stack, module, op.Index2, element.Type);
                stack.Pop([ValType.I32, ValType.I32]);
                stack.Push(reference);
                break;
            case Opcode.ArrayGet:
            case Opcode.ArrayGetS:
            case Opcode.ArrayGetU:
                CheckPacking(stack, element, op.Opcode == Opcode.ArrayGet);
                stack.Pop([nullable, ValType.I32]);
                stack.Push(element.Type);
                break;
            case Opcode.ArraySet:
                CheckMutable(stack, element);
                stack.Pop([nullable, ValType.I32, element.Type]);
                break;
            case Opcode.ArrayFill:
                CheckMutable(stack, element);
                stack.Pop([nullable, ValType.I32, element.Type, ValType.I32]);
                break;
            case Opcode.ArrayCopy:
                CheckMutable(stack, element);
                FieldType source = Array(stack, op.Index2).Element;
                if (source.Packed != element.Packed || !stack.Types.Matches(source.Type, element.Type)) stack.Fail("array types do not match");
                stack.Pop([nullable, ValType.I32, ValType.Ref(HeapType.FromIndex(op.Index2), true), ValType.I32, ValType.I32]);
                break;
            case Opcode.ArrayInitData:
                CheckMutable(stack, element);
                CheckNumeric(stack, element);
                TableRules.CheckData(stack, module, op.Index2);
                stack.Pop([nullable, ValType.I32, ValType.I32, ValType.I32]);
                break;
            case Opcode.ArrayInitElem:
                CheckMutable(stack, element);
                TableRules.CheckElement(stack, module, op.Index2, element.Type);
                stack.Pop([nullable, ValType.I32, ValType.I32, ValType.I32]);
                break;
            default:
                EngineBug.Throw($"{op.Opcode.Name()} has no array rule");
                break;
        }
    }

    private static StructType Struct(ValidationStack stack, uint index)
    {
        if (!stack.Types.Contains(index)) stack.FailUnknown("type", index);
        if (stack.Types[index].Composite is StructType type) return type;
        stack.Fail($"type mismatch: type {index} is not a structure type");
        return null!;
    }

    private static ArrayType Array(ValidationStack stack, uint index)
    {
        if (!stack.Types.Contains(index)) stack.FailUnknown("type", index);
        if (stack.Types[index].Composite is ArrayType type) return type;
        stack.Fail($"type mismatch: type {index} is not an array type");
        return null!;
    }

    private static FieldType Field(ValidationStack stack, StructType type, uint index)
    {
        if (index >= (uint)type.Fields.Length) stack.FailUnknown("field", index);
        return type.Fields[(int)index];
    }

    private static void CheckMutable(ValidationStack stack, FieldType element)
    {
        if (!element.IsMutable) stack.Fail("immutable array");
    }

    private static void CheckDefault(ValidationStack stack, FieldType field)
    {
        if (!field.Type.IsDefaultable) stack.Fail($"type mismatch: field type {field} has no default value");
    }

    private static void CheckPacking(ValidationStack stack, FieldType field, bool plain)
    {
        if (plain != (field.Packed == PackedKind.None)) stack.Fail(plain ? "type mismatch: field is packed" : "type mismatch: field is not packed");
    }

    private static void CheckNumeric(ValidationStack stack, FieldType element)
    {
        if (element.Type.IsRef) stack.Fail("array type is not numeric or vector");
    }
}
