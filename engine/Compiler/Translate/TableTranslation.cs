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
        FunctionBuilder b = t.Builder;
        Value delta = b.Uextend(t.Pop());
        Value element = t.Pop();
        t.Fuel.ChargeBulk(delta);
        Inst call = CallTranslation.CallBuiltin(t, Builtin.TableGrow, [t.I32(table), element, delta]);
        t.Push(b.Ireduce(b.Func.Dfg.FirstResult(call)));
    }

    /// <summary><c>table.fill</c>.</summary>
    public static void Fill(Translation t, uint table)
    {
        FunctionBuilder b = t.Builder;
        Value length = b.Uextend(t.Pop());
        Value element = t.Pop();
        Value target = b.Uextend(t.Pop());
        t.Fuel.ChargeBulk(length);
        CallTranslation.CallBuiltin(t, Builtin.TableFill, [t.I32(table), target, element, length]);
    }

    /// <summary><c>table.copy</c>.</summary>
    public static void Copy(Translation t, uint to, uint from)
    {
        FunctionBuilder b = t.Builder;
        Value length = b.Uextend(t.Pop());
        Value source = b.Uextend(t.Pop());
        Value target = b.Uextend(t.Pop());
        t.Fuel.ChargeBulk(length);
        CallTranslation.CallBuiltin(t, Builtin.TableCopy, [t.I32(to), t.I32(from), target, source, length]);
    }

    /// <summary><c>table.init</c>.</summary>
    public static void Init(Translation t, uint segment, uint table)
    {
        FunctionBuilder b = t.Builder;
        Value length = t.Pop();
        Value source = t.Pop();
        Value target = b.Uextend(t.Pop());
        if (t.Fuel.IsOn) t.Fuel.ChargeBulk(b.Uextend(length));
        CallTranslation.CallBuiltin(t, Builtin.TableInit, [t.I32(table), t.I32(segment), target, source, length]);
    }

    /// <summary><c>elem.drop</c>.</summary>
    public static void Drop(Translation t, uint segment) => CallTranslation.CallBuiltin(t, Builtin.ElemDrop, [t.I32(segment)]);

    /// <summary>Address of the element with number <paramref name="index"/> (i32), after a check that there is one.</summary>
    public static Value ElementAddress(Translation t, uint table, Value index, Trap outOfBounds)
    {
        FunctionBuilder b = t.Builder;
        b.Trapnz(b.Icmp(IntCC.Uge, index, LoadLength(t, table)), Translation.Code(outOfBounds));
        (Value descriptor, int offset) = Descriptor(t, table);
        Value start = b.Load(IrType.I64, DescriptorFlags(t, table), descriptor, offset + VmTableLayout.Base);
        return b.Iadd(start, b.Ishl(b.Uextend(index), b.I64Const(3)));
    }

    /// <summary>The element at an address.</summary>
    public static Value LoadElement(Translation t, uint table, Value address) =>
        t.Builder.Load(IrType.I64, MemFlags.Trusted(t.Environment.Regions.Table(table)), address, 0);

    // A 32-bit table has fewer than 2^32 elements, so the low half of its length is the length.
    private static Value LoadLength(Translation t, uint table)
    {
        FunctionBuilder b = t.Builder;
        if (FixedLength(t, table) is { } length) return b.I32Const((int)(uint)length);
        (Value descriptor, int offset) = Descriptor(t, table);
        return b.Load(IrType.I32, DescriptorFlags(t, table), descriptor, offset + VmTableLayout.Length);
    }

    private static ulong? FixedLength(Translation t, uint table)
    {
        Limits limits = t.Environment.Module.Tables[(int)table].Type.Limits;
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
