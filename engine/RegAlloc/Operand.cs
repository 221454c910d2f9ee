// One operand as the register allocator sees it: which virtual register, read or written, when, and where it may be.

using System.Runtime.CompilerServices;

namespace Kiln.RegAlloc;

/// <summary>Whether an operand reads or writes its virtual register.</summary>
public enum OperandKind : byte
{
    /// <summary>The instruction reads the register.</summary>
    Use = 0,

    /// <summary>The instruction writes the register: its one SSA definition.</summary>
    Def = 1,
}

/// <summary>When, within its instruction, an operand is read or written.</summary>
public enum OperandPosition : byte
{
    /// <summary>
    /// Before. The usual place of a use: a late def or a clobber may have the same location.
    /// A def that is written before all uses are read is early.
    /// </summary>
    Early = 0,

    /// <summary>After. The usual place of a def. A use that is read after a def was written is late.</summary>
    Late = 1,
}

/// <summary>Which locations an operand can have.</summary>
public enum OperandConstraint : byte
{
    /// <summary>A register of the class, or a spill slot (a memory operand).</summary>
    Any = 0,

    /// <summary>Some register of the class.</summary>
    Reg = 1,

    /// <summary>One particular register.</summary>
    Fixed = 2,

    /// <summary>A spill slot.</summary>
    Stack = 3,

    /// <summary>Only for defs: the location (a register) of a use of the same instruction.</summary>
    ReuseInput = 4,
}

/// <summary>
/// One mention of a virtual register by an instruction: eight bytes.
/// </summary>
/// <remarks>
/// Bits of the second word: 0-2 constraint, 3 kind, 4 position, 8-15 the register of
/// <see cref="OperandConstraint.Fixed"/> or the operand number of <see cref="OperandConstraint.ReuseInput"/>.
/// </remarks>
public readonly record struct Operand
{
    private readonly uint _vreg;
    private readonly uint _bits;

    /// <summary>Creates an operand; <paramref name="payload"/> is the fixed register or the reused operand's number.</summary>
    public Operand(VReg vreg, OperandConstraint constraint, OperandKind kind, OperandPosition position, byte payload = 0)
    {
        _vreg = vreg.Id;
        _bits = (uint)constraint | (uint)kind << 3 | (uint)position << 4 | (uint)payload << 8;
    }

    /// <summary>The virtual register.</summary>
    public VReg VReg => new(_vreg);

    /// <summary>Which locations are allowed.</summary>
    public OperandConstraint Constraint => (OperandConstraint)(_bits & 7);

    /// <summary>Use or def.</summary>
    public OperandKind Kind => (OperandKind)(_bits >> 3 & 1);

    /// <summary>Early or late.</summary>
    public OperandPosition Position => (OperandPosition)(_bits >> 4 & 1);

    /// <summary>True for a def.</summary>
    public bool IsDef => (_bits & 1 << 3) != 0;

    /// <summary>The register of a <see cref="OperandConstraint.Fixed"/> operand.</summary>
    public PReg FixedRegister => new((byte)(_bits >> 8));

    /// <summary>
    /// For <see cref="OperandConstraint.ReuseInput"/>: the number of the reused use among the operands of
    /// the instruction.
    /// </summary>
    public int ReusedOperand => (int)(_bits >> 8 & 0xff);

    /// <summary>An early use in some register.</summary>
    public static Operand Use(VReg vreg) => new(vreg, OperandConstraint.Reg, OperandKind.Use, OperandPosition.Early);

    /// <summary>A late use in some register: no def of the instruction shares it.</summary>
    public static Operand UseLate(VReg vreg) => new(vreg, OperandConstraint.Reg, OperandKind.Use, OperandPosition.Late);

    /// <summary>An early use in a register or a spill slot.</summary>
    public static Operand UseAny(VReg vreg) => new(vreg, OperandConstraint.Any, OperandKind.Use, OperandPosition.Early);

    /// <summary>A late use in a register or a spill slot.</summary>
    public static Operand UseAnyLate(VReg vreg) => new(vreg, OperandConstraint.Any, OperandKind.Use, OperandPosition.Late);

    /// <summary>An early use in one particular register.</summary>
    public static Operand UseFixed(VReg vreg, PReg register) => new(vreg, OperandConstraint.Fixed, OperandKind.Use, OperandPosition.Early, register.Index);

    /// <summary>An early use in a spill slot.</summary>
    public static Operand UseStack(VReg vreg) => new(vreg, OperandConstraint.Stack, OperandKind.Use, OperandPosition.Early);

    /// <summary>A late def in some register.</summary>
    public static Operand Def(VReg vreg) => new(vreg, OperandConstraint.Reg, OperandKind.Def, OperandPosition.Late);

    /// <summary>An early def in some register: no use of the instruction shares it. Also the way to ask for a temporary.</summary>
    public static Operand DefEarly(VReg vreg) => new(vreg, OperandConstraint.Reg, OperandKind.Def, OperandPosition.Early);

    /// <summary>A late def in a register or a spill slot.</summary>
    public static Operand DefAny(VReg vreg) => new(vreg, OperandConstraint.Any, OperandKind.Def, OperandPosition.Late);

    /// <summary>A late def in one particular register.</summary>
    public static Operand DefFixed(VReg vreg, PReg register) => new(vreg, OperandConstraint.Fixed, OperandKind.Def, OperandPosition.Late, register.Index);

    /// <summary>A late def in the register of use number <paramref name="operand"/> of the same instruction.</summary>
    public static Operand DefReuse(VReg vreg, int operand) => new(vreg, OperandConstraint.ReuseInput, OperandKind.Def, OperandPosition.Late, (byte)operand);

    /// <summary>An early def in one particular register: a temporary that no use and no other def shares.</summary>
    public static Operand DefFixedEarly(VReg vreg, PReg register) => new(vreg, OperandConstraint.Fixed, OperandKind.Def, OperandPosition.Early, register.Index);

    /// <summary>The same operand for another virtual register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Operand WithVReg(VReg vreg) => new(vreg, Constraint, Kind, Position, (byte)(_bits >> 8));

    /// <summary>Spelling in dumps: <c>use v3 @early fixed(p2i)</c>.</summary>
    public override string ToString()
    {
        string kind = IsDef ? "def" : "use";
        string position = Position == OperandPosition.Early ? "early" : "late";
        string constraint = Constraint switch
        {
            OperandConstraint.Any => "any",
            OperandConstraint.Reg => "reg",
            OperandConstraint.Fixed => $"fixed({FixedRegister})",
            OperandConstraint.Stack => "stack",
            OperandConstraint.ReuseInput => $"reuse({ReusedOperand})",
        };
        return $"{kind} {VReg} @{position} {constraint}";
    }
}
