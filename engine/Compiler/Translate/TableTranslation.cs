using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Contract;
using Kiln.Contract.Layout;
using Kiln.Wasm.Types;

namespace Kiln.Compiler.Translate;

/// <summary>
/// Tables and element segments. Elements are 8 bytes: a funcref pointer or a handle. A table whose type fixes its size
/// never moves, so its base is read once and its length is a constant.
/// </summary>
internal static class TableTranslation
{
    /// <summary><c>table.get</c>.</summary>
    public static void Get(Translation t, uint table)
    {
        Value address = ElementAddress(t, table, t.Pop(), Trap.TableOutOfBounds);
        t.Push(LoadElement(t, table, address));
    }

    /// <summary><c>table.set</c>.</summary>
    public static void Set(Translation t, uint table)
    {
        Value value = t.Pop();
        Value address = ElementAddress(t, table, t.Pop(), Trap.TableOutOfBounds);
        t.Builder.Store(MemFlags.Trusted(t.Environment.Regions.Table(table)), value, address, 0);
    }

    /// <summary><c>table.size</c>.</summary>
    public static void Size(Translation t, uint table) => t.Push(LoadLength(t, table));

    /// <summary><c>table.grow</c>.</summary>
    public static void Grow(Translation t, uint table)
    {
        bool is64 = TypeOf(t, table).Is64;
        Value delta = t.PopAsI64(is64);
        Value element = t.Pop();
        t.Fuel.ChargeBulk(delta);
        Inst call = CallTranslation.CallBuiltin(t, Builtin.TableGrow, [t.I32(table), element, delta]);
        t.Push(t.FromI64(t.Builder.Func.Dfg.FirstResult(call), is64));
    }

    /// <summary><c>table.fill</c>.</summary>
    public static void Fill(Translation t, uint table)
    {
        bool is64 = TypeOf(t, table).Is64;
        Value length = t.PopAsI64(is64);
        Value element = t.Pop();
        Value target = t.PopAsI64(is64);
        t.Fuel.ChargeBulk(length);
        CallTranslation.CallBuiltin(t, Builtin.TableFill, [t.I32(table), target, element, length]);
    }

    /// <summary><c>table.copy</c>. The length is an i64 only if both tables are 64-bit.</summary>
    public static void Copy(Translation t, uint to, uint from)
    {
        bool to64 = TypeOf(t, to).Is64;
        bool from64 = TypeOf(t, from).Is64;
        Value length = t.PopAsI64(to64 && from64);
        Value source = t.PopAsI64(from64);
        Value target = t.PopAsI64(to64);
        t.Fuel.ChargeBulk(length);
        CallTranslation.CallBuiltin(t, Builtin.TableCopy, [t.I32(to), t.I32(from), target, source, length]);
    }

    /// <summary><c>table.init</c>. Only the target depends on the table.</summary>
    public static void Init(Translation t, uint segment, uint table)
    {
        Value length = t.Pop();
        Value source = t.Pop();
        Value target = t.PopAsI64(TypeOf(t, table).Is64);
        if (t.Fuel.IsOn) t.Fuel.ChargeBulk(t.Builder.Uextend(length));
        CallTranslation.CallBuiltin(t, Builtin.TableInit, [t.I32(table), t.I32(segment), target, source, length]);
    }

    /// <summary><c>elem.drop</c>.</summary>
    public static void Drop(Translation t, uint segment) => CallTranslation.CallBuiltin(t, Builtin.ElemDrop, [t.I32(segment)]);

    /// <summary>Address of the element with number <paramref name="index"/>, of the table's address type, after a check that there is one.</summary>
    public static Value ElementAddress(Translation t, uint table, Value index, Trap outOfBounds)
    {
        FunctionBuilder b = t.Builder;
        b.Trapnz(b.Icmp(IntCC.Uge, index, LoadLength(t, table)), Translation.Code(outOfBounds));
        (Value descriptor, int offset) = Descriptor(t, table);
        Value start = b.Load(IrType.I64, DescriptorFlags(t, table), descriptor, offset + VmTableLayout.Base);
        Value wide = TypeOf(t, table).Is64 ? index : b.Uextend(index);
        return b.Iadd(start, b.Ishl(wide, b.I64Const(3)));
    }

    /// <summary>The element at an address.</summary>
    public static Value LoadElement(Translation t, uint table, Value address) =>
        t.Builder.Load(IrType.I64, MemFlags.Trusted(t.Environment.Regions.Table(table)), address, 0);

    // The length in the table's address type. A 32-bit table has fewer than 2^32 elements: the low half is all of it.
    private static Value LoadLength(Translation t, uint table)
    {
        FunctionBuilder b = t.Builder;
        IrType type = TypeOf(t, table).Is64 ? IrType.I64 : IrType.I32;
        if (FixedLength(t, table) is { } length) return type == IrType.I64 ? b.I64Const((long)length) : b.I32Const((int)(uint)length);
        (Value descriptor, int offset) = Descriptor(t, table);
        return b.Load(type, DescriptorFlags(t, table), descriptor, offset + VmTableLayout.Length);
    }

    private static TableType TypeOf(Translation t, uint table) => t.Environment.Module.Tables[(int)table].Type;

    private static ulong? FixedLength(Translation t, uint table)
    {
        Limits limits = TypeOf(t, table).Limits;
        return limits.Max == limits.Min ? limits.Min : null;
    }

    private static MemFlags DescriptorFlags(Translation t, uint table)
    {
        MemFlags flags = MemFlags.Trusted(AliasRegions.TableDescriptors);
        return FixedLength(t, table) is null ? flags : flags.WithReadOnly().WithCanMove();
    }

    private static (Value Descriptor, int Offset) Descriptor(Translation t, uint table)
    {
        VmOffsets offsets = t.Environment.Offsets;
        return offsets.IsImportedTable(table)
            ? (t.LoadVmField(offsets.ImportedTable(table)), 0)
            : (t.VmContext, offsets.DefinedTable(table));
    }
}
