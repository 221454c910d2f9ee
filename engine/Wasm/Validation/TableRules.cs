using Kiln.Foundation.Diagnostics;
using Kiln.Wasm.Modules;
using Kiln.Wasm.Opcodes;
using Kiln.Wasm.Operators;
using Kiln.Wasm.Types;

namespace Kiln.Wasm.Validation;

/// <summary>Typing rules of tables, segments and whole memories (core spec, section 3.4.3 to 3.4.6).</summary>
internal static class TableRules
{
    /// <summary>Checks the indices of an instruction whose signature is in the table; returns what <c>addr</c> means in it.</summary>
    public static ValType CheckImmediates(ValidationStack stack, ValidatedModule module, in Operator op)
    {
        switch (op.Opcode)
        {
            case Opcode.MemorySize:
            case Opcode.MemoryGrow:
            case Opcode.MemoryFill:
                return MemoryRules.AddressType(stack, module.Module, op.Index1);
            case Opcode.MemoryInit:
                ValType address = MemoryRules.AddressType(stack, module.Module, op.Index2);
                CheckData(stack, module, op.Index1);
                return address;
            case Opcode.DataDrop:
                CheckData(stack, module, op.Index1);
                return default;
            case Opcode.TableSize:
                return Table(stack, module.Module, op.Index1).AddressType;
            case Opcode.TableInit:
                TableType table = Table(stack, module.Module, op.Index2);
                CheckElement(stack, module, op.Index1, table.Element);
                return table.AddressType;
            case Opcode.ElemDrop:
                CheckElement(stack, module, op.Index1, default);
                return default;
            default:
                return default;
        }
    }

    /// <summary>Applies an instruction.</summary>
    public static void Apply(ValidationStack stack, ValidatedModule module, in Operator op)
    {
        if (op.Opcode == Opcode.MemoryCopy)
        {
            ValType to = MemoryRules.AddressType(stack, module.Module, op.Index1);
            ValType from = MemoryRules.AddressType(stack, module.Module, op.Index2);
            stack.Pop([to, from, Smaller(to, from)]);
            return;
        }

        TableType table = Table(stack, module.Module, op.Index1);
        ValType address = table.AddressType;
        switch (op.Opcode)
        {
            case Opcode.TableGet:
                stack.Pop(address);
                stack.Push(table.Element);
                break;
            case Opcode.TableSet:
                stack.Pop([address, table.Element]);
                break;
            case Opcode.TableGrow:
                stack.Pop([table.Element, address]);
                stack.Push(address);
                break;
            case Opcode.TableFill:
                stack.Pop([address, table.Element, address]);
                break;
            case Opcode.TableCopy:
                TableType source = Table(stack, module.Module, op.Index2);
                if (!stack.Types.Matches(source.Element, table.Element)) stack.Fail($"type mismatch: cannot copy {source.Element} to {table.Element}");
                stack.Pop([address, source.AddressType, Smaller(address, source.AddressType)]);
                break;
            default:
                EngineBug.Throw($"{op.Opcode.Name()} has no table rule");
                break;
        }
    }

    /// <summary>The type of a table.</summary>
    public static TableType Table(ValidationStack stack, WasmModule module, uint index)
    {
        if (index >= (uint)module.Tables.Length) stack.FailUnknown("table", index);
        return module.Tables[(int)index].Type;
    }

    /// <summary>Checks that a data segment exists and that its number was announced.</summary>
    public static void CheckData(ValidationStack stack, ValidatedModule module, uint index)
    {
        if (module.Module.DataCount is not { } count)
        {
            stack.Fail("data count section required");
            return;
        }

        if (index >= count) stack.FailUnknown("data segment", index);
    }

    /// <summary>Checks that an element segment exists and that its elements can be used as <paramref name="target"/> (Bottom: as anything).</summary>
    public static void CheckElement(ValidationStack stack, ValidatedModule module, uint index, ValType target)
    {
        if (index >= (uint)module.Module.Elements.Length) stack.FailUnknown("elem segment", index);
        ValType type = module.Module.Elements[(int)index].Type;
        if (!target.IsBottom && !stack.Types.Matches(type, target)) stack.Fail($"type mismatch: cannot copy elements of {type} to {target}");
    }

    private static ValType Smaller(ValType a, ValType b) => a == ValType.I64 && b == ValType.I64 ? a : ValType.I32;
}
