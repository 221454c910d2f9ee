using System;

namespace Kiln.Contract;

/// <summary>
/// Why a guest stopped. The numbers are what compiled code and artifacts hold in their trap tables: they are
/// frozen, and only ever grow. Each has a row in <see cref="TrapTable"/>.
/// </summary>
public enum Trap : byte
{
    /// <summary>No trap; never stored.</summary>
    None = 0,

    /// <summary>An <c>unreachable</c> instruction ran.</summary>
    Unreachable = 1,

    /// <summary>A memory access, or a bulk memory operation, left the memory.</summary>
    MemoryOutOfBounds = 2,

    /// <summary>A table access, or a bulk table operation, left the table.</summary>
    TableOutOfBounds = 3,

    /// <summary><c>call_indirect</c> through a null element.</summary>
    IndirectCallToNull = 4,

    /// <summary><c>call_indirect</c> through a function of another type.</summary>
    IndirectCallTypeMismatch = 5,

    /// <summary>The result of a division or conversion does not fit.</summary>
    IntegerOverflow = 6,

    /// <summary>Integer division or remainder by zero.</summary>
    IntegerDivideByZero = 7,

    /// <summary>Conversion of a NaN to an integer.</summary>
    InvalidConversionToInteger = 8,

    /// <summary>The guest stack is used up.</summary>
    StackOverflow = 9,

    /// <summary>The store's fuel is used up.</summary>
    OutOfFuel = 10,

    /// <summary>The store's interrupt flag was set: deadline or cancellation.</summary>
    Interrupted = 11,

    /// <summary>A null reference was used where an object is needed.</summary>
    NullReference = 12,

    /// <summary><c>call_indirect</c> with an index beyond the table.</summary>
    UndefinedElement = 13,

    /// <summary>An atomic access at an address that is not a multiple of its size.</summary>
    UnalignedAtomic = 14,

    /// <summary>A reference cast failed.</summary>
    CastFailure = 15,

    /// <summary>An access left a GC array.</summary>
    ArrayOutOfBounds = 16,

    /// <summary>A GC allocation is larger than the engine allows.</summary>
    AllocationTooLarge = 17,

    /// <summary><c>call_ref</c> through a null reference.</summary>
    NullFunctionReference = 18,

    /// <summary><c>memory.atomic.wait</c> on a memory that is not shared.</summary>
    ExpectedSharedMemory = 19,
}

/// <summary>What is known of a trap beside its number. <paramref name="Message"/> is the specification suite's text.</summary>
public readonly record struct TrapRow(Trap Code, string Message);

/// <summary>One row for each <see cref="Trap"/>, in the order of the enum.</summary>
public static class TrapTable
{
    private static readonly TrapRow[] Table =
    [
        new(Trap.None,                       "no trap"),
        new(Trap.Unreachable,                "unreachable"),
        new(Trap.MemoryOutOfBounds,          "out of bounds memory access"),
        new(Trap.TableOutOfBounds,           "out of bounds table access"),
        new(Trap.IndirectCallToNull,         "uninitialized element"),
        new(Trap.IndirectCallTypeMismatch,   "indirect call type mismatch"),
        new(Trap.IntegerOverflow,            "integer overflow"),
        new(Trap.IntegerDivideByZero,        "integer divide by zero"),
        new(Trap.InvalidConversionToInteger, "invalid conversion to integer"),
        new(Trap.StackOverflow,              "call stack exhausted"),
        new(Trap.OutOfFuel,                  "all fuel consumed"),
        new(Trap.Interrupted,                "interrupted"),
        new(Trap.NullReference,              "null reference"),
        new(Trap.UndefinedElement,           "undefined element"),
        new(Trap.UnalignedAtomic,            "unaligned atomic"),
        new(Trap.CastFailure,                "cast failure"),
        new(Trap.ArrayOutOfBounds,           "out of bounds array access"),
        new(Trap.AllocationTooLarge,         "allocation size too large"),
        new(Trap.NullFunctionReference,      "null function reference"),
        new(Trap.ExpectedSharedMemory,       "expected shared memory"),
    ];

    /// <summary>All rows; row <c>i</c> describes the trap with number <c>i</c>.</summary>
    public static ReadOnlySpan<TrapRow> Rows => Table;

    /// <summary>True if <paramref name="trap"/> is a defined trap other than <see cref="Trap.None"/>.</summary>
    public static bool IsDefined(Trap trap) => trap != Trap.None && (int)trap < Table.Length;

    /// <summary>The message of a defined trap, or "unknown trap" with its number.</summary>
    public static string Message(this Trap trap) => (int)trap < Table.Length ? Table[(int)trap].Message : $"unknown trap {(byte)trap}";
}
