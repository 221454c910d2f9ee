// One machine instruction of VCode: its opcode, conditions, registers (virtual ones) and M operand.

using System.Runtime.CompilerServices;
using Kiln.Codegen.Machine;
using Kiln.RegAlloc;

namespace Kiln.Codegen.Isa.X64;

/// <summary>Condition codes as the low four opcode bits of jcc, setcc and cmovcc. Bit 0 inverts.</summary>
internal enum Cc : byte
{
    /// <summary>Overflow.</summary>
    O = 0,

    /// <summary>Not overflow.</summary>
    No = 1,

    /// <summary>Below: unsigned less.</summary>
    B = 2,

    /// <summary>Above or equal: unsigned.</summary>
    Ae = 3,

    /// <summary>Equal, zero.</summary>
    E = 4,

    /// <summary>Not equal.</summary>
    Ne = 5,

    /// <summary>Below or equal: unsigned.</summary>
    Be = 6,

    /// <summary>Above: unsigned greater.</summary>
    A = 7,

    /// <summary>Sign.</summary>
    S = 8,

    /// <summary>Not sign.</summary>
    Ns = 9,

    /// <summary>Parity: unordered.</summary>
    P = 10,

    /// <summary>Not parity.</summary>
    Np = 11,

    /// <summary>Less: signed.</summary>
    L = 12,

    /// <summary>Greater or equal: signed.</summary>
    Ge = 13,

    /// <summary>Less or equal: signed.</summary>
    Le = 14,

    /// <summary>Greater: signed.</summary>
    G = 15,
}

/// <summary>What the M operand of an instruction is before registers are allocated.</summary>
internal enum RmKind : byte
{
    /// <summary>A virtual register.</summary>
    Register = 0,

    /// <summary>[base + index*2^shift + displacement]; base, index or both may be missing.</summary>
    BaseIndex,

    /// <summary>A constant of the pool; the displacement is its number.</summary>
    Constant,

    /// <summary>The stack slots: the displacement counts from the first one.</summary>
    Slot,

    /// <summary>What the caller left on the stack: arguments, and room for results.</summary>
    Incoming,

    /// <summary>What this function leaves for callees.</summary>
    Outgoing,

    /// <summary>The address of an external function; the displacement is its FuncRef.</summary>
    Function,

    /// <summary>A jump table; the displacement is its number.</summary>
    Table,
}

/// <summary>An M operand on virtual registers.</summary>
internal struct RmOperand
{
    /// <summary>What it is.</summary>
    public RmKind Kind;

    /// <summary>Base 2 logarithm of the index scale.</summary>
    public byte Shift;

    /// <summary>The trap that a fault means; 0 if the access cannot fault.</summary>
    public byte Trap;

    /// <summary>The register itself, or the base.</summary>
    public VReg Base;

    /// <summary>The index.</summary>
    public VReg Index;

    /// <summary>Displacement, or a number by kind.</summary>
    public int Displacement;

    /// <summary>A register.</summary>
    public static implicit operator RmOperand(VReg register) => new() { Base = register };

    /// <summary>Memory that cannot fault, by kind.</summary>
    public static RmOperand At(RmKind kind, int displacement) => new() { Kind = kind, Displacement = displacement };

    /// <summary>True unless it is a register.</summary>
    public readonly bool IsMemory => Kind != RmKind.Register;
}

/// <summary>
/// A machine instruction on virtual registers, 32 bytes. What the fields mean follows from the form of its row;
/// where nothing else is said R is written, V is the tied or second source, M is the register-or-memory operand.
/// </summary>
/// <remarks>
/// Exceptions. RmUse and MrMem: R is read. MrDef: V is read. McTied: X is the count. MulWide: V is rax before, R rax after,
/// X rdx after. DivWide: V is rax and Displacement (a register id) rdx before, R rax and X rdx after. SignFill: V is rax, R
/// rdx. Calls, tail calls, Args and Rets: Immediate and R.Id are start and count of their operands in the list; V.Id of calls and
/// tail calls is the size in bytes of the callee's stack arguments; Displacement of a Call or TailCall is its FuncRef.
/// MulxWide: R and V are written. Rvmr, RvmTied, RmMask, MulxWide, Cmpxchg and RmwLoop: Immediate is a further register, see
/// Fourth. Cmpxchg: V is rax before, R rax after. RmwLoop: V is read, R is rax after. JumpTable: M is the target. Mov64Oi: Displacement is the high half of the
/// immediate.
/// </remarks>
internal struct X64Inst : IMachineInst
{
    /// <summary>The row.</summary>
    public X64Op Op;

    /// <summary>Condition code; a second one in the high four bits.</summary>
    public byte Condition;

    /// <summary>What M is.</summary>
    public RmKind Kind;

    /// <summary>Base 2 logarithm of the index scale.</summary>
    public byte Shift;

    /// <summary>Trap code: of the memory access, or of a trap instruction.</summary>
    public byte Trap;

    /// <summary>The register in ModRM.reg.</summary>
    public VReg R;

    /// <summary>The tied source or VEX.vvvv.</summary>
    public VReg V;

    /// <summary>The register in ModRM.rm, or the base.</summary>
    public VReg M;

    /// <summary>The index.</summary>
    public VReg X;

    /// <summary>Displacement.</summary>
    public int Displacement;

    /// <summary>Immediate.</summary>
    public int Immediate;

    /// <summary>The mask of Rvmr and RmMask, the tied source of RvmTied, the factor in rdx of MulxWide, the replacement of Cmpxchg, the temporary of RmwLoop: a register's id in the immediate.</summary>
    public readonly VReg Fourth => new((uint)Immediate);

    /// <summary>The first condition.</summary>
    public readonly Cc Cc => (Cc)(Condition & 15);

    /// <summary>The second condition, of instructions that test two.</summary>
    public readonly Cc SecondCc => (Cc)(Condition >> 4);

    /// <inheritdoc/>
    public readonly bool IsPlainJump => Op == X64Op.Jump;

    /// <summary>The encoding.</summary>
    public readonly ref readonly Encoding Encoding
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref X64Instructions.EncodingOf(Op);
    }

    /// <summary>The M operand.</summary>
    public RmOperand Rm
    {
        readonly get => new() { Kind = Kind, Shift = Shift, Trap = Trap, Base = M, Index = X, Displacement = Displacement };
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        set
        {
            Kind = value.Kind;
            Shift = value.Shift;
            Trap = value.Trap;
            M = value.Base;
            X = value.Index;
            Displacement = value.Displacement;
        }
    }
}
