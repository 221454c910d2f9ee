namespace Kiln.Codegen.Isa.X64;

/// <summary>
/// How an instruction uses its operands: which field of ModRM or VEX holds each, which are written, which are
/// tied. R is ModRM.reg, M is ModRM.rm (register or memory), V is VEX.vvvv, I is an immediate, C is cl.
/// Everything that must know operands (register constraints, encoder, printer) switches on this.
/// </summary>
public enum Form : byte
{
    /// <summary>No operands.</summary>
    None,

    /// <summary>R is written, M is read.</summary>
    Rm,

    /// <summary>R is read and written, M is read: <c>add r, r/m</c>.</summary>
    RmTied,

    /// <summary>R and M are read: <c>cmp r, r/m</c>.</summary>
    RmUse,

    /// <summary>M is memory, R is read: a store or a read-modify-write.</summary>
    MrMem,

    /// <summary>M is memory, R is read and written: both change places, or more.</summary>
    MrTied,

    /// <summary>M is memory, rax and R are read, rax is written: <c>cmpxchg m, r</c>.</summary>
    Cmpxchg,

    /// <summary>M is memory: rax becomes its old value, its new one is computed from that and V in a loop; needs a temporary.</summary>
    RmwLoop,

    /// <summary>M is a written register, R is read: <c>movd r32, xmm</c>.</summary>
    MrDef,

    /// <summary>M is a written register, R is read, with an immediate: <c>pextrd r32, xmm, imm</c>.</summary>
    MriDef,

    /// <summary>M is memory, R is read, with an immediate: <c>pextrd m32, xmm, imm</c>.</summary>
    MriMem,

    /// <summary>M is a register, read and written, with an immediate.</summary>
    MiTied,

    /// <summary>M is memory, with an immediate.</summary>
    MiMem,

    /// <summary>M is read, with an immediate: <c>cmp r/m, imm</c>.</summary>
    MiUse,

    /// <summary>M is a written register, with an immediate.</summary>
    MiDef,

    /// <summary>The register in the low opcode bits is written, with an immediate.</summary>
    Oi,

    /// <summary>The register in the low opcode bits is read and written.</summary>
    OTied,

    /// <summary>M is a register, read and written.</summary>
    MTied,

    /// <summary>M is a written register.</summary>
    MDef,

    /// <summary>M is read.</summary>
    MUse,

    /// <summary>M is a register, read and written; cl is read.</summary>
    McTied,

    /// <summary>R is written, M is read, with an immediate.</summary>
    Rmi,

    /// <summary>R is read and written, M is read, with an immediate.</summary>
    RmiTied,

    /// <summary>R is written, V and M are read.</summary>
    Rvm,

    /// <summary>R is written, V and M are read, with an immediate.</summary>
    Rvmi,

    /// <summary>R is written; V, M and a fourth register, in the immediate, are read.</summary>
    Rvmr,

    /// <summary>R is read and written, V and M are read: <c>vfmadd231ps</c>.</summary>
    RvmTied,

    /// <summary>R is read and written, M and xmm0 are read: <c>pblendvb</c>.</summary>
    RmMask,

    /// <summary>R is written, M and V are read, V last in syntax: <c>shlx</c>.</summary>
    Rmv,

    /// <summary>V is written, M is read: <c>blsr</c>.</summary>
    Vm,

    /// <summary>V is written, M is a register and read, with an immediate: <c>vpslld</c>.</summary>
    Vmi,

    /// <summary>rdx:rax = rax * M.</summary>
    MulWide,

    /// <summary>rax = rdx:rax / M, rdx = remainder.</summary>
    DivWide,

    /// <summary>R (high) and V (low) = rdx * M, unsigned.</summary>
    MulxWide,

    /// <summary>rdx = sign of rax.</summary>
    SignFill,

    /// <summary>R and M exchange; only in moves that Emission inserts.</summary>
    Exchange,

    /// <summary>R is written and its old value is not read: <c>xor r, r</c>.</summary>
    Zero,

    /// <summary>A pc-relative target.</summary>
    Relative,

    /// <summary>Nothing at all, not even bytes.</summary>
    Nop,

    /// <summary>Defines the parameters in their registers at function entry.</summary>
    Args,

    /// <summary>Returns; reads the results in their registers.</summary>
    Rets,

    /// <summary>Direct call: operands in the VCode's list.</summary>
    Call,

    /// <summary>Indirect call: M is the target, further operands in the VCode's list.</summary>
    CallIndirect,

    /// <summary>Leaves the function for another one: operands in the VCode's list.</summary>
    TailCall,

    /// <summary>Leaves the function for the code at M, further operands in the VCode's list.</summary>
    TailCallIndirect,

    /// <summary>Ends a block with one successor.</summary>
    Jump,

    /// <summary>Ends a block with two successors, chosen by flags.</summary>
    JumpIf,

    /// <summary>Ends a block by a jump to M, an address that was computed from a jump table.</summary>
    JumpTable,

    /// <summary>Ends a block by a trap.</summary>
    Trap,

    /// <summary>Traps if flags say so.</summary>
    TrapIf,
}
