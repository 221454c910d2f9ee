using Kiln.Codegen.Ir;

namespace Kiln.Codegen.Opt.Rules;

/// <summary>Rules for selection and guards.</summary>
internal static class SelectRules
{
    public static Rewrite Select(in Node n) => n switch
    {
        // c ? x : x ⇒ x
        _ when n.B == n.C => new(Rule.SelectSame, n.B),

        // 1 ? x : y ⇒ x
        { X: { IsConst: true } c } => new(Rule.SelectConst, c.Imm != 0 ? n.B : n.C),

        // (c == 0) ? x : y ⇒ c ? y : x
        { X: { Op: Opcode.Icmp, Type: IrType.I32, IntCC: IntCC.Eq, Y: { IsConst: true, Imm: 0 } } c } => new(Rule.SelectOnEqualsZero, n.EmitSelect(c.A, n.C, n.B)),

        // (c != 0) ? x : y ⇒ c ? x : y
        { X: { Op: Opcode.Icmp, Type: IrType.I32, IntCC: IntCC.Ne, Y: { IsConst: true, Imm: 0 } } c } => new(Rule.SelectOnNotZero, n.EmitSelect(c.A, n.B, n.C)),

        // c ? 1 : 0 ⇒ c, where c is 0 or 1; else c != 0
        { Type: IrType.I32, Y: { IsConst: true, Imm: 1 }, Z: { IsConst: true, Imm: 0 }, X.IsBool: true } => new(Rule.SelectBool, n.A),
        { Type: IrType.I32, Y: { IsConst: true, Imm: 1 }, Z: { IsConst: true, Imm: 0 } } => new(Rule.SelectOneOrZero, n.EmitIcmp(IntCC.Ne, IrType.I32, n.A, n.C)),

        // c ? 0 : 1 ⇒ c == 0
        { Type: IrType.I32, Y: { IsConst: true, Imm: 0 }, Z: { IsConst: true, Imm: 1 } } => new(Rule.SelectZeroOrOne, n.EmitIcmp(IntCC.Eq, IrType.I32, n.A, n.B)),

        // c ? 1 : 0 ⇒ uextend(c), where c is 0 or 1
        { Type: IrType.I64, Y: { IsConst: true, Imm: 1 }, Z: { IsConst: true, Imm: 0 }, X: { IsBool: true } } => new(Rule.SelectWideBool, n.Emit(Opcode.Uextend, n.A)),

        // (x == y) ? x : y ⇒ y, (x != y) ? x : y ⇒ x; integers only: floats that are equal may differ in sign
        { X: { Op: Opcode.Icmp, IntCC: IntCC.Eq } c } when (c.A == n.B && c.B == n.C) || (c.A == n.C && c.B == n.B) => new(Rule.SelectOfEqual, n.C),
        { X: { Op: Opcode.Icmp, IntCC: IntCC.Ne } c } when (c.A == n.B && c.B == n.C) || (c.A == n.C && c.B == n.B) => new(Rule.SelectOfDifferent, n.B),

        // c ? x + 1 : x ⇒ x + c, c ? x - 1 : x ⇒ x - c, where c is 0 or 1
        { Type: IrType.I32, X: { IsBool: true }, Y: { Op: Opcode.Iadd, Y: { IsConst: true, Imm: 1 } } y } when y.A == n.C => new(Rule.SelectIncrement, n.Emit(Opcode.Iadd, n.C, n.A)),
        { Type: IrType.I32, X: { IsBool: true }, Y: { Op: Opcode.Iadd, Y: { IsConst: true, Imm: -1 } } y } when y.A == n.C => new(Rule.SelectDecrement, n.Emit(Opcode.Isub, n.C, n.A)),
        { Type: IrType.I64, X: { IsBool: true }, Y: { Op: Opcode.Iadd, Y: { IsConst: true, Imm: 1 } } y } when y.A == n.C => new(Rule.SelectWideIncrement, n.Emit(Opcode.Iadd, n.C, n.Emit(Opcode.Uextend, n.A))),

        // c ? (c ? x : y) : z ⇒ c ? x : z
        { Y: { Op: Opcode.Select } y } when y.A == n.A => new(Rule.SelectOfSelectFirst, n.EmitSelect(n.A, y.B, n.C)),
        { Z: { Op: Opcode.Select } z } when z.A == n.A => new(Rule.SelectOfSelectSecond, n.EmitSelect(n.A, n.B, z.C)),

        _ => default,
    };

    /// <summary>
    /// Only what follows from how the operands are computed: it holds whatever the processor speculates. What branches and
    /// traps say of them is not asked here, and must not be.
    /// </summary>
    public static Rewrite SpectreGuard(in Node n) => n switch
    {
        // c < d, both known
        { X: { IsConst: true } c, Y: { IsConst: true } d } => new(Rule.SpectreGuardConst, n.IntCC.Holds(c.Imm, d.Imm) ? n.C : n.Const(IrType.I64, 0)),

        // x < c, x cannot be as large
        { IntCC: IntCC.Ult, X: var x, Y: { IsConst: true } c } when x.MaxUnsigned() < Unsigned(c) => new(Rule.SpectreGuardUltInRange, n.C),
        { IntCC: IntCC.Ule, X: var x, Y: { IsConst: true } c } when x.MaxUnsigned() <= Unsigned(c) => new(Rule.SpectreGuardUleInRange, n.C),

        _ => default,
    };

    private static ulong Unsigned(in Node constant) => constant.Type == IrType.I32 ? (uint)constant.Imm : (ulong)constant.Imm;
}
