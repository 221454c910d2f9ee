using System;

namespace Kiln.Contract;

/// <summary>
/// Functions of the runtime that compiled code calls through the table at <c>VmContextLayout.Builtins</c>; the
/// number is the index there. Each has a row in <see cref="BuiltinTable"/>.
/// </summary>
public enum Builtin : byte
{
    /// <summary><c>memory.grow</c>.</summary>
    MemoryGrow,

    /// <summary><c>memory.copy</c>.</summary>
    MemoryCopy,

    /// <summary><c>memory.fill</c>.</summary>
    MemoryFill,

    /// <summary><c>memory.init</c>.</summary>
    MemoryInit,

    /// <summary><c>data.drop</c>.</summary>
    DataDrop,

    /// <summary><c>table.grow</c>.</summary>
    TableGrow,

    /// <summary><c>table.copy</c>.</summary>
    TableCopy,

    /// <summary><c>table.fill</c>.</summary>
    TableFill,

    /// <summary><c>table.init</c>.</summary>
    TableInit,

    /// <summary><c>elem.drop</c>.</summary>
    ElemDrop,

    /// <summary>Initialises an element of a table of functions; see <c>VmTableLayout</c>. Never traps.</summary>
    TableElement,

    /// <summary>Initialises the funcref record of a function; see <c>VmFuncRefLayout</c>. Never traps.</summary>
    FuncRef,

    /// <summary>Whether a function of an open type may be called by another type, which is not equal.</summary>
    IsSubtype,

    /// <summary><c>memory.atomic.notify</c>.</summary>
    MemoryNotify,

    /// <summary><c>memory.atomic.wait32</c>.</summary>
    MemoryWait32,

    /// <summary><c>memory.atomic.wait64</c>.</summary>
    MemoryWait64,
}

/// <summary>The machine type of a builtin's parameter or result.</summary>
public enum BuiltinType : byte
{
    /// <summary>No value (results only).</summary>
    None,

    /// <summary>
    /// A 32-bit integer, zero-extended in its register (parameters only: the C convention leaves the upper half of a result undefined,
    /// so a builtin with such a result returns 64 bits of it).
    /// </summary>
    I32,

    /// <summary>A 64-bit integer.</summary>
    I64,

    /// <summary>A pointer into the runtime's memory, 64 bits.</summary>
    Pointer,

    /// <summary>A reference of the type of the table's elements (parameters only).</summary>
    Element,
}

/// <summary>One builtin: its signature and meaning. <paramref name="Parameters"/> begin with the VM context and number at most six.</summary>
public sealed record BuiltinRow(Builtin Index, string Name, BuiltinType[] Parameters, BuiltinType Result, string Doc);

/// <summary>
/// One row for each <see cref="Builtin"/>, in the order of the enum. All parameters are integers in the first six
/// integer registers of the guest convention, which are those of the C convention. A builtin that fails sets the
/// activation's pending trap; it does not report failure in its result.
/// </summary>
public static class BuiltinTable
{
    private const BuiltinType I32 = BuiltinType.I32;
    private const BuiltinType I64 = BuiltinType.I64;
    private const BuiltinType Ptr = BuiltinType.Pointer;
    private const BuiltinType Ref = BuiltinType.Element;

    private static readonly BuiltinRow[] Table =
    [
        new(Builtin.MemoryGrow, "memory_grow", [Ptr, I32, I64],                I64,              "(vmctx, memory, delta in pages) -> pages before, or -1"),
        new(Builtin.MemoryCopy, "memory_copy", [Ptr, Ptr, Ptr, I64, I64, I64], BuiltinType.None, "(vmctx, to VmMemory, from VmMemory, to, from, bytes)"),
        new(Builtin.MemoryFill, "memory_fill", [Ptr, Ptr, I64, I32, I64],      BuiltinType.None, "(vmctx, VmMemory, to, byte, bytes)"),
        new(Builtin.MemoryInit, "memory_init", [Ptr, I32, I32, I64, I32, I32], BuiltinType.None, "(vmctx, memory, data segment, to, from, bytes)"),
        new(Builtin.DataDrop,   "data_drop",   [Ptr, I32],                     BuiltinType.None, "(vmctx, data segment)"),
        new(Builtin.TableGrow,  "table_grow",  [Ptr, I32, Ref, I64],           I64,              "(vmctx, table, element, delta) -> elements before, or -1"),
        new(Builtin.TableCopy,  "table_copy",  [Ptr, I32, I32, I64, I64, I64], BuiltinType.None, "(vmctx, to table, from table, to, from, elements)"),
        new(Builtin.TableFill,  "table_fill",  [Ptr, I32, I64, Ref, I64],      BuiltinType.None, "(vmctx, table, to, element, elements)"),
        new(Builtin.TableInit,  "table_init",  [Ptr, I32, I32, I64, I32, I32], BuiltinType.None, "(vmctx, table, element segment, to, from, elements)"),
        new(Builtin.ElemDrop,   "elem_drop",   [Ptr, I32],                     BuiltinType.None, "(vmctx, element segment)"),
        new(Builtin.TableElement, "table_element", [Ptr, I32, I64],            I64,              "(vmctx, table, index within the table) -> the element, not 0"),
        new(Builtin.FuncRef,    "func_ref",    [Ptr, I32],                     Ptr,              "(vmctx, function) -> the address of its record"),
        new(Builtin.IsSubtype,  "is_subtype",  [Ptr, I32, I32],                I64,              "(vmctx, type, type, as numbers of the engine) -> 1 if the first is a subtype of the second, else 0"),
        new(Builtin.MemoryNotify, "memory_notify", [Ptr, I32, I64, I32],       I64,              "(vmctx, memory, address, count) -> number woken"),
        new(Builtin.MemoryWait32, "memory_wait32", [Ptr, I32, I64, I32, I64],  I64,              "(vmctx, memory, address, expected, nanoseconds) -> 0 woken, 1 not as expected, 2 timed out"),
        new(Builtin.MemoryWait64, "memory_wait64", [Ptr, I32, I64, I64, I64],  I64,              "(vmctx, memory, address, expected, nanoseconds) -> likewise"),
    ];

    /// <summary>All rows; row <c>i</c> describes the builtin with index <c>i</c>.</summary>
    public static ReadOnlySpan<BuiltinRow> Rows => Table;

    /// <summary>The row of a builtin.</summary>
    public static BuiltinRow Row(this Builtin builtin) => Table[(int)builtin];
}
