namespace Kiln.Codegen.Ir;

/// <summary>
/// The shape of an instruction: which fields of <see cref="InstData"/> mean what, and how it is written.
/// Printer, parser, verifier and builder switch on the format, never on the opcode.
/// </summary>
public enum InstFormat : byte
{
    /// <summary><c>iconst.i32 5</c>: <see cref="InstData.Imm"/> (i32 sign-extended; floats by their bits).</summary>
    Immediate,

    /// <summary><c>vconst.v128 0x…</c>: <see cref="InstData.Constant"/>.</summary>
    Constant,

    /// <summary><c>clz.i32 v1</c>: <see cref="InstData.A"/>.</summary>
    Unary,

    /// <summary><c>iadd.i32 v1, v2</c>: A, B.</summary>
    Binary,

    /// <summary><c>select.i32 v1, v2, v3</c>: A, B, C.</summary>
    Ternary,

    /// <summary><c>icmp.i32 slt v1, v2</c>: A, B, <see cref="InstData.IntCC"/>.</summary>
    IntCompare,

    /// <summary><c>spectre_guard.i64 ult v1, v2, v3</c>: A and B, which are compared, C, <see cref="InstData.IntCC"/>.</summary>
    Guard,

    /// <summary><c>fcmp.f32 lt v1, v2</c>: A, B, <see cref="InstData.FloatCC"/>.</summary>
    FloatCompare,

    /// <summary><c>vextract_lane.i32x4 v1, 3</c>: A, <see cref="InstData.LaneIndex"/>.</summary>
    ExtractLane,

    /// <summary><c>vinsert_lane.i32x4 v1, v2, 3</c>: A, B, <see cref="InstData.LaneIndex"/>.</summary>
    InsertLane,

    /// <summary><c>vshuffle.v128 v1, v2, const1</c>: A, B, mask <see cref="InstData.Constant"/>.</summary>
    Shuffle,

    /// <summary><c>load.i32 notrap v1+8</c>: address A, <see cref="InstData.Offset"/>, <see cref="InstData.MemFlags"/>.</summary>
    Load,

    /// <summary><c>store.i32 v1+8, v2</c>: address A, stored value B, Offset, MemFlags.</summary>
    Store,

    /// <summary><c>atomic_rmw.i32 add v1+8, v2</c>: <see cref="InstData.AtomicOp"/>, address A, operand B, Offset, MemFlags.</summary>
    AtomicRmw,

    /// <summary><c>atomic_cas.i32 v1+8, v2, v3</c>: address A, expected B, replacement C, Offset, MemFlags.</summary>
    AtomicCas,

    /// <summary><c>fence</c>: nothing.</summary>
    Fence,

    /// <summary><c>stack_addr.i64 ss1+8</c>: <see cref="InstData.StackSlot"/>, Offset.</summary>
    StackAddr,

    /// <summary><c>func_addr.i64 fn1</c>: <see cref="InstData.FuncRef"/>.</summary>
    FuncAddr,

    /// <summary><c>call fn1(v1, v2)</c>, <c>return_call fn1(v1, v2)</c>: FuncRef, argument list.</summary>
    Call,

    /// <summary><c>call_indirect sig1, v0(v1, v2)</c>, and <c>return_call_indirect</c>: <see cref="InstData.SigRef"/>, argument list whose first item is the callee's address.</summary>
    CallIndirect,

    /// <summary><c>jump block2(v1)</c>: one target.</summary>
    Jump,

    /// <summary><c>brif v1, block2(v2), block3</c>: A, two targets.</summary>
    Brif,

    /// <summary><c>br_table v1, [block2, block3], block4</c>: A, targets of which the last is the default.</summary>
    BrTable,

    /// <summary><c>return v1, v2</c>: argument list.</summary>
    Return,

    /// <summary><c>trap 1</c>: <see cref="InstData.TrapCode"/>.</summary>
    Trap,

    /// <summary><c>trapnz v1, 2</c>: A, TrapCode.</summary>
    CondTrap,
}
