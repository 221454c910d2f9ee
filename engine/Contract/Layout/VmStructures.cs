namespace Kiln.Contract.Layout;

// Offsets and sizes, in bytes, of the structures that compiled code reads and the runtime writes. The runtime
// declares structs of the same shape, and a test of its own compares them with these constants. All pointers are
// 8 bytes; all fields are little-endian and naturally aligned.

/// <summary>
/// The fixed head of a VM context: one native block per instance, first argument of every guest function of that
/// instance. What follows the head depends on the module; see <see cref="VmOffsets"/>.
/// </summary>
public static class VmContextLayout
{
    /// <summary>u64: <see cref="MagicValue"/>, to tell an instance's context from a <see cref="HostContextLayout"/>.</summary>
    public const int Magic = 0;

    /// <summary>Pointer to the store's <see cref="VmStoreContextLayout"/>; never changes.</summary>
    public const int StoreContext = 8;

    /// <summary>Pointer to the table of builtin code pointers, indexed by <see cref="Builtin"/>; never changes.</summary>
    public const int Builtins = 16;

    /// <summary>Pointer to an array of u32: module type index to engine-wide canonical type id; never changes.</summary>
    public const int TypeIds = 24;

    /// <summary>Size of the head.</summary>
    public const int Size = 32;

    /// <summary>Content of <see cref="Magic"/>: "kilninst".</summary>
    public const ulong MagicValue = 0x74736E696E6C696B;
}

/// <summary>What all instances of a store share. The runtime keeps further private fields after <see cref="PublicSize"/>.</summary>
public static class VmStoreContextLayout
{
    /// <summary>i64: fuel left; negative means used up.</summary>
    public const int FuelLeft = 0;

    /// <summary>
    /// u32: 0, or all ones to ask running guests to trap with <see cref="Trap.Interrupted"/>; written by any thread. Guests test it against
    /// the low half of the structure's address, which is therefore never 0.
    /// </summary>
    public const int Interrupt = 8;

    /// <summary>Size of the part that compiled code knows.</summary>
    public const int PublicSize = 16;
}

/// <summary>A linear memory as compiled code sees it.</summary>
public static class VmMemoryLayout
{
    /// <summary>Pointer to byte 0. Changes only when a 64-bit memory outgrows its reservation and moves.</summary>
    public const int Base = 0;

    /// <summary>u64: length in bytes; grows.</summary>
    public const int ByteLength = 8;

    /// <summary>Size of the structure.</summary>
    public const int Size = 16;
}

/// <summary>
/// A table as compiled code sees it. Elements are 8 bytes. In a table of handles (<see cref="ReferenceShape"/>) an element is the
/// reference. In a table of functions it is the reference with <see cref="Initialized"/> set, so 1 for null; 0 means that
/// nobody has looked at the element yet, and <see cref="Builtin.TableElement"/> finds out what it is.
/// </summary>
public static class VmTableLayout
{
    /// <summary>Pointer to element 0; may change when the table grows.</summary>
    public const int Base = 0;

    /// <summary>u64: number of elements; grows.</summary>
    public const int Length = 8;

    /// <summary>Size of the structure.</summary>
    public const int Size = 16;

    /// <summary>Size of an element.</summary>
    public const int ElementSize = 8;

    /// <summary>Bit of an initialised element in a table of functions.</summary>
    public const int Initialized = 1;
}

/// <summary>An imported function: where to jump and what to pass as first argument.</summary>
public static class VmFunctionImportLayout
{
    /// <summary>Code pointer with the guest signature of the function's type.</summary>
    public const int Code = 0;

    /// <summary>The callee's own context (an instance's, or a <see cref="HostContextLayout"/>).</summary>
    public const int VmContext = 8;

    /// <summary>Size of the structure.</summary>
    public const int Size = 16;
}

/// <summary>
/// What a non-null funcref points to. Begins like <see cref="VmFunctionImportLayout"/>. A record in a VM context is zero until
/// <see cref="Builtin.FuncRef"/>, or the runtime by itself, has filled it; only initialised records' addresses are references.
/// </summary>
public static class VmFuncRefLayout
{
    /// <summary>Code pointer with the guest signature of the function's type.</summary>
    public const int Code = 0;

    /// <summary>The callee's own context.</summary>
    public const int VmContext = 8;

    /// <summary>u32: engine-wide canonical id of the function's type.</summary>
    public const int TypeId = 16;

    /// <summary>u32: function index in the module that owns the record; for the runtime.</summary>
    public const int FunctionIndex = 20;

    /// <summary>u64 for the runtime's own use.</summary>
    public const int Private = 24;

    /// <summary>Size of the structure.</summary>
    public const int Size = 32;
}

/// <summary>The context passed to a host function in place of a VM context. The runtime keeps private fields after <see cref="PublicSize"/>.</summary>
public static class HostContextLayout
{
    /// <summary>u64: <see cref="MagicValue"/>.</summary>
    public const int Magic = 0;

    /// <summary>Code pointer with guest signature (hostctx: i64, args: i64) -> (), called by exit trampolines.</summary>
    public const int Stub = 8;

    /// <summary>Size of the part that compiled code knows.</summary>
    public const int PublicSize = 16;

    /// <summary>Content of <see cref="Magic"/>: "kilnhost".</summary>
    public const ulong MagicValue = 0x74736F686E6C696B;
}

/// <summary>
/// One slot of the argument array that trampolines read and write: the value's bytes at offset 0, the rest
/// unspecified. An i32 fills 4 bytes, a reference 8.
/// </summary>
public static class ValueSlotLayout
{
    /// <summary>Size of a slot.</summary>
    public const int Size = 16;
}
