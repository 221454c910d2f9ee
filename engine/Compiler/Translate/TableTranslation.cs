using System;
using Kiln.Codegen.Ir;
using Kiln.Codegen.Ir.Builder;
using Kiln.Contract;
using Kiln.Contract.Layout;
using Kiln.Foundation.Entities;
using Kiln.Wasm.Types;

namespace Kiln.Compiler.Translate;

/// <summary>
/// Tables and element segments; what an element looks like says <see cref="VmTableLayout"/>. A table whose type fixes its size
/// never moves, so its base is read once and its length is a constant.
/// </summary>
/// <remarks>
/// Bounds: the address of an element outside of the table becomes 0 by a conditional move, and the access faults there.
/// There is no branch, so the processor cannot run ahead with an element that does not exist, and a guard of the IR keeps the move
/// even where the guest has compared the index itself.
/// </remarks>
internal static class TableTranslation
{
    /// <summary><c>table.get</c>.</summary>
    public static void Get(Translation t, uint table)
    {
        Value index = t.Pop();
        FunctionBuilder b = t.Builder;
        if (TypeOfElements(t, table) == IrType.Ref)
        {
            t.Push(Load(t, table, index, Trap.TableOutOfBounds));
            return;
        }

        Value element = Load(t, table, index, Trap.TableOutOfBounds);
        element = Initialized(t, table, index, element, b.IcmpImm(IntCC.Eq, element, 0), default);
        t.Push(b.Band(element, b.I64Const(~VmTableLayout.Initialized)));
    }

    /// <summary><c>table.set</c>.</summary>
    public static void Set(Translation t, uint table)
    {
        Value value = t.Pop();
        FunctionBuilder b = t.Builder;
        Value address = ElementAddress(t, table, t.Pop());
        if (TypeOfElements(t, table) != IrType.Ref) value = b.Bor(value, b.I64Const(VmTableLayout.Initialized));
        b.Store(ElementFlags(t, table, Trap.TableOutOfBounds), value, address, 0);
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
        Inst call = CallTranslation.CallBuiltin(t, Builtin.TableGrow, [t.I32(table), element, delta], TypeOfElements(t, table));
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
        CallTranslation.CallBuiltin(t, Builtin.TableFill, [t.I32(table), target, element, length], TypeOfElements(t, table));
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

    /// <summary>
    /// The function that element <paramref name="index"/> of a table of functions refers to, after checks that the element
    /// exists and is not null: the address of its record. Either check's failure is known by one comparison.
    /// </summary>
    public static Value LoadCallee(Translation t, uint table, Value index)
    {
        FunctionBuilder b = t.Builder;
        Value element = Load(t, table, index, Trap.UndefinedElement);
        Value suspect = b.Icmp(IntCC.Ule, element, b.I64Const(VmTableLayout.Initialized));
        element = Initialized(t, table, index, element, suspect, Translation.Code(Trap.IndirectCallToNull));

        // A sum, because loads take it into their displacement.
        return b.IaddImm(element, -VmTableLayout.Initialized);
    }

    // The element itself, or what the runtime makes of it if the condition holds; then, if there is a code, it must not be null.
    private static Value Initialized(Translation t, uint table, Value index, Value element, Value condition, TrapCode ifNull)
    {
        FunctionBuilder b = t.Builder;
        Block cold = b.CreateBlock();
        Block done = b.CreateBlock();
        Value result = b.AppendBlockParam(done, IrType.I64);
        b.SetCold(cold);
        b.Brif(condition, cold, [], done, [element]);
        b.SealBlock(cold);
        b.SwitchToBlock(cold);
        Inst call = CallTranslation.CallQuietly(t, Builtin.TableElement, [t.I32(table), Wide(t, table, index)]);
        Value initialized = b.Func.Dfg.FirstResult(call);
        if (ifNull != default) b.Trapnz(b.IcmpImm(IntCC.Eq, initialized, VmTableLayout.Initialized), ifNull);
        b.Jump(done, [initialized]);
        b.SealBlock(done);
        b.SwitchToBlock(done);
        return result;
    }

    private static Value Load(Translation t, uint table, Value index, Trap outOfBounds) =>
        t.Builder.Load(TypeOfElements(t, table), ElementFlags(t, table, outOfBounds), ElementAddress(t, table, index), 0);

    // Address of an element, or 0 if there is none; the index has the table's address type.
    private static Value ElementAddress(Translation t, uint table, Value index)
    {
        FunctionBuilder b = t.Builder;
        Value start = ArrayOf(t, table).Load(IrType.I64, DescriptorFlags(t, table), VmTableLayout.Base);
        Value address = b.Iadd(start, b.Ishl(Wide(t, table, index), b.I64Const(3)));
        return b.SpectreGuard(IntCC.Ult, index, LoadLength(t, table), address);
    }

    private static Value Wide(Translation t, uint table, Value index) => TypeOf(t, table).Is64 ? index : t.Builder.Uextend(index);

    // The length in the table's address type. A 32-bit table has fewer than 2^32 elements: the low half is all of it.
    private static Value LoadLength(Translation t, uint table)
    {
        FunctionBuilder b = t.Builder;
        IrType type = TypeOf(t, table).Is64 ? IrType.I64 : IrType.I32;
        if (FixedLength(t, table) is { } length) return type == IrType.I64 ? b.I64Const((long)length) : b.I32Const((int)(uint)length);
        return ArrayOf(t, table).Load(type, DescriptorFlags(t, table), VmTableLayout.Length);
    }

    private static TableType TypeOf(Translation t, uint table) => t.Environment.Module.Tables[(int)table].Type;

    private static IrType TypeOfElements(Translation t, uint table) => t.Environment.IrTypeOf(TypeOf(t, table).Element);

    private static ulong? FixedLength(Translation t, uint table)
    {
        Limits limits = TypeOf(t, table).Limits;
        return limits.Max == limits.Min ? limits.Min : null;
    }

    private static MemFlags ElementFlags(Translation t, uint table, Trap outOfBounds) =>
        default(MemFlags).WithTrap(Translation.Code(outOfBounds)).WithRegion(t.Environment.Regions.Table(table));

    private static MemFlags DescriptorFlags(Translation t, uint table) => BoundedArray.Flags(AliasRegions.TableDescriptors, FixedLength(t, table) is not null);

    private static BoundedArray ArrayOf(Translation t, uint table)
    {
        VmOffsets offsets = t.Environment.Offsets;
        bool isImported = offsets.IsImportedTable(table);
        return new BoundedArray(t, isImported ? offsets.ImportedTable(table) : offsets.DefinedTable(table), isImported);
    }
}
