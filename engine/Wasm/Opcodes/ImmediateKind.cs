namespace Kiln.Wasm.Opcodes;

/// <summary>
/// What follows the opcode in the binary format, in binary order, and where <c>Operator</c> keeps it. The
/// text format writes the same immediates in the same order except where a remark says otherwise.
/// </summary>
public enum ImmediateKind : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A block type (<c>Operator.BlockType</c>).</summary>
    Block,

    /// <summary>A block type and a list of catch clauses (<c>BlockType</c>, <c>Catches</c>).</summary>
    TryTable,

    /// <summary>A label (<c>Index1</c>).</summary>
    Label,

    /// <summary>A list of labels (<c>Targets</c>) and the default label (<c>Index1</c>).</summary>
    LabelTable,

    /// <summary>A function index.</summary>
    Function,

    /// <summary>A type index (<c>Index1</c>).</summary>
    Type,

    /// <summary>A type (<c>Index1</c>) and a table (<c>Index2</c>). Text: the table first, and it may be left out.</summary>
    TypeTable,

    /// <summary>Two type indices (<c>Index1</c>, <c>Index2</c>): source and result of <c>cont.bind</c>, destination and source of <c>array.copy</c>.</summary>
    TypeType,

    /// <summary>A struct type (<c>Index1</c>) and a field (<c>Index2</c>).</summary>
    TypeField,

    /// <summary>An array type (<c>Index1</c>) and a number of elements (<c>Index2</c>).</summary>
    TypeCount,

    /// <summary>An array type (<c>Index1</c>) and a data segment (<c>Index2</c>).</summary>
    TypeData,

    /// <summary>An array type (<c>Index1</c>) and an element segment (<c>Index2</c>).</summary>
    TypeElement,

    /// <summary>A continuation type (<c>Index1</c>) and a tag (<c>Index2</c>).</summary>
    TypeTag,

    /// <summary>A continuation type (<c>Index1</c>) and a list of handlers (<c>Handlers</c>).</summary>
    TypeHandlers,

    /// <summary>A continuation type (<c>Index1</c>), a tag (<c>Index2</c>) and a list of handlers (<c>Handlers</c>).</summary>
    TypeTagHandlers,

    /// <summary>A tag index (<c>Index1</c>).</summary>
    Tag,

    /// <summary>A local index (<c>Index1</c>).</summary>
    Local,

    /// <summary>A global index (<c>Index1</c>).</summary>
    Global,

    /// <summary>A table index (<c>Index1</c>). Text: may be left out.</summary>
    Table,

    /// <summary>Destination (<c>Index1</c>) and source table (<c>Index2</c>). Text: both may be left out.</summary>
    TableTable,

    /// <summary>An element segment (<c>Index1</c>) and a table (<c>Index2</c>). Text: the table first, and it may be left out.</summary>
    ElementTable,

    /// <summary>An element segment (<c>Index1</c>).</summary>
    Element,

    /// <summary>A memory index (<c>Index1</c>). Text: may be left out.</summary>
    Memory,

    /// <summary>Destination (<c>Index1</c>) and source memory (<c>Index2</c>). Text: both may be left out.</summary>
    MemoryMemory,

    /// <summary>A data segment (<c>Index1</c>) and a memory (<c>Index2</c>). Text: the memory first, and it may be left out.</summary>
    DataMemory,

    /// <summary>A data segment (<c>Index1</c>).</summary>
    Data,

    /// <summary>Alignment, memory and offset (<c>MemArg</c>).</summary>
    MemArg,

    /// <summary>Alignment, memory and offset (<c>MemArg</c>), then a lane (<c>Index2</c>).</summary>
    MemArgLane,

    /// <summary>A lane (<c>Index2</c>).</summary>
    Lane,

    /// <summary>16 lanes, one byte each (<c>Low</c>, <c>High</c>).</summary>
    Shuffle,

    /// <summary>A signed 32-bit LEB128 (<c>Low</c>, sign-extended).</summary>
    I32,

    /// <summary>A signed 64-bit LEB128 (<c>Low</c>).</summary>
    I64,

    /// <summary>Four bytes (<c>Low</c>, zero-extended).</summary>
    F32,

    /// <summary>Eight bytes (<c>Low</c>).</summary>
    F64,

    /// <summary>Sixteen bytes (<c>Low</c>, <c>High</c>).</summary>
    V128,

    /// <summary>A heap type (<c>HeapType</c>). Text of <c>ref.test</c> and <c>ref.cast</c>: a reference type, whose nullability selects the opcode.</summary>
    HeapType,

    /// <summary>A list of value types (<c>SelectTypes</c>).</summary>
    SelectTypes,

    /// <summary>Flags, a label (<c>Index1</c>) and two heap types (<c>CastSource</c>, <c>CastTarget</c>). Text: the label and two reference types.</summary>
    CastLabel,

    /// <summary>A zero byte.</summary>
    Fence,
}
